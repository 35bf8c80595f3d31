"""OSV records -> what the index keeps: bounds as keys, names in one spelling, ratings as numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from seamline.advisories.ecosystems import base_of, ecosystem_key, name_key
from seamline.advisories.gather import Saying
from seamline.advisories.ratings import scores_of
from seamline.expression import expression
from seamline.formats.osv import OsvAffected, OsvEvent, OsvRange, OsvRecord
from seamline.model.advisory import NO_VERSION, Advisory, Affected, Range
from seamline.model.day import UNDATED, day_of
from seamline.versions.keys import literal_key
from seamline.versions.orders import UnreadableVersion, order_of

Key = Callable[[str], bytes]
_MOST_SUMMARY = 200
_MOST_TITLE = 500  # of what a stranger wrote: looking for modules takes the square of it
_CVE = expression(r"^CVE-\d{4}-\d{4,}$")
_STREAM = expression(r"(?<![\w.:-])([a-z0-9][\w+-]*:[a-zA-Z0-9][\w.+-]*)")
_MODULAR = ".module"
_MERE_UPDATE = expression(r"^(?:AL|RH|RL)[BE]A-")  # bug fixes and enhancements; some mend a CVE all the same
_NO_DAYS = ("0001", "1970-01-01")  # what converters write where they know none


class Compiled(NamedTuple):
    """One advisory, and what it says of (ecosystem key, package name)."""

    advisory: Advisory
    affected: tuple[tuple[str, str, Saying], ...]


def compile_record(record: OsvRecord, ecosystem: str) -> Compiled | None:
    """What an index of one ecosystem (without release) keeps of a record; None where it speaks of others alone, or of no flaw."""
    if order_of(ecosystem) is None:
        return None
    key = partial(_key, ecosystem)
    advisory = _advisory(record, ecosystem)
    if not advisory.covers and _MERE_UPDATE.match(record.id):
        return None
    rows = []
    for affected in record.affected or ():
        package = affected.package
        if package is None or base_of(package.ecosystem) != ecosystem or not package.name:
            continue
        compiled = _affected(advisory, record, affected, key)
        rows.append((ecosystem_key(package.ecosystem), name_key(ecosystem, package.name), compiled))
    if not rows:
        return None
    return Compiled(advisory, tuple(rows))


@lru_cache(1 << 17)
def _key(ecosystem: str, version: str) -> bytes:
    """The key of a version. Remembered: hundreds of records name the same versions of a package one by one."""
    order = order_of(ecosystem)
    assert order is not None  # noqa: S101 - asked for such ecosystems alone
    return order(version)


def _advisory(record: OsvRecord, ecosystem: str) -> Advisory:
    aliases = _ids(record.aliases)
    upstream = _ids(record.upstream)
    flaws = {each for each in (record.id, *aliases, *upstream) if _CVE.match(each)}
    if _tells_by_related(record):
        flaws |= {each for each in _ids(record.related) if _CVE.match(each)}
    covers = tuple(sorted(flaws))
    return Advisory(
        id=record.id,
        summary=_summary(record),
        aliases=tuple(sorted((aliases | upstream) - {record.id})),
        covers=covers,
        published=_day(record.published),
        modified=_day(record.modified),
        withdrawn=_day(record.withdrawn) or (UNDATED if record.withdrawn else ""),
        scores=scores_of(record, ecosystem),
        reference=_reference(record),
        informational=_informational(record),
    )


def _tells_by_related(record: OsvRecord) -> bool:
    """Vendors' errata name their CVEs as related, where others name what is merely alike."""
    return not record.upstream and not record.aliases and ":" in record.id


def _ids(given: Iterable[str] | None) -> set[str]:
    return {each for each in given or () if each}


def _summary(record: OsvRecord) -> str:
    text = record.summary or (record.details or "").lstrip().partition("\n")[0]
    return " ".join(text.split())[:_MOST_SUMMARY]


def _day(moment: str | None) -> str:
    day = day_of(moment or "")
    return "" if day.startswith(_NO_DAYS) else day


