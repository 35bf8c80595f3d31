"""What an image's own package sources cannot give is not promised, says why, and is under the act that would really bring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.model.advisory import Cycle
from seamline.model.finding import Action, Finding, ScanReport
from seamline.model.limits import Limits
from seamline.model.seam import Base
from seamline.places.opening import Opening, open_image
from seamline.render.explain import write_explain
from seamline.render.scan import write_scan
from seamline.render.ticket import write_ticket
from seamline.stores.shelf import Shelf
from seamline.verbs.explain import explain_report
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.advisories.records import record
from tests.layouts import write_layout
from tests.scenes import File, Link, Scene, Thing
from tests.verbs.test_matching_cases import Kept, indexed

AS_OF = "2026-06-01T00:00:00Z"
BOOKWORM = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'
JAMMY = b'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\nPRETTY_NAME="Ubuntu 22.04"\n'
MAIN = "deb https://x.test/debian bookworm main\n"
SECURITY = "deb https://x.test/debian-security bookworm-security main\n"
SNAPSHOT = "deb https://snapshot.test/archive/debian/20260110T000000Z bookworm main\n"
SNAPSHOT_SECURITY = (
    "deb https://snapshot.test/archive/debian-security/20260110T000000Z bookworm-security main\n"
)
ENDS = (
    Cycle("debian", "12", "2023-06-10", "2026-07-11", "2028-06-30", "12.13", "2026-02-01"),
    Cycle("ubuntu", "22.04", "2022-04-21"),
    Cycle("alpine-linux", "3.20", "2024-05-22", "2026-12-01"),
)
LIST = "etc/apt/sources.list"
INSTALL = "RUN /bin/sh -c apt-get update && apt-get install -y libssl3"


def notice(name: str, day: str, fixed: str = "3.0-2", cve: str = "CVE-2026-1") -> tuple[dict[str, Any], ...]:
    """A flaw of openssl with its fix, and the notice of the fix."""
    where = ("Debian:12", "openssl", {"introduced": "0"}, {"fixed": fixed})
    return (
        record(f"DEBIAN-{cve}", *where, upstream=[cve], published="2025-12-01T00:00:00Z"),
        record(name, *where, upstream=[cve], published=f"{day}T00:00:00Z"),
    )


LATE = notice("DSA-7000-1", "2026-03-01")
"""Came out after the point release, so that the security suite alone has it."""
EARLY = notice("DSA-6900-1", "2026-01-05")
UNTOLD = (record("DEBIAN-CVE-2026-1", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0-2"}, upstream=["CVE-2026-1"]),)  # fmt: skip


def status(version: str = "3.0-1", state: str = "install ok installed") -> bytes:
    return (
        f"Package: libssl3\nStatus: {state}\nArchitecture: amd64\nSource: openssl\nVersion: {version}\n\n"
        "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u13\n\n"
    ).encode()


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def root(sources: str, installed: str = "2026-01-15", **more: Thing) -> dict[str, Thing]:
    """A root filesystem of Debian 12 with libssl3, whose list of files is of a day."""
    return {
        "etc/os-release": BOOKWORM,
        LIST: sources.encode(),
        "var/lib/dpkg/status": status(),
        "var/lib/dpkg/info/libssl3:amd64.list": File(b"/.\n", mtime=seconds(installed)),
        **more,
    }


class World:
    """Images scanned beside one set of advisories."""

    def __init__(
        self, folder: Path, records: Iterable[dict[str, Any]], ends: tuple[Cycle, ...] = ENDS
    ) -> None:
        self.folder, self.index = folder, self.known_of(folder, records, ends)
        self.bases: list[Base] = []
        self._runs = 0

    @staticmethod
    def known_of(folder: Path, records: Iterable[dict[str, Any]], ends: tuple[Cycle, ...]) -> Kept:
        return indexed(folder / "db", *records, ends=ends)

    def stock(self, scene: Scene, steps: Sequence[str] = ()) -> Any:
        self._runs += 1
        folder = self.folder / f"image-{self._runs}"
        history: Sequence[Mapping[str, str]] = [{"created_by": step} for step in steps]
        write_layout(folder, scene, history=history)
        image = open_image(f"oci-dir:{folder}", Opening())
        return stock_of(see(look(image, cache=None, limits=Limits(), deep=(SCRIPTS, TEXTS)), Shelf(())))

    def scan(self, scene: Scene, steps: Sequence[str] = ()) -> ScanReport:
        return scan_report(self.stock(scene, steps), self.index, Shelf(()), Terms(), AS_OF)


def flaw(report: ScanReport, name: str = "CVE-2026-1") -> Finding:
    (found,) = (each for each in report.findings if each.id == name)
    return found


def act(report: ScanReport, name: str = "CVE-2026-1") -> Action:
    (key,) = flaw(report, name).actions
    (found,) = (each for each in report.actions if each.key == key)
    return found


def refused(report: ScanReport, name: str = "CVE-2026-1") -> tuple[str, str] | None:
    """The reason's name and the place that it names."""
    told = flaw(report, name).not_offered
    return (told.message.id, str(told.where)) if told is not None else None


