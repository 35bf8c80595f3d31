"""What an action promises is what comes of it: images are made, acted on, made again by the action's own words, and looked at
afresh by a new process. Equality, finding by finding, is the law."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping

import pytest

from tests.advisories.records import record
from tests.neighbours import need
from tests.verbs.test_compose import LocalArchive
from tests.worlds import World, jar

pytestmark = pytest.mark.real
PYTHON = "registry.test/python:3.12"
RELEASE = 'etc/os-release=ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'
FIX = {"fixed": "1-2"}
RECORDS = (
    record("DEBIAN-CVE-2026-1", "Debian:12", "openssl", {"introduced": "0"}, FIX, upstream=["CVE-2026-1"]),
    record("DEBIAN-CVE-2026-2", "Debian:12", "zlib", {"introduced": "0"}, upstream=["CVE-2026-2"]),
    record("DEBIAN-CVE-2026-3", "Debian:12", "curl", {"introduced": "0"}, FIX, upstream=["CVE-2026-3"]),
    record("DEBIAN-CVE-2026-4", "Debian:12", "openssl", {"introduced": "1-2"}, upstream=["CVE-2026-4"]),
    record("DEBIAN-CVE-2026-5", "Debian:12", "gone", {"introduced": "0"}, upstream=["CVE-2026-5"]),
    record("DEBIAN-CVE-2026-6", "Debian:12", "python3", {"introduced": "0"}, FIX, upstream=["CVE-2026-6"]),
    record("PYSEC-2026-7", "PyPI", "django", {"introduced": "4.2"}, {"fixed": "4.2.11"}, aliases=["CVE-2026-7"]),
    record("GHSA-aaaa-bbbb-cccc", "Maven", "org.apache.logging.log4j:log4j-core", {"introduced": "2.0"}, {"fixed": "2.17.1"}, aliases=["CVE-2026-8"]),
    record("GHSA-aaaa-bbbb-dddd", "Maven", "org.apache.logging.log4j:log4j-core", {"introduced": "2.17.1"}, {"fixed": "2.25.3"}, aliases=["CVE-2026-9"]),
    record("PYSEC-2026-10", "PyPI", "setuptools", {"introduced": "0"}, {"fixed": "70.0"}, aliases=["CVE-2026-10"]),
    record("PYSEC-2026-11", "PyPI", "wheel", {"introduced": "0"}, aliases=["CVE-2026-11"]),
    record("PYSEC-2026-12", "PyPI", "pip", {"introduced": "24.0"}, aliases=["CVE-2026-12"]),
    record("PYSEC-2026-13", "PyPI", "setuptools", {"introduced": "0"}, aliases=["CVE-2026-13"]),
)  # fmt: skip
COPY = 'FROM debian:12\n{copy}\nCOPY Dockerfile /srv/shop.py\nCMD ["python3", "/srv/shop.py"]\n'
DEBIAN = "layers: [{packages: [base-files, libssl3, zlib1g, gone]}]\nconfig: {cmd: [sh]}\n"
DEBIAN_NEW = "layers: [{packages: [base-files, libssl3, zlib1g]}]\nconfig: {cmd: [sh]}\n"
RUNTIME = "layers: [{{packages: [python3]}}]\nbase: {base}\nconfig: {{cmd: [python3]}}\n"
APPLICATION = """base: {base}
layers: [{{packages: [curl]}}]
files:
  - {{path: /srv/lib/python3/site-packages/Django-{django}.dist-info/METADATA, content: "Metadata-Version: 2.1\\nName: Django\\nVersion: {django}\\n"}}
  - {{path: /app/lib/log4j-core-{log4j}.jar, source: {jar}}}
