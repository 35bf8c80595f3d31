"""The advisory index: one read-only file an ecosystem, shared by processes.

A generation is a folder with a file an ecosystem, the weather (EPSS, KEV, CVE records, ends of life) and a manifest that
names all with their SHA-256. Whoever opened one reads on in it while another takes its place.
"""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Protocol, Self

import msgspec

from seamline.advisories.ecosystems import base_of
from seamline.advisories.gather import gathered, only, sayings
from seamline.errors import Malformed
from seamline.model.advisory import INDEX_FORMAT, Advisory, Affected, Cycle, Manifest, PackageRows, Weather
from seamline.stores.index_file import IndexFile, damaged, opened
from seamline.stores.index_rows import ADVISORIES, CVES, CYCLES, NAMES, ROWS, row_key, rows_of

MANIFEST = "manifest.json"
WEATHER = "weather"
INTERPRETERS = "interpreters"
IMPORTED = "imported"
"""Records of the user's own, of whatever ecosystem."""
BESIDE = (WEATHER, INTERPRETERS)
"""Files that are fetched beside those of ecosystems."""
NO_ECOSYSTEMS = (*BESIDE, IMPORTED)
_ATTEMPTS = 5
_SILENCE = PackageRows()


class AnotherFormat(Malformed):
    """An index that another version of Seamline wrote."""


def file_name(ecosystem: str) -> str:
    """`Rocky Linux` is kept in Rocky_Linux.mdb."""
    return "".join(char if char.isalnum() or char in ".-" else "_" for char in ecosystem) + ".mdb"


_advisory_of: Callable[[bytes | memoryview], Advisory] = msgspec.msgpack.Decoder(Advisory).decode
_names_of: Callable[[bytes | memoryview], tuple[str, ...]] = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_weather_of: Callable[[bytes | memoryview], Weather] = msgspec.msgpack.Decoder(Weather).decode
_cycles_of: Callable[[bytes | memoryview], tuple[Cycle, ...]] = msgspec.msgpack.Decoder(
    tuple[Cycle, ...]
).decode


