"""The settings that hold: of the file that the user named, else of the nearest one upward."""

from __future__ import annotations

from pathlib import Path

from seamline.effects.given import read_given, shown_as
from seamline.effects.settings_files import nearest_settings
from seamline.settings.file import Settings, parse_settings

_MOST_BYTES = 1 << 20


def settings_of(name: str) -> Settings:
    """The settings of a file, or of the nearest one; the defaults where there is none.

    Raises:
        NotFound, Malformed: it cannot be read, or says something that is not known.
    """
    source = name or str(nearest_settings(Path.cwd()) or "")
    return parse_settings(read_given(source, _MOST_BYTES), shown_as(source)) if source else Settings()
