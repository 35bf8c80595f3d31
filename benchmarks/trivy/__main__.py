"""Seamline beside Trivy in one run: `python -m benchmarks.trivy DATA [-o PAGE] [--only PART...] [LAYOUT...]`.

DATA holds `osv/<Ecosystem>/all.zip`; both databases are made of it and nothing else, and neither asks a network. LAYOUT are OCI layouts
of real images; secrets told of them are noise, so they should hold none. Printed, and written to PAGE: flaws per ecosystem with the
ecosystems' own tools as the judge, flaws of whole images, cost, verdicts on Dockerfiles and manifests, secrets. A difference whose
reason is not in the closed list (reasons.py) is unexplained, and the exit code is then 1.
WORK keeps both databases between runs; ITEMS limits the packages of an ecosystem, ROUNDS the timed runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.accuracy.__main__ import ORDERS
from benchmarks.accuracy.own_tools import tools
from benchmarks.databases import layouts
from benchmarks.trivy import cost, images, matches, peer, secrets, verdicts
from benchmarks.trivy.page import Results, page, unexplained


class Place(NamedTuple):
    """Where a run finds and puts things."""

    data: Path
    layouts: tuple[Path, ...]
    home: Path
    work: Path
    env: dict[str, str]

    @property
    def cache(self) -> Path:
        return self.work / "trivy"


def main() -> int:
    chosen = _arguments()
    results = Results(peer.version())
    with tempfile.TemporaryDirectory(prefix="seamline-trivy-") as name:
        home = Path(name)
        work = Path(os.environ.get("WORK") or name)
        place = Place(
            chosen.data.resolve(), tuple(chosen.layouts), home, work, cost.environment(home, work / "data")
        )
        _databases(place)
        for part in chosen.only:
            PARTS[part](place, results)
    text = page(results)
    sys.stdout.write(text)
    if chosen.output:
        chosen.output.write_text(text)
    left = unexplained(results)
    for line in left:
        print(f"UNEXPLAINED: {line}", file=sys.stderr)
    return 1 if left else 0


def _matches(place: Place, results: Results) -> None:
    most, comparers = int(os.environ.get("ITEMS", "400")), tools()
    for base, order in ORDERS.items():
        if order in comparers and (place.data / "osv" / base / "all.zip").exists():
            told = matches.judged(
                base, place.data, most, comparers[order], place.home, place.env, place.cache
            )
            results.matches[base] = tuple(told)


def _images(place: Place, results: Results) -> None:
    databases = place.data / "package-dbs"
    known = layouts(databases, place.home / "databases") if databases.is_dir() else {}
    for layout in (*place.layouts, *known.values()):
        results.images.append(images.beside(layout, place.cache, place.env))


def _cost(place: Place, results: Results) -> None:
    rounds = int(os.environ.get("ROUNDS", "5"))
    for layout in place.layouts:
        results.costs += cost.measured(layout, place.home, place.work / "data", place.cache, rounds)
    results.sizes = cost.sizes(place.work / "data", place.cache)


def _verdicts(place: Place, results: Results) -> None:
    results.verdicts += verdicts.on_dockerfiles(place.home / "dockerfiles", place.cache)
    results.verdicts += verdicts.on_manifests(place.home / "deployed", place.cache, place.env)


def _secrets(place: Place, results: Results) -> None:
    results.planted += secrets.looked_for(place.home / "planted", place.cache, place.env)
    for layout in place.layouts:
        results.noise[layout.name] = tuple(secrets.noise(layout, place.cache, place.env))


PARTS: Mapping[str, Callable[[Place, Results], None]] = {
    "matches": _matches,
    "images": _images,
    "cost": _cost,
    "verdicts": _verdicts,
    "secrets": _secrets,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("layouts", nargs="*", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--only", action="append", choices=tuple(PARTS))
    chosen = parser.parse_intermixed_args()
    chosen.only = chosen.only or list(PARTS)
    return chosen


def _databases(place: Place) -> None:
    peer.make_database(place.data / "osv", place.cache)
    if not (place.work / "data").exists():
        words = [sys.executable, "-m", "seamline", "db", "update", "--from", str(place.data)]
        subprocess.run(words, env=place.env, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
