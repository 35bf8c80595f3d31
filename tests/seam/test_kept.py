"""What the known bases keep of a configuration holds no secret, and still says what an image has of its base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.seam.kept import is_same
from tests.cli.test_commands import run
from tests.layouts import write_layout

VALUE = "glpat-R7xw2Kd9QmZt4LpVb8cZ"


@pytest.mark.parametrize(
    ("kept", "value", "same"),
    [
        ("A=b", "A=b", True),
        ("A=b", "A=c", False),
        ("[secret]", "x", True),
        ("RUN a --token [secret] b", "RUN a --token x b", True),
        ("RUN a --token [secret] b", "RUN a --token x c", False),
        ("P=[not shown]", "P=geheim", True),
        ("[secret]a[secret]b", "1a2b", True),
        ("a[secret]a", "a", False),
        (None, "x", False),
    ],
)
def test_a_kept_text_is_the_same_whatever_the_secret_was(kept: str | None, value: str, same: bool) -> None:
    assert is_same(kept, value) == same


@given(st.lists(st.text(max_size=4), min_size=1, max_size=4), st.lists(st.text(max_size=4), min_size=4, max_size=4))  # fmt: skip
def test_whatever_stood_in_the_places_is_the_same(parts: list[str], secrets: list[str]) -> None:
    kept = "[secret]".join(parts)
    value = parts[0] + "".join(
        secret + part for secret, part in zip(secrets[: len(parts) - 1], parts[1:], strict=True)
    )
    assert is_same(kept, value)


def test_settings_and_steps_of_a_base_with_a_secret_are_still_the_bases(tmp_path: Path) -> None:
    steps = [
        {"created_by": "ADD rootfs /"},
        {"created_by": f"ENV API_TOKEN={VALUE}", "empty_layer": True},
    ]
    below = {"bin/sh": b"\x7fELF", "etc/os-release": b"ID=debian\nVERSION_ID=12"}
    env = [f"API_TOKEN={VALUE}"]
    base = write_layout(tmp_path / "base", [below], config={"Env": env}, history=steps)
    image = write_layout(
        tmp_path / "image",
        [below, {"app/run": b"a"}],
        config={"Env": [*env, "OWN=1"]},
        history=[*steps, {"created_by": "COPY run /app/run"}],
    )
    assert run(tmp_path, "base", "add", base, "--as", "registry.example/base:1").returncode == 0
    shown = run(tmp_path, "base", "show", "registry.example/base:1", "-f", "json").stdout
    assert "API_TOKEN=" in shown
    assert VALUE not in shown
    assert VALUE.encode() not in b"".join(
        each.read_bytes() for each in tmp_path.rglob("ledger.db*") if each.is_file()
    )
    report = json.loads(run(tmp_path, "inspect", image, "-f", "json").stdout)
    sides = {each["key"]: each["side"] for each in report["settings"] if each["kind"] == "env"}
    assert sides == {"API_TOKEN": "system", "OWN": "application"}
