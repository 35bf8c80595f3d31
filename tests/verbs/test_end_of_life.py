"""Ends of support: a finding that tells whether anybody still mends the release, and an explanation of it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from seamline.advisories.end_of_life import cycle_of_distribution
from seamline.model.advisory import Cycle
from seamline.model.package import Distribution
from seamline.model.seam import Base
from seamline.places.advisory_folder import FolderSource
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.explain import write_explain
from seamline.render.fitness import write_fitness
from seamline.render.page.report import write_report_page
from seamline.render.scan import write_scan
from seamline.render.whole import write_whole_report
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.stores.shelf import Shelf
from seamline.verbs.database_update import update
from seamline.verbs.demo import write_demo
from seamline.verbs.explain import explain_report
from seamline.verbs.fitness import fitness_of
from seamline.verbs.inspect import sbom_report
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.advisories.records import record
from tests.cli.test_commands import run
from tests.verbs.test_explain import explained
from tests.verbs.test_layers_told import stock_in
from tests.verbs.test_scan import AS_OF, known, scanned, seen, status
from tests.verbs.test_scan import OLD_BASE as BASE

__all__ = ("known",)


def with_end(folder: Path, **release: object) -> AdvisoryIndex:
    """An index that knows one flaw, and when Debian 12 ends."""
    (folder / "Debian").mkdir(parents=True)
    text = json.dumps(record("DSA-1", "Debian:12", "nothing-here", {"introduced": "0"}, {"fixed": "1"}))
    (folder / "Debian" / "DSA-1.json").write_text(text)
    page = {"debian": {"releases": [{"releaseCycle": "12", "releaseDate": "2023-06-10", **release}]}}
    (folder / "endoflife.json").write_text(json.dumps(page))
    place = Generations(folder / "index")
    update(place, FolderSource(folder), ("Debian",), now=AS_OF)
    return AdvisoryIndex(place.current)


@pytest.mark.parametrize(
    ("extended", "severity", "told"),
    [
        ("2030-06-30", "medium", "regular support of Debian 12 ended on 2025-07-11"),
        ("2025-12-31", "high", "support of Debian 12 ended on 2025-07-11"),
    ],
)
def test_a_release_in_extended_support_is_told_apart_from_one_that_nobody_mends(
    tmp_path: Path, known: tuple[Base, Base], extended: str, severity: str, told: str
) -> None:
    index = with_end(tmp_path / "db", eol="2025-07-11", eoes=extended)
    report = scanned(tmp_path / "app", [BASE], index, known)
    (found,) = report.findings
    assert (found.id, found.severity, found.package) == ("EOL-debian-12", severity, "Debian 12")
    text = write_explain(explained(tmp_path / "again", index, known, found.id, (BASE,)), "en")
    assert f"\n{told}" in text
    assert "move to a supported release" in text
    assert ("extended support goes on to 2030-06-30" in " ".join(text.split())) is (severity == "medium")


def test_only_who_has_an_image_on_a_known_base_is_sent_to_ask_for_others(
    tmp_path: Path, known: tuple[Base, Base]
) -> None:
    index = with_end(tmp_path / "db", eol="2025-07-11")
    image = seen(tmp_path / "app", [BASE], known)
    document = stock_in(write_cyclonedx(sbom_report(image, AS_OF)))
    whole = stock_of(image)
    nameless = stock_of(seen(tmp_path / "other", [BASE], ()))
    commands = [
        act.command
        for stock in (whole, nameless, document)
        for act in scan_report(stock, index, Shelf(()), Terms(), AS_OF).actions
        if act.what == "next-release"
    ]
    assert commands == [f"seamline base advise {whole.image.reference}", "", ""]


def test_the_end_of_a_distribution_is_its_base_s_also_where_an_application_installed_more_of_it(
    tmp_path: Path, known: tuple[Base, Base]
) -> None:
    index = with_end(tmp_path / "db", eol="2025-07-11", eoes="2025-12-31")
    more = {"var/lib/dpkg/status": BASE["var/lib/dpkg/status"] + status(("a-tool", "a-tool", "1"))}
    (found,) = scanned(tmp_path / "app", [BASE, more], index, known).findings
    assert (found.id, found.side.value, found.owner) == ("EOL-debian-12", "system", "infrastructure")


def test_the_explanation_of_an_end_that_holds_does_not_say_that_it_is_not_there(
    tmp_path: Path, known: tuple[Base, Base]
) -> None:
    index = with_end(tmp_path / "db", eol="2025-07-11", eoes="2030-06-30")
    here = explained(tmp_path / "app", index, known, "EOL-debian-12", (BASE,))
    assert [each.id for each in here.told] == ["ended-extended"]
    assert "Debian 12 12" not in write_explain(here, "en")


def test_alpine_edge_is_no_release_that_could_end() -> None:
    cycles = (Cycle(product="alpine-linux", cycle="3.21", ends="2025-11-01"),)
    edge = Distribution(id="alpine", version_id="3.21.0_alpha20240923")
    release = Distribution(id="alpine", version_id="3.21.2")
    assert cycle_of_distribution(edge, lambda _: cycles) is None
    assert cycle_of_distribution(release, lambda _: cycles) == cycles[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_end_that_nobody_has_fetched_names_the_next_step_where_the_end_would_stand(
    tmp_path: Path, language: str
) -> None:
    write_demo(tmp_path / "demo")
    image = f"oci-dir:{tmp_path / 'demo'}:shop"
    outputs = ["--output", f"table={tmp_path / 'table'}", "--output", f"html={tmp_path / 'html'}"]
    told = {"en": "unknown: no dates (seamline db update)", "zh": "未知：没有日期数据（seamline db update）"}[
        language
    ]
    for verb, images in {"report": [image], "compare": [image, image]}.items():
        done = run(tmp_path, verb, *images, "--offline", "--lang", language, *outputs)
        assert done.returncode == 0, done.stderr
        assert told in (tmp_path / "html").read_text()
        assert "seamline db update" in " ".join((tmp_path / "table").read_text().split())


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ({"eol": True}, "support of Debian 12 has ended, nobody noted on which day"),
        ({"eol": True, "eoes": True}, "support of Debian 12 has ended, nobody noted on which day"),
        (
            {"eol": True, "eoes": "2030-06-30"},
            "regular support of Debian 12 has ended, nobody noted on which day; extended support goes on to 2030-06-30",
        ),
    ],
)
def test_an_end_of_support_whose_day_nobody_noted_is_told_without_one_everywhere(
    tmp_path: Path, known: tuple[Base, Base], release: dict[str, object], told: str
) -> None:
    index = with_end(tmp_path / "db", **release)
    image = seen(tmp_path / "app", [BASE], known)
    stock = stock_of(image)
    whole = portrait(image, index, Shelf(known), Terms(), AS_OF)
    (found,) = whole.scan.findings
    assert (found.id, found.published, found.summary) == (
        "EOL-debian-12",
        "",
        "support of Debian 12 has ended",
    )
    (kept,) = whole.updates.support
    assert (kept.ended, kept.ends, kept.days_left) == (True, "", None)
    report = explain_report(stock, index, whole.scan, found.id)
    explained_to = {language: write_explain(report, language) for language in ("en", "zh")}
    assert told in " ".join(explained_to["en"].split())
    assert "日期未知" in explained_to["zh"]
    pages = [write_whole_report(whole, "en"), write_scan(whole.scan, "en"), write_scan(whole.scan, "zh")]
    page = write_report_page(whole, "en").decode()
    assert "ended, day unknown" in pages[0]
    assert "ended, day unknown" in page
    shown = [*explained_to.values(), *pages, page, msgspec.json.encode(whole).decode()]
    assert not [each for each in shown if "0001-01-01" in each]
    fitness = fitness_of(known[0], Shelf(known), index, AS_OF[:10])
    assert (fitness.ends, "support" in fitness.fails) == ("", True)
    assert "has ended, nobody noted on which day" in " ".join(write_fitness(fitness, "en").split())
