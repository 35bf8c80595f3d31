"""Hard cases of ownership, each named after what makes it hard: whose it is, who acts first, and what does not mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamline.catalog.scripts import READER as SCRIPTS
from seamline.errors import Usage
from seamline.model.finding import Action, Finding, ScanReport
from seamline.model.limits import Limits
from seamline.model.seam import Base
from seamline.places.opening import Opening, open_image
from seamline.render.scan import write_scan
from seamline.render.words import say
from seamline.seam.learn import base_of, inventory_of
from seamline.settings.file import parse_settings
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
from tests.scenes import Scene, Whiteout
from tests.verbs.test_scan import AS_OF, RELEASE, status

RECORDS = (
    record("DEBIAN-CVE-2026-1", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0.17-2"}, upstream=["CVE-2026-1"]),
    record("GHSA-tttt-tttt-tttt", "npm", "tar", {"introduced": "0"}, {"fixed": "7.0.0"}, aliases=["CVE-2026-2"]),
    record("PYSEC-2026-3", "PyPI", "setuptools", {"introduced": "0"}, {"fixed": "70.0"}, aliases=["CVE-2026-3"]),
    record("BIT-python-2026-4", "Bitnami", "python", {"introduced": "0"}, {"fixed": "3.12.9"}, aliases=["CVE-2026-4"]),
)  # fmt: skip
OLD_SSL = status(("libssl3", "openssl", "3.0.17-1"))
NEW_SSL = status(("libssl3", "openssl", "3.0.17-2"))
DEBIAN: Mapping[str, Any] = {"etc/os-release": RELEASE, "var/lib/dpkg/status": OLD_SSL}
DEBIAN_NEW: Mapping[str, Any] = {**DEBIAN, "var/lib/dpkg/status": NEW_SSL, "etc/new": b"1"}
NPM = "usr/local/lib/node_modules/npm"


def manifest(name: str, version: str, **more: Any) -> bytes:
    return json.dumps({"name": name, "version": version, **more}).encode()


NODE: Mapping[str, Any] = {
    f"{NPM}/package.json": manifest("npm", "10.0.0", dependencies={"tar": "^6"}),
    f"{NPM}/node_modules/tar/package.json": manifest("tar", "6.1.0"),
    "usr/local/bin/node": b"\x00node",
}


@pytest.fixture
def index(tmp_path: Path) -> AdvisoryIndex:
    place = Generations(tmp_path / "advisories")
    fetch(place, RECORDS, now="2026-05-31T00:00:00Z")
    return AdvisoryIndex(place.current)


class Bench:
    """Bases and scans of made scenes."""

    def __init__(self, folder: Path, index: AdvisoryIndex) -> None:
        self.folder, self.index, self.known, self._number = folder, index, list[Base](), 0

    def _seen(
        self, scene: Scene, config: Mapping[str, Any], history: Sequence[Mapping[str, Any]] = ()
    ) -> Any:
        self._number += 1
        path = self.folder / f"image-{self._number}"
        write_layout(path, scene, config=config, history=history)
        image = open_image(f"oci-dir:{path}", Opening())
        return see(look(image, cache=None, limits=Limits(), deep=(SCRIPTS,)), Shelf(self.known))

    def base(self, name: str, day: str, scene: Scene, team: str = "") -> Base:
        seen = self._seen(scene, {}).looked
        base = base_of(
            seen.image,
            [reading.diff_id for reading in seen.layers],
            names=(name,),
            team=team,
            day=day,
            inventory=inventory_of(seen.tree, seen.catalog.installs),
        )
        made = msgspec.structs.replace(base, created=f"{day}T00:00:00Z")
        self.known.append(made)
        return made

    def scan(
        self,
        scene: Scene,
        config: Mapping[str, Any] | None = None,
        history: Sequence[Mapping[str, Any]] = (),
        **terms: Any,
    ) -> ScanReport:
        stock = stock_of(self._seen(scene, config or {}, history))
        return scan_report(stock, self.index, Shelf(self.known), Terms(**terms), AS_OF)


@pytest.fixture
def bench(tmp_path: Path, index: AdvisoryIndex) -> Bench:
    return Bench(tmp_path, index)


def only(report: ScanReport, name: str) -> Finding:
    (found,) = (each for each in report.findings if each.id == name)
    return found


def action(report: ScanReport, finding: Finding) -> Action:
    (found,) = (each for each in report.actions if finding.key in each.mends)
    return found


def left_after(report: ScanReport, act: Action) -> set[str]:
    gone = act.mends if act.gone is None else act.gone
    return ({each.key for each in report.findings} - set(gone)) | set(act.brings)


NODE_IMAGE = "docker.io/library/node:20"


def test_case_1_npms_own_tar_in_the_node_base_is_the_systems_and_the_newer_tar_of_the_application_is_clean(
    bench: Bench,
) -> None:
    bench.base(NODE_IMAGE, "2026-01-01", [{**DEBIAN, **NODE}])
    application = {
        "app/node_modules/tar/package.json": manifest("tar", "7.5.0"),
        "app/run": b"#!/bin/sh\nnpm start\n",
    }
    used = bench.scan([{**DEBIAN, **NODE}, application], {"Cmd": ["npm", "start"]})
    finding = only(used, "CVE-2026-2")
    assert (finding.side.value, finding.paths) == ("system", (f"{NPM}/node_modules/tar/package.json",))
    assert (action(used, finding).what, action(used, finding).owner) == ("renew-base", "infrastructure")
    scene = [{**DEBIAN, **NODE}, application]
    unused = bench.scan(scene, {"Cmd": ["node", "app.js"]})
    remove = action(unused, only(unused, "CVE-2026-2"))
    assert (remove.what, remove.owner) == ("remove", "application team")
    assert remove.command.startswith(f"RUN rm -rf /{NPM} /usr/local/bin/npm")
    assert [each.id for each in remove.detail] == ["nothing-names-it"]
    for user, also in (
        ("root", []),
        ("0:0", []),
        ("node", ["before-the-user"]),
    ):  # who may not remove root's files
        acted = bench.scan(scene, {"Cmd": ["node", "app.js"], "User": user})
        told = action(acted, only(acted, "CVE-2026-2")).detail
        assert [each.id for each in told] == ["nothing-names-it", *also]
    gone = {"usr/local/lib/node_modules/npm": Whiteout()}
    after = bench.scan([*scene, gone], {"Cmd": ["node", "app.js"]})
    assert {each.key for each in after.findings} == left_after(unused, remove)
    newer = {**NODE, f"{NPM}/node_modules/tar/package.json": manifest("tar", "7.5.0")}
    bench.base(NODE_IMAGE, "2026-03-01", [{**DEBIAN, **newer}])
    bumped = bench.scan(scene, {"Cmd": ["node", "app.js"]})
    bump = action(bumped, only(bumped, "CVE-2026-2"))
    assert bump.what == "bump-base"
    after = bench.scan([{**DEBIAN, **newer}, application], {"Cmd": ["node", "app.js"]})
    assert {each.key for each in after.findings} == left_after(bumped, bump)


def test_case_3_setuptools_upgraded_over_the_bases_copy_is_the_applications_and_the_base_still_owes_its_own(
    bench: Bench,
) -> None:
    old = {
        "usr/lib/python3/site-packages/setuptools-65.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: setuptools\nVersion: 65.0\n"
    }
    new = {
        "usr/lib/python3/site-packages/setuptools-65.0.dist-info": Whiteout(),
        "usr/lib/python3/site-packages/setuptools-69.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: setuptools\nVersion: 69.0\n",
    }
    bench.base("docker.io/library/python:3", "2026-01-01", [{**DEBIAN, **old}])
    report = bench.scan([{**DEBIAN, **old}, new])
    finding = only(report, "CVE-2026-3")
    assert (finding.version, finding.side.value, finding.owner) == ("69.0", "application", "application team")
    assert action(report, finding).what == "upgrade"
    below = bench.scan([{**DEBIAN, **old}])
    assert (only(below, "CVE-2026-3").version, only(below, "CVE-2026-3").side.value) == ("65.0", "system")


def test_case_7_a_package_removed_and_installed_again_is_the_applications_whatever_its_version(
    bench: Bench,
) -> None:
    bench.base("docker.io/library/debian:12", "2026-01-01", [DEBIAN])
    bench.base("docker.io/library/debian:12", "2026-03-01", [DEBIAN_NEW])
    empty = {"var/lib/dpkg/status": status(("other", "other", "1"))}
    again = {"var/lib/dpkg/status": status(("other", "other", "1"), ("libssl3", "openssl", "3.0.17-1"))}
    report = bench.scan([DEBIAN, empty, again])
    finding = only(report, "CVE-2026-1")
    assert (finding.side.value, finding.origin_layer, finding.layer) == ("application", 2, 2)
    assert [step.place for step in finding.way] == ["Debian 12", "this image"]


def test_case_11_a_squashed_image_is_the_bases_as_far_as_its_content_is(bench: Bench) -> None:
    more = {f"usr/share/doc/{number}": str(number).encode() * 30 for number in range(40)}
    bench.base("registry.test/debian:12", "2026-01-01", [{**DEBIAN, **more}], team="one")
    report = bench.scan([{**DEBIAN, **more, "app/x": b"1" * 100}])
    finding = only(report, "CVE-2026-1")
    assert (finding.side.value, finding.stratum, finding.owner) == (
        "system",
        "registry.test/debian:12",
        "one",
    )


def test_case_13_of_two_bases_with_the_same_layers_neither_is_chosen_and_no_rebuild_here_is_promised(
    bench: Bench,
) -> None:
    first, other = "registry.test/debian:12", "registry.test/other:3"
    bench.base(first, "2026-01-01", [DEBIAN], team="one")
    bench.base(other, "2026-01-02", [DEBIAN], team="two")
    scene = [DEBIAN, {"app/x": b"1"}]
    report = bench.scan(scene)
    finding = only(report, "CVE-2026-1")
    assert (finding.side.value, finding.stratum) == ("system", f"{first} or {other}")
    assert (finding.owner, report.rebuild, report.rebuild_mends) == ("infrastructure", "unknown", ())
    ask = action(report, finding)
    assert (ask.what, ask.command, ask.waiting) == ("renew-base", "", ("application team",))
    assert [each.id for each in ask.detail] == ["tell-which-base"]
    told = bench.scan(scene, mine=first)
    assert only(told, "CVE-2026-1").owner == "one"
    assert action(told, only(told, "CVE-2026-1")).command == f"docker build --pull --no-cache -t {first} ."
    itself = bench.scan([DEBIAN])
    assert [each.what for each in itself.actions] == ["renew-base"]


def test_case_15_a_runtime_copied_from_another_image_is_not_mended_by_a_newer_base(bench: Bench) -> None:
    libraries = {f"usr/local/lib/python3.12/module{number}.py": b"%d\n" % number for number in range(20)}
    program = Path("/proc/self/exe").resolve().read_bytes()[:4]
    runtime = {**libraries, "usr/local/bin/python3.12": program}
    bench.base("docker.io/library/python:3.12", "2026-01-01", [DEBIAN, runtime])
    bench.base("docker.io/library/debian:12", "2026-01-01", [DEBIAN_NEW])
    report = bench.scan([DEBIAN_NEW, runtime])
    assert {each.id for each in report.findings} == set()
    assert all(stratum != "python:3.12" for stratum in (each.stratum for each in report.findings))


def test_case_17_in_a_chain_of_bases_openssl_goes_to_the_lowest_that_can_fix_it_with_the_path_of_rebuilds(
    bench: Bench,
) -> None:
    python, org, app = {"usr/bin/python3": b"p"}, {"etc/org": b"o"}, {"srv/app": b"a"}
    bench.base("docker.io/library/debian:12", "2026-01-01", [DEBIAN])
    bench.base("docker.io/library/python:3", "2026-01-02", [DEBIAN, python])
    bench.base("registry.test/org/base:1", "2026-01-03", [DEBIAN, python, org], "base team")
    stages = [
        (None, "debian:12", "infrastructure", "renew-base"),
        (("docker.io/library/debian:12", [DEBIAN_NEW], ""), "python:3", "infrastructure", "renew-base"),
        (("docker.io/library/python:3", [DEBIAN_NEW, python], ""), "registry.test/org/base:1", "base team", "rebuild"),
        (("registry.test/org/base:1", [DEBIAN_NEW, python, org], "base team"), "this image", "application team", "bump-base"),
    ]  # fmt: skip
    for day, (renewed, stuck, owner, what) in enumerate(stages, 1):
        if renewed is not None:
            bench.base(renewed[0], f"2026-03-0{day}", renewed[1], renewed[2])
        report = bench.scan([DEBIAN, python, org, app])
        finding = only(report, "CVE-2026-1")
        assert [step.place for step in finding.way] == ["Debian 12", "debian:12", "python:3", "registry.test/org/base:1", "this image"]  # fmt: skip
        lacking = [step for step in finding.way if not step.has_fix]
        assert (lacking[0].place, finding.owner, action(report, finding).what) == (stuck, owner, what)
        had = [step for step in finding.way if step.has_fix and step.day]
        assert finding.deadline is not None
        assert finding.deadline.since == had[-1].day
    after = bench.scan([DEBIAN_NEW, python, org, app])
    assert {each.key for each in after.findings} == left_after(report, action(report, finding))


def test_of_a_newer_base_that_nobody_looked_into_it_is_not_said_that_it_lacks_the_fix(bench: Bench) -> None:
    bench.base("docker.io/library/debian:12", "2026-01-01", [DEBIAN])
    newer = bench.base("docker.io/library/debian:12", "2026-03-01", [DEBIAN_NEW])
    bench.known[-1] = msgspec.structs.replace(newer, inventory=None)
    report = bench.scan([DEBIAN, {"srv/a": b"a"}])
    finding = only(report, "CVE-2026-1")
    assert [(step.place, step.has_fix) for step in finding.way][1] == ("debian:12", None)
    act = action(report, finding)
    assert (act.message.id, act.command) == ("base-content-unknown", "seamline base add debian:12 --study")
    assert report.rebuild == "unknown"


def test_what_waits_for_a_base_and_goes_with_a_rebuild_here_is_counted_once_and_told_as_both(
    bench: Bench,
) -> None:
    """A base's owner acts on what it lacks; a step above that upgrades the package mends it here in a rebuild all the same."""
    old = status(("libssl3", "openssl", "3.0.17-1~1"), ("libcrypto3", "openssl", "3.0.17-1"))
    half = status(("libssl3", "openssl", "3.0.17-1"), ("libcrypto3", "openssl", "3.0.17-1"))
    own = status(
        ("libssl3", "openssl", "3.0.17-1"),
        ("libcrypto3", "openssl", "3.0.17-1"),
        ("ossl", "openssl", "3.0.17-1"),
    )
    bench.base("docker.io/library/debian:12", "2026-01-01", [{**DEBIAN, "var/lib/dpkg/status": old}])
    layers = [
        {**DEBIAN, "var/lib/dpkg/status": old},
        {"var/lib/dpkg/status": half},
        {"var/lib/dpkg/status": own},
    ]
    report = bench.scan(layers)
    waits = next(each for each in report.actions if each.what == "renew-base")
    builds = next(each for each in report.actions if each.what == "rebuild")
    told = {each.key: each.package for each in report.findings}
    assert {told[key] for key in waits.mends} == {"libssl3", "libcrypto3"}
    assert {told[key] for key in builds.mends} == {"ossl"}
    assert {told[key] for key in report.rebuild_mends} == {"libssl3", "ossl"}
    assert builds.gone is not None
    assert set(builds.gone) == set(report.rebuild_mends)
    assert [each.id for each in waits.detail] == ["known-once-built", "rebuilt-meanwhile"]
    assert waits.detail[1].args["number"] == 1
    assert [(each.id, each.args["number"]) for each in builds.detail] == [("mends-meanwhile", 1)]
    text = " ".join(write_scan(report, "en").split())
    assert (
        "3 findings: 1 can be mended by 1 action; 0 without any fix yet; 2 wait for somebody else's base (1 of them mended here meanwhile by building again)"
        in text
    )
    assert (
        "Rebuild today: needed, mends 2 of these (openssl 3.0.17-1 -> 3.0.17-2 (2)). 1 of them counts above as waiting for a base"
        in text
    )
    assert "also mends 1 that waits for a base and is counted there" in text
    chinese = "".join(write_scan(report, "zh").split())
    assert "2项等待他人更新基础镜像（其中1项可先由此处重建修复）" in chinese
    built = status(
        *(("libcrypto3", "openssl", "3.0.17-1"),),
        *((name, "openssl", "3.0.17-2") for name in ("libssl3", "ossl")),
    )
    after = bench.scan([layers[0], {"var/lib/dpkg/status": built}])
    assert {each.key for each in after.findings} == left_after(report, builds)


