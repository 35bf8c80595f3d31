"""Seamline's version orders beside the ecosystems' own tools, on pairs of versions that real advisories name.

`python -m benchmarks.accuracy.versions DATA [ORDER...]`: DATA holds OSV's bulk exports (`<Ecosystem>/all.zip`). Of every package the
neighbouring versions and some at random are put to both; with INVENTED=1 pieces of them put together anew. Printed: pairs, what only one of both takes for a version, and every
difference.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks.accuracy.own_tools import Pair, tools

from seamline.versions.orders import ORDERS, UnreadableVersion

ECOSYSTEMS = {
    "deb": ("Debian", "Ubuntu"),
    "rpm": ("AlmaLinux", "Rocky Linux", "Red Hat", "SUSE", "openEuler"),
    "apk": ("Alpine", "Wolfi"),
    "pep440": ("PyPI",),
    "semver": ("npm", "crates.io"),
    "maven": ("Maven",),
    "rubygems": ("RubyGems",),
    "composer": ("Packagist",),
    "go": ("Go",),
    "bitnami": ("Bitnami",),
    "nuget": (
        "NuGet",
        "npm",
        "Packagist",
        "crates.io",
    ),  # few records name NuGet's own: others' prereleases are read as well
}
SHOWN = 12
_PIECES = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]")


def versions_of(archive: Path) -> Iterator[tuple[str, str]]:
    """(package, version) for every version that the records name."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            for affected in json.loads(opened.read(name)).get("affected") or ():
                package = (affected.get("package") or {}).get("name", "")
                for version in affected.get("versions") or ():
                    yield package, version
                for one in affected.get("ranges") or ():
                    if one.get("type") != "GIT":
                        yield from (
                            (package, v) for event in one["events"] for v in event.values() if v != "0"
                        )


def pairs_of(named: Mapping[str, set[str]], most: int, seed: int) -> list[Pair]:
    """Neighbours and random pairs of one package's versions, each way round by chance."""
    chance = random.Random(seed)  # noqa: S311
    pairs: set[Pair] = set()
    for versions in named.values():
        mixed = sorted(versions)
        pairs |= {pair if chance.random() < 0.5 else pair[::-1] for pair in pairwise(mixed)}
        for _ in range(min(len(mixed), 10) if len(mixed) > 2 else 0):
            pairs.add((chance.choice(mixed), chance.choice(mixed)))
    fit = sorted(pair for pair in pairs if not any(c in text for text in pair for c in '\t\n"\\ '))
    return chance.sample(fit, min(most, len(fit)))


def invented(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """Versions that nobody released: pieces of two real ones put together, dropped or doubled."""
    chance = random.Random(seed)  # noqa: S311
    made = []
    for one, other in pairs:
        first, second = _PIECES.findall(one), _PIECES.findall(other)
        at = chance.randrange(len(first) + 1)
        mixed = first[:at] + second[min(at, len(second)) + chance.choice((-1, 0, 0, 1)) :]
        if chance.random() < 0.3:
            mixed.insert(chance.randrange(len(mixed) + 1), chance.choice(mixed or ["0"]))
        if text := "".join(mixed)[:60]:
            made.append((text, chance.choice((one, other))))
    return made


def ours(order: str, pair: Pair) -> int | None:
    try:
        one, other = map(ORDERS[order], pair)
    except UnreadableVersion:
        return None
    return (one > other) - (one < other)


def main() -> None:
    data, only = Path(sys.argv[1]), sys.argv[2:]
    most = int(os.environ.get("PAIRS", "5000"))
    print(
        f"{'order':10} {'pairs':>6} {'same':>6} {'differ':>6} {'only the tool reads':>20} {'only Seamline reads':>20}"
    )
    for order, compare in tools().items():
        if only and order not in only:
            continue
        named: dict[str, set[str]] = defaultdict(set)
        for ecosystem in ECOSYSTEMS[order]:
            if (archive := data / ecosystem / "all.zip").exists():
                for package, version in versions_of(archive):
                    named[package].add(version)
        pairs = pairs_of(named, most, seed=7)
        if os.environ.get("INVENTED"):
            pairs = invented(pairs, seed=8)
        told = list(zip(pairs, compare(pairs), (ours(order, pair) for pair in pairs), strict=True))
        unread = [each for each in told if each[2] is None and each[1] is not None]
        lenient = [each for each in told if each[1] is None and each[2] is not None]
        differ = [each for each in told if None not in each[1:] and each[1] != each[2]]
        same = sum(None not in each[1:] and each[1] == each[2] for each in told)
        print(f"{order:10} {len(pairs):6} {same:6} {len(differ):6} {len(unread):20} {len(lenient):20}")
        for title, found in (("differ", differ), ("only the tool", unread), ("only Seamline", lenient)):
            for (one, other), theirs, mine in found[:SHOWN]:
                print(f"    {title}: {one!r} {other!r}: tool {theirs}, Seamline {mine}")


if __name__ == "__main__":
    main()