def _reference(record: OsvRecord) -> str:
    references = [each for each in record.references or () if each.url.startswith(("https://", "http://"))]
    best = next(
        (each for each in references if each.type == "ADVISORY"), references[0] if references else None
    )
    return best.url[:500] if best else ""


def _informational(record: OsvRecord) -> str:
    """What a record tells of that is no flaw: RustSec's notices, OpenSSF's malicious packages."""
    if record.id.startswith("MAL-"):
        return "malicious"
    for affected in record.affected or ():
        told = (affected.database_specific or {}).get("informational")
        if isinstance(told, str) and told:
            return told[:40]
    return ""


def _affected(advisory: Advisory, record: OsvRecord, affected: OsvAffected, key: Key) -> Saying:
    ranges: list[Range] = []
    unreadable = 0
    for one in affected.ranges or ():
        if one.type == "GIT":
            continue
        try:
            ranges += _ranges(one, key)
        except UnreadableVersion:
            unreadable += 1
    specific: Mapping[str, Any] = affected.ecosystem_specific or {}
    first = ranges[0] if ranges else Range(low=NO_VERSION, high=NO_VERSION)
    row = Affected(
        advisory=record.id,
        covers=advisory.covers,
        low=first.low,
        high=first.high,
        fixed=first.fixed,
        others=tuple(sorted({*advisory.aliases} - {*advisory.covers})),
        status=_text(specific.get("status")),
        word=_text(specific.get("urgency") or specific.get("severity")),
        includes_high=first.includes_high,
        is_withdrawn=bool(advisory.withdrawn),
        more=tuple(ranges[1:]),
        stream=_stream(record, ranges),
        unreadable=unreadable,
    )
    return row, _versions(affected.versions or (), ranges, key)


def _text(value: object) -> str:
    return value[:60] if isinstance(value, str) else ""


def _versions(named: Iterable[str], ranges: list[Range], key: Key) -> tuple[bytes, ...]:
    """The keys of versions that no range holds already. What is no version is kept as it is written: it can be met again."""
    unreadable, found = set(), set()
    for version in named:
        try:
            found.add(key(version))
        except UnreadableVersion:
            unreadable.add(literal_key(version))
    kept = sorted(found)
    for each in ranges:
        end = bisect_right if each.includes_high else bisect_left
        del kept[bisect_left(kept, each.low) : end(kept, each.high) if each.high else None]
    return tuple(sorted({*kept, *unreadable}))


def _stream(record: OsvRecord, ranges: Iterable[Range]) -> str:
    """The modules of a modular erratum, which names them in its title: `nodejs:18 security update`."""
    if not any(_MODULAR in each.fixed for each in ranges):
        return ""
    title = (record.summary or "")[:_MOST_TITLE]
    return " ".join(_STREAM.findall(title.partition(": ")[2] or title)) or "?"


def _ranges(one: OsvRange, key: Key) -> Iterator[Range]:
    """The affected stretches between sorted events; of two at the same version the order as written counts.

    Source: OSV schema, "affected[].ranges[].events".
    """
    low: bytes | None = None
    for at, kind, text in sorted(_turns(one.events, key), key=lambda turn: turn[0]):
        if kind == "introduced":
            low = at if low is None else low
        elif low is not None:
            if at > low or (kind == "last" and at == low):
                yield Range(
                    low=low, high=at, includes_high=kind == "last", fixed=text if kind == "fixed" else ""
                )
            low = None
    if low is not None:
        yield Range(low=low)


def _turns(events: Iterable[OsvEvent], key: Key) -> Iterator[tuple[bytes, str, str]]:
    for event in events:
        if event.introduced is not None:
            yield (b"" if event.introduced == "0" else key(event.introduced)), "introduced", ""
        if event.fixed is not None:
            yield key(event.fixed), "fixed", event.fixed
        if event.last_affected is not None:
            yield key(event.last_affected), "last", event.last_affected
        if event.limit is not None and event.limit != "*":
            yield key(event.limit), "limit", event.limit
