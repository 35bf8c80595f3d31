"""Node.js's own list of its flaws -> OSV records about the program `node`.

Source: nodejs/security-wg, vuln/core (one entry a flaw; `vulnerable` and `patched` are ranges as npm writes them); node-semver,
"Advanced Range Syntax" for x-ranges and carets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.formats.exploitation import unpacked
from seamline.formats.json_document import parse_json, string
from seamline.formats.osv import (
    OsvAffected,
    OsvEvent,
    OsvPackage,
    OsvRange,
    OsvRecord,
    OsvReference,
    OsvSeverity,
)

_MOST_BYTES = 64 << 20
_MOST_CLAUSES = 200
_WORD = expression(r"(<=|>=|<|>|\^|~|=)?\s*v?(\d{1,9})(?:\.(\d{1,9}|x|\*))?(?:\.(\d{1,9}|x|\*))?")
_FILE = expression(r"(\d+)\.json$")
_CVE = expression(r"CVE-\d{4}-\d{4,}")
_DAY = expression(r"\d{4}-\d\d-\d\d")
_SEVERITIES = frozenset(("critical", "high", "medium", "low"))
Version = tuple[int, int, int]
_FIRST: Version = (0, 0, 0)


class _Stretch(NamedTuple):
    """Versions from `low` up to `high`, which lies outside; None has no end. `is_fix`: the end was named as such."""

    low: Version
    high: Version | None = None
    is_fix: bool = False


def parse_node_core(data: bytes) -> tuple[OsvRecord, ...]:
    """A record for every flaw whose versions can be read.

    Raises:
        Malformed, Bomb: it is no such list.
    """
    entries = parse_json(
        unpacked(data, "Node.js's flaws"), list[dict[str, Any]], "Node.js's flaws", _MOST_BYTES
    )
    records = tuple(record for at, each in enumerate(entries, 1) if (record := _record(each, at)) is not None)
    if entries and not records:
        raise Malformed(
            "Node.js's flaws",
            expected="entries with vulnerable and patched ranges",
            got="others",
            hint="download it again",
        )
    return records


def _record(entry: dict[str, Any], at: int) -> OsvRecord | None:
    vulnerable = _stretches(entry.get("vulnerable"), plain="=")
    patched = _stretches(
        entry.get("patched"), plain="^"
    )  # a fixed version that is named alone is fixed from then on
    events = tuple(event for one in vulnerable for event in _events(one, patched))
    if not events:
        return None
    told = _FILE.search(string(entry.get("_file")))
    cves = entry.get("cve")
    reference = string(entry.get("ref"))
    day = _DAY.match(string(entry.get("publish_date")))
    text = string(entry.get("description")) or string(entry.get("overview"))
    severity = string(entry.get("severity")).lower()
    return OsvRecord(
        id=f"NODE-CORE-{told[1] if told else at}",
        published=day[0] if day else None,
        aliases=tuple(each for each in cves if isinstance(each, str) and _CVE.fullmatch(each))
        if isinstance(cves, list)
        else None,
        summary=" ".join(text.split())[:200],
        severity=(OsvSeverity("Node.js", severity),) if severity in _SEVERITIES else None,
        references=(OsvReference("ADVISORY", reference),) if reference else None,
        affected=(OsvAffected(package=OsvPackage("Bitnami", "node"), ranges=(OsvRange("SEMVER", events),)),),
    )


def _events(one: _Stretch, patched: list[_Stretch]) -> Iterator[OsvEvent]:
    """The turns of one vulnerable stretch around the patched ones that lie in it."""
    low: Version | None = one.low
    for fix in sorted(patched, key=lambda fix: (fix.low, fix.high is None, fix.high or _FIRST)):
        if low is None or (fix.high is not None and fix.high <= low):
            continue
        if one.high is not None and fix.low >= one.high:
            break
        if fix.low > low:
            yield OsvEvent(introduced=_written(low))
            yield OsvEvent(fixed=_written(fix.low))
        low = fix.high
    if low is not None and (one.high is None or low < one.high):
        yield OsvEvent(introduced=_written(low))
        if one.high is not None:
            end = _written(one.high)
            yield OsvEvent(fixed=end) if one.is_fix else OsvEvent(limit=end)


def _stretches(text: object, *, plain: str) -> list[_Stretch]:
    """The stretches of a range; `plain` is what a version without a sign means. Clauses that cannot be read are left out."""
    clauses = string(text).split("||")[:_MOST_CLAUSES]
    return [stretch for clause in clauses if (stretch := _stretch(clause.strip(), plain)) is not None]


def _stretch(clause: str, plain: str) -> _Stretch | None:
    low, high, is_fix, at = _FIRST, None, False, 0
    while at < len(clause):
        match = _WORD.match(clause, at)
        if match is None:
            return None
        least, above = _span(match, match[1] or plain)
        match match[1]:
            case ">=":
                low = max(low, least)
            case ">":
                low = max(low, above)
            case "<":
                high, is_fix = least, True
            case "<=":
                high = above
            case _:
                low, high = least, above
        at = match.end()
        while at < len(clause) and clause[at] in " ,":
            at += 1
    return _Stretch(low, high, is_fix) if clause and (high is None or low < high) else None


def _span(match: re.Match[str], sign: str) -> tuple[Version, Version]:
    """The first version that a word means and the first one behind: `8.x` is 8.0.0 and 9.0.0."""
    parts = [int(each) for each in match.groups()[1:] if each is not None and each.isdecimal()]
    major, minor, patch = (*parts, 0, 0)[:3]
    least = (major, minor, patch)
    if sign == "^" and major:
        return least, (major + 1, 0, 0)
    if sign in ("^", "~") and len(parts) > 1:
        return least, (major, minor + 1, 0)
    if len(parts) == 1:
        return least, (major + 1, 0, 0)
    return least, (major, minor + 1, 0) if len(parts) == 2 else (major, minor, patch + 1)


def _written(version: Version) -> str:
    return "0" if version == _FIRST else ".".join(map(str, version))
