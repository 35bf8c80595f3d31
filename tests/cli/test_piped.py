"""Documents that come through a pipe, as a shell makes one of `| seamline ... -` and of `<(curl ...)`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seamline.verbs.demo import write_demo
from tests.cli.test_commands import SOURCE, run

_VEX = (
    '{"@context":"https://openvex.dev/ns/v0.2.0","author":"a","statements":[{"vulnerability":{"name":"CVE-1"},'
    '"products":[{"@id":"pkg:deb/debian/curl"}],"status":"fixed"}]}'
)
_RECORD = (
    '{"id":"X-2026-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"x"},'
    '"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}'
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("piped")
    write_demo(folder / "demo")
    assert run(folder, "sbom", "oci-dir:demo:shop", "-o", "shop.json").returncode == 0
    assert run(folder, "copy", "oci-dir:demo:shop", "oci-dir:one").returncode == 0
    (folder / "vex.json").write_text(_VEX)
    (folder / "record.json").write_text(_RECORD)
    (folder / "gates.toml").write_text("deadlines.low = 99\n")
    (folder / "grype").write_text("ignore:\n- vulnerability: CVE-2026-1\n")
    return folder


def shell(home: Path, line: str) -> subprocess.CompletedProcess[str]:
    """One line of bash with `seamline` in it."""
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"}
    script = f'seamline() {{ {sys.executable} -m seamline "$@"; }}\nset -o pipefail\n{line}'
    return subprocess.run(
        ["bash", "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=env,
        cwd=home,
        check=False,
    )


@pytest.mark.parametrize(
    "line",
    [
        "cat shop.json | seamline scan - --offline --vex <(cat vex.json) --settings <(cat gates.toml) --allow-stale",
        "cat vex.json | seamline scan <(cat shop.json) --offline --vex - --ignore-file <(cat grype)",
        "seamline scan shop.json --offline --allow-stale --fail-on any=new --baseline <(seamline scan shop.json --offline -f json)",
        "seamline inspect <(tar c -C one .) --settings <(cat gates.toml)",
        "tar c -C one . | seamline scan oci-archive:- --offline",
        "echo oci-dir:demo:shop | seamline inspect --from-file -",
        "seamline lint <(printf 'FROM scratch\\nCOPY x /\\n')",
        "printf 'services: {x: {image: shop}}' | seamline audit oci-dir:demo:shop --deploy -",
        "gzip -c record.json | seamline db import - && seamline db export - | seamline db update --from -",
    ],
)
def test_what_is_piped_is_read_as_a_file_is(home: Path, line: str) -> None:
    done = shell(home, line)
    assert (done.returncode, "expected" in done.stderr) == (0, False), done.stderr


def test_the_next_commands_of_what_was_piped_in_ask_for_the_pipe_again(home: Path) -> None:
    told = json.loads(shell(home, "cat shop.json | seamline scan - --offline -f json").stdout)
    assert told["image"]["given"] == "-"
    told = shell(home, "tar c -C one . | seamline inspect -").stdout
    assert "next: seamline sbom oci-archive:-\n" in told
    assert shell(home, "tar c -C one . | seamline sbom oci-archive:-").returncode == 0


def test_settings_of_a_pipe_hold_though_they_are_asked_for_twice(home: Path) -> None:
    done = shell(
        home, "seamline scan oci-dir:demo:shop --offline --settings <(echo 'gate.fail-on = [\"any=low\"]')"
    )
    assert (done.returncode, "gate any=low does not hold" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("seamline scan shop.json --settings <(false)", "did the command that writes it fail?"),
        ("seamline scan - --offline </dev/zero", "stdin: expected a file or a pipe, got a device"),
        ("seamline inspect --from-file /dev/zero", "/dev/zero: expected a file or a pipe, got a device"),
        ("seamline base sync /dev/zero", "/dev/zero: expected a file or a pipe, got a device"),
        ("seamline scan shop.json --vex <(cat /dev/zero)", "expected at most 67108864 bytes, got more"),
    ],
)
def test_what_is_no_document_is_refused_at_once_with_the_next_step(home: Path, line: str, told: str) -> None:
    done = shell(home, line)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
