"""Auditing whole images: what is found, on whose side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seamline.catalog.texts import READER as TEXTS
from seamline.model.audit import AuditReport
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.layer_cache import LayerCache
from seamline.stores.shelf import Stack
from seamline.verbs.audit import DEEP, Told, audit_report
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from tests.layouts import write_layout
from tests.scenes import File, Scene, Thing, Whiteout

PASSWD = b"root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/srv:/sbin/nologin\n"
SECRET = b"$6$salt$thehashitself"


def audited(
    folder: Path, scene: Scene, config: Mapping[str, Any], cache: LayerCache | None = None
) -> AuditReport:
    image = open_image(write_layout(folder, scene, config=config), Opening())
    seen = see(look(image, cache=cache, limits=Limits(), deep=DEEP), Stack(()))
    return audit_report(seen, Told(), "2026-11-26T00:00:00Z")


def verdicts(report: AuditReport) -> dict[str, str]:
    return {rule.id: rule.verdict.value for rule in report.rules}


def test_an_image_with_a_user_a_check_and_no_privileged_file_passes(tmp_path: Path) -> None:
    scene = [{"etc/passwd": PASSWD, "bin/app": File(b"#!/bin/app", 0o755)}]
    config = {"User": "web", "Healthcheck": {"Test": ["CMD", "/bin/app"]}}
    report = audited(tmp_path, scene, config)
    assert {v for k, v in verdicts(report).items() if k in ("CIS-4.1", "CIS-4.6", "CIS-4.8")} == {"pass"}
    assert report.runs_as.uid == 1000


def test_a_setuid_file_that_a_higher_layer_removed_is_not_found(tmp_path: Path) -> None:
    su = {"etc/passwd": PASSWD, "usr/bin/su": File(b"\x7fELF", 0o4755)}
    with_it = audited(tmp_path / "with", [su], {})
    without = audited(tmp_path / "without", [su, {"usr/bin/su": Whiteout()}], {})
    assert verdicts(with_it)["CIS-4.8"] == "fail"
    assert verdicts(without)["CIS-4.8"] == "pass"


def test_a_password_enters_neither_cache_nor_report(tmp_path: Path) -> None:
    scene = [{"etc/passwd": PASSWD, "etc/shadow": b"root:" + SECRET + b":19000::::::\n"}]
    cache = LayerCache(tmp_path / "cache")
    report = audited(tmp_path, scene, {}, cache)
    cache.close()
    assert {account.name: account.password for account in report.accounts}["root"] == "hashed"
    warm = audited(tmp_path, scene, {}, LayerCache(tmp_path / "cache"))
    assert warm.accounts == report.accounts
    readings = look(
        open_image(f"oci-dir:{tmp_path}", Opening()),
        cache=LayerCache(tmp_path / "cache"),
        limits=Limits(),
        deep=DEEP,
    )
    assert all(SECRET not in record.value for _, record in readings.records(TEXTS))


STATUS = b"Package: %b\nStatus: %b\nVersion: 1\nArchitecture: all\n"
KEPT, TOOL = STATUS % (b"kept", b"install ok installed"), STATUS % (b"tool", b"install ok installed")


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ({"var/lib/dpkg/status": KEPT}, "fail"),
        ({"var/lib/dpkg/status": KEPT, "usr/bin/tool": Whiteout()}, "pass"),
        ({"var/lib/dpkg/status": KEPT, "var/lib/dpkg/info/tool.list": Whiteout()}, "pass"),
        ({"var/lib/dpkg/status": KEPT + b"\n" + STATUS % (b"tool", b"deinstall ok config-files"), "usr/bin/tool": Whiteout(), "var/lib/dpkg/info/tool.list": b"/etc/tool.conf\n"}, "pass"),
    ],
    ids=["cut out of the database", "its files gone", "its list gone", "removed, its settings kept"],
)  # fmt: skip
def test_a_package_that_was_only_cut_out_of_the_database_is_told(
    tmp_path: Path, above: dict[str, Thing], expected: str
) -> None:
    base: dict[str, Thing] = {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": KEPT + b"\n" + TOOL,
        "var/lib/dpkg/info/tool.list": b"/.\n/usr/bin/tool\n/etc/tool.conf\n",
        "usr/bin/tool": File(b"#!/bin/sh\n", 0o755),
        "etc/tool.conf": b"x\n",
    }
    report = audited(tmp_path, [base, above], {})
    assert verdicts(report)["SL-0006"] == expected
    assert ("package-database-cut" in {gap.message.id for gap in report.gaps}) == (expected == "fail")


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ({"var/lib/dpkg/info/tool.list": b""}, True),
        ({"var/lib/dpkg/info/tool.list": Whiteout()}, True),
        ({"var/lib/dpkg/info": Whiteout()}, True),
        ({"var/lib/dpkg/info/tool.list": b"/.\n/usr/bin/tool\n"}, False),
        ({"var/lib/dpkg/info/tool:all.list": b"/.\n", "var/lib/dpkg/info/tool.list": Whiteout()}, False),
    ],
    ids=["emptied", "removed", "all removed", "written again", "under its architecture"],
)
def test_lists_of_files_that_a_layer_emptied_are_told_and_their_files_keep_their_package(
    tmp_path: Path, above: dict[str, Thing], told: bool
) -> None:
    base: dict[str, Thing] = {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": KEPT + b"\n" + TOOL,
        "var/lib/dpkg/info/tool.list": b"/.\n/usr/bin/tool\n",
        "usr/bin/tool": File(b"#!/bin/sh\n", 0o4755),
    }
    report = audited(tmp_path, [base, above], {})
    gaps = [gap.message for gap in report.gaps if gap.message.id == "package-lists-emptied"]
    assert [gap.args for gap in gaps] == ([{"packages": 1, "names": "tool"}] if told else [])
    assert verdicts(report)["SL-0006"] == ("fail" if told else "pass")
    suppliers = {line.supplier for line in report.surface if line.kind == "setuid file"}
    assert suppliers == ({"pkg:deb/debian/tool"} if "var/lib/dpkg/info/tool:all.list" not in above else {""})