def test_a_middle_base_that_patched_itself_needs_no_wait_for_the_ones_below(bench: Bench) -> None:
    python, app = {"usr/bin/python3": b"p"}, {"srv/app": b"a"}
    patched = {"var/lib/dpkg/status": NEW_SSL}
    bench.base("docker.io/library/debian:12", "2026-01-01", [DEBIAN])
    bench.base("docker.io/library/python:3", "2026-01-02", [DEBIAN, python])
    bench.base("docker.io/library/python:3", "2026-02-02", [DEBIAN, python, patched])
    report = bench.scan([DEBIAN, python, app])
    finding = only(report, "CVE-2026-1")
    assert [(step.place, step.has_fix) for step in finding.way][1:3] == [
        ("debian:12", False),
        ("python:3", True),
    ]
    assert (finding.owner, action(report, finding).what) == ("application team", "bump-base")


def test_an_unknown_side_is_shown_as_unknown_and_breaks_both_sides_gates_for_its_own_reason(
    bench: Bench,
) -> None:
    claimed = {"Labels": {"org.opencontainers.image.base.name": "registry.test/nobody/knows:1"}}
    gates = tuple(map(parse_gate, ("app=medium", "system=medium")))
    report = bench.scan([DEBIAN, {"srv/a": b"a"}], claimed, gates=gates, allow_stale=True)
    finding = only(report, "CVE-2026-1")
    assert (finding.side.value, finding.owner) == ("unknown", "nobody yet")
    assert {each.gate for each in report.broken} == {"app=medium", "system=medium"}
    assert all(each.unknown_side == (finding.key,) for each in report.broken)


