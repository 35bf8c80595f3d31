"""Go programs beside `go version -m`, built here where Go is, and Debian's own Go programs elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog.go import READER
from seamline.errors import Malformed
from seamline.formats.elf import parse_elf
from seamline.formats.go_buildinfo import go_buildinfo, is_go
from seamline.model.evidence import Gap
from tests.neighbours import need
from tests.scenes import File, installs_in, read_scene

SOURCE = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("x") }\n'


@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not on this machine")
@pytest.mark.parametrize("flags", [[], ["-trimpath", "-ldflags=-s -w"]])
def test_a_program_is_read_as_go_itself_reads_it(tmp_path: Path, flags: list[str]) -> None:
    (tmp_path / "main.go").write_text(SOURCE)
    (tmp_path / "go.mod").write_text("module example.org/team/tool/v2\n\ngo 1.20\n")
    env = {**os.environ, "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    subprocess.run(["go", "build", *flags, "-o", "tool", "."], cwd=tmp_path, check=True, env=env)
    shown = subprocess.run(
        ["go", "version", "-m", "tool"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    info = go_buildinfo(parse_elf((tmp_path / "tool").read_bytes()))
    assert info is not None
    assert shown.split("\n")[0].endswith(info.go_version)
    assert info.main is not None
    assert f"mod\t{info.main.path}\t{info.main.version}" in shown
    installs = installs_in(
        read_scene(READER, [{"usr/bin/tool": File((tmp_path / "tool").read_bytes(), 0o755)}])
    )
    assert {i.package.name for i in installs} == {"example.org/team/tool/v2", "stdlib"}


@pytest.mark.real
def test_debians_own_go_programs_are_read_or_said(tmp_path: Path) -> None:
    need("skopeo")
    program = Path(shutil.which("skopeo") or "").read_bytes()
    said = read_scene(READER, [{"usr/bin/skopeo": File(program, 0o755)}])
    names = {install.package.name for install in installs_in(said)}
    gaps = [gap.message.id for gap in said if isinstance(gap, Gap)]
    assert "stdlib" in names or gaps == ["unidentified-go-program"]


def test_other_programs_are_none_of_go(tmp_path: Path) -> None:
    assert not is_go(parse_elf(Path("/bin/sh").resolve().read_bytes()))


@given(st.binary(max_size=300))
def test_any_bytes_after_the_magic_are_malformed_and_nothing_else(tail: bytes) -> None:
    try:
        elf = parse_elf(b"\x7fELF\x02\x01\x01" + tail)
        told = is_go(elf), go_buildinfo(elf)
    except Malformed:
        return
    assert told == (False, None)