def test_a_fix_of_the_security_suite_is_not_promised_to_who_has_the_release_alone(tmp_path: Path) -> None:
    report = World(tmp_path, LATE).scan([root(MAIN)])
    assert (report.rebuild, report.rebuild_mends) == ("useless", ())
    assert refused(report) == ("release-not-renewed", "etc/apt/sources.list:1 in layer 0")
    action = act(report)
    assert (action.what, action.mends) == ("set-sources", (flaw(report).key,))
    assert action.message.id == "add-the-suite"
    assert "https://x.test/debian-security bookworm-security main" in action.command
    assert [(step.place, step.has_fix) for step in flaw(report).way] == [
        ("Debian 12", True),
        ("its package sources", False),
        ("this image", False),
    ]


def test_with_the_security_suite_a_rebuild_brings_it(tmp_path: Path) -> None:
    report = World(tmp_path, LATE).scan([root(MAIN + SECURITY)])
    assert (report.rebuild, refused(report), act(report).what) == ("needed", None, "rebuild")
    assert report.sources_unsure == ()


def test_a_point_release_takes_the_fixes_of_the_security_suite_up(tmp_path: Path) -> None:
    world = World(tmp_path, EARLY)
    assert world.scan([root(MAIN, "2026-01-20")]).rebuild == "needed"
    # who installed after it and has it not shows that the release does not have it
    report = world.scan([root(MAIN, "2026-02-20")])
    assert (report.rebuild, refused(report)) == (
        "useless",
        ("release-not-renewed", "etc/apt/sources.list:1 in layer 0"),
    )


def test_a_root_of_an_older_point_release_may_have_been_left_with_other_sources_than_it_was_made_of(
    tmp_path: Path,
) -> None:
    older = {"var/lib/dpkg/status": status().replace(b"deb12u13", b"deb12u12")}
    report = World(tmp_path, UNTOLD).scan([{**root(MAIN, "2026-02-20"), **older}])
    assert (report.rebuild, refused(report)) == ("needed", None)


def test_a_fix_that_no_notice_tells_of_may_be_in_the_release_itself(tmp_path: Path) -> None:
    world = World(tmp_path, UNTOLD)
    assert world.scan([root(MAIN, "2026-01-20")]).rebuild == "needed"
    assert world.scan([root(MAIN, "2026-02-20")]).rebuild == "useless"


def test_where_no_day_of_a_point_release_is_known_nothing_is_refused_and_the_doubt_is_told(
    tmp_path: Path,
) -> None:
    report = World(tmp_path, LATE, ends=()).scan([root(MAIN)])
    assert (report.rebuild, refused(report)) == ("needed", None)
    assert [each.message.id for each in report.sources_unsure] == ["no-security-suite"]


def test_an_image_without_any_source_is_not_judged_by_what_it_has_not(tmp_path: Path) -> None:
    bare = {path: thing for path, thing in root("").items() if path != LIST}
    report = World(tmp_path, LATE).scan([bare])
    assert (report.rebuild, refused(report)) == ("needed", None)
    assert [each.message.id for each in report.sources_unsure] == ["sources-none-set"]


@pytest.mark.parametrize(
    "line",
    [
        "deb https://x.test/internal stable-mirror main\n",
        "deb https://x.test/debian oldstable main\n",
        "deb https://x.test/flat ./\n",
        "deb https://x.test/debian $(SUITE) main\n",
        "deb https://x.test/debian bookworm-proposed-updates main\n",
    ],
)
def test_a_source_that_nobody_knows_may_have_everything(tmp_path: Path, line: str) -> None:
    report = World(tmp_path, LATE).scan([root(MAIN + line)])
    assert (report.rebuild, refused(report)) == ("needed", None)
    assert [each.message.id for each in report.sources_unsure] == ["source-not-known"]


