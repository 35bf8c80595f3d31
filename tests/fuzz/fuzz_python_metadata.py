"""METADATA and RECORD."""

from __future__ import annotations

from seamline.formats.python_metadata import parse_metadata, parse_record

SEEDS = (
    b"Name: a.b\nVersion: 1\nRequires-Dist: c; extra == 'd'\nLicense: MIT\n\nbody",
    b'"a,b",,\nc,sha256=x,1\n',
)


def run(data: bytes) -> None:
    found = parse_metadata(data)
    assert found is None or found.name
    assert all(parse_record(data))
