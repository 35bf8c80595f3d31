"""Programs: files that run by themselves, whatever package says that they are its own."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from seamline.model.entry import Entry


class ProgramKind(StrEnum):
    """How a program is made. A packed one unpacks itself when it starts, so its content cannot be seen."""

    NATIVE = "native"
    PACKED = "packed"
    MODULE = "WebAssembly module"
    COMPONENT = "WebAssembly component"


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """One program and its visible entry. `imports` are what a WebAssembly module asks of its host, `made_with` the languages and
    tools that it names."""

    entry: Entry
    kind: ProgramKind = ProgramKind.NATIVE
    imports: tuple[str, ...] = ()
    made_with: tuple[str, ...] = ()

    @property
    def is_wasm(self) -> bool:
        return self.kind in (ProgramKind.MODULE, ProgramKind.COMPONENT)

    @property
    def is_packed(self) -> bool:
        return self.kind == ProgramKind.PACKED
