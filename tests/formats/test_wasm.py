"""WebAssembly binaries, beside what their own tools print of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed
from seamline.formats.wasm import WasmFacts, parse_wasm

_FIXTURES = Path(__file__).parent / "fixtures" / "wasm"
_HEAD = b"\0asm\x01\0\0\0"


def test_a_modules_imports_of_every_kind_are_listed() -> None:
    facts = parse_wasm((_FIXTURES / "imports.module.wasm").read_bytes())
    assert facts.imports == ("env.g", "env.memory", "env.table", "wasi_snapshot_preview1.fd_write")
    assert not facts.is_component


def test_a_components_imports_of_every_kind_are_listed() -> None:
    facts = parse_wasm((_FIXTURES / "imports.component.wasm").read_bytes())
    assert facts == WasmFacts(is_component=True, imports=("log", "m", "r", "wasi:http/types@0.2.0"))


def test_a_real_component_is_read_as_its_tool_prints_it() -> None:
    facts = parse_wasm((_FIXTURES / "command.component.wasm").read_bytes())
    assert facts.imports == tuple(
        f"wasi:{name}@0.2.12"
        for name in (
            "cli/stderr",
            "cli/stdin",
            "cli/stdout",
            "clocks/wall-clock",
            "filesystem/preopens",
            "filesystem/types",
            "io/error",
            "io/streams",
        )
    )
    assert facts.made_with == ("wit-component 0.259.0",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0asm\x02\0\0\0",
        _HEAD + b"\x02\xff\xff\xff\xff\x0f",
        _HEAD + b"\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
        _HEAD + b"\x02\x02\xff\x7f",
        _HEAD + b"\x02\x05\x01\x01a\x01b",
        _HEAD + b"\x02\x07\x01\x01a\x01b\x09\x00",
    ],
)
def test_a_broken_module_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Malformed, match="WebAssembly file: expected"):
        parse_wasm(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for head in (_HEAD, b"\0asm\x0d\0\x01\0"):
        try:
            facts = parse_wasm(head + data)
        except Malformed:
            continue
        assert list(facts.imports) == sorted(set(facts.imports))
