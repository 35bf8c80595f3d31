"""What the guide for pipelines shows works as it stands there: its shell is run, its policy reads fields that there are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from seamline.verbs.demo import write_demo

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "guides" / "ci.md").read_text()
POLICY = (ROOT / "examples" / "policy" / "scan.rego").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def scripts() -> Iterator[tuple[str, str]]:
    github, gitlab = map(yaml.safe_load, blocks("yaml"))
    for step in github["jobs"]["scan"]["steps"]:
        if "seamline scan" in step.get("run", ""):
            yield "github", step["run"]
    for line in gitlab["container_scanning"]["script"]:
        yield "gitlab", line
    (jenkins,) = blocks("groovy")
    (shell,) = re.findall(r"sh '''(.*?)'''", jenkins, re.DOTALL)
    yield "jenkins", shell


@pytest.mark.parametrize(("runner", "script"), list(scripts()))
def test_the_scan_step_of_each_runner_writes_its_reports_and_fails_on_the_starter_set(
    tmp_path: Path, runner: str, script: str
) -> None:
    write_demo(tmp_path / "demo")
    command = tmp_path / "bin" / "seamline"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m seamline "$@"\n')
    command.chmod(0o755)
    env = {
        "HOME": str(tmp_path),
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "IMAGE": "oci-dir:demo:shop",
        "SEAMLINE_OFFLINE": "1",
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "starter set" in done.stderr
    written = set(re.findall(r"--output [\w-]+=(\S+)", script))
    assert runner
    assert written
    assert all((tmp_path / name).stat().st_size for name in written)


def test_the_policy_reads_only_what_the_schema_has() -> None:
    schema: dict[str, Any] = json.loads((ROOT / "schemas" / "seamline.scan-1.schema.json").read_text())
    kinds = schema["$defs"]

    def fields(name: str) -> set[str]:
        return set(kinds[name]["properties"])

    assert set(re.findall(r"input\.(\w+)", POLICY)) <= fields("ScanReport")
    assert set(re.findall(r"input\.database\.(\w+)", POLICY)) <= fields("DatabaseLine")
    finding = set(re.findall(r"finding\.(\w+)", POLICY)) | set(re.findall(r'finding\["(\w+)"\]', POLICY))
    assert {"side", "deadline", "package"} <= finding <= fields("Finding")
    assert set(re.findall(r"deadline\.(\w+)", POLICY)) <= fields("Deadline")
