"""The key of fingerprints: random bytes beside the layer cache, so that no fingerprint means anything elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from seamline.effects.home import private_folder

_SIZE_BYTES = 32
_NAME = "fingerprint.key"


def fingerprint_key(folder: Path) -> bytes:
    """The 32 bytes of `folder`, made with mode 0600 where they were missing; bytes of this run alone where nothing can be
    kept there. Of several that make it at once, the first one's holds."""
    path = folder / _NAME
    made = os.urandom(_SIZE_BYTES)
    try:
        private_folder(folder)
        if not _whole(path):
            _make(path, made)
        return path.read_bytes() if _whole(path) else made
    except OSError:
        return made


def _whole(path: Path) -> bool:
    return path.exists() and path.stat().st_size == _SIZE_BYTES


def _make(path: Path, key: bytes) -> None:
    beside = path.with_name(f"{_NAME}.{os.urandom(8).hex()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - the mode from the start
        file.write(key)
    try:
        os.link(beside, path)
    except FileExistsError:
        if not _whole(path):  # a torn one; a link brings the whole file at once
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
