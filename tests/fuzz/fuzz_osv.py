"""OSV records, parsed and compiled for every order of versions there is."""

from __future__ import annotations

from contextlib import suppress

from seamline.advisories.compile import compile_record
from seamline.errors import SeamlineError
from seamline.formats.osv import parse_osv

_ECOSYSTEMS = (
    "Debian", "Red Hat", "Alpine", "npm", "PyPI", "Maven", "RubyGems", "Packagist", "NuGet", "Go", "Bitnami",
)  # fmt: skip
_RECORD = (
    b'{"id":"X-1","modified":"2026-01-02T00:00:00Z","aliases":["CVE-2026-1000"],"severity":[{"type":"CVSS_V3",'
    b'"score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"%s",'
    b'"name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"%s"},{"introduced":"2"},'
    b'{"last_affected":"3"}]}],"versions":["1.0","2.1"],"ecosystem_specific":{"urgency":"low"}}]}'
)
SEEDS = (
    _RECORD % (b"Debian:12", b"1:2.3~rc1-4+deb12u1"),
    _RECORD % (b"Red Hat:enterprise_linux:9::baseos", b"0:3.0.7-25.module+el9"),
    _RECORD % (b"PyPI", b"1!2.0rc1.post2.dev3+local"),
    _RECORD % (b"Maven", b"2.17.1-alpha-1"),
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        record = parse_osv(data, "fuzz")
        for ecosystem in _ECOSYSTEMS:
            compile_record(record, ecosystem)
