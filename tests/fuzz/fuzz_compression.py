"""Packed layers: gzip by both inflaters, zstd, none."""

from __future__ import annotations

import gzip

from backports import zstd

from seamline.errors import SeamlineError
from seamline.formats.compression import FastInflateFailed, unpack

SEEDS = (gzip.compress(b"layer" * 50) * 2, zstd.compress(b"layer" * 50) + zstd.compress(b"x"), b"plain tar")
MOST_BYTES = 1 << 22


def run(data: bytes) -> None:
    for fast in (True, False):
        total = 0
        try:
            for chunk in unpack([data[:99], data[99:]], "fuzz", fast=fast):
                total += len(chunk)
                if total > MOST_BYTES:
                    break
        except (SeamlineError, FastInflateFailed):
            pass
