"""Which flaws packages have, told by the raw records and the ecosystems' own tools alone.

A second, simple answer to Seamline's question; imports nothing of Seamline. It reads OSV's ranges as the standard's own algorithm
does (OSV schema, "Evaluation"), puts every comparison to the ecosystem's tool, and holds four rules of data to be true:
a record that tracks one CVE decides about it before errata that sum up updates; errata of an rpm module speak of that module's
packages; bug fix errata without a CVE are no flaws; a Bitnami range that is introduced at `1.24.0-0` begins with 1.24.0. That `-0` came
with the bound from Go's database, where it means the first pre-release. Bitnami's own library takes it for revision 0, which comes after
1.24.0: `introduced 1.24.0-0, fixed 1.24.0` would then be open for ever, and Go's records of the same flaws say that it is mended.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.accuracy.own_tools import Compare, Pair

_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_ERRATUM = re.compile(r"(DSA|DLA|USN|AL[SBE]A|RH[SBE]A|RL[SBE]A)-")
_MERE_UPDATE = re.compile(r"(AL|RH|RL)[BE]A-")
_MODULE = re.compile(r"(?<![\w.:-])[a-z0-9][\w+-]*:[A-Za-z0-9][\w.+-]*")


class Item(NamedTuple):
    """One package as a scanner gets it, and what advisories call it."""

    ecosystem: str
    name: str
    version: str
    purl: str
    module: str = ""


class Fact(NamedTuple):
    """What one record says of one package."""

    record: str
    names: frozenset[str]
    cves: frozenset[str]
    modules: frozenset[str]
    ranges: tuple[tuple[tuple[str, str], ...], ...]
    versions: frozenset[str]


def plain_name(base: str, name: str) -> str:
    """Names that one ecosystem spells in several ways. Source: PEP 503; NuGet and Composer ignore case."""
    if base == "PyPI":
        return re.sub(r"[-_.]+", "-", name).lower()
    return name.lower() if base in ("NuGet", "Packagist", "Bitnami") else name


def plain_ecosystem(ecosystem: str) -> str:
    return ":".join(part for part in ecosystem.split(":") if part != "LTS")


def facts_of(archive: Path, base: str) -> dict[tuple[str, str], list[Fact]]:
    """Every fact of an export by (ecosystem, package)."""
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            record = json.loads(opened.read(name))
            if not record.get("withdrawn"):
                for key, fact in _facts(record, base):
                    found[key].append(fact)
    return found


def _facts(record: dict[str, Any], base: str) -> Iterator[tuple[tuple[str, str], Fact]]:
    names = {record["id"], *(record.get("aliases") or ()), *(record.get("upstream") or ())}
    if len(names) == 1 and ":" in record["id"]:
        names |= set(record.get("related") or ())
    cves = frozenset(name for name in names if _CVE.fullmatch(name))
    if _MERE_UPDATE.match(record["id"]) and not cves:
        return
    for affected in record.get("affected") or ():
        package = affected.get("package") or {}
        if package.get("ecosystem", "").partition(":")[0] != base:
            continue
        if (affected.get("ecosystem_specific") or {}).get("status") == "not-affected":
            continue
        ranges = [one["events"] for one in affected.get("ranges") or () if one.get("type") != "GIT"]
        is_modular = any(".module" in event.get("fixed", "") for events in ranges for event in events)
        yield (
            (plain_ecosystem(package["ecosystem"]), plain_name(base, package["name"])),
            Fact(
                record["id"],
                frozenset(names),
                cves,
                frozenset(_MODULE.findall(record.get("summary", "")) or ("?",))
                if is_modular
                else frozenset(),
                tuple(tuple(_bounds(base, events)) for events in ranges),
                frozenset(affected.get("versions") or ()),
            ),
        )


def _bounds(base: str, events: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    for event in events:
        for kind, bound in event.items():
            yield kind, bound.removesuffix("-0") if base == "Bitnami" and kind == "introduced" else bound


class Comparer:
    """Asks the tool for all that is needed at once, then answers from memory."""

    def __init__(self, compare: Compare) -> None:
        self._compare = compare
        self._told: dict[Pair, int | None] = {}
        self._wanted: set[Pair] = set()

    def want(self, one: str, other: str) -> None:
        if (one, other) not in self._told:
            self._wanted.add((one, other))

    def ask(self) -> None:
        pairs = sorted(self._wanted)
        self._told.update(zip(pairs, self._compare(pairs), strict=True))
        self._wanted.clear()

    def __call__(self, one: str, other: str) -> int | None:
        return self._told[one, other]


class Answer(NamedTuple):
    """The facts that hold for a package, and those that the tool could not compare."""

    holding: list[Fact]
    unread: list[Fact]


def answers(items: list[Item], facts: dict[tuple[str, str], list[Fact]], compare: Compare) -> list[Answer]:
    """What holds for each package."""
    asked = Comparer(compare)
    spoken = [
        [fact for fact in facts.get((item.ecosystem, item.name), ()) if _meant(item, fact)] for item in items
    ]
    for item, mine in zip(items, spoken, strict=True):
        for fact in mine:
            for version in fact.versions:
                asked.want(item.version, version)
            for events in fact.ranges:
                placed = [bound for kind, bound in events if (kind, bound) != ("introduced", "0")]
                for bound in placed:
                    asked.want(item.version, bound)
                    for other in placed if len(placed) > 1 else ():
                        asked.want(bound, other)
    asked.ask()
    return [_answer(item, mine, asked) for item, mine in zip(items, spoken, strict=True)]


def _meant(item: Item, fact: Fact) -> bool:
    if not fact.modules:
        return not item.module and ".module" not in item.version
    return bool(item.module) and bool(fact.modules & {item.module, "?"})


def _answer(item: Item, mine: list[Fact], compare: Comparer) -> Answer:
    tracked = {
        cve for fact in mine if len(fact.cves) == 1 and not _ERRATUM.match(fact.record) for cve in fact.cves
    }
    holding, unread = [], []
    for fact in mine:
        told = _is_affected(item.version, fact, compare)
        if told is None:
            unread.append(fact)
        elif told:
            holding.append(fact)
    open_cves = {
        cve
        for fact in holding
        if len(fact.cves) == 1 and not _ERRATUM.match(fact.record)
        for cve in fact.cves
    }
    kept = []
    for fact in holding:
        if fact.cves and (_ERRATUM.match(fact.record) or len(fact.cves) > 1):
            left = fact.cves - (tracked - open_cves)
            if left:
                kept.append(fact._replace(cves=left))
        else:
            kept.append(fact)
    return Answer(kept, unread)


def _is_affected(version: str, fact: Fact, compare: Comparer) -> bool | None:
    if any(version == each or compare(version, each) == 0 for each in fact.versions):
        return True
    told = [_in_range(version, events, compare) for events in fact.ranges]
    return True if True in told else None if None in told else False


def _in_range(version: str, events: tuple[tuple[str, str], ...], compare: Comparer) -> bool | None:
    """The last event at or before the version decides; "0" comes before everything."""
    decided: tuple[str, str] | None = None
    for kind, bound in events:
        if kind == "limit":
            continue
        against = 1 if bound == "0" and kind == "introduced" else compare(version, bound)
        if against is None:
            return None
        if against < 0 or (against == 0 and kind == "last_affected"):
            continue
        if decided is None or _is_later((kind, bound), decided, compare):
            decided = (kind, bound)
    return decided is not None and decided[0] == "introduced"


def _is_later(one: tuple[str, str], other: tuple[str, str], compare: Comparer) -> bool:
    if other == ("introduced", "0"):
        return True
    if one == ("introduced", "0"):
        return False
    return (compare(one[1], other[1]) or 0) >= 0  # of two at the same version the one that is written later
