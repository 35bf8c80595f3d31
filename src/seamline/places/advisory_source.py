"""Where advisories come from: OSV's bulk exports under one address, or the same layout in a folder or archive on disk."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import quote

import msgspec

from seamline.effects.disk import open_regular, read_regular
from seamline.errors import Bomb, Malformed, NotFound, Unreachable, Usage
from seamline.formats.osv import MOST_BYTES

if TYPE_CHECKING:
    from seamline.effects.http import Answer, Http  # 60 ms that only fetching needs

OSV = "https://osv-vulnerabilities.storage.googleapis.com"
KEV = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
END_OF_LIFE = "https://endoflife.date/api/v1/products/full"
_MOST_ARCHIVE_BYTES = 4 << 30
_MOST_RECORDS = 4_000_000
_MOST_LIST_BYTES = 256 << 20
_MOST_CHANGED = 2000
_CHUNK_BYTES = 1 << 20


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What a source holds of one ecosystem: an open archive of records and where it came from; `changed` are the records
    that were asked for one by one, which replace older ones of the same id."""

    source: str
    etag: str = ""
    archive: BinaryIO | None = None
    changed: tuple[tuple[str, bytes], ...] = ()
    unchanged: bool = False

    def records(self) -> Iterator[tuple[str, bytes]]:
        """(name, bytes) of every record.

        Raises:
            Malformed, Bomb: the archive is damaged or no real one.
        """
        yield from self.changed
        if self.archive is not None:
            yield from zip_records(self.archive, self.source)


def zip_records(archive: BinaryIO, source: str) -> Iterator[tuple[str, bytes]]:
    """The JSON files of a zip archive in the order of their names. One that is larger than any record has no bytes.

    Raises:
        Malformed: it is no zip archive, or a member is damaged.
        Bomb: more files than advisories exist.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [each for each in opened.infolist() if each.filename.endswith(".json")]
            if len(members) > _MOST_RECORDS:
                raise Bomb(
                    source,
                    expected=f"at most {_MOST_RECORDS} records",
                    got=f"{len(members)}",
                    hint="this is not what it is named",
                )
            for member in sorted(members, key=lambda each: each.filename):
                yield member.filename, b"" if member.file_size > MOST_BYTES else opened.read(member)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as fault:
        raise Malformed(
            source, expected="a whole zip archive", got=str(fault)[:100], hint="download it again"
        ) from fault


class RemoteSource:
    """OSV's bulk exports. Source: OSV documentation, "Data dumps"."""

    def __init__(self, address: str, http: Http) -> None:
        self.address = address.rstrip("/")
        self._http = http

    def ecosystems(self) -> tuple[str, ...]:
        """Every ecosystem that the source has.

        Raises:
            Unreachable, NotFound: it cannot be asked.
        """
        text = self._small(f"{self.address}/ecosystems.txt", 1 << 20).decode("utf-8", "replace")
        return tuple(sorted({line.strip().partition(":")[0] for line in text.splitlines() if line.strip()}))

    def export(self, ecosystem: str, *, etag: str, since: str) -> Export:
        """What is new of an ecosystem since `etag` (of the whole export) and `since` (RFC 3339, the newest record).

        Few changed records are asked for one by one.

        Raises:
            Unreachable, NotFound, Malformed: it cannot be had.
        """
        place = f"{self.address}/{quote(ecosystem)}"
        if since and (changed := self._changed(place, since)) is not None:
            if not changed:
                return Export(source=place, etag=etag, unchanged=True)
            with ThreadPoolExecutor(8) as pool:
                records = list(
                    pool.map(lambda name: self._small(f"{place}/{quote(name)}.json", MOST_BYTES), changed)
                )
            return Export(source=place, etag=etag, changed=tuple(zip(changed, records, strict=True)))
        return self._whole(f"{place}/all.zip", etag)

    def alongside(self, what: str) -> bytes | None:
        """The bytes of kev, epss or ends; None where this source has none."""
        address = {"kev": KEV, "epss": EPSS, "ends": END_OF_LIFE}.get(what)
        return None if address is None else self._small(address, _MOST_LIST_BYTES)

    def _changed(self, place: str, since: str) -> list[str] | None:
        """The ids of records that changed since; None where they are too many, or the source keeps no list."""
        try:
            listing = self._small(f"{place}/modified_id.csv", _MOST_LIST_BYTES).decode("utf-8", "replace")
        except NotFound:
            return None
        found = []
        for line in listing.splitlines():  # newest first
            moment, _, name = line.partition(",")
            if moment <= since:
                break
            found.append(name.rpartition("/")[2].strip())
            if len(found) > _MOST_CHANGED:
                return None
        return found

    def _whole(self, url: str, etag: str) -> Export:
        answer = self._http.request("GET", url, headers={"If-None-Match": etag} if etag else {})
        with answer:
            if answer.status == 304:
                return Export(source=url, etag=etag, unchanged=True)
            self._expect(answer.status, url)
            return Export(source=url, etag=answer.headers.get("ETag", ""), archive=_held(answer, url))

    def _small(self, url: str, most_bytes: int) -> bytes:
        answer = self._http.request("GET", url)
        with answer:
            self._expect(answer.status, url)
            return answer.body(most_bytes)

    def _expect(self, status: int, url: str) -> None:
        if status == 404:
            raise NotFound(
                url,
                expected="an export of advisories",
                got="status 404",
                hint="seamline db update --help names the ecosystems",
            )
        if status != 200:
            raise Unreachable(
                url,
                expected="an export of advisories",
                got=f"status {status}",
                hint="try again later, or another --from",
            )


