"""Writes tests/versions/vectors.tsv: pairs of versions with what each ecosystem's own tool says of them.

`python -m benchmarks.accuracy.versions_record DATA [ORDER...]`; orders whose tool is not at hand, or that are not asked for, stay as
they are. Left out: versions with
an empty part (`1..2`), which Maven alone reads as a zero and nobody releases, `1.0.ALPHA.4` (a dot on both sides of a word, where Maven's own order
is not total), numbers of four parts for npm, and Bitnami's
`-0`, which is the release itself here (versions/bitnami.py).
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.accuracy.own_tools import tools
from benchmarks.accuracy.versions import ECOSYSTEMS, invented, pairs_of, versions_of

TARGET = Path(__file__).resolve().parents[2] / "tests" / "versions" / "vectors.tsv"
REAL, MADE = 150, 100
_ODD = re.compile(r"[.\-_]{2}|^[.\-_:]|[.\-_]$")


def _odd(pair: tuple[str, str]) -> set[str]:
    found = {"bitnami"} if any(text.endswith("-0") for text in pair) else set()
    found |= {"maven"} if any(re.search(r"\.[A-Za-z]+\.[0-9]", text) for text in pair) else set()
    return found | ({"semver"} if any(text.count(".") > 2 and "-" not in text for text in pair) else set())


def main() -> None:
    data, only = Path(sys.argv[1]), sys.argv[2:]
    asked = {order: compare for order, compare in tools().items() if not only or order in only}
    lines = [line for line in TARGET.read_text().splitlines() if line.partition("\t")[0] not in asked]
    for order, compare in asked.items():
        named: dict[str, set[str]] = defaultdict(set)
        for ecosystem in ECOSYSTEMS[order]:
            if (archive := data / ecosystem / "all.zip").exists():
                for package, version in versions_of(archive):
                    named[package].add(version)
        pairs = [*pairs_of(named, REAL, seed=21), *invented(pairs_of(named, MADE, seed=22), seed=23)]
        told = zip(pairs, compare(pairs), strict=True)
        told = [
            each
            for each in told
            if not any(_ODD.search(text) for text in each[0]) and order not in _odd(each[0])
        ]
        lines += sorted(
            {f"{order}\t{one}\t{sign}\t{other}" for (one, other), sign in told if sign is not None}
        )
    lines.sort(key=lambda line: line.partition("\t")[0])  # orders in turn, each as it was
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