@pytest.mark.parametrize(
    "line",
    [
        "deb https://download.docker.com/linux/debian bookworm stable\n",
        "deb https://apt.nodesource.com/node_20.x nodistro main\n",
        "deb https://x.test/debian bookworm-backports main\n",
        "deb https://x.test/debian bookworm-updates main\n",
        "deb-src https://x.test/debian-security bookworm-security main\n",
        "# deb https://x.test/debian-security bookworm-security main\n",
    ],
)
def test_a_source_that_holds_no_security_fixes_changes_nothing(tmp_path: Path, line: str) -> None:
    assert World(tmp_path, LATE).scan([root(line + MAIN)]).rebuild == "useless"


@pytest.mark.parametrize("thing", [Link("/run/debian.sources"), b"#\n" * (1 << 20)])
def test_sources_behind_a_link_or_too_large_are_not_known(tmp_path: Path, thing: Thing) -> None:
    unread = {**root(MAIN), "etc/apt/sources.list.d/debian.sources": thing}
    report = World(tmp_path, LATE).scan([unread])
    assert (report.rebuild, refused(report)) == ("needed", None)
    assert [each.message.id for each in report.sources_unsure] == ["sources-unknown"]


def test_nothing_newer_comes_from_a_snapshot(tmp_path: Path) -> None:
    world = World(tmp_path, LATE)
    report = world.scan([root(SNAPSHOT + SNAPSHOT_SECURITY)])
    assert refused(report) == ("source-is-snapshot", "etc/apt/sources.list:1 in layer 0")
    action = act(report)
    assert (action.what, action.message.id, report.rebuild) == (
        "set-sources",
        "move-the-snapshot",
        "useless",
    )
    assert action.command == "sed -i -e 's/20260110T[0-9]*Z/20260601T000000Z/g' /etc/apt/sources.list"


def test_the_release_s_own_snapshot_alone_asks_for_the_security_suite(tmp_path: Path) -> None:
    action = act(World(tmp_path, LATE).scan([root(SNAPSHOT)]))
    assert action.message.id == "add-the-suite"
    assert "http://security.debian.org/debian-security bookworm-security main" in action.command


def test_a_snapshot_beside_a_security_suite_that_goes_on_holds_nothing_back(tmp_path: Path) -> None:
    assert World(tmp_path, LATE).scan([root(SNAPSHOT + SECURITY)]).rebuild == "needed"


@pytest.mark.parametrize("option", ["[snapshot=20260110T000000Z]", "[check-valid-until=no]"])
def test_apt_s_own_snapshot_option_counts_as_its_address_does(tmp_path: Path, option: str) -> None:
    lines = (MAIN + SECURITY).replace("deb ", f"deb {option} ")
    is_frozen = option.startswith("[snapshot")
    report = World(tmp_path, LATE).scan([root(lines)])
    assert report.rebuild == ("useless" if is_frozen else "needed")


def test_a_source_that_is_switched_off_is_to_be_switched_on(tmp_path: Path) -> None:
    text = "Types: deb\nURIs: https://x.test/debian-security\nSuites: bookworm-security\nComponents: main\nEnabled: no\n"
    security = {"etc/apt/sources.list.d/security.sources": text.encode()}
    action = act(World(tmp_path, LATE).scan([{**root(MAIN), **security}]))
    assert (action.message.id, action.command) == (
        "enable-the-source",
        "sed -i '/^Enabled:/d' /etc/apt/sources.list.d/security.sources",
    )
    assert action.message.args["at"] == "/etc/apt/sources.list.d/security.sources:3"


def test_what_is_on_hold_stays_and_is_to_be_taken_off_it(tmp_path: Path) -> None:
    held = {**root(MAIN + SECURITY), "var/lib/dpkg/status": status(state="hold ok installed")}
    report = World(tmp_path, LATE).scan([held])
    assert (report.rebuild, refused(report)) == (
        "useless",
        ("package-on-hold", "var/lib/dpkg/status:2 in layer 0"),
    )
    assert (act(report).what, act(report).command) == ("unhold", "apt-mark unhold libssl3")


