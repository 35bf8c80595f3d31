"""What mends a fail of each rule, as far as one answer goes: the page of the rules tells it."""

from __future__ import annotations

from collections.abc import Mapping

MENDS: Mapping[str, tuple[str, ...]] = {
    "CIS-4.1": ("mend-user", "mend-user-deployed"),
    "CIS-4.2": ("mend-base",),
    "CIS-4.3": ("mend-unneeded",),
    "CIS-4.4": ("mend-patches",),
    "CIS-4.6": ("mend-healthcheck", "mend-check", "mend-probe"),
    "CIS-4.7": ("mend-update",),
    "CIS-4.8": ("mend-setuid",),
    "CIS-4.9": ("mend-add",),
    "CIS-4.10": ("mend-secrets",),
    "CIS-4.11": ("mend-unsigned",),
    **{f"CIS-5.{number}": (f"mend-deployed-{number:02}",) for number in (*range(2, 7), *range(8, 33))},
    "CIS-5.7": ("mend-sshd",),
    "CIS-5.27": ("mend-deployed-27", "mend-check"),
    "SL-0001": ("mend-numeric-user",),
    "SL-0002": (
        "mend-start",
        "mend-check",
        "mend-interpreter",
        "mend-start-not-allowed",
        "mend-start-without-form",
        "mend-start-for-other-processor",
        "mend-start-hands-on",
    ),
    "SL-0003": ("mend-system-run",),
    "SL-0004": ("mend-base-content",),
    "SL-0005": ("mend-unaccounted",),
    "SL-0006": ("mend-database",),
    "SL-0007": ("mend-sources",),
    "SL-0008": ("mend-sources",),
    "SL-0009": ("mend-password",),
    "SL-0010": ("mend-uids",),
    "SL-0011": ("mend-second-root",),
    "SL-0012": ("mend-sensitive-volume",),
    "SL-0013": ("mend-tag",),
    "SL-0014": ("mend-left",),
    "SL-0015": ("mend-left",),
    "SL-0016": ("mend-upgrade",),
    "SL-0017": ("mend-rewritable",),
    "SL-0018": ("mend-writable",),
    "SL-0019": ("mend-surface",),
    "SL-0020": ("mend-account-file",),
    "SL-0021": ("mend-altered",),
    "SL-0022": ("mend-soft",),
    "SL-0023": ("mend-unmet",),
    **{f"SL-{number:04}": (f"mend-pod-{number}",) for number in range(24, 32)},
}
"""The ids of words by rule; a rule that never fails has none."""
