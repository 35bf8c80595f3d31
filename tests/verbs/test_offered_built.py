"""What is promised of package sources is what apt makes of them: roots are made and upgraded by apt and dpkg themselves, the
acts carried out by their own commands, and everything is looked at afresh. Equality, finding by finding, is the law."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.model.advisory import Cycle
from seamline.model.finding import Action, ScanReport
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Shelf
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import stock_of
from tests.advisories.records import record
from tests.neighbours import need
from tests.verbs.test_matching_cases import Kept, indexed

pytestmark = pytest.mark.real
NOW = datetime.now(UTC)


def day(back: int) -> str:
    return (NOW - timedelta(days=back)).date().isoformat()


def stamp(back: int) -> str:
    return day(back).replace("-", "") + "T000000Z"


ENDS = (Cycle("debian", "12", "2023-06-10", day(-300), day(-600), "12.9", day(40)),)
RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'
OLD, POINT, NOTICED = "1-1", "1-1+deb12u1", "1-1+deb12u2"
"""What was there 60 days ago, in the point release, and in the security suite since 10 days ago."""


def records() -> Iterator[dict[str, object]]:
    """Flaws of openssl that a notice tells of, and one of zlib that came with the point release."""
    for at, (source, fixed, told) in enumerate(
        (("openssl", NOTICED, "DSA-7001-1"), ("curl", NOTICED, "DSA-7002-1"), ("zlib", POINT, ""))
    ):
        cve, where = f"CVE-2026-{at}", ("Debian:12", source, {"introduced": "0"}, {"fixed": fixed})
        yield record(f"DEBIAN-{cve}", *where, upstream=[cve], published=f"{day(50)}T00:00:00Z")
        if told:
            yield record(told, *where, upstream=[cve], published=f"{day(10)}T00:00:00Z")


class Archives:
    """Debian's own archive, its security archive, and what both were on two days, each a folder that apt reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.debs = folder / "debs"
        self.debs.mkdir(parents=True)
        names = (("libssl3", "openssl"), ("curl", "curl"), ("zlib1g", "zlib"))
        for version in (OLD, POINT, NOTICED):
            for name, source in names:
                self._package(name, source, version)
        older = {name: OLD for name, _ in names}
        released = {**older, "zlib1g": POINT}
        fixed = {"libssl3": NOTICED, "curl": NOTICED}
        self.publish("debian", "bookworm", released)
        self.publish("debian-security", "bookworm-security", fixed)
        for back, main, security in ((60, older, {}), (0, released, fixed)):
            self.publish(f"debian/{stamp(back)}", "bookworm", main)
            self.publish(f"debian-security/{stamp(back)}", "bookworm-security", security)

    def _package(self, name: str, source: str, version: str) -> None:
        root = self.folder / "made" / f"{name}-{version}"
        (root / "DEBIAN").mkdir(parents=True)
        about = {"Package": name, "Source": source, "Version": version, "Architecture": "amd64"}
        about |= {"Maintainer": "Debian <x@debian.org>", "Description": name}
        (root / "DEBIAN/control").write_text("".join(f"{key}: {value}\n" for key, value in about.items()))
        (root / "usr/lib").mkdir(parents=True)
        (root / f"usr/lib/{name}").write_text(version)
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-b", root, self.debs], check=True, capture_output=True
        )

    def publish(self, name: str, suite: str, versions: Mapping[str, str]) -> None:
        folder = self.folder / name
        lists = folder / f"dists/{suite}/main/binary-amd64"
        (folder / "pool").mkdir(parents=True)
        lists.mkdir(parents=True)
        for package, version in versions.items():
            deb = f"{package}_{version}_amd64.deb"
            (folder / "pool" / deb).hardlink_to(self.debs / deb)
        index = subprocess.run(
            ["dpkg-scanpackages", "pool"], cwd=folder, check=True, capture_output=True
        ).stdout
        (lists / "Packages").write_bytes(index)
        told = f"Origin: Debian\nSuite: {suite}\nCodename: {suite}\nArchitectures: amd64\nComponents: main\n"
        sums = subprocess.run(
            ["apt-ftparchive", "release", folder / f"dists/{suite}"], check=True, capture_output=True
        )
        (folder / f"dists/{suite}/Release").write_text(told + sums.stdout.decode())

    def line(self, name: str, suite: str) -> str:
        return f"deb [trusted=yes] file:{self.folder}/{name} {suite} main\n"

    def both(self, at: str = "") -> str:
        return self.line(f"debian{at}", "bookworm") + self.line(f"debian-security{at}", "bookworm-security")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    need("apt-get", "apt-ftparchive", "dpkg-deb", "dpkg-scanpackages")
    return Archives(tmp_path_factory.mktemp("archives"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return indexed(tmp_path_factory.mktemp("index"), *records(), ends=ENDS)


class Root:
    """One root filesystem that apt installed from the older day, and what is done to it afterwards."""

    def __init__(self, folder: Path, archives: Archives, index: Kept) -> None:
        self.at, self._index = folder, index
        for name in (
            "etc/apt/apt.conf.d",
            "etc/apt/preferences.d",
            "etc/apt/sources.list.d",
            "var/lib/dpkg/info",
        ):
            (folder / name).mkdir(parents=True)
        for name in (
            "var/lib/dpkg/updates",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/log/apt",
        ):
            (folder / name).mkdir(parents=True)
        (folder / "etc/os-release").write_text(RELEASE)
        (folder / "var/lib/dpkg/status").touch()
        (folder.parent / "apt.conf").write_text(
            f'Dir "{folder}"; APT::Sandbox::User "root"; APT::Architecture "amd64";\n'
        )
        self.write("etc/apt/sources.list", archives.both(f"/{stamp(60)}"))
        self.apt("update")
        self.apt("install", "libssl3", "curl", "zlib1g")

    def write(self, path: str, text: str) -> None:
        (self.at / path).write_text(text)

    def run(self, *command: str) -> None:
        env = {
            **os.environ,
            "APT_CONFIG": str(self.at.parent / "apt.conf"),
            "LC_ALL": "C",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)

    def apt(self, *words: str) -> None:
        own = (
            "Dir::Bin::dpkg=/usr/bin/dpkg",
            "Dir::Bin::Methods=/usr/lib/apt/methods",
            f"DPkg::Options::=--root={self.at}",
        )
        more = (
            "DPkg::Options::=--force-not-root",
            "DPkg::Options::=--force-script-chrootless",
            f"Dir::State::status={self.at}/var/lib/dpkg/status",
        )
        self.run("apt-get", *(f"-o{each}" for each in (*own, *more)), "-y", *words)

    def upgraded(self) -> ScanReport:
        """What is found once apt has upgraded the root by its own sources."""
        self.apt("update")
        self.apt("upgrade")
        return self.scan()

    def act(self, action: Action) -> None:
        """Carries an act out by its command, in this root and not in the machine's own."""
        at = self.at
        command = action.command.replace(" /etc/", f" {at}/etc/").replace(
            "apt-mark ",
            f"apt-mark -oDir::State::status={at}/var/lib/dpkg/status -oDPkg::Options::=--root={at} -oDir::Bin::dpkg=/usr/bin/dpkg ",
        )
        command = command.replace(
            "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]", "[trusted=yes]"
        )
        self.run("sh", "-ec", command)

    def scan(self) -> ScanReport:
        image = open_image(f"dir:{self.at}", Opening())
        stock = stock_of(see(look(image, cache=None, limits=Limits(), deep=(SCRIPTS, TEXTS)), Shelf(())))
        return scan_report(stock, self._index, Shelf(()), Terms(), NOW.strftime("%Y-%m-%dT%H:%M:%SZ"))


@pytest.fixture
def root(tmp_path: Path, archives: Archives, index: Kept) -> Root:
    return Root(tmp_path / "root", archives, index)


def ids(report: ScanReport) -> set[str]:
    return {each.id for each in report.findings}


def promised(report: ScanReport) -> set[str]:
    """The ids that are left once the image is built again, as it is foretold."""
    return {each.id for each in report.findings if each.key not in report.rebuild_mends}


def after(report: ScanReport, action: Action) -> set[str]:
    gone = action.mends if action.gone is None else action.gone
    return {each.id for each in report.findings if each.key not in gone}


NOTICES = {"CVE-2026-0", "CVE-2026-1"}


def test_with_its_security_suite_an_upgrade_mends_what_was_promised(root: Root, archives: Archives) -> None:
    root.write("etc/apt/sources.list", archives.both())
    before = root.scan()
    assert ids(before) == {*NOTICES, "CVE-2026-2"}
    assert promised(before) == set()
    assert ids(root.upgraded()) == set()


def test_without_it_only_the_point_release_comes_until_the_suite_is_added(
    root: Root, archives: Archives
) -> None:
    root.write("etc/apt/sources.list", archives.line("debian", "bookworm"))
    before = root.scan()
    assert promised(before) == NOTICES
    (act,) = (each for each in before.actions if each.what == "set-sources")
    assert after(before, act) == set()
    upgraded = root.upgraded()
    assert ids(upgraded) == NOTICES
    assert (upgraded.rebuild, promised(upgraded)) == ("useless", NOTICES)
    (act,) = (each for each in upgraded.actions if each.what == "set-sources")
    root.act(act)
    assert ids(root.upgraded()) == after(upgraded, act) == set()


def test_a_snapshot_gives_nothing_until_it_is_moved(root: Root) -> None:
    before = root.scan()
    assert (before.rebuild, promised(before)) == ("useless", {*NOTICES, "CVE-2026-2"})
    assert ids(root.upgraded()) == promised(before)
    (act,) = (each for each in before.actions if each.what == "set-sources")
    assert len(act.mends) == 3
    root.act(act)
    assert ids(root.upgraded()) == after(before, act) == set()


def test_what_is_on_hold_stays_until_it_is_taken_off(root: Root, archives: Archives) -> None:
    root.write("etc/apt/sources.list", archives.both())
    status = (root.at / "var/lib/dpkg/status").read_text()
    held = status.replace("Package: libssl3\nStatus: install", "Package: libssl3\nStatus: hold")
    assert held != status
    root.write("var/lib/dpkg/status", held)
    before = root.scan()
    assert promised(before) == {"CVE-2026-0"}
    upgraded = root.upgraded()
    assert ids(upgraded) == promised(before)
    (act,) = (each for each in upgraded.actions if each.what == "unhold")
    root.act(act)
    assert ids(root.upgraded()) == after(upgraded, act) == set()


@pytest.mark.parametrize(
    ("path", "text", "left"),
    [
        ("preferences.d/a", f"Package: libssl3\nPin: version {OLD}\nPin-Priority: 1001\n", {"CVE-2026-0"}),
        ("preferences.d/a", f"Package: libssl3\nPin: version {OLD}\nPin-Priority: 400\n", set()),
        ("preferences", "Package: *\nPin: release n=bookworm-security\nPin-Priority: -1\n", NOTICES),
        ("preferences.d/a.pref", "Package: *\nPin: release n=bookworm\nPin-Priority: 900\n", NOTICES),
        ("preferences.d/a.pref", "Package: curl\nPin: release n=bookworm\nPin-Priority: 900\n", {"CVE-2026-1"}),
        ("preferences.d/a.bak", "Package: *\nPin: release n=bookworm\nPin-Priority: 900\n", set()),
        ("preferences.d/a", "Package: *\nPin: release n=bookworm*\nPin-Priority: 900\n", set()),
        ("apt.conf.d/99x", 'APT::Default-Release "bookworm";\n', NOTICES),
    ],
)  # fmt: skip
def test_a_pin_keeps_in_apt_what_it_is_said_to_keep(
    root: Root, archives: Archives, path: str, text: str, left: set[str]
) -> None:
    root.write("etc/apt/sources.list", archives.both())
    root.write(f"etc/apt/{path}", text)
    before = root.scan()
    assert promised(before) == left
    assert ids(root.upgraded()) == left


def test_a_source_that_is_switched_off_gives_nothing_until_it_is_switched_on(
    root: Root, archives: Archives
) -> None:
    root.write("etc/apt/sources.list", archives.line("debian", "bookworm"))
    text = f"Types: deb\nURIs: file:{archives.folder}/debian-security\nSuites: bookworm-security\nComponents: main\nTrusted: yes\nEnabled: no\n"
    root.write("etc/apt/sources.list.d/security.sources", text)
    before = root.scan()
    assert promised(before) == NOTICES
    (act,) = (each for each in before.actions if each.what == "set-sources")
    root.act(act)
    assert ids(root.upgraded()) == after(before, act) == set()
