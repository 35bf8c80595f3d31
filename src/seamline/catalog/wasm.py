"""WebAssembly modules and components: what each asks of its host."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.catalog.reader import Content, Reader, View
from seamline.errors import Malformed
from seamline.formats.wasm import MAGIC, WasmFacts, parse_wasm
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.program import Form, Program

_MOST_BYTES = 512 << 20


def _extract(entry: Entry, content: Content, limits: Limits) -> WasmFacts | None:  # noqa: ARG001 - shape of extract
    if content.size_bytes > _MOST_BYTES:
        raise Malformed(
            "WebAssembly file",
            expected=f"at most {_MOST_BYTES} bytes",
            got=f"{content.size_bytes}",
            hint="no module is so large",
        )
    data = content.random()[:]
    return parse_wasm(data) if data[:4] == MAGIC else None


def _assemble(view: View) -> Iterator[Program]:
    for sighting in view.sightings:
        entry = view.tree.at(sighting.path)
        if entry is None or entry.layer != sighting.layer:
            continue
        facts: WasmFacts = sighting.record
        yield Program(
            entry=entry,
            form=Form.COMPONENT if facts.is_component else Form.MODULE,
            imports=facts.imports,
            made_with=facts.made_with,
        )


READER = Reader(
    name="wasm", version=1, wants=("**/*.wasm",), record=WasmFacts, extract=_extract, assemble=_assemble
)
