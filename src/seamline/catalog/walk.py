"""One layer, read once: its entries as columns, and what each reader made of the files it wants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from seamline.catalog.content import HeldContent, Spool, hold
from seamline.catalog.facts import LayerFacts, Record
from seamline.catalog.reader import EVERY, Reader
from seamline.catalog.wants import Wants
from seamline.errors import Bomb, Malformed, SeamlineError, Where
from seamline.formats.digesting import hashed
from seamline.formats.tar import Member, members
from seamline.formats.tar_stream import Piece, TarStream
from seamline.model.entry import FILE, HARDLINK, Entry, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.limits import Limits
from seamline.tree.columns import KEY_BYTES, Columns

if TYPE_CHECKING:
    from hashlib import _Hash

_ELF, _SCRIPT = b"\x7fELF", b"#!"


def walk(
    chunks: Iterable[bytes], readers: Sequence[Reader], limits: Limits, spool: Spool, source: str
) -> LayerFacts:
    """The facts of one uncompressed layer.

    Raises:
        Malformed: the tar is broken or climbs out of the root.
        Bomb: a limit is exceeded.
    """
    walker = _Walker(readers, limits, spool)
    for member in members(chunks, limits, source):
        walker.see(member)
    walker.finish()
    return LayerFacts(
        columns=walker.columns,
        records={name: tuple(records) for name, records in walker.records.items()},
    )


def walk_blob(
    chunks: Iterable[bytes], name: str, readers: Sequence[Reader], limits: Limits, spool: Spool
) -> LayerFacts:
    """The facts of a layer that is no tar but one file (a WebAssembly module), seen as a file called `name`.

    Raises:
        Bomb: a limit is exceeded.
    """
    data = b"".join(chunks)
    header = Entry(path=name.encode(), kind=FILE, size_bytes=len(data))
    walker = _Walker(readers, limits, spool)
    walker.see(Member(header, TarStream([data], name), len(data), None))
    walker.finish()
    return LayerFacts(
        columns=walker.columns, records={reader: tuple(found) for reader, found in walker.records.items()}
    )


class _Walker:
    def __init__(self, readers: Sequence[Reader], limits: Limits, spool: Spool) -> None:
        self.columns = Columns()
        self.records: dict[str, list[Record[Any]]] = {reader.name: [] for reader in readers}
        self._wants = Wants(readers)
        self._suffixes = tuple({suffix.encode() for reader in readers for suffix in reader.companions})
        self._limits = limits
        self._spool = spool
        self._waiting: dict[bytes, tuple[Entry, tuple[Reader, ...], HeldContent]] = {}
        self._companions: dict[bytes, HeldContent] = {}

    def see(self, member: Member) -> None:
        entry = member.entry
        if entry.kind == FILE:
            self.columns.add(entry, self._file(member).digest()[:KEY_BYTES])
            return
        if entry.kind == HARDLINK and (wanting := self._wants.of(entry.path)):
            for reader in wanting:
                if EVERY not in reader.wants:
                    self.records[reader.name].append(Record(path=entry.path, link=entry.link_to))
        self.columns.add(entry)

    def _file(self, member: Member) -> _Hash:
        """The hash of the file's content; its readers are served from the same pieces."""
        entry = member.entry
        wanting = self._wants.of(entry.path)
        companion = entry.path.endswith(self._suffixes)
        pieces = member.pieces()
        first = _opening(pieces)
        digest = hashlib.sha256(first)
        rest = hashed(pieces, digest)
        if entry.mode & 0o111 or b".so" in entry.path:
            wanting += self._by_content(first, wanting)
        if wanting or companion:
            size = entry.size_bytes if companion else max(reader.needs(entry) for reader in wanting)
            whole = size == entry.size_bytes
            content = chain((first,) if first else (), rest)
            kept = content if whole else _head(content, size)
            held = hold(kept, size, self._limits, self._spool)
            self._serve(
                entry, wanting, held.known_by(digest.hexdigest()) if whole else held, companion=companion
            )
        for _ in rest:
            pass
        return digest

    def _by_content(self, first: Piece, wanting: tuple[Reader, ...]) -> tuple[Reader, ...]:
        """The readers that want a file for how it begins."""
        if first[:4] == _ELF:
            found = self._wants.executables
        else:
            found = self._wants.scripts if first[:2] == _SCRIPT else ()
        return tuple(reader for reader in found if reader not in wanting) if wanting else found

    def _serve(
        self, entry: Entry, wanting: tuple[Reader, ...], held: HeldContent, *, companion: bool
    ) -> None:
        if companion:
            self._companions[entry.path] = held
        patient = tuple(reader for reader in wanting if reader.companions)
        if patient:
            self._waiting[entry.path] = (entry, patient, held)
        for reader in wanting:
            if not reader.companions:
                self._extract(reader, entry, held)

    def finish(self) -> None:
        """Serves the readers that waited for companions."""
        for entry, wanting, held in self._waiting.values():
            for reader in wanting:
                paths = {suffix: entry.path + suffix.encode() for suffix in reader.companions}
                beside = {s: self._companions[path] for s, path in paths.items() if path in self._companions}
                self._extract(reader, entry, held.beside(beside))

    def _extract(self, reader: Reader, entry: Entry, held: HeldContent) -> None:
        self.records[reader.name] += extract(reader, entry, held, self._limits)


def extract(reader: Reader, entry: Entry, held: HeldContent, limits: Limits) -> Iterator[Record[Any]]:
    """What `reader` makes of one file: one record, one gap, or nothing.

    A broken file, and one made to exhaust its reader, costs its own packages only.
    """
    try:
        value = _too_large(reader, entry) or reader.extract(entry, held, limits)
    except SeamlineError as fault:
        value = _unreadable(reader, entry, _reason(fault))
    if isinstance(value, Gap):
        yield Record(path=entry.path, gap=value)
    elif value is not None:
        yield Record(path=entry.path, value=value)


def _too_large(reader: Reader, entry: Entry) -> Gap | None:
    if reader.takes(entry):
        return None
    return _unreadable(reader, entry, f"expected at most {reader.most_bytes} bytes, got {entry.size_bytes}")


def _unreadable(reader: Reader, entry: Entry, why: str) -> Gap:
    where = Where(path=path_text(entry.path))
    return Gap(where=where, message=Message("unreadable-file", {"reader": reader.name, "why": why}))


def _reason(fault: SeamlineError) -> str:
    return (
        f"expected {fault.expected}, got {fault.got}" if isinstance(fault, Malformed | Bomb) else str(fault)
    )


def _opening(pieces: Iterator[Piece]) -> Piece:
    """The first piece, with the next ones where a chunk ends before it tells what the file is."""
    first = next(pieces, b"")
    while len(first) < len(_ELF) and (following := next(pieces, None)) is not None:
        first = bytes(first) + following
    return first


def _head(pieces: Iterator[Piece], size_bytes: int) -> Iterator[Piece]:
    """As many of the pieces as make the first `size_bytes` bytes."""
    left = size_bytes
    while left and (piece := next(pieces, b"")):
        yield piece[:left]
        left -= min(len(piece), left)
