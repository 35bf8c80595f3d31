"""WebAssembly binaries: what a module asks of its host, and what it was made with.

Source: WebAssembly Core Specification 2.0, §5.5 Modules; Component Model, Binary.md; tool-conventions, ProducersSection.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.errors import Malformed

MAGIC = b"\0asm"
_CORE, _COMPONENT = b"\x01\0\0\0", b"\x0d\0\x01\0"
_CUSTOM, _CORE_IMPORTS, _COMPONENT_IMPORTS = 0, 2, 10
_NAME_KINDS = (0, 1, 2)
_MOST_SECTIONS = 65536
_MOST_ITEMS = 100_000
_MOST_NAME_BYTES = 4096
_MOST_LEB_BYTES = 10
_FUNCTION, _TABLE, _MEMORY, _GLOBAL, _TAG = range(5)
_CORE_MODULE, _VALUE, _TYPE, _INSTANCE, _NEW_RESOURCE = 0, 2, 3, 5, 1


class WasmFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One binary. `imports` are `module.field` of a core module, interface names (`wasi:http/types@0.2.0`) of a
    component, each once and sorted; `made_with` are `Rust 1.75.0`-like names of languages, tools and kits."""

    is_component: bool = False
    imports: tuple[str, ...] = ()
    made_with: tuple[str, ...] = ()


class _Reader:
    """A place in bytes that moves on as it is read."""

    __slots__ = ("_data", "_end", "at")

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self._data, self.at, self._end = data, at, end

    @property
    def left(self) -> int:
        return self._end - self.at

    def byte(self) -> int:
        return self.bytes(1)[0]

    def bytes(self, number: int) -> bytes:
        if number > self.left:
            raise broken(f"{number} bytes", f"{self.left}")
        self.at += number
        return self._data[self.at - number : self.at]

    def number(self) -> int:
        """An unsigned LEB128 number."""
        value = 0
        for shift in range(0, 7 * _MOST_LEB_BYTES, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise broken("a number of at most 10 bytes", "more")

    def text(self) -> str:
        length = self.number()
        if length > _MOST_NAME_BYTES:
            raise broken(f"a name of at most {_MOST_NAME_BYTES} bytes", str(length))
        return self.bytes(length).decode("utf-8", "backslashreplace")

    def items(self) -> range:
        """As many steps as the vector that begins here has items."""
        number = self.number()
        if number > min(_MOST_ITEMS, self.left):
            raise broken("a vector that fits in its section", f"{number} items")
        return range(number)


def parse_wasm(data: bytes) -> WasmFacts:
    """What a module or component says of itself.

    Raises:
        Malformed: it is none, or a section does not fit.
    """
    if data[:4] != MAGIC or data[4:8] not in (_CORE, _COMPONENT):
        raise broken("the WebAssembly magic and a known version", data[:8].hex() or "nothing")
    component = data[4:8] == _COMPONENT
    imports: set[str] = set()
    made_with: dict[str, None] = {}
    for kind, section in _sections(data):
        if kind == (_COMPONENT_IMPORTS if component else _CORE_IMPORTS):
            imports.update(_component_imports(section) if component else _imports(section))
        elif kind == _CUSTOM and section.text() == "producers":
            made_with.update(dict.fromkeys(_producers(section)))
    return WasmFacts(component, tuple(sorted(imports)), tuple(made_with))


def _sections(data: bytes) -> Iterator[tuple[int, _Reader]]:
    whole = _Reader(data, 8, len(data))
    for _ in range(_MOST_SECTIONS):
        if not whole.left:
            return
        kind, size = whole.byte(), whole.number()
        if size > whole.left:
            raise broken(f"a section of {size} bytes", f"{whole.left} left")
        yield kind, _Reader(data, whole.at, whole.at + size)
        whole.at += size
    raise broken(f"at most {_MOST_SECTIONS} sections", "more")


def _imports(section: _Reader) -> Iterator[str]:
    for _ in section.items():
        module, field = section.text(), section.text()
        yield f"{module}.{field}"
        _skip_type(section)


def _skip_type(section: _Reader) -> None:
    """Moves past the description of one import."""
    kind = section.byte()
    if kind == _FUNCTION:
        section.number()
    elif kind in (_TABLE, _MEMORY):
        if kind == _TABLE:
            _skip_value_type(section)
        limits = section.byte()
        section.number()
        if limits & 1:
            section.number()
    elif kind == _GLOBAL:
        _skip_value_type(section)
        section.byte()
    elif kind == _TAG:
        section.byte()
        section.number()
    else:
        raise broken("an import of a known kind", str(kind))


def _skip_value_type(section: _Reader) -> None:
    if section.byte() in (0x63, 0x64):  # a reference to a type that follows
        section.number()


def _component_imports(section: _Reader) -> Iterator[str]:
    for _ in section.items():
        if section.byte() not in _NAME_KINDS:
            raise broken("a name of a known kind", "another")
        yield section.text()
        _skip_description(section)


def _skip_description(section: _Reader) -> None:
    """Moves past what one import of a component is."""
    sort = section.byte()
    if sort == _CORE_MODULE:
        section.byte()
    elif sort == _TYPE:
        if section.byte() == _NEW_RESOURCE:
            return
    elif sort == _VALUE:
        section.byte()
    elif sort > _INSTANCE:
        raise broken("an import of a known kind", str(sort))
    section.number()


def _producers(section: _Reader) -> Iterator[str]:
    for _ in section.items():
        section.text()
        for _ in section.items():
            name, version = section.text(), section.text()
            yield f"{name} {version}".strip()


def broken(expected: str, got: str) -> Malformed:
    """What is wrong with a WebAssembly file."""
    return Malformed("WebAssembly file", expected=expected, got=got, hint="the file is cut off or damaged")
