"""The generations of the advisory index: made beside the one in place, put there by one rename, cleared away when nobody
reads them any more.

`advisories/current` is a link to one generation. A new one shares by hard links what did not change.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from seamline.effects.home import private_folder
from seamline.effects.progress import Say, silent
from seamline.model.advisory import EcosystemState, Manifest
from seamline.stores.advisory_index import MANIFEST, AdvisoryIndex

_FRESH = "generation-"


class Made(msgspec.Struct, frozen=True):
    """A file of a generation: its name, and who writes it to a path and tells its state; None where it came to nothing."""

    file: str
    write: Callable[[Path], EcosystemState | None]


Part = EcosystemState | Made
"""A file that is kept, or one that is made."""


class Generations:
    """The folder of all generations; changes happen under `locked`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current = folder / "current"

    def manifest(self) -> Manifest:
        """The manifest in place; an empty one where there is none.

        Raises:
            Malformed: it is damaged, or of another format.
        """
        with AdvisoryIndex(self.current) as index:
            return index.manifest

    @contextmanager
    def locked(self, say: Say = silent) -> Iterator[None]:
        """One change at a time; a second one says so and waits for the first.

        Raises:
            OSError: the folder may not be written.
        """
        private_folder(self.folder)
        with (self.folder / "lock").open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("another update is under way: waiting for it")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def write(self, kind: str, parts: Iterable[Part]) -> Manifest:
        """Puts a new generation in place. Parts are asked for one by one: what one needs is freed before the next.

        Raises:
            OSError: the disk is full or may not be written; the old generation stays in place, as it does whatever else
                `parts` raises.
        """
        self.tidy()
        new = self.folder / f"{_FRESH}{os.getpid()}-{os.urandom(4).hex()}"
        new.mkdir(mode=0o700, parents=True)
        try:
            states = [state for part in parts if (state := self._part(part, new)) is not None]
            ordered = tuple(sorted(states, key=lambda state: state.ecosystem))
            manifest = Manifest(kind=kind, ecosystems=ordered)
            _write_synced(new / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
            _sync(new)
            self._put_in_place(new)
        except BaseException:
            _remove(new)
            raise
        return manifest

    def tidy(self) -> None:
        """Clears away what killed updates left, and generations that nobody reads any more."""
        current = self.current.resolve().name
        for folder in self.folder.glob(f"{_FRESH}*"):
            if folder.name != current:
                _remove_unread(folder)
        for link in self.folder.glob(".current-*"):
            link.unlink(missing_ok=True)

    def _part(self, part: Part, new: Path) -> EcosystemState | None:
        if isinstance(part, EcosystemState):
            _link(self.current.resolve() / part.file, new / part.file)
            return part
        path = new / part.file
        state = part.write(path)
        if state is None:
            path.unlink(missing_ok=True)
            return None
        with path.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return msgspec.structs.replace(state, file=part.file, sha256=digest, size_bytes=path.stat().st_size)

    def _put_in_place(self, new: Path) -> None:
        link = self.folder / f".current-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(new.name)
        link.replace(self.current)
        _sync(self.folder)


def _link(old: Path, new: Path) -> None:
    try:
        new.hardlink_to(old)
    except PermissionError:  # a file system without hard links
        import shutil  # noqa: PLC0415 - 3 ms that hardly anybody needs

        shutil.copyfile(old, new)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some file systems sync no folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_unread(folder: Path) -> None:
    """Removes a generation, unless somebody has it open for reading."""
    with suppress(FileNotFoundError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock_alone(descriptor)
            _remove(folder)
        except BlockingIOError:  # somebody reads there: the next update tries again
            return
        finally:
            os.close(descriptor)


def _lock_alone(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # a file system without locks
        return


def _remove(folder: Path) -> None:
    (folder / MANIFEST).unlink(missing_ok=True)  # first: who opens it now sees that it goes
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
