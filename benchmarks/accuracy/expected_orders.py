"""OSV-Scalibr's expectations of version orders, put to Seamline's; where they differ, the ecosystem's own tool is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.accuracy.own_tools import Pair, tools
from benchmarks.accuracy.versions import ours

ORDERS = {
    "alpine": "apk", "debian": "deb", "maven": "maven", "nuget": "nuget", "packagist": "composer", "pypi": "pep440",
    "redhat": "rpm", "rubygems": "rubygems", "semver": "semver",
}  # fmt: skip
_LINE = re.compile(r"(?!//)(\S.*?) ([<=>]) (.*\S)")
_SIGNS = {"<": -1, "=": 0, ">": 1}
_DOTTED_WORD = re.compile(r"\.[A-Za-z]")


class Held(NamedTuple):
    """How many expectations there are, how many hold, and those that do not, with the reason of each."""

    number: int
    differing: tuple[tuple[str, str], ...]

    def reasons(self) -> list[tuple[str, int]]:
        return Counter(reason for _, reason in self.differing).most_common()


def order_results(peer: Path) -> Iterator[tuple[str, Held]]:
    """The result of every file of expectations whose order Seamline has."""
    asked = tools()
    found: dict[str, list[tuple[Pair, int]]] = {}
    for path in sorted((peer / "semantic" / "testdata").glob("*-versions*.txt")):
        if order := ORDERS.get(path.name.partition("-")[0]):
            found.setdefault(order, []).extend(read(path.read_text()))
    for order, expected in sorted(found.items()):
        differing = [(pair, sign) for pair, sign in expected if ours(order, pair) != sign]
        compare = asked.get(order)
        told = compare([pair for pair, _ in differing]) if compare and differing else [None] * len(differing)
        yield (
            order,
            Held(
                len(expected),
                tuple(
                    (f"{pair[0]} {'<=>'[sign + 1]} {pair[1]}", reason(order, pair, by_tool))
                    for (pair, sign), by_tool in zip(differing, told, strict=True)
                ),
            ),
        )


def read(text: str) -> Iterator[tuple[Pair, int]]:
    """`one < other`, a line each; remarks begin with `#` or `//`."""
    for line in map(str.strip, text.splitlines()):
        if (match := _LINE.fullmatch(line)) and not line.startswith("#"):
            yield (match[1], match[3]), _SIGNS[match[2]]


def reason(order: str, pair: Pair, by_tool: int | None) -> str:
    """Why Seamline does not say what was expected."""
    mine = ours(order, pair)
    if mine is None:
        tail = "nor to the ecosystem's tool" if by_tool is None else "the tool guesses"
        return f"one is no version to Seamline, {tail}: told as a gap"
    if by_tool == mine:
        return "the ecosystem's own tool says as Seamline"
    if order == "maven" and any("_" in text for text in pair):
        return "Maven's specification has the underscore as a separator"
    if order == "maven" and any(_DOTTED_WORD.search(text) for text in pair):
        return "Maven's order is not total where a dot stands before a word"
    return "unexplained"
