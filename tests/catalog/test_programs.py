"""Programs built by hand, known by their own words: pieces of real ones, and this machine's beside what they print."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from seamline.catalog.inventory import Catalog
from seamline.catalog.program_table import ROWS
from seamline.model.limits import Limits
from seamline.model.program import ProgramKind
from tests.neighbours import need
from tests.scenes import File, stock_of

_FIXTURES = Path(__file__).parent / "fixtures" / "programs"
_PIECES = json.loads((_FIXTURES / "pieces.json").read_text())


def elf(*pieces: bytes, kind: int = 2, segments: bytes = b"") -> bytes:
    """A 64-bit ELF file of `kind` (2: a program, 3: a shared object) that holds `pieces`."""
    number = len(segments) // 56
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0, 64, 0, 0, 64, 56, number, 64, 0, 0)
    return header + segments + b"\0".join((b"", *pieces, b""))


def found(catalog: Catalog) -> dict[str, str]:
    return {i.package.name: i.package.version for i in catalog.installs if i.found_by == "programs"}


@pytest.mark.parametrize("piece", _PIECES, ids=lambda piece: f"{piece['package']}:{piece['path']}")
def test_a_program_is_known_by_its_own_words(piece: dict[str, object]) -> None:
    data = elf(*map(base64.b64decode, piece["pieces"]))  # type: ignore[call-overload]
    name = str(piece["path"]).rpartition("/")[2]
    assert found(stock_of([{f"usr/local/bin/{name}": File(data, 0o755)}])) == piece["found"]


def test_every_row_of_the_table_has_a_real_piece() -> None:
    known = {name for piece in _PIECES for name in piece["found"]}
    assert {row.name for row in ROWS} <= known


def test_what_was_only_compiled_against_openssl_does_not_hold_it() -> None:
    nginx = elf(b"nginx version: nginx/1.30.6\n", b"OpenSSL 3.6.5 29 Sep 2026")
    assert found(stock_of([{"usr/local/sbin/nginx": File(nginx, 0o755)}])) == {"nginx": "1.30.6"}


def test_openssls_own_program_is_openssl_without_the_librarys_code() -> None:
    program = elf(b"OpenSSL 3.0.22 25 Aug 2026", b"%s (Library: %s)")
    (openssl,) = stock_of([{"opt/bin/openssl": File(program, 0o755)}]).installs
    assert (openssl.package.version, openssl.sha256) == ("3.0.22", hashlib.sha256(program).hexdigest())


def test_openssl_linked_into_another_program_is_found() -> None:
    server = elf(b"OpenSSL 3.0.19 27 Jan 2026", b'OPENSSLDIR: "/etc/ssl"')
    catalog = stock_of([{"srv/server": File(server, 0o755)}])
    assert found(catalog) == {"openssl": "3.0.19"}
    assert catalog.installs[0].package.cpe == "cpe:2.3:a:openssl:openssl:3.0.19:*:*:*:*:*:*:*"
    assert catalog.installs[0].sha256 == ""


def test_a_program_and_its_library_are_one_install() -> None:
    scene = {
        "usr/local/bin/python3.12": File(elf(b"3.12.4"), 0o755),
        "usr/local/lib/libpython3.12.so.1.0": File(elf(b"3.12.4", kind=3), 0o755),
    }
    installs = stock_of([scene]).installs
    assert [(i.package.name, len(i.proofs)) for i in installs] == [("python", 2)]


def test_an_upgrade_by_hand_keeps_its_origin() -> None:
    catalog = stock_of(
        [
            {"usr/local/bin/node": File(elf(b"node.js/v20.1.0"), 0o755)},
            {"usr/local/bin/node": File(elf(b"node.js/v20.2.0"), 0o755)},
        ]
    )
    (node,) = catalog.installs
    assert (node.package.version, node.origin_layer, node.current_layer) == ("20.2.0", 0, 1)


def test_a_program_of_a_distribution_package_is_that_package_alone() -> None:
    status = b"Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2\nArchitecture: amd64\n\n"
    scene = {
        "etc/os-release": b'ID=debian\nVERSION_ID="12"\n',
        "bin/bash": File(elf(b"@(#)Bash version 5.2.15(1) release GNU"), 0o755),
        "var/lib/dpkg/status": status,
        "var/lib/dpkg/info/bash.list": b"/.\n/bin\n/bin/bash\n",
    }
    catalog = stock_of([scene])
    assert [i.package.ecosystem for i in catalog.installs] == ["deb"]
    assert catalog.unaccounted == ()


def test_a_program_in_no_package_is_said() -> None:
    scene = {
        "opt/tool": File(elf(b"hello"), 0o755),
        "opt/readme": b"text",
        "opt/run.sh": File(b"#!/bin/sh", 0o755),
    }
    catalog = stock_of([scene])
    assert [p.entry.path for p in catalog.unaccounted] == [b"opt/tool"]
    assert stock_of([scene, {"opt/.wh.tool": b""}]).unaccounted == ()


def test_a_librarys_file_is_no_program() -> None:
    assert stock_of([{"opt/lib/libown.so.1": File(elf(b"hello", kind=3), 0o755)}]).programs == ()


def test_a_static_program_that_can_be_loaded_anywhere_is_a_program() -> None:
    dynamic = struct.pack("<QQQQ", 0x6FFFFFFB, 0x08000000, 0, 0)
    segments = struct.pack("<IIQQQQQQ", 2, 4, 64 + 56, 0, 0, len(dynamic), len(dynamic), 8)
    data = elf(kind=3, segments=segments)[: 64 + 56] + dynamic
    assert [p.kind for p in stock_of([{"srv/static": File(data, 0o755)}]).programs] == [ProgramKind.NATIVE]


def test_a_packed_program_is_said_to_be_unreadable() -> None:
    packed = elf(b"UPX!\x0d\x24\x0e\x0a" + bytes(60))
    catalog = stock_of([{"srv/packed": File(packed, 0o755)}])
    assert [gap.message.id for gap in catalog.gaps] == ["packed-program"]
    assert [p.kind for p in catalog.unaccounted] == [ProgramKind.PACKED]


def test_the_programs_of_a_toolchain_belong_to_it() -> None:
    scene = {
        "opt/java/release": b'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="17.0.15"\n',
        "opt/java/bin/java": File(elf(b"java"), 0o755),
        "opt/java/lib/jspawnhelper": File(elf(b"x"), 0o755),
        "usr/local/go/VERSION": b"go1.26.8\ntime 2026-08-28T16:20:06Z\n",
        "usr/local/go/pkg/tool/asm": File(elf(b"x"), 0o755),
    }
    catalog = stock_of([scene])
    assert found(catalog) == {"java": "17.0.15", "go": "1.26.8"}
    assert catalog.unaccounted == ()


def test_other_files_of_those_names_are_no_toolchain() -> None:
    assert stock_of([{"srv/VERSION": b"1.2.3\n", "etc/release": b"Release 9\n"}]).installs == ()


def test_what_a_wheel_lists_in_its_record_is_accounted_for() -> None:
    site = "usr/local/lib/python3.12/site-packages"
    scene = {
        f"{site}/ruff-0.4.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: ruff\nVersion: 0.4.0\n",
        f"{site}/ruff-0.4.0.dist-info/RECORD": b"../../../bin/ruff,sha256=x,10\nruff/__init__.py,,\n",
        "usr/local/bin/ruff": File(elf(b"ruff"), 0o755),
        "usr/local/bin/other": File(elf(b"other"), 0o755),
    }
    catalog = stock_of([scene])
    assert [p.entry.path for p in catalog.unaccounted] == [b"usr/local/bin/other"]


def test_what_stands_in_a_node_package_is_accounted_for() -> None:
    scene = {
        "app/node_modules/esbuild/package.json": b'{"name": "esbuild", "version": "0.20.0"}',
        "app/node_modules/esbuild/bin/esbuild": File(elf(b"x"), 0o755),
    }
    assert stock_of([scene]).unaccounted == ()


@pytest.mark.real
@pytest.mark.parametrize(
    ("program", "name"),
    [("bash", "bash"), ("perl", "perl"), ("openssl", "openssl"), ("curl", "curl"), ("git", "git")],
)
def test_this_machines_program_is_read_as_it_prints(program: str, name: str) -> None:
    need(program)
    path = Path(shutil.which(program) or "").resolve()
    printed = subprocess.run(
        [path, "version" if program == "openssl" else "--version"], capture_output=True, text=True, check=True
    )
    linked = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
    files = {path.as_posix().lstrip("/"): File(path.read_bytes(), 0o755)}
    for library in re.findall(r"=> (/\S+lib(?:curl|crypto|perl)\S+)", linked):
        real = Path(library).resolve()
        files[real.as_posix().lstrip("/")] = File(real.read_bytes(), 0o644)
    version = found(stock_of([files]))[name]
    assert version in printed.stdout


def test_a_hostile_file_costs_no_more_than_its_bytes() -> None:
    data = elf(b"BusyBox v" * 200_000)
    assert found(stock_of([{"bin/busybox": File(data, 0o755)}])) == {}
    assert Limits().memory_file_bytes > len(data)
