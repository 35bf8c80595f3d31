"""Lines of a shell with Seamline of this checkout on PATH, as somebody who read them on a page would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A script as a shell runs it in a folder that is its home too; `more` are further variables of its environment. It stops
    at the first command that fails, as the runners of pipelines let it."""
    command = folder / "bin" / "seamline"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m seamline "$@"\n')
    command.chmod(0o755)
    env = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / ".data"),
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "LANG": "C.UTF-8",
        "SEAMLINE_OFFLINE": "1",
        **more,
    }
    return subprocess.run(
        ["sh", "-eu", "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
