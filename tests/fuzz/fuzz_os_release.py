"""os-release and the release files of older systems."""

from __future__ import annotations

from seamline.formats.os_release import FILES, parse_release_file

SEEDS = (
    b"ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='x'\n",
    b"bookworm/sid",
    b"CentOS release 6.9 (Final)",
    b"DISTRIB_ID=Ubuntu\n",
)


def run(data: bytes) -> None:
    for path in FILES:
        found = parse_release_file(path, data)
        assert found is None or found.id
