"""Makes the database from an export on disk in a process of its own, and prints what it cost: `python
benchmarks/advisories/measure.py EXPORT DATABASE [ECOSYSTEM...]`.

Printed: seconds (wall and processor), peak memory, the index on disk, the time to open it, and 1,000 packages matched against
all of it. Budgets: minutes, 1 GB, 450 MB, 10 ms, 0.1 s. A Python that was built without its profile (as version managers do
unless told) takes a quarter longer to match than a distribution's own.
"""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from seamline.advisories.match import match
from seamline.model.package import Distribution, Install, Package
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations

NOW = "2026-11-26T00:00:00Z"
ROUNDS = 7
_SELDOM = ("linux", "chromium", "firefox-esr", "thunderbird", "webkit2gtk")
"""Packages with thousands of advisories each, which no server's image has."""


def update(export: Path, database: Path, ecosystems: list[str]) -> None:
    """One update by the program itself."""
    env = {**os.environ, "XDG_DATA_HOME": str(database)}
    only = [word for each in ecosystems for word in ("-e", each)]
    command = [sys.executable, "-m", "seamline", "db", "update", "--from", str(export), "--as-of", NOW, *only]
    start = time.perf_counter()
    with subprocess.Popen(command, env=env) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    print(
        f"update: {seconds:.0f} s, {usage.ru_utime + usage.ru_stime:.0f} s of processor, "
        f"peak {usage.ru_maxrss / 1024:.0f} MB, exit {process.returncode}"
    )


def installs(index: AdvisoryIndex, *, heavy: bool) -> list[Install]:
    """1,000 packages of a Debian image with Python and npm in it, named as the advisories name them; with `heavy` also a
    kernel, browsers and what else thousands of advisories speak of."""
    rng = random.Random(1)  # noqa: S311 - a benchmark, no secret
    bookworm = Distribution(id="debian", version_id="12", codename="bookworm", pretty_name="Debian 12")
    shares = {"Debian": ("deb", 400), "PyPI": ("pypi", 200), "npm": ("npm", 400)}
    found = []
    for base, (kind, count) in shares.items():
        file = index.file_of(base)
        assert file is not None, f"{base} is not in the database"
        release = "Debian:12\0" if base == "Debian" else f"{base}\0"
        names = [
            key[1:].decode().partition("\0")[2]
            for key, _ in file.packed()
            if key.startswith(b"r" + release.encode())
        ]
        some = [name for name in names if not name.startswith(_SELDOM)]
        most = [name for name in _SELDOM if heavy and kind == "deb"]
        for name in most + rng.sample(some, count - len(most)):
            distribution = bookworm if kind == "deb" else None
            package = Package(ecosystem=kind, name=name, version="4.20.100-1", distribution=distribution)
            found.append(Install(package=package, proofs=(), origin_layer=0, current_layer=0, found_by=kind))
    return found


def main() -> None:
    export, database = Path(sys.argv[1]), Path(sys.argv[2])
    update(export, database, sys.argv[3:])
    place = Generations(database / "seamline" / "advisories")
    manifest = place.manifest()
    total = sum(state.advisories for state in manifest.ecosystems)
    size = sum(
        file.stat().st_size for file in place.folder.rglob("*") if file.is_file() and not file.is_symlink()
    )
    print(
        f"index: {total} advisories, {size / 1e6:.0f} MB on disk, {len(list(place.folder.glob('generation-*')))} generation"
    )
    opening = (
        "import time; a = time.perf_counter(); import sys; from pathlib import Path\n"
        "from seamline.stores.advisory_index import AdvisoryIndex\n"
        "b = time.perf_counter(); index = AdvisoryIndex(Path(sys.argv[1])); index.affected('Debian:12', 'openssl')\n"
        "print(time.perf_counter() - b)"
    )
    opened = [
        float(
            subprocess.run(
                [sys.executable, "-c", opening, str(place.current)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for _ in range(ROUNDS)
    ]
    print(f"open and first look-up: {min(opened) * 1000:.2f} ms")
    index = AdvisoryIndex(place.current)
    print(f"Python {sys.version.split()[0]} ({sys.executable})")
    gc.disable()  # as in a run of the program, whose look for garbage comes seldom
    for heavy in (False, True):
        packages = installs(index, heavy=heavy)
        best, flaws = 1e9, 0
        for _ in range(ROUNDS):
            start = time.process_time()
            flaws = len(match(packages, index.affected).flaws)
            best = min(best, time.process_time() - start)
        what = "with a kernel and browsers" if heavy else "without a kernel or browsers"
        print(f"match: {len(packages)} packages {what}, {flaws} flaws, {best * 1000:.0f} ms of processor")


if __name__ == "__main__":
    main()
