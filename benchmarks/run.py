"""Seamline beside the floor and beside Syft, on the same image, in one run: `benchmarks/run OCI-LAYOUT[:TAG]...`.

Every program is a whole process with an empty or a filled cache, taken in turn (A B C A B C ...), so that a machine
whose speed drifts cannot favour one. Python programs run as pip installs them: their bytecode is there, which one
round that does not count sees to. SYFT names other Syfts than the one on PATH, `:` between them. Printed: the median
wall time and its ratio to Seamline's, the same of processor time, which a busy machine blurs less, and the peak memory.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent


class Run(NamedTuple):
    """`seconds` are by the clock, `busy_seconds` of processor time."""

    seconds: float
    busy_seconds: float
    peak_bytes: int


class Contender(NamedTuple):
    name: str
    command: Sequence[str]
    before: Callable[[], None]


_LAUNCH = """
import json, os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, at, os.devnull, os.O_WRONLY, 0) for at in (1, 2)]
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(child, 0)
seconds = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))
"""


def measure(command: Sequence[str], env: dict[str, str]) -> Run:
    """One run of a program, begun by a small process: a child's peak is at least what its parent held when it began."""
    launched = [sys.executable, "-I", "-S", "-c", _LAUNCH, *command]
    code, seconds, busy_seconds, peak_bytes = json.loads(
        subprocess.run(launched, env=env, stdout=subprocess.PIPE, check=True).stdout
    )
    if code != 0:
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return Run(seconds, busy_seconds, peak_bytes)


def contenders(image: str, home: Path) -> list[Contender]:
    layout = image.partition(":")[0] if not Path(image).exists() else image
    seamline = [sys.executable, "-m", "seamline", "sbom", f"oci-dir:{image}", "-f", "json"]
    caches = home / "cache"
    found = [
        Contender("seamline cold", seamline, lambda: shutil.rmtree(caches, ignore_errors=True)),
        Contender("seamline warm", seamline, lambda: None),
        Contender("floor", [sys.executable, str(HERE / "floor.py"), layout], lambda: None),
    ]
    theirs = ("scan", f"oci-dir:{layout}", "-o", "json")
    return found + [Contender(version_of(syft), [syft, *theirs], lambda: None) for syft in _syfts()]


def _syfts() -> list[str]:
    named = os.environ.get("SYFT", "").split(os.pathsep)
    return [path for name in (named if any(named) else ["syft"]) if (path := shutil.which(name))]


@cache
def version_of(syft: str) -> str:
    """`syft 1.18.1`, or `syft` and its folder where it does not know its version."""
    said = subprocess.run([syft, "version", "-o", "json"], capture_output=True, text=True, check=True).stdout
    version = json.loads(said)["version"]
    return f"syft {version if version[:1].isdigit() else Path(syft).parent.name}"


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", "5"))
    for image in sys.argv[1:]:
        with tempfile.TemporaryDirectory(prefix="seamline-bench-") as name:
            home = Path(name)
            env = {
                **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
                "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
                "HOME": name,
                "XDG_CACHE_HOME": str(home / "cache"),
                "XDG_DATA_HOME": str(home / "data"),
                "SYFT_CHECK_FOR_APP_UPDATE": "false",
            }
            runs: dict[str, list[Run]] = {}
            for counted in (False, *[True] * rounds):
                for contender in contenders(image, home):
                    contender.before()
                    run = measure(contender.command, env)
                    if counted:
                        runs.setdefault(contender.name, []).append(run)
        report(image, runs)


def report(image: str, runs: dict[str, list[Run]]) -> None:
    cold = _medians(runs["seamline cold"])
    print(f"{image} ({len(runs['floor'])} rounds, medians)")
    print(f"  {'':16} {'seconds':>8} {'to cold':>8} {'busy s':>8} {'to cold':>8} {'peak MB':>8}")
    for name, found in runs.items():
        own = _medians(found)
        ratios = own.seconds / cold.seconds, own.busy_seconds / cold.busy_seconds
        print(
            f"  {name:16} {own.seconds:8.3f} {ratios[0]:8.2f} {own.busy_seconds:8.3f} {ratios[1]:8.2f}"
            f" {own.peak_bytes / 1e6:8.0f}",
            flush=True,
        )


def _medians(runs: Sequence[Run]) -> Run:
    """The median times and the highest peak."""
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.busy_seconds for run in runs),
        max(run.peak_bytes for run in runs),
    )


if __name__ == "__main__":
    main()
