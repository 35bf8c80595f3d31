"""Advisories on disk: OSV's layout, a folder of records, an archive, one record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import msgspec

from seamline.effects.disk import open_regular, read_regular
from seamline.effects.given import shown_as
from seamline.effects.progress import Tell, silent
from seamline.errors import Bomb, Malformed, NotFound
from seamline.places.advisory_export import Alongside, Export, Record, archive_records
from seamline.places.archive import open_given
from seamline.versions.orders import order_of

_MOST_LIST_BYTES = 256 << 20
_MOST_FILES = 4_000_000
_MOST_NAMED = 3
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
"""How zip, gzip, bzip2 and xz begin."""
_OSV_BEGAN = 2021
_ALONGSIDE = {
    "kev": "known_exploited*",
    "epss": "epss*",
    "metrics": "cve-metrics*",
    "ends": "endoflife*",
    "cpython": "cpython-osv*",
    "node": "nodejs-core*",
}


class FolderSource:
    """OSV's layout on disk: `<Ecosystem>/all.zip` or folders of JSON files, in the folder or in its folder `osv`; beside
    them files whose names begin with known_exploited, epss, cve-metrics, endoflife, cpython-osv and nodejs-core, in
    the folder or in folders of it, for a folder `osv` also in those of the folder around it. What it has is seen at a glance, so nothing else need be asked for."""

    tells_all = True

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise NotFound(
                str(folder),
                expected="a folder of advisories, an address, or a file of seamline db export",
                got="none",
                hint="--from takes a folder or an address",
            )
        self.address = str(folder)
        self._folder = folder / "osv" if (folder / "osv").is_dir() else folder
        self._roots = (folder, folder.resolve().parent) if folder.resolve().name == "osv" else (folder,)

    def ecosystems(self) -> tuple[str, ...]:
        """Every ecosystem that has a folder with records in it, as OSV names it.

        Raises:
            NotFound: none has.
        """
        named = sorted(
            each.name for each in self._folder.iterdir() if self._archive(each) or _records_in(each)
        )
        found = tuple(each for each in named if order_of(each) is not None and ":" not in each)
        if not found:
            raise NotFound(
                str(self._folder),
                expected="<Ecosystem>/all.zip or folders of JSON records, named as OSV names ecosystems",
                got=f"others ({', '.join(named[:_MOST_NAMED])})" if named else "neither",
                hint="single records and archives are added with seamline db import",
            )
        return found

    def export(self, ecosystem: str, *, etag: str, since: str, tell: Tell = silent) -> Export:  # noqa: ARG002 - nothing is fetched here
        """All of an ecosystem; unchanged where its files have the sizes and times that `etag` remembers.

        Raises:
            NotFound: nothing of it is there.
        """
        folder = self._folder / ecosystem
        archive = self._archive(folder)
        if archive is not None:
            status = archive.stat()
            mark = f"{status.st_size}-{status.st_mtime_ns}"
            if mark == etag:
                return Export(source=str(archive), etag=etag, is_unchanged=True, served=self._current)
            return Export(source=str(archive), etag=mark, archive=open_regular(archive), served=self._current)
        files = _files(folder)
        if not files:
            raise NotFound(
                str(folder),
                expected="all.zip or JSON records",
                got="none",
                hint="is the ecosystem spelt as OSV spells it?",
            )
        newest = max(each.stat().st_mtime_ns for each in files)
        mark = f"{len(files)}-{newest}"
        served = max(self._current, _moment_of(newest // 1_000_000_000))
        return Export(source=str(folder), etag=mark, files=files, is_unchanged=mark == etag, served=served)

    def size_bytes(self, ecosystem: str) -> int | None:
        """How large the whole export is."""
        archive = self._archive(self._folder / ecosystem)
        return archive.stat().st_size if archive is not None else None

    def alongside(self, what: str, etag: str) -> Alongside | None:
        """The file of kev, epss, metrics, ends, node or cpython; None where there is none."""
        found = next(filter(None, (_beside(root, _ALONGSIDE[what]) for root in self._roots)), None)
        if found is None:
            return None
        status = found.stat()
        mark = f"{status.st_size}-{status.st_mtime_ns}"
        if mark == etag:
            return Alongside(b"", etag, is_unchanged=True)
        return Alongside(read_regular(found, _MOST_LIST_BYTES), mark)

    @cached_property
    def _current(self) -> str:
        """When the folder was last brought here: the time of its newest export, as most of them change every day."""
        return _moment_of(
            max((int(each.stat().st_mtime) for each in self._folder.glob("*/all.zip")), default=0)
        )

    def _archive(self, folder: Path) -> Path | None:
        return folder / "all.zip" if (folder / "all.zip").is_file() else None


def _moment_of(seconds: int) -> str:
    """A file's time; nothing for one before there was OSV: stores and images write all files as of 1970."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= _OSV_BEGAN else ""


def _beside(root: Path, pattern: str) -> Path | None:
    """The last file by name that the pattern finds in a folder or in folders of it."""
    found = (each for depth in ("", "*/") for each in root.glob(depth + pattern) if each.is_file())
    return max(found, default=None)


def records_at(path: Path, tell: Tell = silent) -> Iterator[Record]:
    """The records of a file (one, a list of them, or one a line), of a folder with the records and exports (`all.zip`)
    below it, or of a zip or tar archive; of what is piped in where `path` is `-` or a pipe.

    Raises:
        NotFound, Malformed, Bomb: nothing can be read from there.
    """
    if path.is_dir():
        yield from Export(source=str(path), files=_files(path)).records()
        for export in sorted(path.rglob("all.zip")):
            yield from records_at(export, tell)
        return
    name = shown_as(str(path))
    with open_given(str(path)) as stream:
        head = stream.read(512)
        stream.seek(0)
        if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
            yield from archive_records(stream, name, tell)
        else:
            yield from _records_of(_whole(stream, name), Path(name))


def _whole(stream: BinaryIO, name: str) -> bytes:
    data = stream.read(_MOST_LIST_BYTES + 1)
    if len(data) > _MOST_LIST_BYTES:
        raise Bomb(
            name,
            expected=f"at most {_MOST_LIST_BYTES} bytes",
            got="more",
            hint="this is not what it is named",
        )
    return data


def _records_of(data: bytes, path: Path) -> Iterator[Record]:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        found = msgspec.json.decode(data, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
        raw = [bytes(each) for each in found] if isinstance(found, list) else [data]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raw = [line for line in data.splitlines() if line.strip()]
        if len(raw) < 2 or not all(line.lstrip().startswith(b"{") for line in raw):
            raise Malformed(
                str(path),
                expected="an OSV record, a list of them, or one a line",
                got=str(fault)[:100] or "nested too deep",
                hint="one JSON record a file",
            ) from fault
    yield from ((f"{path.name}[{at}]", each) for at, each in enumerate(raw))


def _files(folder: Path) -> tuple[Path, ...]:
    found = []
    for each in folder.rglob("*.json") if folder.is_dir() else ():
        found.append(each)
        if len(found) > _MOST_FILES:
            raise Bomb(
                str(folder), expected=f"at most {_MOST_FILES} files", got="more", hint="name a smaller folder"
            )
    return tuple(sorted(found))


def _records_in(folder: Path) -> bool:
    return folder.is_dir() and next(folder.rglob("*.json"), None) is not None
