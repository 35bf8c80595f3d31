"""Which language a run speaks: `--lang`, `SEAMLINE_LANG`, then the locale."""

from __future__ import annotations

import os


def choose_language(flag: str) -> str:
    """`en` or `zh`."""
    for value in (flag, os.environ.get("SEAMLINE_LANG", "")):
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
