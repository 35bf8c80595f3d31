"""The advisory index: one read-only file an ecosystem, made once, shared by processes, swapped in whole.

`advisories/current` is a link to one generation: a folder with a file an ecosystem, the weather (EPSS, KEV, CVE
records, ends of life) and a manifest that names all with their SHA-256. A new generation is written beside it, with hard
links to what did not change, and takes its place by one rename; whoever reads the old one goes on reading it.
Values are MessagePack, compressed with a dictionary of the file's own.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import lmdb
import msgspec

from seamline.advisories.compile import Compiled
from seamline.advisories.ecosystems import base_of
from seamline.errors import Malformed
from seamline.model.advisory import (
    INDEX_FORMAT,
    Advisory,
    Affected,
    Cycle,
    EcosystemState,
    Manifest,
    Weather,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 6
MANIFEST = "manifest.json"
WEATHER = "weather"
_MOST_MAP_BYTES = 64 << 30
_MOST_KEY_BYTES = 480
_DICTIONARY = b"dictionary"
_SAMPLES, _DICTIONARY_BYTES = 4000, 64 << 10
_ROWS, _ADVISORIES, _NAMES, _CVES, _CYCLES = b"r", b"a", b"n", b"c", b"e"
T = TypeVar("T")


def file_name(ecosystem: str) -> str:
    """`Rocky Linux` is kept in Rocky_Linux.mdb."""
    return "".join(char if char.isalnum() or char in ".-" else "_" for char in ecosystem) + ".mdb"


def write_index(path: Path, rows: Iterable[tuple[bytes, bytes]]) -> None:
    """One file of sorted rows. Written under its own name: the generation around it is not in place yet."""
    path.unlink(missing_ok=True)
    data = sorted(rows)
    step = max(len(data) // _SAMPLES, 1)
    samples = [value for _, value in data[::step] if len(value) > 16][:_SAMPLES]
    dictionary = _train(samples)
    with lmdb.open(
        str(path),
        subdir=False,
        map_size=_MOST_MAP_BYTES,
        lock=False,
        sync=False,
        metasync=False,
        writemap=False,
    ) as environment:
        with environment.begin(write=True) as transaction:
            packed = zstd.ZstdDict(dictionary) if dictionary else None
            compressor = zstd.ZstdCompressor(_LEVEL, zstd_dict=packed)
            transaction.put(_DICTIONARY, dictionary)
            for name, value in data:
                transaction.put(name, compressor.compress(value, compressor.FLUSH_FRAME))
        environment.sync(True)


def _train(samples: list[bytes]) -> bytes:
    """A dictionary for values that look alike; nothing where there are too few to learn from."""
    if len(samples) < 64:
        return b""
    return zstd.train_dict(samples, min(_DICTIONARY_BYTES, sum(map(len, samples)) // 8)).dict_content


def ecosystem_rows(compiled: Iterable[Compiled]) -> tuple[list[tuple[bytes, bytes]], int, int, str]:
    """Rows for `write_index`, how many advisories and packages, and the newest day."""
    pack = msgspec.msgpack.Encoder().encode
    affected: dict[bytes, list[bytes]] = {}
    names: dict[bytes, set[str]] = {}
    rows: dict[bytes, bytes] = {}
    newest = ""
    for advisory, packages in compiled:
        rows[_key(_ADVISORIES, advisory.id)] = pack(advisory)
        newest = max(newest, advisory.modified or advisory.published)
        for alias in {*advisory.aliases, *advisory.covers}:
            names.setdefault(_key(_NAMES, alias), set()).add(advisory.id)
        for ecosystem, name, row in packages:
            affected.setdefault(_key(_ROWS, ecosystem, name), []).append(pack(row))
    advisories = len(rows)
    rows.update((name, _array(values)) for name, values in affected.items())
    rows.update((name, pack(sorted(ids))) for name, ids in names.items())
    return list(rows.items()), advisories, len(affected), newest


def weather_rows(
    weather: Mapping[str, Weather], cycles: Mapping[str, tuple[Cycle, ...]]
) -> list[tuple[bytes, bytes]]:
    """Rows for `write_index`: what the world does with a CVE, and when products end."""
    pack = msgspec.msgpack.Encoder().encode
    rows = [(_key(_CVES, cve), pack(each)) for cve, each in weather.items()]
    return rows + [(_key(_CYCLES, product), pack(each)) for product, each in cycles.items()]


def _array(values: list[bytes]) -> bytes:
    """A MessagePack array of packed values. Source: MessagePack specification, "array format family"."""
    return b"\xdd" + len(values).to_bytes(4, "big") + b"".join(sorted(values))


def _key(kind: bytes, *parts: str) -> bytes:
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return kind + (text if len(text) <= _MOST_KEY_BYTES else hashlib.sha256(text).digest())


class _File:
    """One open file of an index."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        # a file cut short would end the process when its missing pages are touched
        if path.stat().st_size != size_bytes:
            raise _damaged(path, f"{path.stat().st_size} bytes instead of {size_bytes}")
        self._path = path
        try:
            self._environment = lmdb.open(
                str(path),
                subdir=False,
                readonly=True,
                lock=False,
                max_readers=1,
                map_size=max(size_bytes, 1 << 20),
            )
            self._transaction = self._environment.begin(buffers=True)
            dictionary = bytes(self._transaction.get(_DICTIONARY, b""))
            self._dictionary = zstd.ZstdDict(dictionary) if dictionary else None
        except (lmdb.Error, ValueError, zstd.ZstdError) as fault:
            raise _damaged(path, str(fault)) from fault

    def get(self, name: bytes, decode: Callable[[bytes], T]) -> T | None:
        try:
            value = self._transaction.get(name)
            return None if value is None else decode(zstd.decompress(value, zstd_dict=self._dictionary))
        except (lmdb.Error, zstd.ZstdError, msgspec.MsgspecError) as fault:
            raise _damaged(self._path, str(fault)) from fault

    def begins(self, head: bytes) -> bool:
        """Whether any key begins with `head`."""
        with self._transaction.cursor() as cursor:
            return bool(cursor.set_range(head)) and bytes(cursor.key()).startswith(head)

    def under(
        self, kind: bytes, decode: Callable[[bytes], T], wanted: Callable[[str], bool] = lambda _: True
    ) -> Iterator[tuple[bytes, T]]:
        """Every value whose key begins with `kind` and is `wanted` besides, and the rest of that key."""
        try:
            with self._transaction.cursor() as cursor:
                found = cursor.set_range(kind)
                while found and bytes(cursor.key()[:1]) == kind:
                    key = bytes(cursor.key()[1:])
                    if wanted(key.decode("utf-8", "surrogateescape")):
                        yield key, decode(zstd.decompress(cursor.value(), zstd_dict=self._dictionary))
                    found = cursor.next()
        except (lmdb.Error, zstd.ZstdError, msgspec.MsgspecError) as fault:
            raise _damaged(self._path, str(fault)) from fault


