"""Where advisories come from: OSV's bulk exports under one address, or the same layout on disk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from seamline.effects.progress import Tell, silent
from seamline.errors import Lying, NotFound, Unreachable, Usage
from seamline.expression import expression
from seamline.formats.osv import MOST_BYTES
from seamline.places.advisory_export import Alongside, Export, Record
from seamline.places.advisory_folder import FolderSource
from seamline.versions.orders import ECOSYSTEMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seamline.effects.http import Answer, Http  # 60 ms that only fetching needs

OSV = "https://osv-vulnerabilities.storage.googleapis.com"
_PUBLISHERS = {
    "kev": "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    "epss": "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    "ends": "https://endoflife.date/api/v1/products/full",
}
_NAMES = {  # what a mirror calls them
    "kev": "known_exploited_vulnerabilities.json",
    "epss": "epss_scores-current.csv.gz",
    "metrics": "cve-metrics.csv.gz",
    "ends": "endoflife.json",
    "node": "nodejs-core.json",
    "cpython": "cpython-osv.zip",
}
_MOST_ARCHIVE_BYTES = 4 << 30
_MOST_LIST_BYTES = 256 << 20
_MOST_CHANGED = 2000
_ID = expression(r"[A-Za-z0-9][\w.:+-]{0,199}")
_MOMENT = expression(r"\d{4}-\d\d-\d\dT[\d:.]+Z?")
_DATED = "modified "  # before a time that stands where a server gives no tag


class RemoteSource:
    """OSV's bulk exports. Source: OSV documentation, "Data dumps". A mirror may leave its list of them out."""

    tells_all = False

    def __init__(self, address: str, http: Http) -> None:
        self.address = address.rstrip("/")
        self._http = http

    def ecosystems(self) -> tuple[str, ...]:
        """Every ecosystem that the source has: those of its own list, else those of ours whose exports are there.

        Raises:
            Unreachable, NotFound: it cannot be asked, or has none.
        """
        try:
            text = self._small(f"{self.address}/ecosystems.txt", 1 << 20).decode("utf-8", "replace")
        except NotFound:
            return self._ecosystems_there()
        return tuple(sorted({line.strip().partition(":")[0] for line in text.splitlines() if line.strip()}))

    def _ecosystems_there(self) -> tuple[str, ...]:
        """What a mirror has that keeps no list."""
        with ThreadPoolExecutor(8) as pool:
            there = pool.map(self._has, ECOSYSTEMS)
            found = tuple(name for name, has in zip(ECOSYSTEMS, there, strict=True) if has)
        if not found:
            raise NotFound(
                self.address,
                expected="<Ecosystem>/all.zip, named as OSV names ecosystems",
                got="none of them",
                hint="is the address right? it is the folder that the ecosystems lie in",
            )
        return found

    def _has(self, ecosystem: str) -> bool:
        with self._http.request("HEAD", f"{self.address}/{quote(ecosystem)}/all.zip") as answer:
            return answer.status == 200

    def export(self, ecosystem: str, *, etag: str, since: str, tell: Tell = silent) -> Export:
        """What is new of an ecosystem since `etag` (of the whole export) and `since` (RFC 3339, the newest change known).

        Few changed records are asked for one by one. Where the source lists some that it does not have, the whole export says
        whether they were taken back, or a mirror keeps no single records.

        Raises:
            Unreachable, NotFound, Lying, Bomb: it cannot be had, or is not what it was promised to be.
        """
        place = f"{self.address}/{quote(ecosystem)}"
        if since and (listed := self._listed(place, since)) is not None:
            changed, newest, served = listed
            if not changed:
                return Export(source=place, etag=etag, is_unchanged=True, served=served)
            records = self._records(place, changed)
            if records is not None:
                return Export(
                    source=place, etag=etag, changed=records, is_partial=True, newest=newest, served=served
                )
        return self._whole(f"{place}/all.zip", etag, tell)

    def size_bytes(self, ecosystem: str) -> int | None:
        """How large the whole export is; None where the source does not say so."""
        answer = self._http.request("HEAD", f"{self.address}/{quote(ecosystem)}/all.zip")
        with answer:
            length = answer.headers.get("Content-Length", "")
            return int(length[:18]) if answer.status == 200 and length.isdigit() else None

    def alongside(self, what: str, etag: str) -> Alongside | None:
        """What stands beside the advisories: kev, epss, metrics, ends, node or cpython; None where this source has none.

        OSV itself keeps none of them: they come from those who publish them. A mirror is asked alone.

        Raises:
            Unreachable, Lying, Bomb: it cannot be had.
        """
        if self.address != OSV:
            return self._beside(f"{self.address}/{_NAMES[what]}", etag, may_lack=True)
        return self._beside(_PUBLISHERS[what], etag, may_lack=False) if what in _PUBLISHERS else None

    def _beside(self, url: str, etag: str, *, may_lack: bool) -> Alongside | None:
        asked = _condition(etag)
        answer = self._http.request("GET", url, headers=asked)
        with answer:
            if answer.status == 404 and may_lack:
                return None
            if answer.status == 304 and asked:
                return Alongside(b"", etag, is_unchanged=True)
            _expect(answer.status, url)
            return Alongside(_body(answer, _MOST_LIST_BYTES), _mark(answer.headers))

    def _listed(self, place: str, since: str) -> tuple[list[str], str, str] | None:
        """The ids of records that changed since, the newest change, the source's clock; None where they are too many, or
        the source keeps no list."""
        url = f"{place}/modified_id.csv"
        answer = self._http.request("GET", url)
        with answer:
            if answer.status == 404:
                return None
            _expect(answer.status, url)
            listing = _body(answer, _MOST_LIST_BYTES).decode("utf-8", "replace")
        found, bound, newest = [], _moment(since), since
        for line in listing.splitlines():  # newest first, they say
            moment, _, name = line.partition(",")
            name = name.rpartition("/")[2].strip()
            if _moment(moment) <= bound or not _MOMENT.fullmatch(moment) or not _ID.fullmatch(name):
                continue
            found.append(name)
            newest = max(newest, moment, key=_moment)
            if len(found) > _MOST_CHANGED:
                return None
        return found, newest, _served(answer.headers)

    def _records(self, place: str, names: Sequence[str]) -> tuple[Record, ...] | None:
        """Records by their ids; None where any of them is not there."""

        def record(name: str) -> Record:
            return f"{name}.json", self._small(f"{place}/{quote(name)}.json", MOST_BYTES)

        with ThreadPoolExecutor(8) as pool:
            try:
                return tuple(pool.map(record, names))
            except NotFound:
                pool.shutdown(cancel_futures=True)
                return None

    def _whole(self, url: str, etag: str, tell: Tell) -> Export:
        from seamline.effects.resumed import fetch_whole  # noqa: PLC0415 - 60 ms that only fetching needs

        asked = _condition(etag)
        got = fetch_whole(self._http, url, headers=asked, most_bytes=_MOST_ARCHIVE_BYTES, tell=tell)
        served = _served(got.headers)
        if got.status == 304 and asked:
            return Export(source=url, etag=etag, is_unchanged=True, served=served)
        _expect(got.status, url)
        return Export(source=url, etag=_mark(got.headers), archive=got.file, served=served)

    def _small(self, url: str, most_bytes: int) -> bytes:
        answer = self._http.request("GET", url)
        with answer:
            _expect(answer.status, url)
            return _body(answer, most_bytes)


