"""What nothing needs, in bytes by kind and side: beside find(1) over the root that umoci unpacks, and beside the layers' own sums."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamline.model.package import Side
from seamline.stores.shelf import Shelf
from seamline.verbs.customized import customized
from seamline.verbs.inspect import see
from tests.layouts import write_layout
from tests.neighbours import need
from tests.portraits import AS_OF, seen_of
from tests.scenes import File, Hardlink, Link, Opaque, Scene, Whiteout
from tests.verbs.test_scan import RELEASE, as_base, status

BASE: dict[str, Any] = {
    "etc/os-release": RELEASE,
    "var/lib/dpkg/status": status(("libc6", "glibc", "2.36-9")),
    "usr/share/doc/libc6/changelog.gz": b"d" * 5000,
    "usr/share/locale/zh_CN/LC_MESSAGES/libc.mo": b"l" * 7000,
    "usr/lib/locale/C.utf8/LC_CTYPE": b"c" * 300_000,
    "usr/lib/big.so": b"b" * 200_000,
    "opt/old/data": b"o" * 90_000,
    "opt/old/more": b"m" * 1000,
    "var/cache/apt/pkgcache.bin": b"p" * 40_000,
}
BUILD: dict[str, Any] = {
    "usr/bin/gcc-12": File(b"g" * 80_000, 0o755),
    "usr/bin/gcc": Link("gcc-12"),
    "usr/lib/gcc/x86_64-linux-gnu/12/cc1": File(b"1" * 120_000, 0o755),
    "usr/include/stdio.h": b"h" * 900,
    "usr/lib/libx.a": b"a" * 70_000,
    "var/lib/apt/lists/deb_main_Packages": b"L" * 60_000,
    "srv/app/.git/objects/pack/pack-1.pack": b"G" * 50_000,
    "srv/app/lib/python3/site-packages/x/tests/test_x.py": b"T" * 3000,
    "srv/app/copy-of-big.so": b"b" * 200_000,
    "srv/app/hard": Hardlink("srv/app/copy-of-big.so"),
    "root/.cache/pip/wheel.whl": b"w" * 30_000,
    "var/log/apt/history.log": b"H" * 400,
    "usr/share/doc/app/README": b"r" * 250,
    "tmp/secret-build": b"s" * 11_000,
}
LAST: dict[str, Any] = {
    "tmp/secret-build": Whiteout(),
    "opt/old": Opaque(),
    "opt/old/new": b"n" * 10,
    "usr/lib/big.so": b"B" * 210_000,
    "srv/app/main": b"x" * 500,
}
SCENE: Scene = [
    BASE,
    BUILD,
    {"opt/old/.wh..wh..opq": b"", **{k: v for k, v in LAST.items() if k != "opt/old"}},
]
KINDS = {
    "documentation": ["usr/share/doc"],
    "locales": ["usr/share/locale"],
    "caches": ["var/cache", "root/.cache"],
    "package lists": ["var/lib/apt/lists"],
    "headers": ["usr/include", "usr/lib/libx.a"],
    "compilers": ["usr/lib/gcc", "usr/bin/gcc-12"],
    "version control": ["srv/app/.git"],
    "tests": ["srv/app/lib/python3/site-packages/x/tests"],
    "logs": ["var/log", "tmp"],
}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image") / "layout"
    write_layout(folder, SCENE)
    index = json.loads((folder / "index.json").read_text())
    index["manifests"][0]["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    (folder / "index.json").write_text(json.dumps(index))
    return folder


def found(image: Path, base: Path) -> Counter[tuple[str, Side]]:
    known = Shelf([as_base(base, [BASE], "2026-01-01T00:00:00Z")])
    seen = see(seen_of(f"oci-dir:{image}:1").looked, known)
    lines = customized(seen, known, AS_OF).waste
    return Counter({(each.kind, each.side): each.size_bytes for each in lines})


def test_every_kind_weighs_what_find_says(image: Path, tmp_path: Path) -> None:
    need("umoci", "find")
    subprocess.run(
        ["umoci", "raw", "unpack", "--image", f"{image}:1", tmp_path / "root"],
        check=True,
        capture_output=True,
    )
    told = found(image, tmp_path / "base")
    for kind, paths in KINDS.items():
        there = [path for path in paths if (tmp_path / "root" / path).exists()]
        command = ["find", *there, "-type", "f", "-printf", r"%s\n"]
        printed = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=tmp_path / "root"
        ).stdout
        assert sum(told[kind, side] for side in Side) == sum(map(int, printed.split())), kind
    assert told["compilers", Side.APPLICATION] == 200_000
    assert (told["documentation", Side.SYSTEM], told["documentation", Side.APPLICATION]) == (5000, 250)


def test_what_lies_below_and_is_not_seen_is_the_layers_sum_less_what_is_unpacked(
    image: Path, tmp_path: Path
) -> None:
    need("umoci", "find")
    subprocess.run(
        ["umoci", "raw", "unpack", "--image", f"{image}:1", tmp_path / "root"],
        check=True,
        capture_output=True,
    )
    manifest = json.loads(
        (
            image
            / "blobs/sha256"
            / json.loads((image / "index.json").read_text())["manifests"][0]["digest"].partition(":")[2]
        ).read_text()
    )
    packed = 0
    for layer in manifest["layers"]:
        with tarfile.open(image / "blobs/sha256" / layer["digest"].partition(":")[2]) as tar:
            packed += sum(each.size for each in tar if each.isfile())
    command = ["find", ".", "-type", "f", "-printf", r"%i %s\n"]
    printed = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=tmp_path / "root"
    ).stdout
    seen = sum(int(line.split()[1]) for line in set(printed.splitlines()))  # one line an inode
    told = found(image, tmp_path / "base")
    assert sum(told["hidden", side] for side in Side) == packed - seen
    assert told["hidden", Side.SYSTEM] == 90_000 + 1000 + 200_000
    assert told["hidden", Side.APPLICATION] == 11_000


def test_a_second_copy_of_a_large_file_is_a_duplicate_a_hard_link_is_none(
    image: Path, tmp_path: Path
) -> None:
    told = found(image, tmp_path / "base")
    assert sum(told["duplicates", side] for side in Side) == 0, "the first copy was replaced above"
    twice = [
        {**BASE, "usr/lib/big.so": b"b" * 200_000},
        {"srv/copy": b"b" * 200_000, "srv/hard": Hardlink("srv/copy")},
    ]
    write_layout(tmp_path / "twice", twice)
    seen = see(seen_of(f"oci-dir:{tmp_path}/twice").looked, Shelf([]))
    (line,) = (each for each in customized(seen, Shelf([]), AS_OF).waste if each.kind == "duplicates")
    assert (line.files, line.size_bytes) == (1, 200_000)
    assert msgspec.to_builtins(line)["examples"]
