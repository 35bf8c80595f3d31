"""The page of what the benchmark printed: `python -m benchmarks.accuracy.page OUTPUT... > docs/accuracy.md`.

Of an ecosystem that was judged more than once the last output counts. A reason that is not in REASONS is unexplained, and the exit
code is then 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_ROW = re.compile(r"(?P<name>[A-Za-z.]+) +(?P<cells>\d+ +\d+ +\d+ +\d+ +[\d.]+% +[\d.]+%)")
_REASON = re.compile(r" {4}(?P<kind>false|missed), (?P<reason>[^:]+): (?P<number>\d+)")
REASONS = {
    "false, the tool reads no such version": "the ecosystem's tool takes a bound of the record for no version, so the second answer "
    "has no opinion on that range",
    "missed, told as a gap": "the version is none to us; the report says that it was not compared",
}
HEAD = """# How right the matches are

Real packages, and packages at every version that records name, judged twice: by a whole `seamline scan` of an SBOM, and by a program
that imports nothing of Seamline and asks the ecosystems' own tools to compare ([how](concepts/matching.md)). A match is one package
and one flaw. Made by `python -m benchmarks.accuracy DATA`, whose output `python -m benchmarks.accuracy.page` turns into this page.

| ecosystem | packages | matches | false | missed | precision | recall | differences |
|---|---:|---:|---:|---:|---:|---:|---|"""

BOUND = """A match is as right as its record. CVE-2003-0856 is told of iproute2 in Debian 12: the record comes from the source's changelog, which
goes back to the source `iproute`, numbered by dates, and calls 20010824-13.1 the fix of what is 6.1.0 now. Nothing in the
two versions says so: a source that moved from 6.1.0 to dates later would look the same, and there the flaw would be real. Of 10 fixed
versions of Debian 12 that are dates this is the only one about a package that is not numbered by dates, so no rule hides it; an
`[[ignore]]` with its reason does."""


class Row(NamedTuple):
    """One ecosystem's numbers as they were printed, and its differences by reason."""

    cells: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]


def parse(lines: Iterable[str]) -> dict[str, Row]:
    """The rows of an output, by ecosystem."""
    found: dict[str, Row] = {}
    name = ""
    for line in lines:
        if row := _ROW.match(line):
            name = row["name"]
            found[name] = Row(tuple(row["cells"].split()), ())
        elif (reason := _REASON.match(line)) and name:
            told = (f"{reason['kind']}, {reason['reason']}", int(reason["number"]))
            found[name] = found[name]._replace(reasons=(*found[name].reasons, told))
    return found


def page(rows: dict[str, Row]) -> Iterator[str]:
    """The page, line by line."""
    yield HEAD
    for name, row in sorted(rows.items()):
        told = "; ".join(f"{number} {reason}" for reason, number in row.reasons) or "-"
        yield f"| {name} | {' | '.join(row.cells)} | {told} |"
    yield ""
    yield "| difference | why |"
    yield "|---|---|"
    yield from (f"| {reason} | {why} |" for reason, why in REASONS.items())
    yield ""
    yield BOUND
    yield ""
    yield f"Unexplained: {unexplained(rows)}."


def unexplained(rows: dict[str, Row]) -> int:
    """How many differences have no known reason."""
    return sum(number for row in rows.values() for reason, number in row.reasons if reason not in REASONS)


def main() -> None:
    rows: dict[str, Row] = {}
    for path in sys.argv[1:]:
        rows |= parse(Path(path).read_text().splitlines())
    sys.stdout.write("\n".join(page(rows)) + "\n")
    sys.exit(bool(unexplained(rows)))


if __name__ == "__main__":
    main()
