"""Where settings lie: the nearest seamline.toml from the current folder upward, else the user's own."""

from __future__ import annotations

from pathlib import Path

from seamline.effects.home import config_home

NAME = "seamline.toml"


def nearest_settings(start: Path) -> Path | None:
    """The settings file that counts for work in `start`; None where there is none."""
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    own = config_home() / NAME
    return own if own.is_file() else None
