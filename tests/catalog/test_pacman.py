"""Arch Linux's packages: a real database, and scenes of layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog.pacman import READER
from seamline.catalog.reader import Supply
from seamline.formats.pacman import PacmanPackage, parse_desc, parse_files
from seamline.model.package import Distribution
from seamline.model.purl import purl_of
from tests.data import data_path
from tests.scenes import Scene, Thing, Whiteout, installs_in, read_scene

_LOCAL = "var/lib/pacman/local"


def package(name: str, version: str, *paths: str, depends: str = "") -> dict[str, Thing]:
    needs = f"%DEPENDS%\n{depends}\n\n" if depends else ""
    folder = f"{_LOCAL}/{name}-{version}"
    return {
        f"{folder}/desc": f"%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%ARCH%\nx86_64\n\n{needs}".encode(),
        f"{folder}/files": ("%FILES%\n" + "".join(f"{path}\n" for path in paths) + "\n").encode(),
    }


@pytest.mark.data
def test_a_real_database_is_read() -> None:
    folder = data_path("package-dbs/archlinux")
    files: dict[str, Thing] = {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
    said = read_scene(READER, [files], {b"": Distribution(id="arch")})
    assert sorted((i.package.name, i.package.version) for i in installs_in(said)) == [
        ("emacs", "29.3-3"),
        ("gmp", "6.2.1-2"),
        ("pacman", "6.0.1-5"),
        ("tree-sitter", "0.22.6-1"),
    ]
    gmp = next(each for each in said if isinstance(each, Supply) and each.install.package.name == "gmp")
    assert purl_of(gmp.install.package) == "pkg:alpm/arch/gmp@6.2.1-2?arch=x86_64&distro=arch"
    assert b"usr/lib/libgmp.so.10.4.1" in gmp.paths


def test_an_upgrade_keeps_its_origin_and_a_removal_is_gone() -> None:
    upgraded: Scene = [
        package("bash", "5.1-1"),
        {f"{_LOCAL}/bash-5.1-1": Whiteout(), **package("bash", "5.2-1")},
    ]
    (bash,) = installs_in(read_scene(READER, upgraded))
    assert (bash.package.version, bash.origin_layer, bash.current_layer) == ("5.2-1", 0, 1)
    assert installs_in(read_scene(READER, [package("bash", "5.1-1"), {_LOCAL: Whiteout()}])) == ()


def test_needs_lead_to_what_is_installed() -> None:
    scene = {**package("bash", "5.2-1", depends="glibc>=2.38"), **package("glibc", "2.39-1")}
    bash, glibc = installs_in(read_scene(READER, [scene]))
    assert (len(bash.depends), glibc.depends) == (1, ())


_WORD = st.from_regex(r"[a-z][a-z0-9.+-]{0,8}", fullmatch=True)


@given(_WORD, _WORD, st.lists(_WORD, max_size=3))
def test_reading_what_pacman_writes_gives_the_same(name: str, version: str, depends: list[str]) -> None:
    needs = "".join(f"{each}>=1\n" for each in depends)
    text = f"%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%DEPENDS%\n{needs}\n"
    assert parse_desc(text.encode()) == PacmanPackage(name, version, depends=tuple(depends))


@given(st.binary(max_size=200))
def test_any_bytes_are_files_or_none_and_never_folders(data: bytes) -> None:
    assert all(path and not path.endswith(b"/") for path in parse_files(b"%FILES%\n" + data))
    found = parse_desc(data)
    assert found is None or (found.name and found.version)
