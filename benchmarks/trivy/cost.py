"""Cold, warm, memory and index beside Trivy: whole processes taken in turn (A B C D A B C D ...), on the same images and records.

Cold is without what was kept of the image's layers; the databases are there, as after an update. Ratios are to Seamline's warm run.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from benchmarks.run import Contender, Run, measure
from benchmarks.trivy import peer


class Cost(NamedTuple):
    """Medians of one contender on one image; the highest peak."""

    image: str
    who: str
    seconds: float
    busy_seconds: float
    peak_bytes: int


def environment(home: Path, data: Path) -> dict[str, str]:
    """Seamline's own places, its bytecode kept as an installation has it."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
        "XDG_DATA_HOME": str(data),
        "XDG_CACHE_HOME": str(home / "cache"),
    }


def contenders(layout: Path, home: Path, cache: Path) -> list[Contender]:
    seamline = [sys.executable, "-m", "seamline", "scan", f"oci-dir:{layout}", "-f", "json", "--offline"]
    trivy = peer.command("image", str(layout), cache)
    return [
        Contender("Seamline, cold", seamline, lambda: shutil.rmtree(home / "cache", ignore_errors=True)),
        Contender("Seamline, warm", seamline, lambda: None),
        Contender("Trivy, cold", trivy, lambda: shutil.rmtree(cache / "fanal", ignore_errors=True)),
        Contender("Trivy, warm", trivy, lambda: None),
    ]


def measured(layout: Path, home: Path, data: Path, cache: Path, rounds: int) -> list[Cost]:
    """The costs on one image; a first round does not count."""
    env = environment(home, data)
    runs: dict[str, list[Run]] = defaultdict(list)
    for at in range(rounds + 1):
        for contender in contenders(layout, home, cache):
            contender.before()
            run = measure(contender.command, env)
            if at:
                runs[contender.name].append(run)
    return [
        Cost(
            layout.name,
            who,
            statistics.median(run.seconds for run in found),
            statistics.median(run.busy_seconds for run in found),
            max(run.peak_bytes for run in found),
        )
        for who, found in runs.items()
    ]


def sizes(data: Path, cache: Path) -> tuple[int, int]:
    """Bytes on disk of Seamline's index and of Trivy's."""
    files = (data / "seamline" / "advisories").resolve().rglob("*")
    ours = sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
    return ours, (cache / "db" / "trivy.db").stat().st_size
