"""The settings that hold: of the file that the user named, else of the nearest one upward."""

from __future__ import annotations

from pathlib import Path

from seamline.effects.disk import read_regular
from seamline.effects.settings_files import nearest_settings
from seamline.settings.file import Settings, parse_settings

_MOST_BYTES = 1 << 20


def settings_of(name: str) -> Settings:
    """The settings of a file, or of the nearest one; the defaults where there is none.

    Raises:
        NotFound, Malformed: it cannot be read, or says something that is not known.
    """
    path = Path(name) if name else nearest_settings(Path.cwd())
    return parse_settings(read_regular(path, _MOST_BYTES), str(path)) if path is not None else Settings()
