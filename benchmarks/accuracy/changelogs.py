"""Debian's changelogs as a truth of their own: `python -m benchmarks.accuracy.changelogs DATA [DOC]`.

A changelog entry that names a CVE says that its version mends it. DOC is a folder of installed packages' papers (default
/usr/share/doc of a Debian 12 machine; `changelog.Debian.gz` in each). Each package is judged by a whole `seamline scan` at its newest
version, where nothing that its changelog names may be found, and at the version right before each mending entry, where the CVE must
be found. Every difference is printed with its reason, by the raw records.
chromium's and Linux' changelogs have hundreds of versions with thousands of open flaws in each, five minutes of processor time: VERSIONS=40
judges no more of a source than so many, evenly spread. DOC may be several folders.
"""

from __future__ import annotations

import gzip
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.accuracy.__main__ import scanned, seamline
from benchmarks.accuracy.own_tools import Compare, tools
from benchmarks.accuracy.packages import purl
from benchmarks.accuracy.truth import Fact, Item, facts_of

_ENTRY = re.compile(r"^(\S+) \(([^)\s]+)\) [^;]+;.*$", re.MULTILINE)
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
SHOWN = 12
SCANNED = 40  # packages in one scan: a source has thousands of open flaws at each of its versions
Place = tuple[str, str]


class Claim(NamedTuple):
    """What a changelog says of a source: `cve` is mended in `fixed`, the entry after `before`, and still in `newest`."""

    source: str
    cve: str
    before: str
    fixed: str
    newest: str


def claims(text: str) -> list[Claim]:
    """The claims of one changelog, newest entry first: the oldest entry that names a CVE mends it."""
    heads = list(_ENTRY.finditer(text))
    found: dict[str, Claim] = {}
    for at, head in enumerate(heads[:-1]):
        body = text[head.end() : heads[at + 1].start()]
        for cve in _CVE.findall(body):
            found[cve] = Claim(head[1], cve, heads[at + 1][2], head[2], heads[0][2])
    return list(found.values())


def gathered(doc: Path) -> set[Claim]:
    """The claims of every changelog in a folder of papers."""
    found: set[Claim] = set()
    for path in sorted(doc.glob("*/changelog.Debian.gz")):
        found.update(claims(gzip.decompress(path.read_bytes()).decode("utf-8", "replace")))
    return found


def reason(told: list[Fact], claim: Claim, compare: Compare) -> str:
    """Why Seamline and a changelog differ, by the records of the CVE about this source and dpkg's order."""
    own = [fact for fact in told if claim.cve in fact.cves]
    if not own:
        return "no record about this source in the export"
    fixes = {bound for fact in own for events in fact.ranges for kind, bound in events if kind == "fixed"}
    earlier, later = (
        set(fixes)
        & {
            fix
            for fix, sign in zip(fixes, compare([(fix, at) for fix in fixes]), strict=True)
            if sign in signs
        }
        for at, signs in ((claim.before, (-1, 0)), (claim.newest, (1,)))
    )
    if claim.fixed in earlier:
        return "the version before by date is the higher one"
    if claim.fixed in later:
        return "the newest version is a backport, which comes before the mending one"
    if earlier:
        return "the tracker has it mended in an earlier version"
    if later:
        return "the tracker has it mended in a later version"
    return "unexplained"


def spread(told: Iterable[Claim], most: int) -> list[Claim]:
    """The claims about a source that meet at no more than so many versions of it, evenly spread; 0 keeps all."""
    by_source = defaultdict(list)
    for each in told:
        by_source[each.source].append(each)
    kept: list[Claim] = []
    for mine in by_source.values():
        versions = list(dict.fromkeys(each.before for each in mine))
        most_here = min(most or len(versions), len(versions))
        chosen = {versions[at * len(versions) // most_here] for at in range(most_here)}
        kept += [each for each in mine if each.before in chosen]
    return kept


def named(places: Sequence[Place], env: Mapping[str, str]) -> dict[Place, set[str]]:
    """What scans of packages at these versions find, a few packages a scan, two scans at a time."""

    def judged(at: int) -> dict[Place, set[str]]:
        mine = places[at : at + SCANNED]
        items = [Item("Debian:12", name, v, purl("Debian", "12", name, v, upstream=name)) for name, v in mine]
        with tempfile.TemporaryDirectory(prefix="seamline-changelogs-") as folder:
            found, _ = scanned(items, Path(folder), dict(env))
        return {
            place: {name for each in found[number] for name in (each["id"], *each["aliases"])}
            for number, place in enumerate(mine)
        }

    told: dict[Place, set[str]] = {}
    with ThreadPoolExecutor(2) as pool:
        for part in pool.map(judged, range(0, len(places), SCANNED)):
            told |= part
    return told


def main() -> None:
    data, docs = Path(sys.argv[1]), [*map(Path, sys.argv[2:])] or [Path("/usr/share/doc")]
    gathered_all = sorted({each for doc in docs for each in gathered(doc)})
    told = spread(gathered_all, int(os.environ.get("VERSIONS", "0")))
    # heavy sources apart, so that no scan has them all
    places = sorted(
        {(each.source, version) for each in told for version in (each.newest, each.before)},
        key=lambda place: place[::-1],
    )
    compare = tools()["deb"]
    facts = facts_of(data / "osv" / "Debian" / "all.zip", "Debian")
    with tempfile.TemporaryDirectory(prefix="seamline-changelogs-") as folder:
        work = Path(os.environ.get("WORK") or folder)
        env = {**os.environ, "XDG_DATA_HOME": str(work / "data"), "XDG_CACHE_HOME": str(work / "cache")}
        if not (work / "data").exists():
            seamline(["db", "update", "--from", str(data)], env)
        names = named(places, env)
    kept = [each for each in told if each.cve in names[each.source, each.newest]]
    lost = [each for each in told if each.cve not in names[each.source, each.before]]
    print(
        f"changelogs: {len({each.source for each in gathered_all})} sources, {len(gathered_all)} claims, {len(told)} judged"
    )
    print(f"found before the mending version: {len(told) - len(lost)}, not found: {len(lost)}")
    print(f"gone in the newest version: {len(told) - len(kept)}, still found: {len(kept)}")
    for title, differing in (("still found", kept), ("not found", lost)):
        why = {each: reason(facts.get(("Debian:12", each.source), []), each, compare) for each in differing}
        for text, number in Counter(why.values()).most_common():
            print(f"    {title}, {text}: {number}")
            for each in [each for each in differing if why[each] == text][:SHOWN]:
                print(f"        {each.source} {each.cve}: {each.before} -> {each.fixed}")


if __name__ == "__main__":
    main()