def test_ones_own_part_begins_where_the_user_says(bench: Bench) -> None:
    middle, own = {"srv/middle": b"m"}, {"srv/own": b"o"}
    theirs = bench.scan([DEBIAN, middle, own], mine="2")
    finding = only(theirs, "CVE-2026-1")
    assert (finding.side.value, finding.owner) == ("system", "infrastructure")
    asked = action(theirs, finding)
    assert (asked.what, asked.message.id, asked.command) == ("renew-base", "part-lacks-the-fix", "")
    assert say(asked.message, "en").startswith("have layers 0-1 built again by who makes that part")
    assert say(asked.message, "zh").startswith("请制作方重新构建第 0-1 层：")
    assert [each.id for each in asked.detail] == ["name-that-part"]
    mine = bench.scan([DEBIAN, middle, own], mine="0")
    assert (only(mine, "CVE-2026-1").side.value, action(mine, only(mine, "CVE-2026-1")).what) == (
        "application",
        "rebuild",
    )
    for text in ("3", "-1", "no-such-base:1"):
        with pytest.raises(Usage, match="--mine"):
            bench.scan([DEBIAN, middle, own], mine=text)


def test_a_base_of_ones_own_may_be_named_in_each_way_that_a_user_sees(bench: Bench) -> None:
    base = bench.base("registry.test/org/base:1", "2026-01-01", [DEBIAN])
    assert base.digest is not None
    ways = ("registry.test/org/base:1", "registry.test/org/base", base.digest, base.digest[:19], f"registry.test/org/base:1@{base.digest}")  # fmt: skip
    for text in ways:
        report = bench.scan([DEBIAN, {"srv/own": b"o"}], mine=text)
        assert action(report, only(report, "CVE-2026-1")).message.id == "rebuild-base", text
    for text in (
        "registry.test/org/base:2",
        "base:1",
        "sha256:0123456789abcdef",
        base.digest[:12],
        "sha256:",
    ):
        with pytest.raises(Usage, match="--mine"):
            bench.scan([DEBIAN, {"srv/own": b"o"}], mine=text)


