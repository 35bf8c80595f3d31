"""The same packages as Syft in every real package database, or a reason from the closed list."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data import data_path
from tests.neighbours import need

_ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.real
@pytest.mark.data
def test_no_difference_is_without_a_reason() -> None:
    need("syft")
    done = subprocess.run(
        [sys.executable, _ROOT / "benchmarks" / "parity.py", "--databases", data_path("package-dbs")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(_ROOT / "src")},
    )
    assert done.stdout.endswith("unexplained: 0\n"), done.stdout + done.stderr
