"""A base by its facts, the duties of its images, and what the user decided, as others will read it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from seamline.errors import Malformed
from seamline.formats.vex_document import parse_vex_document, write_openvex
from seamline.model.seam import Base
from seamline.render.fitness import write_duties, write_fitness
from seamline.render.ticket import owners_in, write_ticket
from seamline.settings.file import parse_settings
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf
from seamline.verbs.decisions import decided_statements
from seamline.verbs.fitness import duties_of, fitness_of
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.verbs.test_scan import APPLICATION, AS_OF, OLD_BASE, index, known, seen

__all__ = ("index", "known")
TEAMS = b"""
[teams.platform]
bases = ["docker.io/library/debian:*"]
contact = "#platform"
[teams.platform.deadlines]
high = 7
[teams.shop]
sides = ["application"]
[deadlines]
kev = 3
low = false
"""


def test_a_base_is_judged_by_its_renewals_feed_tags_and_support(
    index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    release = "docker.io/library/debian:12.1.0"
    named = tuple(msgspec.structs.replace(each, names=(*each.names, release)) for each in known)
    facts = fitness_of(named[0], Shelf(named), index, "2026-02-10")
    assert (facts.renewed, facts.age_days, facts.images, facts.cadence_days) == ("2026-02-01", 9, 2, 62)
    assert (facts.feed, facts.fixed_tags) == ("Debian:12", ("12.1.0",))
    assert {(each.tag, each.is_release) for each in facts.moved} == {("12", False), ("12.1.0", True)}
    assert "tags-stay" in facts.fails
    assert "renewal" in facts.holds
    late = fitness_of(known[0], Shelf(known), index, "2026-12-31")
    assert "renewal" in late.fails
    assert "tags-stay" in late.holds
    for language in ("en", "zh"):
        text = write_fitness(facts, language)
        assert "12.1.0" in text
        assert all(len(line) <= 80 for line in text.splitlines())


def test_a_base_that_was_never_studied_claims_nothing(index: AdvisoryIndex, known: tuple[Base, Base]) -> None:
    bare = msgspec.structs.replace(known[0], inventory=None)
    facts = fitness_of(bare, Shelf([bare]), index, "2026-02-10")
    assert {"feed", "support"}.isdisjoint((*facts.holds, *facts.fails))


def test_duties_name_each_sides_owner_with_the_deadlines_in_force(known: tuple[Base, Base]) -> None:
    duties = {each.side.value: each for each in duties_of(known, parse_settings(TEAMS, "seamline.toml"))}
    system, application = duties["system"], duties["application"]
    assert (system.owner, system.contact, dict(system.days)["high"]) == ("platform", "#platform", 7)
    assert (application.owner, dict(application.days)["high"], dict(application.days)["low"]) == (
        "shop",
        30,
        None,
    )
    assert system.kev_days == 3
    text = write_duties("debian:12", tuple(duties.values()), "en")
    assert "high 7 d" in text
    assert "low none" in text
    assert "moves to each fixed image of docker.io/library/debian" in " ".join(text.split())


def test_who_builds_a_base_is_told_to_build_it_again_not_to_follow_it() -> None:
    own = Base(names=("registry.test/platform/base:1",), diff_ids=(), team="platform")
    duties = duties_of([own], parse_settings(TEAMS, "seamline.toml"))
    assert [each.builds for each in duties] == [True, False, False]
    text = " ".join(write_duties("base:1", duties, "en").split())
    assert "has registry.test/platform/base built again for every fix" in text
    assert "moves to each fixed image" not in text


def test_the_publisher_of_a_base_on_a_disk_is_its_distribution_by_its_content_or_unknown(
    known: tuple[Base, Base],
) -> None:
    lying = msgspec.structs.replace(known[0], names=("oci-dir:/srv/images:base",))
    settings = parse_settings(b"", "seamline.toml")
    told = {each.side.value: each for each in duties_of([lying], settings)}
    assert (told["system"].publisher, told["application"].publisher) == ("Debian 12", "")
    text = " ".join(write_duties("base", tuple(told.values()), "en").split())
    assert "publisher Debian 12" in text
    assert (
        "has oci-dir:/srv/images:base built again, or gets it anew from who made it, for every fix of Debian 12"
        in text
    )
    bare = msgspec.structs.replace(lying, inventory=None)
    unknown = duties_of([bare], settings)
    assert unknown[0].publisher == ""
    text = " ".join(write_duties("base", unknown, "en").split())
    assert "publisher unknown does finds out who makes oci-dir:/srv/images:base" in text
    assert "发布方          未知" in write_duties("base", unknown, "zh")
    named = msgspec.structs.replace(lying, names=(*lying.names, "registry.test/org/base:1"))
    assert duties_of([named], settings)[0].publisher == "registry.test/org/base"


def test_a_base_on_a_disk_has_no_tags_that_could_stay_or_move(
    index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    lying = msgspec.structs.replace(known[0], names=("oci-dir:/srv/images:base",))
    facts = fitness_of(lying, Shelf([lying]), index, "2026-02-10")
    assert {"fixed-tags", "tags-stay"}.isdisjoint((*facts.holds, *facts.fails))
    assert write_fitness(facts, "en").count("it lies on a disk and has no tags") == 2
    bare = msgspec.structs.replace(lying, inventory=None)
    assert "its content was never studied" in write_fitness(
        fitness_of(bare, Shelf([bare]), index, "2026-02-10"), "en"
    )


def test_decisions_are_openvex_and_silence_what_was_declared_not_affected(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    text = (
        b'[[ignore]]\nid = "CVE-2026-0004"\nreason = "no admin"\nuntil = 2026-12-31\n'
        b'[[ignore]]\nid = "CVE-2026-0005"\nreason = "not run"\nuntil = 2026-12-31\n'
        b'status = "not_affected"\njustification = "vulnerable_code_not_in_execute_path"\n'
    )
    stock = stock_of(seen(tmp_path / "app", [OLD_BASE, APPLICATION], known))
    settings = parse_settings(text, "seamline.toml")
    report = scan_report(stock, index, Shelf(known), Terms(settings=settings), AS_OF)
    assert report.suppressed.settings == 2
    written = write_openvex(decided_statements(report, settings.ignores), author="shop", as_of=AS_OF)
    told = parse_vex_document(written, "vex")
    assert {(each.ids[0], each.status) for each in told} == {
        ("CVE-2026-0004", "affected"),
        ("CVE-2026-0005", "not_affected"),
    }
    again = scan_report(stock, index, Shelf(known), Terms(vex=told), AS_OF)
    assert [each.id for each in again.findings if each.suppressed == "vex"] == ["CVE-2026-0005"]


@pytest.mark.parametrize("line", ['status = "fine"', 'justification = "component_not_present"', 'status = "not_affected"\njustification = "because"'])  # fmt: skip
def test_a_status_that_openvex_has_not_is_refused(line: str) -> None:
    text = f'[[ignore]]\nid = "CVE-1"\nreason = "r"\nuntil = 2026-12-31\n{line}\n'
    with pytest.raises(Malformed, match=r"ignore\[0\]"):
        parse_settings(text.encode(), "seamline.toml")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_ticket_says_what_by_when_and_who_waits_for_whom(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base], language: str
) -> None:
    settings = parse_settings(TEAMS, "seamline.toml")
    stock = stock_of(seen(tmp_path / "app", [OLD_BASE, APPLICATION], known[:1]))
    report = scan_report(stock, index, Shelf(known[:1]), Terms(settings=settings), AS_OF)
    assert owners_in(report) == ("platform", "shop")
    platform = write_ticket(report, "platform", language)
    assert "#platform" in platform
    assert "CVE-2026-0001" in platform
    assert "CVE-2026-0004" not in platform
    assert "shop" in platform  # who waits for it
    shop = write_ticket(report, "shop", language)
    assert "django==4.2.11 && rm -rf /srv/site-packages/Django-4.2.3.dist-info`" in shop
    assert "platform" in shop  # whom it waits for
    if language == "zh":
        assert "- [ ] 本镜像（shop）" in platform
        assert "，截至 2026-06-01" in platform


def test_a_base_whose_image_says_no_day_is_of_unknown_age(
    index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    strange = msgspec.structs.replace(known[0], created="yesterday")
    facts = fitness_of(strange, Shelf([strange]), index, "2026-02-10")
    assert (facts.renewed, facts.cadence_days) == ("", None)
    assert "renewal" not in (*facts.holds, *facts.fails)


def test_a_base_is_judged_by_what_there_was_on_that_day(
    index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    facts = fitness_of(known[0], Shelf(known), index, "2026-01-01")
    assert (facts.renewed, facts.age_days, facts.images) == ("2025-12-01", 31, 1)