def test_a_hold_that_a_step_puts_on_what_it_installed_does_not_keep_it_from_being_installed_anew(
    tmp_path: Path,
) -> None:
    base = {"etc/os-release": BOOKWORM, LIST: (MAIN + SECURITY).encode(), "var/lib/dpkg/status": b""}
    step = {"var/lib/dpkg/status": status(state="hold ok installed")}
    steps = ("ADD root.tar /", f"{INSTALL} && apt-mark hold libssl3")
    assert World(tmp_path, LATE).scan([base, step], steps).rebuild == "needed"


def test_on_hold_without_the_security_suite_both_are_to_be_mended(tmp_path: Path) -> None:
    held = {**root(MAIN), "var/lib/dpkg/status": status(state="hold ok installed")}
    action = act(World(tmp_path, LATE).scan([held]))
    assert [each.id for each in (action.message, *action.detail)][:2] == ["take-off-hold", "add-the-suite"]
    assert action.command.startswith("apt-mark unhold libssl3 && printf ")


@pytest.mark.parametrize(("named", "is_kept"), [("3.0-1", True), ("3.0*", False), ("3.0-2", False)])
def test_a_step_that_names_the_version_installs_it_again(tmp_path: Path, named: str, is_kept: bool) -> None:
    base = {"etc/os-release": BOOKWORM, LIST: (MAIN + SECURITY).encode(), "var/lib/dpkg/status": b""}
    steps = ("ADD root.tar /", f"RUN apt-get update && apt-get install -y libssl3={named}")
    report = World(tmp_path, LATE).scan([base, {"var/lib/dpkg/status": status()}], steps)
    assert report.rebuild == ("useless" if is_kept else "needed")
    if is_kept:
        assert (act(report).what, act(report).command) == ("unhold", "libssl3=3.0-2")


@pytest.mark.parametrize(
    ("pin", "is_kept"),
    [
        ("Package: libssl3\nPin: version 3.0-1\nPin-Priority: 1001\n", True),
        ("Package: src:openssl\nPin: version 3.0-1*\nPin-Priority: 600\n", True),
        ("Package: libssl3\nPin: version 3.0-1\nPin-Priority: 400\n", False),
        ("Package: libssl3\nPin: version 3.0*\nPin-Priority: 1001\n", False),
        ("Package: curl\nPin: version 3.0-1\nPin-Priority: 1001\n", False),
        ("Package: /ssl/\nPin: version 3.0-1\nPin-Priority: 1001\n", False),
        ("Package: *\nPin: release n=bookworm-security\nPin-Priority: -1\n", True),
        ("Package: *\nPin: release n=bookworm\nPin-Priority: 900\n", True),
        ("Package: *\nPin: release n=bookworm*\nPin-Priority: 900\n", False),
        ("Package: *\nPin: release l=Debian-Security\nPin-Priority: 990\n", False),
        ("Package: *\nPin: release a=stable\nPin-Priority: 900\n", False),
        ('Package: *\nPin: origin "x.test"\nPin-Priority: 900\n', False),
    ],
)
def test_pins_are_weighed_as_apt_weighs_them(tmp_path: Path, pin: str, is_kept: bool) -> None:
    pinned = {**root(MAIN + SECURITY), "etc/apt/preferences.d/pins": pin.encode()}
    report = World(tmp_path, LATE).scan([pinned])
    assert report.rebuild == ("useless" if is_kept else "needed")
    if is_kept:
        assert act(report).message.id == "take-away-the-pin"
        assert refused(report) is not None
        assert str(flaw(report).not_offered.where) == "etc/apt/preferences.d/pins:2 in layer 0"  # type: ignore[union-attr]


def test_a_default_release_passes_over_its_own_security_suite(tmp_path: Path) -> None:
    conf = {"etc/apt/apt.conf.d/99x": b'APT::Default-Release "bookworm";\n'}
    report = World(tmp_path, LATE).scan([{**root(MAIN + SECURITY), **conf}])
    assert refused(report) == ("pin-outranks", "etc/apt/apt.conf.d/99x:1 in layer 0")


