"""Where Seamline keeps things: the XDG folders, private to their user."""

from __future__ import annotations

import os
from pathlib import Path


def data_home() -> Path:
    """The folder of the ledger and the advisory index. Source: XDG Base Directory Specification 0.8."""
    return _home("XDG_DATA_HOME", ".local/share")


def cache_home() -> Path:
    """The folder of the layer cache and downloads."""
    return _home("XDG_CACHE_HOME", ".cache")


def config_home() -> Path:
    """The folder of the user's settings."""
    return _home("XDG_CONFIG_HOME", ".config")


def private_folder(path: Path) -> Path:
    """`path`, made with mode 0700 where it was missing.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _home(variable: str, below: str) -> Path:
    base = os.environ.get(variable, "")
    # the specification says that relative paths are to be ignored
    return (Path(base) if base.startswith("/") else Path.home() / below) / "seamline"
