"""The page of how right the matches are: `python -m benchmarks.accuracy.page DATA [PEER...]` measures all and writes docs/accuracy.md.

DATA and PEER are those of benchmarks.accuracy, .changelogs and .expectations, which also run alone; `page OUTPUT...` writes the page of
what they printed. Of what was measured more than once the last output counts. A reason that is not in REASONS is unexplained, and
the exit code is then 1.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

TARGET = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
_MATCHES = re.compile(r"(?P<name>[A-Za-z.]+) +(?P<cells>\d+ +\d+ +\d+ +\d+ +[\d.]+% +[\d.]+%)")
_EXPECTED = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9 ]*?) +(?P<cells>\d+ +\d+ +\d+)")
_CLAIMED = re.compile(
    r"(?P<name>changelogs|found before the mending version|gone in the newest version): (?P<cells>.+)"
)
_REASON = re.compile(
    r" {4}(?P<kind>false|missed|differ|not found|still found), (?P<reason>.+): (?P<number>\d+)"
)
REASONS = {
    "false, the tool reads no such version": "the ecosystem's tool takes a bound of the record for no version, so the second answer "
    "has no opinion on that range",
    "missed, told as a gap": "the version is none to us; the report says that it was not compared",
    "differ, one is no version to Seamline, nor to the ecosystem's tool: told as a gap": "the expectation is the scanner's own guess",
    "differ, one is no version to Seamline, the tool guesses: told as a gap": "letters in an epoch, empty parts, branches: the tool "
    "orders what its ecosystem's rules do not admit",
    "differ, the ecosystem's own tool says as Seamline": "the expectation was made by another version of the tool, or by hand",
    "differ, Maven's order is not total where a dot stands before a word": "`a < b < c < a` cannot be a stored key: a dot before a "
    "word counts as a dash",
    "differ, Maven's specification has the underscore as a separator": "3.8's library takes `_rc` for an unknown word, which comes "
    "after the release",
    "differ, Trivy asks for another release than the system's: a repository's, or a paid one": "the packages of an SBOM name the system's "
    "release alone",
    "differ, Trivy's detector passes over flaws without a fix": "its Wolfi detector does, its Alpine detector does not; by OSV's ranges "
    "such a flaw is open",
    "not found, no record about this source in the export": "the data at hand is a part of Debian's; these claims prove nothing",
    "not found, the tracker has it mended in an earlier version": "the changelog names the flaw again, or later than Debian's tracker "
    "has it mended",
    "not found, the version before by date is the higher one": "a version of an experimental line that was given up: by dpkg it is mended",
    "still found, the newest version is a backport, which comes before the mending one": "`~deb12u5` sorts before the version that "
    "the tracker names as mended",
    "still found, the tracker has it mended in a later version": "the changelog says mended, the tracker that the mending was not whole",
}  # fmt: skip
HEAD = """# How right the matches are

Measured and written by `python -m benchmarks.accuracy.page DATA PEER...`; nothing on this page is set by hand.

## Beside a second answer

Real packages, and packages at every version that records name, judged twice: by a whole `seamline scan` of an SBOM, and by a program
that imports nothing of Seamline and asks the ecosystems' own tools to compare ([how](concepts/matching.md)). A match is one package
and one flaw.

| ecosystem | packages | matches | false | missed | precision | recall | differences |
|---|---:|---:|---:|---:|---:|---:|---|"""
EXPECTED = """
## Beside what other scanners expect

OSV-Scalibr's expectations of version orders, pair by pair, and Trivy's of its detectors of distributions, through a whole scan.

| expected of | number | hold | differ | differences |
|---|---:|---:|---:|---|"""
CLAIMED = """
## Beside Debian's changelogs

An entry that names a CVE says that its version mends it: the CVE must be found in the version before, and be gone in the newest.

| what | number | differences |
|---|---|---|"""


class Row(NamedTuple):
    """One line of numbers as it was printed, and its differences by reason."""

    cells: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]


class Rows(NamedTuple):
    """What was printed, by part of the page and name."""

    matches: dict[str, Row]
    expected: dict[str, Row]
    claimed: dict[str, Row]


def parse(lines: Iterable[str]) -> Rows:
    """The rows of an output."""
    rows = Rows({}, {}, {})
    into, name = rows.matches, ""
    for line in lines:
        for pattern, part in ((_MATCHES, rows.matches), (_EXPECTED, rows.expected), (_CLAIMED, rows.claimed)):
            if row := pattern.fullmatch(line.rstrip()):
                into, name = part, row["name"]
                into[name] = Row((row["cells"],) if part is rows.claimed else tuple(row["cells"].split()), ())
        if (reason := _REASON.fullmatch(line)) and name:
            kind = reason["kind"]
            at = {
                "not found": "found before the mending version",
                "still found": "gone in the newest version",
            }.get(kind, name)
            told = (f"{kind}, {reason['reason']}", int(reason["number"]))
            into[at] = into[at]._replace(reasons=(*into[at].reasons, told))
    return rows


def page(rows: Rows) -> Iterator[str]:
    """The page, line by line."""
    for head, part in (
        (HEAD, sorted(rows.matches.items())),
        (EXPECTED, sorted(rows.expected.items())),
        (CLAIMED, rows.claimed.items()),
    ):
        yield head
        for name, row in part:
            told = "; ".join(f"{number} {reason}" for reason, number in row.reasons) or "-"
            yield f"| {name} | {' | '.join(row.cells)} | {told} |"
    yield "\n## Every kind of difference\n\n| difference | why |\n|---|---|"
    yield from (f"| {reason} | {why} |" for reason, why in REASONS.items())
    yield f"\nUnexplained: {unexplained(rows)}."


def unexplained(rows: Rows) -> int:
    """How many differences have no known reason."""
    return sum(
        number
        for part in rows
        for row in part.values()
        for reason, number in row.reasons
        if reason not in REASONS
    )


def measured(data: Path, peers: Sequence[str]) -> list[str]:
    """What the benchmarks print, two at a time, on one database."""
    ecosystems = sorted(each.name for each in (data / "osv").iterdir() if each.is_dir())
    asked = [(".changelogs", [str(data)]), *([(".expectations", [*peers])] if peers else ())]
    asked += [("", [str(data), each]) for each in ecosystems]
    with tempfile.TemporaryDirectory(prefix="seamline-accuracy-") as folder:
        env = {**os.environ, "WORK": os.environ.get("WORK", folder)}
        if not Path(env["WORK"], "data").exists():
            made = {**env, "XDG_DATA_HOME": str(Path(env["WORK"], "data"))}
            update = [sys.executable, "-m", "seamline", "db", "update", "-q", "--from", str(data)]
            subprocess.run(update, env=made, check=True)

        def told(part: tuple[str, list[str]]) -> str:
            module, arguments = part
            command = [sys.executable, "-m", f"benchmarks.accuracy{module}", *arguments]
            done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
            # expectations that differ without a known reason are told by 1
            if done.returncode not in ((0, 1) if module == ".expectations" else (0,)):
                raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
            return done.stdout

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(told, asked))


def main() -> None:
    first, *others = sys.argv[1:]
    outputs = (
        measured(Path(first), others)
        if Path(first).is_dir()
        else [Path(each).read_text() for each in (first, *others)]
    )
    rows = Rows({}, {}, {})
    for output in outputs:
        for part, more in zip(rows, parse(output.splitlines()), strict=True):
            part.update(more)
    TARGET.write_text("\n".join(page(rows)) + "\n")
    sys.exit(bool(unexplained(rows)))


if __name__ == "__main__":
    main()