def _held(answer: Answer, url: str) -> BinaryIO:
    """The body in an unlinked file, from its beginning."""
    file = cast("BinaryIO", tempfile.TemporaryFile(prefix="seamline-"))  # noqa: SIM115 - handed on open
    try:
        size = 0
        while chunk := answer.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > _MOST_ARCHIVE_BYTES:
                raise Bomb(
                    url,
                    expected=f"at most {_MOST_ARCHIVE_BYTES} bytes",
                    got="more",
                    hint="this is not what it is named",
                )
            file.write(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


class FolderSource:
    """OSV's layout on disk: `<Ecosystem>/all.zip` or folders of JSON files, in the folder or in its folder `osv`; beside
    them files whose names begin with known_exploited, epss, cve-metrics and endoflife, in whatever folder."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise NotFound(
                str(folder),
                expected="a folder of advisories",
                got="none",
                hint="--from takes a folder or an address",
            )
        self.address = str(folder)
        self._folder = folder / "osv" if (folder / "osv").is_dir() else folder
        self._root = folder

    def ecosystems(self) -> tuple[str, ...]:
        """Every ecosystem that has a folder with records in it."""
        return tuple(
            sorted(each.name for each in self._folder.iterdir() if self._archive(each) or self._files(each))
        )

    def export(self, ecosystem: str, *, etag: str, since: str) -> Export:  # noqa: ARG002 - nothing is fetched twice here
        """All of an ecosystem; unchanged where its archive has the size and time that `etag` remembers.

        Raises:
            NotFound: nothing of it is there.
        """
        folder = self._folder / ecosystem
        archive = self._archive(folder)
        if archive is not None:
            status = archive.stat()
            mark = f"{status.st_size}-{status.st_mtime_ns}"
            if mark == etag:
                return Export(source=str(archive), etag=etag, unchanged=True)
            return Export(source=str(archive), etag=mark, archive=open_regular(archive))
        files = self._files(folder)
        if not files:
            raise NotFound(
                str(folder),
                expected="all.zip or JSON records",
                got="none",
                hint="is the ecosystem spelt as OSV spells it?",
            )
        return Export(
            source=str(folder), changed=tuple((each.name, read_regular(each, MOST_BYTES)) for each in files)
        )

    def alongside(self, what: str) -> bytes | None:
        """The bytes of kev, epss, metrics or ends; None where no such file is there."""
        pattern = {
            "kev": "known_exploited*",
            "epss": "epss*",
            "metrics": "cve-metrics*",
            "ends": "endoflife*",
        }[what]
        found = sorted(
            each for depth in ("", "*/") for each in self._root.glob(depth + pattern) if each.is_file()
        )
        return read_regular(found[-1], _MOST_LIST_BYTES) if found else None

    def _archive(self, folder: Path) -> Path | None:
        return folder / "all.zip" if (folder / "all.zip").is_file() else None

    def _files(self, folder: Path) -> list[Path]:
        return sorted(folder.glob("*.json")) if folder.is_dir() else []


Source = RemoteSource | FolderSource


def advisory_source(text: str, http: Http | None) -> Source:
    """The source that an address or a path names.

    Raises:
        Usage, NotFound: it is neither.
    """
    if text.startswith(("http://", "https://")):
        if http is None:
            raise Usage(text, expected="a path", got="an address", hint="leave --offline out")
        return RemoteSource(text, http)
    return FolderSource(Path(text))
