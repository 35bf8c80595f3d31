"""WebAssembly in images: modules beside other files, and artifacts that are nothing but a module."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from seamline.catalog.wasm import READER
from seamline.model.evidence import Gap
from seamline.model.program import Program, ProgramKind
from tests.scenes import Scene, Whiteout, read_scene

_FIXTURES = Path(__file__).parents[1] / "formats" / "fixtures" / "wasm"
_MODULE = (_FIXTURES / "imports.module.wasm").read_bytes()
_COMPONENT = (_FIXTURES / "command.component.wasm").read_bytes()


def programs(scene: Scene) -> list[Program]:
    return [said for said in read_scene(READER, scene) if isinstance(said, Program)]


def test_modules_and_components_are_told_apart() -> None:
    found = programs([{"app/a.wasm": _MODULE, "app/b.wasm": _COMPONENT}])
    assert [(p.entry.path, p.kind, len(p.imports)) for p in found] == [
        (b"app/a.wasm", ProgramKind.MODULE, 4),
        (b"app/b.wasm", ProgramKind.COMPONENT, 8),
    ]


def test_a_removed_module_is_not_said() -> None:
    assert programs([{"app/a.wasm": _MODULE}, {"app/a.wasm": Whiteout()}]) == []


def test_a_broken_module_is_a_gap_and_another_file_of_that_name_nothing() -> None:
    said = read_scene(READER, [{"a.wasm": _MODULE[:40], "b.wasm": b"not a module"}])
    assert [type(item) for item in said] == [Gap]


@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not on this machine")
def test_a_module_that_go_made_names_its_toolchain(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text('package main\n\nfunc main() { println("x") }\n')
    (tmp_path / "go.mod").write_text("module example.org/x\n\ngo 1.21\n")
    env = {**os.environ, "GOOS": "wasip1", "GOARCH": "wasm", "GOTOOLCHAIN": "local"}
    subprocess.run(["go", "build", "-ldflags=-s -w", "-o", "x.wasm", "."], cwd=tmp_path, check=True, env=env)
    (module,) = programs([{"x.wasm": (tmp_path / "x.wasm").read_bytes()}])
    assert any(name.startswith("Go go1.") for name in module.made_with)
    assert "wasi_snapshot_preview1.fd_write" in module.imports