@lru_cache(maxsize=64)
def _opened(path: Path, size_bytes: int) -> _File:
    """One opening a file: LMDB refuses a second one in the same process."""
    return _File(path, size_bytes)


def _damaged(path: Path, why: str) -> Malformed:
    return Malformed(
        str(path),
        expected="an advisory index as it was written",
        got=why,
        hint="make it anew: seamline db update --force",
    )


_affected_of: Callable[[bytes], tuple[Affected, ...]] = msgspec.msgpack.Decoder(tuple[Affected, ...]).decode
_advisory_of: Callable[[bytes], Advisory] = msgspec.msgpack.Decoder(Advisory).decode
_names_of: Callable[[bytes], tuple[str, ...]] = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_weather_of: Callable[[bytes], Weather] = msgspec.msgpack.Decoder(Weather).decode
_cycles_of: Callable[[bytes], tuple[Cycle, ...]] = msgspec.msgpack.Decoder(tuple[Cycle, ...]).decode


class Advisories(Protocol):
    """What is known of flaws: an index on disk, or the starter set."""

    @property
    def manifest(self) -> Manifest: ...

    def affected(self, ecosystem: str, name: str) -> tuple[Affected, ...]: ...

    def spoken_of(
        self, base: str, names: Container[str]
    ) -> Iterator[tuple[str, str, tuple[Affected, ...]]]: ...

    def advisory(self, ecosystem: str, name: str) -> Advisory | None: ...

    def named(self, ecosystem: str, name: str) -> tuple[str, ...]: ...

    def weather(self, cve: str) -> Weather | None: ...

    def cycles(self, product: str) -> tuple[Cycle, ...]: ...

    def has(self, ecosystem: str) -> bool: ...

    def knows_release(self, ecosystem: str) -> bool: ...