config: {{cmd: [curl]}}
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalArchive]:
    need("dpkg-deb", "dpkg-scanpackages", "gpg", "gpgv", "buildah", "dpkg")
    folder = tmp_path_factory.mktemp("archive")
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch"]
    generate = [*gpg, "--passphrase", "", "--quick-gen-key", "test@example.org", "rsa2048"]
    subprocess.run(generate, check=True, capture_output=True)
    keyring = folder / "keyring.gpg"
    keyring.write_bytes(subprocess.run([*gpg, "--export"], check=True, capture_output=True).stdout)
    made = LocalArchive(folder / "archive", keyring, home)
    made.folder.mkdir()
    yield made
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)


def publish(world: World, revision: str) -> None:
    for name, source in (
        ("libssl3", "openssl"),
        ("zlib1g", "zlib"),
        ("curl", "curl"),
        ("python3", "python3"),
    ):
        world.package(name, f"1-{revision}", Source=source, files=f"usr/lib/{name}/data={name} {revision}\n")
    world.archive.publish()


@pytest.fixture(scope="module")
def world(archive: LocalArchive, tmp_path_factory: pytest.TempPathFactory) -> World:
    """January: Debian 12 and a runtime on it. February: everything is fixed, and Debian is made anew."""
    made = World(tmp_path_factory.mktemp("world"), archive)
    made.package("base-files", "1-1", files=RELEASE)
    made.package("gone", "1-1", files="usr/bin/gone=gone\n")
    publish(made, "1")
    made.advise_of(RECORDS)
    return made


def python(versions: Mapping[str, str]) -> str:
    """A Python image whose /usr/local holds these packages."""
    site = "/usr/local/lib/python3.12/site-packages"
    files = {f"/usr/local/lib/python3.12/module{at}.py": f"x = {at}" for at in range(12)}
    for name, version in versions.items():
        about = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
        files[f"{site}/{name}-{version}.dist-info/METADATA"] = about
    lines = "".join(f'  - {{path: {path}, content: "{text}"}}\n' for path, text in files.items())
    return f"layers: [{{packages: [base-files]}}]\nfiles:\n{lines}config: {{cmd: [python3]}}\n"


