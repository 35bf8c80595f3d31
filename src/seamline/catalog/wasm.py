"""WebAssembly modules and components: what each asks of its host."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.catalog.reader import Content, Reader, View
from seamline.formats.wasm import MAGIC, WasmFacts, parse_wasm
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.program import Program, ProgramKind


def _extract(entry: Entry, content: Content, limits: Limits) -> WasmFacts | None:  # noqa: ARG001 - shape of extract
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
            kind=ProgramKind.COMPONENT if facts.is_component else ProgramKind.MODULE,
            imports=facts.imports,
            made_with=facts.made_with,
        )


READER = Reader(
    name="wasm",
    version=1,
    wants=("**/*.wasm",),
    record=WasmFacts,
    extract=_extract,
    assemble=_assemble,
    most_bytes=512 << 20,
)
