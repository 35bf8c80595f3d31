"""WebAssembly modules and components."""

from __future__ import annotations

from pathlib import Path

from seamline.errors import SeamlineError
from seamline.formats.wasm import parse_wasm

SEEDS = tuple(
    path.read_bytes() for path in (Path(__file__).parents[1] / "formats" / "fixtures" / "wasm").glob("imp*")
)


def run(data: bytes) -> None:
    try:
        parse_wasm(data)
    except SeamlineError:
        pass
