"""A scan from end to end: real records beside made images, every finding with its side, owner, deadline and action."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamline.model.finding import ScanReport
from seamline.model.limits import Limits
from seamline.model.seam import Base
from seamline.places.opening import Opening, open_image
from seamline.seam.learn import base_of, inventory_of
from seamline.settings.gates import parse_gate
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.stores.shelf import Shelf
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.advisories.fetched import fetch
from tests.advisories.records import record
from tests.layouts import write_layout
from tests.scenes import Scene

AS_OF = "2026-06-01T00:00:00Z"
RELEASE = b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'
RECORDS = (
    record("DEBIAN-CVE-2026-0001", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0.17-2"}, upstream=["CVE-2026-0001"]),
    record("DEBIAN-CVE-2026-0002", "Debian:12", "zlib", {"introduced": "0"}, upstream=["CVE-2026-0002"]),
    record("DEBIAN-CVE-2026-0003", "Debian:12", "curl", {"introduced": "0"}, {"fixed": "8.0-2"}, upstream=["CVE-2026-0003"]),
    record("PYSEC-2026-4", "PyPI", "django", {"introduced": "4.2"}, {"fixed": "4.2.11"}, aliases=["CVE-2026-0004"]),
    record("PYSEC-2026-5", "PyPI", "django", {"introduced": "4.2"}, {"fixed": "4.2.9"}, aliases=["CVE-2026-0005"]),
)  # fmt: skip
Open = Callable[..., ScanReport]


def status(*packages: tuple[str, str, str]) -> bytes:
    return "".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nSource: {source}\nVersion: {version}\n\n"
        for name, source, version in packages
    ).encode()


OLD_BASE: Mapping[str, Any] = {
    "etc/os-release": RELEASE,
    "var/lib/dpkg/status": status(("libssl3", "openssl", "3.0.17-1"), ("zlib1g", "zlib", "1.2-1")),
}
NEW_BASE: Mapping[str, Any] = {
    "etc/os-release": RELEASE,
    "etc/new": b"1",
    "var/lib/dpkg/status": status(("libssl3", "openssl", "3.0.17-2"), ("zlib1g", "zlib", "1.2-1")),
}
APPLICATION: Mapping[str, Any] = {
    "srv/site-packages/Django-4.2.3.dist-info/METADATA": b"Metadata-Version: 2.1\nName: Django\nVersion: 4.2.3\n",
}


@pytest.fixture
def index(tmp_path: Path) -> AdvisoryIndex:
    place = Generations(tmp_path / "advisories")
    fetch(place, RECORDS, now="2026-05-31T00:00:00Z")
    return AdvisoryIndex(place.current)


def seen(path: Path, scene: Scene, known: Iterable[Base]) -> Any:
    write_layout(path, scene)
    image = open_image(f"oci-dir:{path}", Opening())
    return see(look(image, cache=None, limits=Limits()), Shelf(known))


def as_base(path: Path, scene: Scene, created: str) -> Base:
    found = seen(path, scene, ()).looked
    base = base_of(
        found.image,
        [reading.diff_id for reading in found.layers],
        names=("docker.io/library/debian:12",),
        team="",
        day=created[:10],
        inventory=inventory_of(found.tree, found.catalog.installs),
    )
    config = msgspec.structs.replace(base.config, created=created)
    return msgspec.structs.replace(base, created=created, config=config)


@pytest.fixture
def known(tmp_path: Path) -> tuple[Base, Base]:
    return (
        as_base(tmp_path / "old", [OLD_BASE], "2025-12-01T00:00:00Z"),
        as_base(tmp_path / "new", [NEW_BASE], "2026-02-01T00:00:00Z"),
    )


def scanned(path: Path, scene: Scene, index: AdvisoryIndex, known: Iterable[Base]) -> ScanReport:
    shelf = Shelf(known)
    return scan_report(stock_of(seen(path, scene, known)), index, shelf, Terms(), AS_OF)


def test_every_finding_has_a_side_an_owner_and_an_action(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], index, known)
    told = {each.id: (each.side.value, each.owner, each.status) for each in report.findings}
    assert told == {
        "CVE-2026-0001": ("system", "application team", "fixed"),
        "CVE-2026-0002": ("system", "infrastructure", "no fix yet"),
        "CVE-2026-0004": ("application", "application team", "fixed"),
        "CVE-2026-0005": ("application", "application team", "fixed"),
    }
    assert all(each.actions for each in report.findings)
    assert [(a.what, len(a.mends)) for a in report.actions] == [("bump-base", 1), ("upgrade", 2), ("wait", 1)]
    assert report.rebuild == "needed"


def test_the_fix_of_a_base_package_is_followed_from_the_distribution_down(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], index, known)
    (finding,) = (each for each in report.findings if each.id == "CVE-2026-0001")
    assert [(step.place, step.has_fix, step.day) for step in finding.way] == [
        ("Debian 12", True, "2026-01-01"),
        ("debian:12", True, "2026-02-01"),
        ("this image", False, ""),
    ]
    assert finding.deadline is not None
    assert (finding.deadline.since, finding.deadline.because) == ("2026-02-01", "base")


def test_the_owner_of_the_base_acts_while_no_newer_one_has_the_fix(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], index, known[:1])
    (finding,) = (each for each in report.findings if each.id == "CVE-2026-0001")
    assert finding.owner == "infrastructure"
    assert [action.what for action in report.actions] == ["renew-base", "upgrade", "wait"]


def test_the_act_against_the_most_urgent_finding_stands_first(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], index, known)
    place = {each.key: at for at, each in enumerate(report.findings)}
    firsts = [min(place[key] for key in each.mends) for each in report.actions if each.what != "wait"]
    assert firsts == sorted(firsts)
    assert firsts[0] == 0
    assert report.actions[-1].what == "wait"


def test_one_upgrade_mends_all_flaws_of_a_package(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    report = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], index, known)
    (upgrade,) = (each for each in report.actions if each.what == "upgrade")
    assert upgrade.command == (
        "pip install --upgrade --target /srv/site-packages django==4.2.11"
        " && rm -rf /srv/site-packages/Django-4.2.3.dist-info"
    )
    assert (len(upgrade.mends), upgrade.leaves, upgrade.adds) == (2, 0, ())


def test_the_forecast_of_a_newer_base_is_what_a_fresh_scan_of_it_finds(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    before = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], index, known)
    after = scanned(tmp_path / "app2", [NEW_BASE, APPLICATION], index, known)
    (bump,) = (each for each in before.actions if each.what == "bump-base")
    assert {each.key for each in before.findings} - set(bump.mends) == {each.key for each in after.findings}
    assert {each.id for each in after.findings} - {each.id for each in before.findings} == set(bump.adds)


def test_what_a_build_step_installed_is_mended_by_building_again(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    installed = {
        "var/lib/dpkg/status": status(
            ("libssl3", "openssl", "3.0.17-1"), ("zlib1g", "zlib", "1.2-1"), ("curl", "curl", "8.0-1")
        )
    }
    report = scanned(tmp_path / "app", [OLD_BASE, installed], index, known)
    (finding,) = (each for each in report.findings if each.id == "CVE-2026-0003")
    (bump,) = (each for each in report.actions if each.what == "bump-base")
    assert (finding.side.value, finding.key in bump.mends, bump.owner) == (
        "application",
        True,
        "application team",
    )
    assert [each.message.id for each in report.notes] == []
    alone = scanned(tmp_path / "app", [OLD_BASE, installed], index, known[:1])
    (rebuild,) = (each for each in alone.actions if each.what == "rebuild")
    assert (rebuild.mends, rebuild.command) == ((finding.key,), "docker build --pull --no-cache .")
    assert (alone.rebuild, alone.rebuild_mends) == ("needed", (finding.key,))


def test_a_key_survives_a_rebuild_that_changes_layers_and_versions(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    newer = {
        path.replace("4.2.3", "4.2.5"): data.replace(b"4.2.3", b"4.2.5") for path, data in APPLICATION.items()
    }
    one = scanned(tmp_path / "one", [OLD_BASE, APPLICATION], index, known)
    other = scanned(tmp_path / "other", [OLD_BASE, {"srv/x": b""}, newer], index, known)
    assert {each.key for each in one.findings} == {each.key for each in other.findings}


def test_a_distribution_without_data_is_a_gap_and_never_clean(tmp_path: Path, index: AdvisoryIndex) -> None:
    sample = {**OLD_BASE, "etc/os-release": b'ID=sample\nVERSION_ID="1"\nPRETTY_NAME="Sample 1"\n'}
    report = scanned(tmp_path / "one", [sample], index, ())
    assert [gap.message.id for gap in report.gaps] == ["distribution-without-advisories"]
    trixie = {**OLD_BASE, "etc/os-release": b'ID=debian\nVERSION_ID="13"\n'}
    report = scanned(tmp_path / "other", [trixie], index, ())
    assert [gap.message.id for gap in report.gaps] == ["release-without-advisories"]
    assert report.findings == ()


@pytest.mark.parametrize(
    ("release", "why"),
    [
        (RELEASE, []),
        (b'ID=debian\nVERSION_ID="13"\n', ["missing-release"]),
        (b'ID=sample\nVERSION_ID="1"\n', ["missing-distribution"]),
        (b"", ["missing-distribution"]),
    ],
)
def test_no_gate_holds_on_a_distribution_that_no_advisory_speaks_of(
    tmp_path: Path, index: AdvisoryIndex, release: bytes, why: list[str]
) -> None:
    image = stock_of(seen(tmp_path / "one", [{**OLD_BASE, "etc/os-release": release}], ()))
    gates = (parse_gate("kev"),)
    report = scan_report(image, index, Shelf(()), Terms(gates=gates), AS_OF)
    assert [each.why for each in report.broken] == why
    accepted = scan_report(image, index, Shelf(()), Terms(gates=gates, allow_stale=True), AS_OF)
    assert accepted.broken == ()


def test_an_image_without_any_package_is_a_gap_and_never_clean(tmp_path: Path, index: AdvisoryIndex) -> None:
    report = scanned(tmp_path / "one", [{"srv/data": b"x"}], index, ())
    assert (report.findings, [gap.message.id for gap in report.gaps]) == ((), ["no-package-found"])


def test_packages_of_an_image_that_names_no_distribution_are_a_gap_that_says_so(
    tmp_path: Path, index: AdvisoryIndex
) -> None:
    nameless = {path: data for path, data in OLD_BASE.items() if not path.endswith("os-release")}
    report = scanned(tmp_path / "one", [nameless], index, ())
    assert [gap.message.id for gap in report.gaps] == ["packages-without-distribution"]


def test_the_same_image_database_and_moment_give_the_same_bytes(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    one = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], index, known)
    again = scanned(
        tmp_path / "app", [OLD_BASE, APPLICATION], AdvisoryIndex(tmp_path / "advisories" / "current"), known
    )
    assert msgspec.json.encode(one) == msgspec.json.encode(again)


def test_a_record_with_a_day_that_no_calendar_has_is_judged_without_one(tmp_path: Path) -> None:
    days = {"published": "2026-02-30T00:00:00Z", "modified": "2026-13-45T00:00:00Z"}
    odd = record("PYSEC-2026-9", "PyPI", "django", {"introduced": "0"}, {"fixed": "9"}, **days)
    odd = {**odd, **days}
    open_end = {**record("PYSEC-2026-10", "PyPI", "django", {"introduced": "0"}), **days}
    place = Generations(tmp_path / "days")
    fetch(place, [odd, open_end], now="2026-05-31T00:00:00Z")
    report = scanned(tmp_path / "app", [OLD_BASE, APPLICATION], AdvisoryIndex(place.current), ())
    told = {each.id: (each.published, each.deadline) for each in report.findings}
    assert told == {"PYSEC-2026-9": ("", None), "PYSEC-2026-10": ("", None)}


@pytest.mark.parametrize(
    ("created", "as_of", "newest"),
    [
        ("2025-11-01T00:00:00Z", AS_OF, "2026-02-01"),
        ("2025-11-01T00:00:00Z", "2026-01-15T00:00:00Z", "2025-12-01"),
        ("2026-03-01T00:00:00Z", AS_OF, ""),
        ("", AS_OF, ""),
    ],
)
def test_a_copy_is_old_beside_what_its_name_stood_for_on_that_day(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base], created: str, as_of: str, newest: str
) -> None:
    stock = stock_of(seen(tmp_path / "app", [OLD_BASE, APPLICATION], ()))
    image = msgspec.structs.replace(
        stock.image,
        names=("docker.io/library/debian:12",),
        platform=known[0].platform,
        config=msgspec.structs.replace(stock.image.config, created=created),
    )
    stock = msgspec.structs.replace(stock, image=image)
    notes = scan_report(stock, index, Shelf(known), Terms(), as_of).notes
    assert [note.args["newest"] for note in notes if note.id == "copy-is-old"] == ([newest] if newest else [])