def _body(answer: Answer, most_bytes: int) -> bytes:
    from seamline.effects.resumed import inflated, is_coded  # noqa: PLC0415 - 60 ms that only fetching needs

    data = answer.body(most_bytes)
    return inflated(data, answer.url, most_bytes) if is_coded(answer.headers, answer.url) else data


def _expect(status: int, url: str) -> None:
    if status == 404:
        raise NotFound(
            url,
            expected="an export of advisories",
            got="status 404",
            hint="is the ecosystem spelt as OSV spells it, is the address right?",
        )
    if status in (401, 403, 407):
        raise Unreachable(
            url,
            expected="an export of advisories",
            got=f"status {status}",
            hint="does a proxy want a login, or the mirror? seamline db update --from takes another address, a folder or a file",
        )
    if status in (206, 304):
        raise Lying(
            url,
            expected="a whole export",
            got=f"status {status}",
            hint="try again later, or another mirror",
        )
    if status != 200:
        raise Unreachable(
            url,
            expected="an export of advisories",
            got=f"status {status}",
            hint="try again later, or another --from",
        )


def fetch_export(url: str, http: Http, tell: Tell) -> BinaryIO:
    """A file that `seamline db export` wrote, from an address.

    Raises:
        NotFound, Unreachable, Lying, Bomb: it cannot be had.
    """
    from seamline.effects.resumed import fetch_whole  # noqa: PLC0415 - 60 ms that only fetching needs

    got = fetch_whole(http, url, headers={}, most_bytes=_MOST_ARCHIVE_BYTES, tell=tell)
    _expect(got.status, url)
    if got.file is None:
        raise AssertionError("status 200 has a body")
    return got.file


def _moment(text: str) -> str:
    """A moment that compares as text: a Z would sort behind a fraction of its second."""
    return text.strip().removesuffix("Z")


def _mark(headers: Mapping[str, str]) -> str:
    modified = headers.get("Last-Modified", "")
    return headers.get("ETag", "") or (_DATED + modified if modified else "")


def _condition(etag: str) -> dict[str, str]:
    """The condition that nothing is sent again. Source: RFC 9110 13.1.2, 13.1.3."""
    if etag.startswith(_DATED):
        return {"If-Modified-Since": etag.removeprefix(_DATED)}
    return {"If-None-Match": etag} if etag else {}


def _served(headers: Mapping[str, str]) -> str:
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, TypeError, OverflowError):
        return ""


Source = RemoteSource | FolderSource


def advisory_source(text: str, http: Http | None) -> Source:
    """The source that an address or a path names; `http` is None where no socket may be opened.

    Raises:
        Usage, NotFound: it is neither.
    """
    if text.startswith(("http://", "https://")):
        if http is None:
            raise Usage(
                text,
                expected="a folder or a file, as --offline opens no socket",
                got="an address",
                hint="leave --offline out, or take another machine's database: seamline db update --from FILE",
            )
        return RemoteSource(text, http)
    return FolderSource(Path(text))
