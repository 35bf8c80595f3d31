"""What the page needs to know of an image: taken from its report, kept beside the page."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

KINDS = {
    "shells": ("shell",),
    "managers": ("package manager", "language package manager"),
    "privileged": ("setuid file", "setgid file", "file capability"),
    "tools": ("network client", "network scanner", "sniffer", "remote shell"),
}
KNOBS = ("TZ", "LC_ALL", "SSL_CERT_FILE")


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One image. Sizes are in bytes; `fails` are rules of CIS section 4 by side; `fixable` is None without advisories, `flawed` names the
    packages concerned; `acts`
    are those by which a fix of the lowest part reaches users, `owners` the teams of the lowest and the topmost part;
    `knobs` and `ready` are verdicts, `mounts` what it must be given to run with least privilege."""

    total: int
    system: int
    surface: dict[str, list[str]]
    fails: dict[str, int]
    fixable: int | None
    inherited: int
    flawed: list[str]
    owners: list[str]
    acts: list[str]
    knobs: dict[str, str]
    reads: int
    ready: list[str]
    mounts: list[str]
    ports: list[int]
    waste: int
    needed: int | None


def figures_of(report: dict[str, Any]) -> Figures:
    """The figures out of a `seamline.report/1`."""
    audit, custom, scan = report["audit"], report["customization"], report["scan"]
    sides, parts = report["inspect"]["sides"], report["updates"]["parts"]
    fixable = [each for each in scan["findings"] if each["status"] == "fixed"]
    judged = scan["database"]["kind"] not in ("none", "starter")
    ready = audit["readiness"]
    return Figures(
        total=custom["total_bytes"],
        system=sides["system"]["size_bytes"],
        surface={name: _names(audit["surface"], kinds) for name, kinds in KINDS.items()},
        fails=dict(Counter(rule["side"] for rule in _failed(audit["rules"]))),
        fixable=len(fixable) if judged else None,
        flawed=sorted({each["package"] for each in fixable}),
        inherited=sum(each["side"] == "system" for each in fixable),
        owners=list(dict.fromkeys((parts[0]["owner"], parts[-1]["owner"]))),
        acts=parts[0].get("forces", []),
        knobs={each["name"]: each["verdict"] for each in custom["knobs"] if each["name"] in KNOBS},
        reads=sum(each["why"]["id"] == "variable-read" for each in custom["knobs"]),
        ready=[ready[each] for each in ("non_root", "read_only", "no_capabilities")],
        mounts=ready.get("mounts", []),
        ports=[port for port in ready.get("ports", []) if port < 1024],
        waste=sum(each["size_bytes"] for each in custom.get("waste", ()) if each["kind"] in ("documentation", "locales", "caches", "package lists")),
        needed=custom.get("needed_bytes"),
    )  # fmt: skip


def _names(surface: list[dict[str, Any]], kinds: tuple[str, ...]) -> list[str]:
    return sorted(line["path"] if "set" in line["kind"] else line["name"] for line in surface if line["kind"] in kinds)  # fmt: skip


def _failed(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each failing rule of CIS section 4 once a side."""
    found = {(rule["id"], rule["side"]): rule for rule in rules if rule["id"].startswith("CIS-4.") and rule["verdict"] == "fail"}  # fmt: skip
    return list(found.values())
