"""Settings, other scanners' ignore files, and gates as they are typed."""

from __future__ import annotations

from contextlib import suppress

from seamline.errors import SeamlineError
from seamline.settings.file import parse_settings
from seamline.settings.gates import parse_gate
from seamline.settings.ignores import parse_grype_yaml, parse_trivyignore

_TODAY = "2026-01-01"
SEEDS = (
    (
        b'[teams.web]\ncontact = "web@example.org"\nsides = ["application"]\nbases = ["debian:*"]\n[deadlines]\nhigh = 30\n'
        b'[[ignore]]\nid = "CVE-2026-1000"\nreason = "x"\nuntil = 2026-03-01\n'
    ),
    b"# why\nCVE-2026-1000 exp:2026-03-01\nGHSA-aaaa-bbbb-cccc\n",
    b"vulnerabilities:\n  - id: CVE-2026-1000\n    paths: [a/b]\n    expired_at: 2026-03-01\n    statement: x\n",
    b"ignore:\n  - vulnerability: CVE-2026-1000\n    fix-state: unknown\n    package: {name: a, version: 1.10, type: deb}\n",
    b"app=high,fixable,new",
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        parse_settings(data, "fuzz")
    with suppress(SeamlineError):
        parse_trivyignore(data, "fuzz", _TODAY)
    with suppress(SeamlineError):
        parse_trivyignore(data, "fuzz.yaml", _TODAY)
    with suppress(SeamlineError):
        parse_grype_yaml(data, "fuzz", _TODAY)
    with suppress(SeamlineError):
        parse_gate(data.decode("utf-8", "replace"))