class Images:
    """The images of January, and the ways to make them again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.debian = world.compose("debian", DEBIAN)
        world.base(self.debian, "debian:12")
        self.runtime = world.compose("runtime", RUNTIME.format(base=self.debian))
        world.base(self.runtime, "registry.test/team/runtime:1", "runtime team")
        self.application = self.applied(self.debian)
        self.on_runtime = self.applied(self.runtime, name="on-runtime")
        world.today = "2026-01-20"
        world.package("libssl3", "1-1.5", Source="openssl")
        self.patched_badly = world.upgraded(self.debian, "libssl3=1-1.5")
        publish(world, "2")
        world.today = "2026-02-10"
        self.patched = world.upgraded(self.debian, "libssl3=1-2")
        self.patched_application = self.applied(self.patched, name="on-patched")
        self.new_debian = world.compose("debian", DEBIAN_NEW)

    def applied(
        self, base: str, django: str = "4.2.3", log4j: str = "2.14.1", name: str = "application"
    ) -> str:
        group = "org.apache.logging.log4j"
        path = jar(self.world.folder / f"jars/log4j-core-{log4j}.jar", group, "log4j-core", log4j)
        text = APPLICATION.format(base=base, django=django, log4j=log4j, jar=path)
        return self.world.compose(f"{name}-{django}-{log4j}", text)


@pytest.fixture(scope="module")
def images(world: World) -> Images:
    return Images(world)


def test_an_old_base_alone_asks_its_maker_first_and_says_what_a_rebuild_mends(images: Images) -> None:
    scan = images.world.scan(images.application)
    asked = scan.action("renew-base")
    assert (scan.ids(asked.mends), asked.owner, asked.waiting) == (
        {"CVE-2026-1"},
        "infrastructure",
        ("application team",),
    )
    first = scan.finding("CVE-2026-1")
    assert first.deadline is not None
    assert (asked.message.args["id"], asked.message.args["day"]) == (first.id, first.way[0].day)
    assert first.deadline.since == first.way[0].day
    rebuild = scan.action("rebuild")
    assert scan.ids(rebuild.mends) == {"CVE-2026-3"}
    assert scan.report.rebuild == "needed"
    again = images.world.scan(images.applied(images.debian))
    assert again.keys() == scan.expected_after(rebuild)


def test_a_newer_base_removes_leaves_and_adds_what_was_foretold(images: Images) -> None:
    images.world.base(images.new_debian, "debian:12")
    scan = images.world.scan(images.application)
    bump = scan.action("bump-base")
    assert scan.ids(bump.mends) == {"CVE-2026-1", "CVE-2026-3", "CVE-2026-5"}
    assert bump.adds == ("CVE-2026-4",)
    reference = bump.command.removeprefix("FROM ").partition("@")
    assert reference[0] == "debian:12"
    assert reference[2] in images.world.run("base", "show", "debian:12", "-f", "json").decode()
    again = images.world.scan(images.applied(images.new_debian))
    assert again.keys() == scan.expected_after(bump)
    assert again.ids(bump.brings) == {"CVE-2026-4"}


@pytest.mark.parametrize(
    ("package", "change"), [("django", {"django": "4.2.11"}), ("log4j-core", {"log4j": "2.25.3"})]
)
def test_one_upgrade_does_what_was_foretold(images: Images, package: str, change: dict[str, str]) -> None:
    scan = images.world.scan(images.application)
    (upgrade,) = (
        each for each in scan.report.actions if str(each.message.args.get("package", "")).endswith(package)
    )
    again = images.world.scan(images.applied(images.debian, **change))
    # the steps of the build ran again too, which mends what the distribution has fixed meanwhile
    rebuilt = scan.finding("CVE-2026-3")
    assert again.keys() == scan.expected_after(upgrade) - {rebuilt.key}


def test_in_a_chain_of_bases_the_first_that_lacks_the_fix_acts_and_those_above_wait(images: Images) -> None:
    images.world.base(images.new_debian, "debian:12")
    scan = images.world.scan(images.on_runtime)
    way = [(step.place, step.has_fix) for step in scan.finding("CVE-2026-1").way]
    assert way == [
        ("Debian 12", True),
        ("debian:12", True),
        ("registry.test/team/runtime:1", False),
        ("this image", False),
    ]
    rebuild = next(each for each in scan.report.actions if each.owner == "runtime team")
    assert rebuild.command.startswith("FROM debian:12@sha256:")
    assert (rebuild.what, rebuild.waiting) == ("rebuild", ("application team",))
    assert scan.finding("CVE-2026-1").owner == "runtime team"
    assert scan.finding("CVE-2026-6").way[1].place == "registry.test/team/runtime:1"
    base = images.world.scan(images.runtime)
    pull = base.action("bump-base") if any(a.what == "bump-base" for a in base.report.actions) else None
    assert pull is None  # it is a base itself: nobody builds on it here
    renewed = images.world.compose("runtime-new", RUNTIME.format(base=images.new_debian))
    images.world.base(renewed, "registry.test/team/runtime:1", "runtime team")
    scan = images.world.scan(images.on_runtime)
    bump = scan.action("bump-base")
    assert {"CVE-2026-1", "CVE-2026-6"} <= scan.ids(bump.mends)
    assert bump.owner == "application team"
    again = images.world.scan(images.applied(renewed, name="on-runtime"))
    assert again.keys() == scan.expected_after(bump)


def test_an_upgrade_in_place_is_dropped_once_the_base_has_overtaken_it(images: Images) -> None:
    images.world.base(images.new_debian, "debian:12")
    scan = images.world.scan(images.patched)
    assert "CVE-2026-1" not in {each.id for each in scan.report.findings}
    (note,) = (each for each in scan.report.notes if each.id == "patched-above")
    assert note.args["names"] == "libssl3 1-2"
    drop = scan.action("drop-upgrade")
    assert drop.command.startswith("FROM debian:12@sha256:")
    assert drop.mends == ()


def test_an_upgrade_in_place_that_is_dropped_leaves_what_the_newer_base_was_foretold_to(
    images: Images,
) -> None:
    images.world.base(images.new_debian, "debian:12")
    scan = images.world.scan(images.patched_application)
    bump, drop = scan.action("bump-base"), scan.action("drop-upgrade")
    assert drop.command == bump.command  # a line of a Dockerfile, where no remark may follow
    assert [each.id for each in drop.detail] == ["without-the-step"]
    assert drop.detail[0].args["step"] == "apt-get upgrade"
    again = images.world.scan(images.applied(images.new_debian, name="without"))
    assert again.keys() == scan.expected_after(bump, drop)
    assert not any(each.what == "drop-upgrade" for each in again.report.actions)
    assert "patched-above" not in {each.id for each in again.report.notes}


def test_case_5_an_upgrade_to_a_version_still_vulnerable_shadows_the_base_which_comes_first(
    images: Images,
) -> None:
    scan = images.world.scan(images.patched_badly)
    finding = scan.finding("CVE-2026-1")
    assert [step.place for step in finding.way] == ["Debian 12", "debian:12", "this image"]
    assert (finding.side.value, finding.origin_layer, finding.layer) == ("application", 0, 1)
    images.world.base(images.new_debian, "debian:12")
    scan = images.world.scan(images.patched_badly)
    bump = scan.action("bump-base")
    assert finding.key in bump.mends
    assert "upgraded-in-place" in {each.id for each in bump.detail}
    again = images.world.scan(images.world.upgraded(images.new_debian, "libssl3=1-2"))
    assert again.keys() == scan.expected_after(bump)


def test_a_runtime_that_was_copied_is_copied_anew_with_the_effect_foretold(images: Images) -> None:
    world = images.world
    world.base(images.new_debian, "debian:12")
    old = world.compose("python", python({"setuptools": "65.0", "wheel": "0.38", "pip": "23.0"}))
    world.base(old, PYTHON)
    copied = f"COPY --from={PYTHON} /usr/local /usr/local"
    built = world.built(COPY.format(copy=copied), {"debian:12": images.new_debian, PYTHON: old})
    scan = world.scan(built)
    alone = scan.action("copy-newer")  # no newer image is known: the message says what it must hold
    assert (scan.ids(alone.mends), alone.command) == (
        {"CVE-2026-10"},
        f"COPY --from={PYTHON} /usr/local/lib/python3.12 /usr/local/lib/python3.12",
    )
    assert scan.finding("CVE-2026-13").key not in {*alone.mends, *alone.brings}
    assert scan.report.rebuild == "useless"
    world.today = "2026-03-01"
    new = world.compose("python", python({"setuptools": "70.0", "pip": "25.0"}))
    world.base(new, PYTHON)
    scan = world.scan(built)
    copy = scan.action("copy-newer")
    assert scan.ids(copy.mends) == {"CVE-2026-10", "CVE-2026-11"}
    assert (copy.adds, copy.owner, copy.leaves) == (("CVE-2026-12",), "application team", 1)
    source = copy.command.removeprefix("COPY --from=").partition(" ")[0]
    assert source.startswith(f"{PYTHON}@sha256:")
    # as buildah builds unless it is told to keep layers: one layer holds the copy and the application
    flat = world.built(COPY.format(copy=copied), {"debian:12": images.new_debian, PYTHON: old}, layers=False)
    flat_scan = world.scan(flat)
    assert flat_scan.action("copy-newer").mends == copy.mends
    assert (scan.report.rebuild, set(scan.report.rebuild_mends)) == ("needed", set(copy.mends))
    rebuilt = world.scan(world.built(COPY.format(copy=copied), {"debian:12": images.new_debian, PYTHON: new}))
    assert scan.keys() - rebuilt.keys() == set(scan.report.rebuild_mends)
    anew = world.built(COPY.format(copy=copy.command), {"debian:12": images.new_debian, PYTHON: new})
    again = world.scan(anew)
    assert again.keys() == scan.expected_after(copy)
    assert again.ids(copy.brings) == {"CVE-2026-12"}
