"""What was known on a day: the database tells when records were published and withdrawn, and nothing is hidden for want of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.advisories.known_by import KnownBy
from seamline.advisories.match import Matched, Matcher
from seamline.model.advisory import Status
from seamline.model.finding import ScanReport
from seamline.render.explain import write_explain
from seamline.render.scan import write_scan
from seamline.settings.gates import parse_gate
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.stores.shelf import Shelf as Bases
from seamline.verbs.explain import explain_report
from seamline.verbs.scan import Terms, matcher_by, scan_report
from seamline.verbs.stock import stock_of
from tests.advisories.fetched import fetch
from tests.advisories.records import Shelf, deb, language, record
from tests.verbs.test_scan import APPLICATION, OLD_BASE, seen

OPEN = {"introduced": "0"}
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 9)).map(date.isoformat)
CVES = st.sampled_from([f"CVE-2026-000{at}" for at in range(3)])


def judged_on(shelf: Shelf, day: str) -> Matched:
    return Matcher(shelf.affected, KnownBy(shelf.advisory, day))([deb("a", "1", "a")])


def live(matched: Matched) -> set[str]:
    return {flaw.id for flaw in matched.flaws if flaw.status != Status.WITHDRAWN}


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """Records of some flaws; some tell no day, or one that there is not, some were withdrawn."""
    made = []
    for at in range(draw(st.integers(1, 5))):
        more: dict[str, Any] = {"published": draw(st.one_of(DAYS, st.sampled_from([None, "", "2026-02-30"])))}
        if draw(st.booleans()):
            more["withdrawn"] = draw(DAYS)
        made.append(record(f"DEBIAN-{at}", "Debian:12", "a", OPEN, upstream=[draw(CVES)], **more))
    return Shelf(*made)


@given(shelves(), DAYS, DAYS)
def test_more_is_known_on_a_later_day_and_never_less_but_what_was_withdrawn(
    shelf: Shelf, one: str, other: str
) -> None:
    earlier, later = sorted((one, other))
    before, after = judged_on(shelf, earlier), judged_on(shelf, later)
    withdrawn = {flaw.id for flaw in after.flaws if flaw.status == Status.WITHDRAWN}
    assert live(before) <= live(after) | withdrawn
    everything = Matcher(shelf.affected)([deb("a", "1", "a")]).flaws
    for each in (before, after):
        assert {flaw.id for flaw in (*each.flaws, *each.later)} == {flaw.id for flaw in everything}


@pytest.mark.parametrize("published", [None, "", "2026-02-30T00:00:00Z", "soon", "0001-01-01T00:00:00Z"])
def test_what_tells_no_day_of_publication_is_known_on_every_day(published: str | None) -> None:
    shelf = Shelf(record("DEBIAN-1", "Debian:12", "a", OPEN, published=published))
    assert live(judged_on(shelf, "2000-01-01")) == {"DEBIAN-1"}


def test_a_flaw_is_known_when_the_first_record_of_it_was_published() -> None:
    of_one = {"upstream": ["CVE-2026-1"]}
    shelf = Shelf(
        record("DEBIAN-CVE-2026-1", "Debian:12", "a", OPEN, published="2026-03-01T00:00:00Z", **of_one),
        record("DSA-1-1", "Debian:12", "a", OPEN, published="2026-02-01T00:00:00Z", **of_one),
    )
    assert live(judged_on(shelf, "2026-01-31")) == set()
    assert live(judged_on(shelf, "2026-02-01")) == {"CVE-2026-1"}


def test_a_record_is_withdrawn_from_the_day_of_its_withdrawal_on() -> None:
    shelf = Shelf(record("DEBIAN-1", "Debian:12", "a", OPEN, withdrawn="2026-05-02T00:00:00Z"))
    told = [judged_on(shelf, day).flaws[0].status for day in ("2026-05-01", "2026-05-02")]
    assert told == [Status.NO_FIX, Status.WITHDRAWN]


def test_nobody_asks_for_days_where_the_database_has_nothing_newer(
    index: AdvisoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KnownBy, "is_known", lambda *_: pytest.fail("asked"))
    djangos = [language("pypi", "django", "4")]
    assert len(matcher_by(index, "2026-03-01")(djangos).flaws) == 2
    with pytest.raises(pytest.fail.Exception):
        matcher_by(index, "2026-02-28")(djangos)


@pytest.fixture
def index(tmp_path: Path) -> AdvisoryIndex:
    def flaw(number: int, day: str) -> Mapping[str, Any]:
        moment = f"{day}T00:00:00Z"
        score = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
        days = {"published": moment, "modified": moment, "severity": score}
        return {**record(f"PYSEC-2026-{number}", "PyPI", "django", OPEN, {"fixed": "9"}), **days}

    place = Generations(tmp_path / "days")
    other = record("DSA-1", "Debian:12", "nothing-here", OPEN, {"fixed": "1"})
    fetch(place, [other, flaw(1, "2026-01-01"), flaw(2, "2026-03-01")], now="2026-05-31T00:00:00Z")
    return AdvisoryIndex(place.current)


def on(path: Path, index: AdvisoryIndex, day: str, *, allow_stale: bool = False) -> ScanReport:
    image = stock_of(seen(path, [OLD_BASE, APPLICATION], ()))
    terms = Terms(gates=(parse_gate("any=critical,new"),), baseline=frozenset(), allow_stale=allow_stale)
    known = {each.key for each in scan_report(image, index, Bases(()), terms, f"{day}T00:00:00Z").findings}
    terms = msgspec.structs.replace(terms, baseline=frozenset(known))
    return scan_report(image, index, Bases(()), terms, f"{day}T00:00:00Z")


def test_what_became_known_later_is_not_listed_but_counted(tmp_path: Path, index: AdvisoryIndex) -> None:
    report = on(tmp_path / "app", index, "2026-02-01")
    assert [each.id for each in report.findings] == ["PYSEC-2026-1"]
    (note,) = (each for each in report.notes if each.id == "known-later")
    assert note.args == {"number": 1, "day": "2026-02-01"}
    assert "1 finding became known after 2026-02-01" in " ".join(write_scan(report, "en").split())
    told = " ".join(write_scan(report, "en").split())
    assert "advisories: OSV, fetched on 2026-05-31, after the day that this is judged by" in told
    whole = on(tmp_path / "again", index, "2026-03-01")
    assert [each.id for each in whole.findings] == ["PYSEC-2026-1", "PYSEC-2026-2"]
    assert not [each for each in whole.notes if each.id == "known-later"]


def test_no_gate_holds_by_looking_away_from_what_became_known_since(
    tmp_path: Path, index: AdvisoryIndex
) -> None:
    """SOURCE_DATE_EPOCH is set where things are built again the same: nobody means it to hide flaws."""
    (broken,) = on(tmp_path / "app", index, "2026-02-01").broken
    assert (broken.gate, broken.why, broken.keys) == ("any=critical,new", "later", ())
    assert on(tmp_path / "stale", index, "2026-02-01", allow_stale=True).broken == ()
    assert on(tmp_path / "now", index, "2026-03-01").broken == ()


def test_an_explanation_says_that_a_flaw_became_known_later(tmp_path: Path, index: AdvisoryIndex) -> None:
    image = stock_of(seen(tmp_path / "app", [OLD_BASE, APPLICATION], ()))
    scan = scan_report(image, index, Bases(()), Terms(), "2026-02-01T00:00:00Z")
    told = write_explain(explain_report(image, index, scan, "PYSEC-2026-2"), "en")
    assert "but not yet on the day" in " ".join(told.split())
    assert "became known on 2026-03-01, after 2026-02-01" in " ".join(told.split())
