"""Large files fetched whole: resumed where they are cut, checked against what the server promised."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import tempfile
import time
import zlib
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple, cast

from seamline.effects.files import digest_of
from seamline.effects.http import Answer, Http
from seamline.effects.progress import Tell, silent
from seamline.errors import Bomb, Lying, Unreachable
from seamline.expression import expression

_CHUNK_BYTES = 1 << 20
_RANGE = expression(r"bytes (\d+)-\d+/(\d+|\*)")
_SLOWEST_BYTES, _SLOW_SECONDS = 1 << 10, 60.0
_PROMISES = (  # Source: RFC 9530 3; RFC 3230 4.3.2; Google Cloud Storage, "HTTP headers", x-goog-hash
    ("Repr-Digest", expression(r"\bsha-256=:([\w+/=]+):", re.IGNORECASE), "sha256"),
    ("Digest", expression(r"\bsha-256=([\w+/=]+)", re.IGNORECASE), "sha256"),
    ("x-goog-hash", expression(r"\bmd5=([\w+/=]+)", re.IGNORECASE), "md5"),
)


class Fetched(NamedTuple):
    """An answer: the body in an unlinked file, from its beginning, where the status is 200."""

    status: int
    headers: Mapping[str, str]
    file: BinaryIO | None = None


def fetch_whole(
    http: Http, url: str, *, headers: Mapping[str, str], most_bytes: int, tell: Tell = silent
) -> Fetched:
    """The file at an address. A cut download goes on where it stopped, as long as the server has the same file still and
    every attempt brings some of it.

    Raises:
        Unreachable: nobody answers, or it is cut again and again, or it trickles.
        Lying: the bytes are not those whose digest or size was promised.
        Bomb: more than `most_bytes`.
    """
    first = http.request("GET", url, headers=headers)
    if first.status != 200:
        first.close()
        return Fetched(first.status, first.headers)
    file = cast("BinaryIO", tempfile.TemporaryFile(prefix="seamline-"))  # noqa: SIM115 - handed on open
    try:
        _receive(_Download(http, url, first, file, most_bytes, tell))
        _prove(file, first.headers, url)
        file.seek(0)
        if is_coded(first.headers, url):
            file = _inflated(file, url, most_bytes)
    except BaseException:
        file.close()
        raise
    return Fetched(200, first.headers, file)


def is_coded(headers: Mapping[str, str], url: str) -> bool:
    """Whether a body is packed for the way alone, though nobody asked for that: as some mirrors keep their files. What is packed
    by its own name (`.gz`) stays so, whatever a server calls it."""
    coding = headers.get("Content-Encoding", "").strip().lower()
    return coding in ("gzip", "x-gzip") and not url.partition("?")[0].endswith((".gz", ".tgz"))


def inflated(data: bytes, url: str, most_bytes: int) -> bytes:
    """A body that was packed for the way.

    Raises: as `fetch_whole`.
    """
    file = _inflated(io.BytesIO(data), url, most_bytes)
    with file:
        return file.read()


def _inflated(packed: BinaryIO, url: str, most_bytes: int) -> BinaryIO:
    file = cast("BinaryIO", tempfile.TemporaryFile(prefix="seamline-"))  # noqa: SIM115 - handed on open
    try:
        with packed, gzip.GzipFile(fileobj=packed) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                file.write(chunk)
                if file.tell() > most_bytes:
                    raise Bomb(
                        url,
                        expected=f"at most {most_bytes} bytes",
                        got="more",
                        hint="this is not what it is named",
                    )
    except (OSError, EOFError, zlib.error) as fault:
        file.close()
        raise Lying(
            url,
            expected="a body packed with gzip, as its headers say",
            got=str(fault)[:80],
            hint="try again later, or another mirror",
        ) from fault
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class _Download(NamedTuple):
    http: Http
    url: str
    first: Answer
    file: BinaryIO
    most_bytes: int
    tell: Tell


def _receive(download: _Download) -> None:
    answer, wire = download.first, download.http.wire
    failures, best = 0, 0
    while True:
        try:
            with answer:
                _copy(answer, download)
            return
        except Unreachable:
            got = download.file.tell()
            failures, best = (1, got) if got > best else (failures + 1, best)
            if failures >= wire.attempts:
                raise
            time.sleep(wire.backoff_seconds * failures)
            answer = _again(download)


def _again(download: _Download) -> Answer:
    """The rest of the file; all of it where the server cannot say that it is still the same."""
    have, same = download.file.tell(), _validator(download.first.headers)
    asked = {"Range": f"bytes={have}-", "If-Range": same} if have and same else {}
    answer = download.http.request("GET", download.url, headers=asked)
    if answer.status == 206:
        place = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if place is not None and int(place[1]) == have:
            return answer
        answer.close()
        raise Lying(
            download.url,
            expected=f"the bytes from {have} on",
            got=answer.headers.get("Content-Range", "")[:60] or "no range",
            hint="try again later, or another mirror",
        )
    if answer.status == 200:
        download.file.seek(0)
        download.file.truncate()
        return answer
    answer.close()
    raise Unreachable(
        download.url,
        expected="the rest of the file",
        got=f"status {answer.status}",
        hint="try again later, or another mirror",
    )


def _copy(answer: Answer, download: _Download) -> None:
    length = answer.headers.get("Content-Length", "")
    have = download.file.tell()
    total = have + int(length[:18]) if length.isdigit() else None
    if total is not None and total > download.most_bytes:
        raise _too_large(download)
    since, counted = time.monotonic(), have
    while chunk := answer.read(_CHUNK_BYTES):
        download.file.write(chunk)
        have += len(chunk)
        if have > download.most_bytes:
            raise _too_large(download)
        download.tell(have, total)
        passed = time.monotonic() - since
        if passed > _SLOW_SECONDS:
            if have - counted < _SLOWEST_BYTES * passed:
                raise Unreachable(
                    download.url,
                    expected="more than 1 KB a second",
                    got=f"{have - counted} bytes in {passed:.0f} s",
                    hint="try again later, or another mirror",
                )
            since, counted = time.monotonic(), have


def _too_large(download: _Download) -> Bomb:
    return Bomb(
        download.url,
        expected=f"at most {download.most_bytes} bytes",
        got="more",
        hint="this is not what it is named",
    )


def _validator(headers: Mapping[str, str]) -> str:
    """What says that a file is still the same: a strong tag, else its time. Source: RFC 9110 13.1.5."""
    tag = headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "") if not tag else ""


def _prove(file: BinaryIO, headers: Mapping[str, str], url: str) -> None:
    for header, pattern, name in _PROMISES:
        told = pattern.search(headers.get(header, ""))
        if told is None:
            continue
        try:
            promised = base64.b64decode(told[1], validate=True).hex()
        except binascii.Error:
            continue
        got = digest_of(file, name)
        if got != promised:
            raise Lying(
                url, expected=f"{name} {promised}", got=got, hint="try again later, or another mirror"
            )
