"""Kills real updates all over their measured write window, and looks what is left: `python -m benchmarks.advisories.kills
[COUNT [SEED]]`, 300 by default, from the folder of the project.

Printed: the window, how many died inside it, how many left the old and the new index whole. A torn index ends it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import msgspec
from tests.advisory_server import flaw, zipped
from tests.kills import Kills

RECORDS, PACKAGES = 300, 100


def export(folder: Path, fixed: str) -> Path:
    """An export of three ecosystems."""
    for ecosystem in ("PyPI", "npm", "crates.io"):
        (folder / ecosystem).mkdir(parents=True)
        records = []
        for at in range(RECORDS):
            made = msgspec.json.decode(msgspec.json.encode(flaw(at, f"{fixed}.{at}")))
            made["affected"][0]["package"] = {"ecosystem": ecosystem, "name": f"package-{at % PACKAGES}"}
            records.append(made)
        (folder / ecosystem / "all.zip").write_bytes(zipped(*records))
    return folder


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)  # noqa: S311 - a benchmark, no secret
    with tempfile.TemporaryDirectory(prefix="seamline-kills-") as name:
        folder = Path(name)
        kills = Kills(folder, (export(folder / "one", "1"), export(folder / "two", "2")))
        window = kills.window()
        span = window.last - window.first
        print(
            f"write window: {window.first * 1000:.0f} to {window.last * 1000:.0f} ms after the start",
            flush=True,
        )
        moments = [span * rng.uniform(0, 1.05) for _ in range(count)]
        told = []
        for number, moment in enumerate(moments, 1):
            told.append(kills.kill(moment))
            if number % 50 == 0:
                print(f"{number} kills, {sum(each.was_writing for each in told)} inside", flush=True)
        left = kills.tidied()
    inside = sum(each.was_writing for each in told)
    old, new = (sum(each.left == which for each in told) for which in ("old", "new"))
    print(
        f"{count} kills, {inside} while it wrote: {old} left the old index whole, {new} the new one, 0 torn"
    )
    print(f"after the next update: {left} generation, nothing else left behind")


if __name__ == "__main__":
    main()
