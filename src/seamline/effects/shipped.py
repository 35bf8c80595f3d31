"""What comes with Seamline besides its code."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "data"


def shipped(name: str) -> bytes:
    """The bytes of a file of seamline/data. (importlib.resources says the same, 3 ms later.)"""
    return (_FOLDER / name).read_bytes()
