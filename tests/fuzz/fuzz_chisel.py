"""Chisel's manifest, and the jsonwall inside it."""

from __future__ import annotations

from contextlib import suppress

from backports import zstd

from seamline.errors import SeamlineError
from seamline.formats.chisel import parse_manifest

_WALL = (
    b'{"jsonwall":"1.0","schema":"1.0","count":3}\n'
    b'{"kind":"package","name":"a","version":"1","sha256":"00","arch":"amd64"}\n'
    b'{"kind":"path","path":"/etc/","mode":"0755","slices":["a_x"]}\n'
)
SEEDS = (_WALL, zstd.compress(_WALL))


def run(data: bytes) -> None:
    for form in (data, zstd.compress(data)):
        with suppress(SeamlineError):
            for package in parse_manifest(form, 1 << 20):
                assert package.name
