"""The tutorial runs as it stands there, in an empty home: lint, mend, build, inspect, scan, audit, compare."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.neighbours import need

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.real


def test_the_tutorial_runs_from_an_ordinary_dockerfile_to_a_comparison(tmp_path: Path) -> None:
    need("buildah", "apt-get", "gpgv")
    if os.geteuid() != 0:
        pytest.skip("the tutorial installs packages inside an image, which buildah does for root alone here")
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [str(ROOT / "script" / "tutorial")], env=env, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    steps = [line for line in done.stdout.splitlines() if line.startswith("== ")]
    assert [line[3] for line in steps] == ["1", "2", "3", "4", "5", "6", "7"]
    told = done.stdout
    assert "B stands on A" in told
    assert "seam: proved" in told
    assert "LEAST PRIVILEGE" in told
    assert "syntax is ok" in told
    base, _, images = told.partition("== 7.")[2].partition("before oci-dir:web:after")
    assert "+nginx" in base
    assert "uid 10001" in images


def test_both_guides_show_the_commands_of_the_script() -> None:
    script = (ROOT / "script" / "tutorial").read_text()
    for name in ("tutorial.md", "tutorial.zh.md"):
        guide = (ROOT / "docs" / "guides" / name).read_text()
        for command in ("lint Dockerfile --fix --diff", "compare oci-dir:base:latest oci-dir:web:after"):
            assert command in guide
            assert command in script
        dockerfile = script.partition("<<'DOCKERFILE'\n")[2].partition("DOCKERFILE")[0]
        assert dockerfile in guide
