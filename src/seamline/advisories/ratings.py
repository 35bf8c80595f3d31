"""How bad a flaw is: vectors and vendors' words side by side, and the one severity that follows from them.

Source: CVSS 2.0 section 3.2.1, 3.1 section 5, 4.0 section 6 for the qualitative scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from seamline.model.advisory import Score, Severity

if TYPE_CHECKING:
    from seamline.formats.osv import OsvRecord, OsvSeverity

_WORDS = {
    "critical": Severity.CRITICAL,
    "important": Severity.HIGH,
    "high": Severity.HIGH,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "minor": Severity.LOW,
    "negligible": Severity.NEGLIGIBLE,
    "unimportant": Severity.NEGLIGIBLE,
    "none": Severity.NEGLIGIBLE,
}
_VENDORS = {  # the words of those who fix the flaw where it stands count before any number
    "Debian": "Debian",
    "Ubuntu": "Ubuntu",
    "AlmaLinux": "AlmaLinux",
    "Red Hat": "Red Hat",
    "Rocky Linux": "Rocky Linux",
    "SUSE": "SUSE",
    "openSUSE": "SUSE",
    "openEuler": "openEuler",
}
_VECTORS = ("CVSS_V4", "CVSS_V3", "CVSS_V2")
_MOST_VECTOR = 300


def scores_of(record: OsvRecord, ecosystem: str) -> tuple[Score, ...]:
    """Every rating that a record gives, vectors with their base scores, the vendor's word among them; sorted."""
    given: list[OsvSeverity] = list(record.severity or ())
    for affected in record.affected or ():
        given += affected.severity or ()
    found = {_score(each.type, each.score) for each in given if each.score}
    found |= set(_words(record, ecosystem))
    return tuple(sorted(found, key=lambda score: (score.kind, score.text)))


def _score(kind: str, text: str) -> Score:
    if kind in _VECTORS:
        return Score(kind, text[:_MOST_VECTOR], base_score(kind, text[:_MOST_VECTOR]))
    return Score(kind or "unnamed", text[:60])


def _words(record: OsvRecord, ecosystem: str) -> Iterator[Score]:
    word = (record.database_specific or {}).get("severity")
    if isinstance(word, str) and word.lower() in _WORDS:
        who = (
            "GitHub" if record.id.startswith("GHSA-") else "Bitnami" if ecosystem == "Bitnami" else "database"
        )
        yield Score(who, word.lower())
    if ecosystem in _VENDORS:
        title = (record.summary or "").partition(":")[0].strip().lower()
        if title in _WORDS:
            yield Score(_VENDORS[ecosystem], title)


@lru_cache(maxsize=65536)
def base_score(kind: str, vector: str) -> float:
    """The base score of a vector; 0.0 for what is none."""
    from cvss import CVSS2, CVSS3, CVSS4  # noqa: PLC0415 - an index is made rarely, scans never need it
    from cvss.exceptions import CVSSError  # noqa: PLC0415

    try:
        if kind == "CVSS_V4":
            return float(CVSS4(vector).base_score)
        if kind == "CVSS_V3":
            return float(CVSS3(vector).scores()[0])
        return float(CVSS2(vector).scores()[0])
    except (CVSSError, ValueError, ArithmeticError, KeyError, IndexError, TypeError):
        return 0.0


def severity_of(scores: Iterable[Score], vendor_words: Iterable[str] = ()) -> tuple[Severity, float]:
    """The severity to act by, and the number beside it.

    The vendor who fixes it where it stands has the first word, then the newest CVSS, then any other word.
    """
    known = list(scores)
    number = best_number(known)
    for word in vendor_words:
        if word.lower() in _WORDS:
            return _WORDS[word.lower()], number
    own = [_WORDS[each.text] for each in known if each.kind in _VENDORS.values() and each.text in _WORDS]
    if own:
        return min(own, key=lambda severity: severity.rank), number
    if number:
        return rating(number), number
    others = [_WORDS[each.text.lower()] for each in known if each.text.lower() in _WORDS]
    return (min(others, key=lambda severity: severity.rank) if others else Severity.UNKNOWN), number


def best_number(scores: Iterable[Score]) -> float:
    """The base score of the newest kind of vector; of several the highest."""
    by_kind: dict[str, float] = {}
    for score in scores:
        by_kind[score.kind] = max(by_kind.get(score.kind, 0.0), score.number)
    return next((by_kind[kind] for kind in _VECTORS if by_kind.get(kind)), 0.0)


def rating(number: float) -> Severity:
    """The qualitative rating of a base score. Source: CVSS 3.1 section 5."""
    if number >= 9.0:
        return Severity.CRITICAL
    if number >= 7.0:
        return Severity.HIGH
    if number >= 4.0:
        return Severity.MEDIUM
    return Severity.LOW if number > 0.0 else Severity.NEGLIGIBLE
