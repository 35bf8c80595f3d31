"""The tutorial's page runs as it stands there, in an empty home: lint, mend, build, inspect, scan, audit, compare."""

from __future__ import annotations

import os
import re
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
    lines = done.stdout.splitlines()
    typed = [line for block in blocks("tutorial.md") for line in block.splitlines()]
    assert [line for line in typed if line not in lines and f"$ {line}" not in lines] == []
    gate = told.partition("Dockerfile.after --fail-on high")[2].partition("== 4.")[0]
    assert 'CMD ["nginx", "-e", "stderr", "-g", "daemon off;"]' in told
    assert "high" in gate
    assert "CIS-4.6" in told.partition("== 6.")[2].partition("== 7.")[0]


def blocks(name: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "guides" / name).read_text(), re.DOTALL)


def test_the_chinese_page_has_the_commands_of_the_english_one() -> None:
    assert blocks("tutorial.zh.md") == blocks("tutorial.md")


def test_a_page_that_there_is_not_is_told() -> None:
    script = ROOT / "script" / "tutorial"
    done = subprocess.run([str(script), "fr"], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "expected en or zh, got fr" in done.stderr