def test_sources_that_a_step_sets_before_it_installs_are_those_that_count(tmp_path: Path) -> None:
    base = {"etc/os-release": BOOKWORM, LIST: (MAIN + SECURITY).encode(), "var/lib/dpkg/status": b""}
    step = {LIST: (SNAPSHOT + SNAPSHOT_SECURITY).encode(), "var/lib/dpkg/status": status()}
    world = World(tmp_path, EARLY)
    before = f"RUN echo snapshot > /etc/apt/sources.list && {INSTALL.removeprefix('RUN ')}"
    after = f"{INSTALL} && echo snapshot > /etc/apt/sources.list"
    # the notice is older than the snapshot: only what was in force can tell that it did not come
    late = World(tmp_path / "late", LATE)
    assert late.scan([base, step], ("ADD x /", before)).rebuild == "useless"
    assert late.scan([base, step], ("ADD x /", after)).rebuild == "needed"
    assert world.scan([base, step], ("ADD x /", before)).rebuild == "needed"


def test_sources_that_went_after_the_step_were_there_for_it(tmp_path: Path) -> None:
    later = {LIST: MAIN.encode()}
    steps = ("ADD x /", INSTALL, "RUN sed -i /security/d /etc/apt/sources.list")
    base = {"etc/os-release": BOOKWORM, LIST: (MAIN + SECURITY).encode(), "var/lib/dpkg/status": b""}
    report = World(tmp_path, LATE).scan([base, {"var/lib/dpkg/status": status()}, later], steps)
    assert report.rebuild == "needed"


def test_a_step_with_sources_of_its_own_is_not_judged_by_the_image_s(tmp_path: Path) -> None:
    base = {"etc/os-release": BOOKWORM, LIST: MAIN.encode(), "var/lib/dpkg/status": b""}
    for step in (
        "RUN apt-get -o Dir::Etc::sourcelist=/tmp/x install -y libssl3",
        "RUN --mount=type=bind,source=x,target=/etc/apt/sources.list apt-get install -y libssl3",
    ):
        report = World(tmp_path / str(len(step)), LATE).scan(
            [base, {"var/lib/dpkg/status": status()}], ("ADD x /", step)
        )
        assert (report.rebuild, refused(report)) == ("needed", None)