class AdvisoryIndex:
    """One generation, opened for reading. A folder that is not there is an index that knows nothing.

    Every look-up raises Malformed for a damaged file.
    """

    def __init__(self, folder: Path) -> None:
        try:
            # the link may be moved on while files are opened: they stay those of one generation
            self._folder = folder.resolve(strict=True)
            self.manifest = msgspec.json.decode((self._folder / MANIFEST).read_bytes(), type=Manifest)
        except FileNotFoundError:
            self._folder, self.manifest = folder, Manifest()
        except (OSError, msgspec.MsgspecError) as fault:
            raise _damaged(folder / MANIFEST, str(fault)) from fault
        if self.manifest.format != INDEX_FORMAT:
            raise _damaged(folder / MANIFEST, f"format {self.manifest.format}")
        self._files: dict[str, _File | None] = {}

    def affected(self, ecosystem: str, name: str) -> tuple[Affected, ...]:
        """What all advisories say of a package; nothing where none does."""
        file = self._file(ecosystem)
        return (file.get(_key(_ROWS, ecosystem, name), _affected_of) if file else None) or ()

    def spoken_of(self, base: str, names: Container[str]) -> Iterator[tuple[str, str, tuple[Affected, ...]]]:
        """Every (release of an ecosystem, package, what is said of it) whose package is one of `names`."""
        file = self._file(base)
        if file is None:
            return
        for key, rows in file.under(_ROWS, _affected_of, lambda key: key.partition("\0")[2] in names):
            place, _, package = key.decode("utf-8", "surrogateescape").partition("\0")
            yield place, package, rows

    def advisory(self, ecosystem: str, name: str) -> Advisory | None:
        """An advisory of an ecosystem by its id."""
        file = self._file(ecosystem)
        return file.get(_key(_ADVISORIES, name), _advisory_of) if file else None

    def named(self, ecosystem: str, name: str) -> tuple[str, ...]:
        """The ids of the advisories of an ecosystem that have this id or alias."""
        file = self._file(ecosystem)
        if file is None:
            return ()
        own = (name,) if self.advisory(ecosystem, name) is not None else ()
        return own + tuple(each for each in file.get(_key(_NAMES, name), _names_of) or () if each != name)

    def knows_release(self, ecosystem: str) -> bool:
        """Whether any package of this very ecosystem, release and all, is spoken of."""
        file = self._file(ecosystem)
        return file is not None and file.begins(_key(_ROWS, ecosystem, ""))

    def every(self, ecosystem: str) -> Iterator[Compiled]:
        """All that is known of an ecosystem, an advisory at a time."""
        file = self._file(ecosystem)
        if file is None:
            return
        rows: dict[str, list[tuple[str, str, Affected]]] = {}
        for name, affected in file.under(_ROWS, _affected_of):
            place, _, package = name.decode("utf-8", "surrogateescape").partition("\0")
            for row in affected:
                rows.setdefault(row.advisory, []).append((place, package, row))
        for _, advisory in file.under(_ADVISORIES, _advisory_of):
            yield Compiled(advisory, tuple(rows.get(advisory.id, ())))

    def weather(self, cve: str) -> Weather | None:
        """What the world does with a CVE."""
        file = self._file(WEATHER)
        return file.get(_key(_CVES, cve), _weather_of) if file else None

    def cycles(self, product: str) -> tuple[Cycle, ...]:
        """The releases of a product, newest first."""
        file = self._file(WEATHER)
        return (file.get(_key(_CYCLES, product), _cycles_of) if file else None) or ()

    def has(self, ecosystem: str) -> bool:
        """Whether an ecosystem (release or not) was ever indexed."""
        return self.manifest.state_of(ecosystem) is not None

    def _file(self, ecosystem: str) -> _File | None:
        base = base_of(ecosystem)
        if base not in self._files:
            state = self.manifest.state_of(base)
            self._files[base] = _opened(self._folder / state.file, state.size_bytes) if state else None
        return self._files[base]


class Generations:
    """The folder of all generations; changes happen under one lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current = folder / "current"

    def manifest(self) -> Manifest:
        """The manifest in place; an empty one where there is none."""
        return AdvisoryIndex(self.current).manifest

    def write(
        self,
        kind: str,
        kept: Iterable[EcosystemState],
        made: Iterable[tuple[EcosystemState, Callable[[Path], Any]]],
    ) -> Manifest:
        """Puts a new generation in place: `kept` files by hard links, `made` by their writers.

        Raises:
            OSError: the disk is full or may not be written; the old generation stays in place.
        """
        new = self.folder / f"generation-{os.getpid()}-{os.urandom(4).hex()}"
        new.mkdir(mode=0o700, parents=True)
        try:
            states = [self._keep(state, new) for state in kept]
            states += [_made(state, write, new) for state, write in made]
            manifest = Manifest(
                kind=kind, ecosystems=tuple(sorted(states, key=lambda state: state.ecosystem))
            )
            _write_synced(new / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
            self._put_in_place(new)
        except BaseException:
            _remove(new)
            raise
        return manifest

    def _keep(self, state: EcosystemState, new: Path) -> EcosystemState:
        os.link(self.current.resolve() / state.file, new / state.file)
        return state

    def _put_in_place(self, new: Path) -> None:
        old = self.current.resolve() if self.current.is_symlink() else None
        link = self.folder / f".current-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(new.name)
        link.replace(self.current)
        for folder in self._others(new, old):
            _remove(folder)

    def _others(self, new: Path, old: Path | None) -> Iterator[Path]:
        """Generations that were left behind; the one just replaced stays until the next time, for who is opening it."""
        for folder in self.folder.glob("generation-*"):
            if folder.name not in (new.name, old.name if old else ""):
                yield folder


def _made(state: EcosystemState, write: Callable[[Path], Any], new: Path) -> EcosystemState:
    path = new / state.file
    write(path)
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return msgspec.structs.replace(state, sha256=digest, size_bytes=path.stat().st_size)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