class Advisories(Protocol):
    """What is known of flaws: an index on disk, or the starter set."""

    @property
    def manifest(self) -> Manifest: ...

    def affected(self, ecosystem: str, name: str) -> PackageRows: ...

    def spoken_of(self, base: str, names: Collection[str]) -> Iterator[tuple[str, str, PackageRows]]: ...

    def speaks_of(self, base: str, advisory: str) -> Iterator[tuple[str, str, Affected]]: ...

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
        self.folder, self.manifest = folder, Manifest()
        self._files: dict[str, IndexFile | None] = {}
        self._speaking: dict[str, tuple[IndexFile, ...]] = {}
        self._letting_go: Callable[[], object] | None = None
        for _ in range(_ATTEMPTS):  # a generation may be replaced and cleared away just while it is opened
            try:
                # the link may be moved on while files are opened: they stay those of one generation
                resolved = folder.resolve(strict=True)
                descriptor = _held(resolved)
            except BlockingIOError:
                continue
            except FileNotFoundError:
                if folder.is_symlink():
                    continue
                return
            except OSError as fault:
                raise damaged(folder / MANIFEST, str(fault)) from fault
            self._letting_go = weakref.finalize(self, os.close, descriptor)
            try:
                self.manifest = read_manifest(resolved)
                self.folder = resolved
            except FileNotFoundError:
                self._letting_go()
                continue
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of the generation: it may be cleared away."""
        if self._letting_go is not None:
            self._letting_go()

    def affected(self, ecosystem: str, name: str) -> PackageRows:
        """What all advisories say of a package; nothing where none does."""
        key = row_key(ROWS, ecosystem, name)
        asked = self._asked(ecosystem)
        if len(asked) == 1:  # as mostly: nothing was imported that takes the place of a row
            return asked[0].get(key, rows_of) or _SILENCE
        told = [self._holding(file, rows) for file in asked if (rows := file.get(key, rows_of)) is not None]
        return told[0] if len(told) == 1 else gathered(each for rows in told for each in sayings(rows))

    def spoken_of(self, base: str, names: Collection[str]) -> Iterator[tuple[str, str, PackageRows]]:
        """Every (release of an ecosystem, package, what is said of it) whose package is one of `names`."""
        for file in self._asked(base):
            for release in file.heads(ROWS):
                for name in names if base_of(release) == base else ():
                    rows = self._holding(file, file.get(row_key(ROWS, release, name), rows_of) or _SILENCE)
                    if rows:
                        yield release, name, rows

    def speaks_of(self, base: str, advisory: str) -> Iterator[tuple[str, str, Affected]]:
        """Every (release of an ecosystem, package, what is said of it) that an advisory speaks of: a walk over all rows. A
        package whose name is too long for a key is passed over."""
        for file in self._asked(base):
            for name, rows in file.under(ROWS, rows_of):
                release, nul, package = name.partition("\0")
                told = self._holding(file, rows) if nul else _SILENCE
                yield from ((release, package, row) for row in told if row.advisory == advisory)

    def advisory(self, ecosystem: str, name: str) -> Advisory | None:
        """An advisory of an ecosystem by its id."""
        key = row_key(ADVISORIES, name)
        return next(
            (found for file in self._asked(ecosystem) if (found := file.get(key, _advisory_of))), None
        )

    def named(self, ecosystem: str, name: str) -> tuple[str, ...]:
        """The ids of the advisories of an ecosystem that have this id or alias."""
        own = (name,) if self.advisory(ecosystem, name) is not None else ()
        key = row_key(NAMES, name)
        found = (each for file in self._asked(ecosystem) for each in file.get(key, _names_of) or ())
        return tuple(dict.fromkeys((*own, *found)))

    def _holding(self, file: IndexFile, rows: PackageRows) -> PackageRows:
        """Rows without those of fetched advisories whose place an imported one took."""
        own = self.file_of(IMPORTED)
        if own is None or own is file:
            return rows
        taken = {row.advisory for row in rows if own.has(row_key(ADVISORIES, row.advisory))}
        return only(rows, lambda row: row.advisory not in taken) if taken else rows

    def knows_release(self, ecosystem: str) -> bool:
        """Whether any package of this very ecosystem, release and all, is spoken of."""
        file = self.file_of(ecosystem)
        return file is not None and file.begins(row_key(ROWS, ecosystem, ""))

    def weather(self, cve: str) -> Weather | None:
        """What the world does with a CVE."""
        file = self.file_of(WEATHER)
        return file.get(row_key(CVES, cve), _weather_of) if file else None

    def cycles(self, product: str) -> tuple[Cycle, ...]:
        """The releases of a product, newest first."""
        file = self.file_of(WEATHER)
        return (file.get(row_key(CYCLES, product), _cycles_of) if file else None) or ()

    def every_weather(self) -> tuple[dict[str, Weather], dict[str, tuple[Cycle, ...]]]:
        """All that is known of CVEs, and of the ends of products."""
        file = self.file_of(WEATHER)
        if file is None:
            return {}, {}
        return dict(file.under(CVES, _weather_of)), dict(file.under(CYCLES, _cycles_of))

    def has(self, ecosystem: str) -> bool:
        """Whether an ecosystem (release or not) was ever indexed."""
        return self.manifest.state_of(ecosystem) is not None

    def _asked(self, ecosystem: str) -> tuple[IndexFile, ...]:
        """The files that speak of an ecosystem: what was imported first, the interpreters' own lists beside Bitnami's."""
        asked = self._speaking.get(ecosystem)
        if asked is None:
            beside = (INTERPRETERS,) if base_of(ecosystem) == "Bitnami" else ()
            names = dict.fromkeys((IMPORTED, ecosystem, *beside))
            files = (self.file_of(name) for name in names)
            asked = self._speaking[ecosystem] = tuple(file for file in files if file is not None)
        return asked

    def file_of(self, ecosystem: str) -> IndexFile | None:
        """The open file of an ecosystem; None where it was never indexed."""
        base = base_of(ecosystem)
        if base not in self._files:
            state = self.manifest.state_of(base)
            self._files[base] = opened(self.folder / state.file, state.size_bytes) if state else None
        return self._files[base]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation.

    Raises:
        Malformed: it is damaged.
        AnotherFormat: another version of Seamline wrote it.
        FileNotFoundError: none is there.
    """
    manifest = _written(folder)
    if manifest.format != INDEX_FORMAT:
        raise AnotherFormat(
            str(folder / MANIFEST),
            expected=f"an advisory index of format {INDEX_FORMAT}",
            got=f"format {manifest.format}, which another version of Seamline wrote",
            hint="make it anew: seamline db update",
        )
    return manifest


def ecosystems_before(folder: Path) -> tuple[str, ...]:
    """The ecosystems that an index of whatever format has.

    Raises:
        Malformed: it is damaged.
        FileNotFoundError: none is there.
    """
    return tuple(
        each.ecosystem for each in _written(folder).ecosystems if each.ecosystem not in NO_ECOSYSTEMS
    )


def _written(folder: Path) -> Manifest:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise
    except (OSError, msgspec.MsgspecError) as fault:
        raise damaged(folder / MANIFEST, str(fault)) from fault


def _held(folder: Path) -> int:
    """An open folder that says so, as long as it is open, that somebody reads in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:  # a file system without locks: the worst is an error that names the next step
        return descriptor
    return descriptor
