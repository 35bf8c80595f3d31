"""The same image, database, settings and moment give the same bytes in every form, whatever the run was like."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from seamline.cli.scan_forms import FORMS
from seamline.verbs.demo import write_demo

SOURCE = Path(__file__).resolve().parents[2] / "src"


def outputs(home: Path, folder: str, *options: str, seed: str) -> dict[str, bytes]:
    """Every form of one run, by its name."""
    target = home / folder
    target.mkdir()
    forms = [part for form in FORMS for part in ("--output", f"{form}={target / form}")]
    env = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "PYTHONHASHSEED": seed,
        "LANG": "C.UTF-8",
        "TZ": "Asia/Shanghai" if seed == "1" else "UTC",
    }
    command = [sys.executable, "-m", "seamline", "scan", "oci-dir:demo:shop", "--offline"]
    command += ["--as-of", "2026-11-24", "--fail-on", "app=low", *options, *forms]
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    return {form: (target / form).read_bytes() for form in FORMS}


def test_every_form_is_the_same_bytes_cold_and_warm_on_any_jobs_and_any_hash_seed(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo")
    cold = outputs(tmp_path, "cold", "--jobs", "1", seed="0")
    assert b"CVE-" in cold["csv"]
    assert b"urn:uuid:" in cold["cyclonedx-json"]
    for folder, options, seed in (
        ("warm", ("--jobs", "4"), "1"),
        ("uncached", ("--no-cache", "--jobs", "4"), "4711"),
        ("read again", ("--verify", "--jobs", "1"), "random"),
    ):
        again = outputs(tmp_path, folder, *options, seed=seed)
        assert [form for form in FORMS if again[form] != cold[form]] == []