def test_a_base_that_is_only_claimed_is_ones_own_where_its_keeper_says_so(bench: Bench) -> None:
    bench.base("registry.test/org/base:1", "2026-01-01", [DEBIAN])
    middle = {"opt/lib/python3/site-packages/setuptools-65.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: setuptools\nVersion: 65.0\n"}  # fmt: skip
    scene = [DEBIAN, middle, {"srv/a": b"a"}]
    config = {
        "Labels": {"org.opencontainers.image.base.name": "registry.test/mid:1"},
        "Entrypoint": ["/srv/a"],
    }
    end = {"created_by": "CMD sh", "empty_layer": True}
    lines = [{"created_by": "ADD rootfs"}, end, {"created_by": "RUN pip"}, end, {"created_by": "COPY app"}]
    assert only(bench.scan(scene, config, lines), "CVE-2026-3").side.value == "unknown"
    report = bench.scan(scene, config, lines, mine="registry.test/mid:1")
    finding = only(report, "CVE-2026-3")
    assert (finding.side.value, finding.owner) == ("system", "infrastructure")
    assert action(report, finding).what == "upgrade"
    assert action(report, only(report, "CVE-2026-1")).what == "renew-base"


def test_an_image_of_somebody_else_is_pulled_first(bench: Bench) -> None:
    bench.base("docker.io/library/debian:12", "2026-01-01", [DEBIAN])
    report = bench.scan([DEBIAN])
    asked = action(report, only(report, "CVE-2026-1"))
    assert asked.what == "renew-base"
    bench.base("docker.io/library/debian:12", "2026-03-01", [DEBIAN_NEW])
    report = bench.scan([DEBIAN])
    pull = action(report, only(report, "CVE-2026-1"))
    assert (pull.what, pull.command.partition("@")[0]) == ("pull", "docker pull debian:12")
    after = bench.scan([DEBIAN_NEW])
    assert {each.key for each in after.findings} == left_after(report, pull)


