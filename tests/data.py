"""Where real data lies: a folder beside the checkout, which not everybody has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def data_path(relative: str) -> Path:
    """The path of a real data file; skips the test where the folder is not there, except in CI."""
    path = DATA / relative
    if not path.exists():
        if os.environ.get("CI") and DATA.exists():
            raise FileNotFoundError(path)
        pytest.skip(f"{relative} is not beside this checkout")
    return path