def test_what_a_higher_fix_brings_is_promised_with_it(tmp_path: Path) -> None:
    higher = record("DEBIAN-CVE-2026-2", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0-3"}, upstream=["CVE-2026-2"])  # fmt: skip
    report = World(tmp_path, (*LATE, higher)).scan([root(MAIN, "2026-01-20")])
    # nobody can tell that the release lacks 3.0-3, and 3.0-3 mends both
    assert len(report.rebuild_mends) == 2
    assert refused(report) is None


def test_ubuntu_s_release_pocket_gets_nothing_and_its_updates_do(tmp_path: Path) -> None:
    told = (
        record("UBUNTU-CVE-2026-1", "Ubuntu:22.04:LTS", "openssl", {"introduced": "0"}, {"fixed": "3.0-2"}, upstream=["CVE-2026-1"]),
        record("USN-7000-1", "Ubuntu:22.04:LTS", "openssl", {"introduced": "0"}, {"fixed": "3.0-2"}, upstream=["CVE-2026-1"]),
    )  # fmt: skip
    world = World(tmp_path, told)
    pocket = "deb http://x.test/ubuntu jammy main universe\n"
    alone = {**root(pocket), "etc/os-release": JAMMY}
    report = world.scan([alone])
    assert (report.rebuild, refused(report)) == (
        "useless",
        ("pocket-is-final", "etc/apt/sources.list:1 in layer 0"),
    )
    assert "http://x.test/ubuntu jammy-updates main universe" in act(report).command
    updated = {**root(pocket + pocket.replace("jammy", "jammy-updates")), "etc/os-release": JAMMY}
    report = world.scan([updated])
    assert (report.rebuild, report.sources_unsure) == ("needed", ())


def alpine(repositories: str, world: str = "busybox\n", version: str = "3.20.3") -> dict[str, Thing]:
    installed = "P:busybox\nV:1.36.1-r28\nA:x86_64\no:busybox\n\n"
    return {
        "etc/os-release": f'ID=alpine\nVERSION_ID={version}\nPRETTY_NAME="Alpine Linux v3.20"\n'.encode(),
        "etc/apk/repositories": repositories.encode(),
        "etc/apk/world": world.encode(),
        "lib/apk/db/installed": installed.encode(),
    }


BUSYBOX = (
    record("ALPINE-CVE-2026-1", "Alpine:v3.20", "busybox", {"introduced": "0"}, {"fixed": "1.36.1-r29"}, upstream=["CVE-2026-1"]),
    record("ALPINE-CVE-2026-1", "Alpine:v3.18", "busybox", {"introduced": "0"}, {"fixed": "1.36.0-r9"}, upstream=["CVE-2026-1"]),
)  # fmt: skip
MIRROR = "https://dl.test/alpine"


@pytest.mark.parametrize(
    ("repositories", "is_refused"),
    [
        (f"{MIRROR}/v3.20/main\n", False),
        (f"{MIRROR}/v3.18/main\n{MIRROR}/v3.18/community\n", True),
        (f"{MIRROR}/v3.18/main\n@edge {MIRROR}/edge/main\n", True),
        (f"{MIRROR}/v3.18/main\n{MIRROR}/latest-stable/main\n", False),
        (f"{MIRROR}/v3.18/main\n{MIRROR}/edge/main\n", False),
        (f"{MIRROR}/v3.17/main\n", False),  # nothing is known of this branch
        ("/media/cdrom/apks\n", False),
        ("", False),
    ],
)
def test_an_older_branch_of_alpine_mends_by_versions_that_do_not_count_here(
    tmp_path: Path, repositories: str, is_refused: bool
) -> None:
    records = ({**BUSYBOX[0], "affected": [*BUSYBOX[0]["affected"], *BUSYBOX[1]["affected"]]},)
    report = World(tmp_path, records).scan([alpine(repositories)])
    assert report.rebuild == ("useless" if is_refused else "needed")
    if is_refused:
        assert refused(report) == ("branch-is-older", "etc/apk/repositories:1 in layer 0")
        assert act(report).command == "sed -i -e 's#/v3.18/#/v3.20/#' /etc/apk/repositories"


@pytest.mark.parametrize(
    ("wish", "is_kept"),
    [
        ("busybox=1.36.1-r28", True),
        ("busybox<1.36.1-r29", True),
        ("busybox~1.36.0", True),
        ("busybox~1.36", False),
        ("busybox>=1.36", False),
        ("busybox", False),
        ("!busybox", False),
    ],
)
def test_apk_s_world_keeps_what_it_names_by_version(tmp_path: Path, wish: str, is_kept: bool) -> None:
    report = World(tmp_path, BUSYBOX[:1]).scan([alpine(f"{MIRROR}/v3.20/main\n", f"alpine-base\n{wish}\n")])
    assert report.rebuild == ("useless" if is_kept else "needed")
    if is_kept:
        assert refused(report) == ("world-names-version", "etc/apk/world:2 in layer 0")
        assert act(report).command == "apk add 'busybox>=1.36.1-r29'"


def test_an_archive_of_ended_releases_sends_to_another_release(tmp_path: Path) -> None:
    archive = "deb http://archive.debian.org/debian bookworm main\n"
    base = {"etc/os-release": BOOKWORM, LIST: archive.encode(), "var/lib/dpkg/status": b""}
    world = World(tmp_path, LATE)
    report = world.scan([base, {"var/lib/dpkg/status": status()}], ("ADD x /", INSTALL))
    assert refused(report) == ("source-is-archive", "etc/apt/sources.list:1 in layer 0")
    # a root filesystem may have been made before its release was archived
    assert world.scan([root(archive)]).rebuild == "needed"
    assert act(report).message.id == "leave-the-archive"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_reason_is_told_in_words_wherever_a_finding_is_shown(tmp_path: Path, language: str) -> None:
    world = World(tmp_path, LATE)
    stock = world.stock([root(MAIN)])
    report = scan_report(stock, world.index, Shelf(()), Terms(), AS_OF)
    texts = (
        write_scan(report, language),
        write_ticket(report, flaw(report).owner, language),
        write_explain(explain_report(stock, world.index, report, "CVE-2026-1"), language),
    )
    for text in texts:
        flat = "".join(text.split())
        assert "/etc/apt/sources.list:1" in flat
        assert "12.13" in flat
        assert "2026-02-01" in flat
        assert ("packagesources" if language == "en" else "软件源") in flat


def test_reports_of_the_same_image_are_the_same_bytes(tmp_path: Path) -> None:
    world = World(tmp_path, LATE)
    one, other = world.scan([root(SNAPSHOT)]), world.scan([root(SNAPSHOT)])
    assert (one.findings, one.actions) == (other.findings, other.actions)