def test_a_release_tag_that_names_two_digests_is_a_finding(bench: Bench) -> None:
    bench.base("registry.test/team/base:v2.3.0", "2026-01-01", [DEBIAN_NEW], "base team")
    assert not [each for each in bench.scan([DEBIAN_NEW, {"srv/a": b"1"}]).findings if each.id == "TAG-MOVED"]
    bench.base("registry.test/team/base:v2.3.0", "2026-02-01", [{**DEBIAN_NEW, "etc/other": b"2"}])
    report = bench.scan([DEBIAN_NEW, {"srv/a": b"1"}])
    finding = only(report, "TAG-MOVED")
    assert (finding.side.value, finding.owner, finding.package) == (
        "system",
        "base team",
        "registry.test/team/base:v2.3.0",
    )
    assert action(report, finding).command.startswith("FROM registry.test/team/base:v2.3.0@sha256:")


def test_an_ignore_that_ran_out_counts_again_and_says_so(bench: Bench) -> None:
    text = b'[[ignore]]\nid = "CVE-2026-1"\nreason = "no TLS"\nuntil = %s\n'
    silent = bench.scan([DEBIAN], settings=parse_settings(text % b"2026-12-31", "x"))
    assert (silent.suppressed.settings, silent.actions) == (1, ())
    again = bench.scan([DEBIAN], settings=parse_settings(text % b"2026-01-31", "x"))
    assert again.suppressed.settings == 0
    assert "ignore-expired" in {note.id for note in again.notes}
    assert action(again, only(again, "CVE-2026-1"))
