"""Package files against their packages' own checksums: dpkg, apk and Python."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from tests.scenes import Hardlink, Link, Thing
from tests.verbs.test_audit import audited, verdicts

TOOL, CONF = b"#!/bin/sh\necho tool\n", b"level = 1\n"


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).hexdigest().encode()


def debian() -> dict[str, Thing]:
    status = b"Package: libdemo++\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nConffiles:\n /etc/demo.conf " + md5(CONF) + b"\n"  # fmt: skip
    return {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": status,
        "var/lib/dpkg/info/libdemo++.list": b"/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/bin/same\n/etc\n/etc/demo.conf\n",
        "var/lib/dpkg/info/libdemo++.md5sums": md5(TOOL)
        + b"  usr/bin/tool\n"
        + md5(TOOL)
        + b"  usr/bin/same\n",
        "usr/bin/tool": TOOL,
        "usr/bin/same": Hardlink("usr/bin/tool"),
        "etc/demo.conf": CONF,
    }


def altered(folder: Path, *layers: Mapping[str, Thing]) -> list[tuple[str, str, int, bool]]:
    lines = audited(folder, list(layers), {}).altered
    return [(line.path, line.ecosystem, line.layer, line.is_configuration) for line in lines]


def test_what_a_package_brought_unaltered_is_no_finding(tmp_path: Path) -> None:
    report = audited(tmp_path, [debian(), {"usr/bin/tool": TOOL}], {})
    assert report.altered == ()
    assert verdicts(report)["SL-0021"] == "pass"


def test_a_file_that_a_layer_rewrote_is_told_with_the_layer(tmp_path: Path) -> None:
    layers = [debian(), {"usr/bin/tool": b"#!/bin/sh\necho evil\n"}]
    assert altered(tmp_path, *layers) == [("usr/bin/tool", "deb", 1, False)]
    assert verdicts(audited(tmp_path, layers, {}))["SL-0021"] == "fail"


def test_an_altered_configuration_file_is_told_apart_and_no_fail(tmp_path: Path) -> None:
    layers = [debian(), {"etc/demo.conf": b"level = 9\n"}]
    assert altered(tmp_path, *layers) == [("etc/demo.conf", "deb", 1, True)]
    assert verdicts(audited(tmp_path, layers, {}))["SL-0021"] == "pass"


def test_apk_states_sha1_and_protects_etc(tmp_path: Path) -> None:
    def z(data: bytes) -> bytes:
        return b"Z:Q1" + base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest())

    record = (
        b"P:demo\nV:1-r0\nA:x86_64\nF:usr/bin\nR:tool\n"
        + z(TOOL)
        + b"\nF:etc\nR:demo.conf\n"
        + z(CONF)
        + b"\n\n"
    )
    root = {"etc/os-release": b"ID=alpine\nVERSION_ID=3.20\n", "lib/apk/db/installed": record, "usr/bin/tool": TOOL, "etc/demo.conf": CONF}  # fmt: skip
    assert altered(tmp_path / "a", root) == []
    changed = {"usr/bin/tool": b"x", "etc/demo.conf": b"y"}
    assert altered(tmp_path / "b", root, changed) == [
        ("etc/demo.conf", "apk", 1, True),
        ("usr/bin/tool", "apk", 1, False),
    ]


def test_python_states_sha256_and_byte_code_counts_for_nothing(tmp_path: Path) -> None:
    code, home = b"x = 1\n", "usr/local/lib/python3.12/site-packages/"
    digest = base64.urlsafe_b64encode(hashlib.sha256(code).digest()).rstrip(b"=")
    rows = b"demo/__init__.py,sha256=" + digest + b",6\ndemo/__pycache__/a.pyc,,\ndemo-1.dist-info/RECORD,,\n"
    root = {f"{home}demo/__init__.py": code, f"{home}demo/__pycache__/a.pyc": b"1", f"{home}demo-1.dist-info/METADATA": b"Name: demo\nVersion: 1\n", f"{home}demo-1.dist-info/RECORD": rows}  # fmt: skip
    assert altered(tmp_path / "a", root) == []
    changed = {f"{home}demo/__init__.py": b"x = 2\n", f"{home}demo/__pycache__/a.pyc": b"2"}
    assert altered(tmp_path / "b", root, changed) == [(f"{home}demo/__init__.py", "pypi", 1, False)]


def test_an_emptied_file_is_altered_too(tmp_path: Path) -> None:
    assert altered(tmp_path, debian(), {"usr/bin/tool": b""}) == [("usr/bin/tool", "deb", 1, False)]


def test_a_damaged_list_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    home = "usr/local/lib/python3.12/site-packages/"
    rows = b"demo/a.py,sha256=\xff\xff,1\ndemo/b.py,sha256=" + b"A" * 43 + b',1\n"' + b"x" * 200_000
    root: dict[str, Thing] = {f"{home}demo/b.py": b"x", f"{home}demo-1.dist-info/METADATA": b"Name: demo\nVersion: 1\n", f"{home}demo-1.dist-info/RECORD": rows}  # fmt: skip
    assert altered(tmp_path, root) == [(f"{home}demo/b.py", "pypi", 0, False)]


def test_a_file_that_a_layer_replaced_by_a_link_is_altered(tmp_path: Path) -> None:
    layers = [debian(), {"usr/bin/tool": Link("/bin/true")}]
    assert altered(tmp_path, *layers) == [("usr/bin/tool", "deb", 1, False)]
