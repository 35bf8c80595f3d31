"""A matcher remembers: what it read once it does not read again, and what it remembers changes no answer."""

from __future__ import annotations

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from seamline.advisories.ecosystems import Subject
from seamline.advisories.gather import Saying, sayings
from seamline.advisories.keys import newest_first
from seamline.advisories.match import Matcher, judged_subjects, match, tracks_alone
from seamline.model.advisory import Affected, PackageRows
from seamline.model.package import Install
from seamline.versions.keys import literal_key
from seamline.versions.orders import ORDERS, UnreadableVersion
from tests.advisories.records import Shelf, deb, record

VERSIONS = st.sampled_from(
    ["1.0-1", "1.0-1+b1", "1.5-1", "2.0-1", "2.0-1+deb12u1", "3:0.1-1", "not a version"]
)
BOUNDS = st.sampled_from(["0", "1.0-1", "1.5-1", "2.0-1", "2.0-1+deb12u1", "3:0.1-1"])
CVES = st.sampled_from([f"CVE-2026-000{at}" for at in range(4)])


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """Records about two sources, of one flaw or several, tracked by themselves or summed up."""
    made = []
    for at in range(draw(st.integers(0, 6))):
        covers = sorted(draw(st.sets(CVES, min_size=1, max_size=2)))
        name = f"DSA-{at}-1" if len(covers) > 1 or draw(st.booleans()) else f"DEBIAN-{covers[0]}.{at}"
        ends = draw(st.sampled_from(["fixed", "last_affected"]))
        events = [{"introduced": draw(BOUNDS)}, {ends: draw(BOUNDS.filter(lambda bound: bound != "0"))}]
        more = {"versions": [draw(VERSIONS)]} if draw(st.booleans()) else {}
        made.append(
            record(name, "Debian:12", draw(st.sampled_from(["a", "b"])), *events, upstream=covers, **more)
        )
    return Shelf(*made)


INSTALLS = st.lists(
    st.builds(
        deb,
        st.sampled_from(["a", "a-doc", "b", "c"]),
        VERSIONS,
        st.sampled_from(["a", "b"]),
    ),
    max_size=6,
)


@given(shelves(), INSTALLS)
def test_an_install_is_judged_the_same_alone_and_among_others(shelf: Shelf, installs: list[Install]) -> None:
    matcher = Matcher(shelf.affected)
    together = matcher(installs)
    apart = [match([install], shelf.affected) for install in newest_first(installs)]
    assert together.flaws == tuple(flaw for each in apart for flaw in each.flaws)
    assert together.unread == tuple(told for each in apart for told in each.unread)
    assert matcher(installs) == together, "asked again it says the same"


def held_by(saying: Saying, subject: Subject) -> list[str | None]:
    """What holds of a row for a version, asked one by one: the fixes of its ranges, None where it names the version."""
    row, versions = saying
    try:
        key = ORDERS["deb"](subject.version)
    except UnreadableVersion:
        return [None] if literal_key(subject.version) in versions else []
    named: list[str | None] = [None] if key in versions else []
    return [*(each.fixed for each in row.ranges if each.holds(key)), *named]


@given(shelves(), INSTALLS)
def test_what_is_found_is_what_the_ranges_and_names_of_the_rows_hold(
    shelf: Shelf, installs: list[Install]
) -> None:
    found: dict[tuple[Subject, Affected], str | None] = {
        (hit.subject, hit.affected): hit.fixed
        for flaw in match(installs, shelf.affected).flaws
        for hit in flaw.hits
    }
    for _, subjects in judged_subjects(installs):
        for subject in subjects:
            for saying in sayings(shelf.affected(subject.ecosystem, subject.name)):
                held = held_by(saying, subject)
                told = found.get((subject, saying[0]), "silent")
                if told != "silent" or tracks_alone(saying[0]):  # what sums up may add nothing
                    assert told == (held[0] if held else "silent")


def test_rows_are_read_once_however_many_packages_and_forecasts_ask() -> None:
    shelf = Shelf(
        *(
            record(f"DEBIAN-CVE-2026-{at:04}", "Debian:12", "a", {"introduced": "0"}, upstream=[f"CVE-2026-{at:04}"])
            for at in range(20)
        )
    )  # fmt: skip
    asked: Counter[tuple[str, ...]] = Counter()

    def rows(ecosystem: str, name: str) -> PackageRows:
        asked["rows", name] += 1
        return shelf.affected(ecosystem, name)

    matcher = Matcher(rows)
    installs = [deb(f"lib{at}", "1.0-1", "a") for at in range(50)]
    for version in ("1.0-1", "1.5-1", "1.0-1"):
        moved = [
            msgspec.structs.replace(each, package=msgspec.structs.replace(each.package, version=version))
            for each in installs
        ]
        assert len(matcher(moved).flaws) == 50 * 20
    assert set(asked.values()) == {1}
