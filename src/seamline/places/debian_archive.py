"""Debian archives: this machine's own sources, their signed indexes, and packages by checksum.

Source: sources.list(5); Debian repository format, "InRelease", "Packages".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from seamline.effects.downloads import Downloads
from seamline.effects.openpgp import Key, verify_inline
from seamline.errors import Lying, NotFound, Refused
from seamline.formats.apt import (
    AptSource,
    IndexedPackage,
    parse_packages,
    parse_release,
    parse_sources_deb822,
    parse_sources_list,
    signed_text,
)
from seamline.formats.compression import unpack

_APT = Path("/etc/apt")
_TRUSTED = Path("/etc/apt/trusted.gpg.d")
_KEYRINGS = Path("/usr/share/keyrings")
_PACKED = (".xz", ".gz", "")


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """One suite of one archive with its packages; `release_sha256` is of the signed InRelease."""

    uri: str
    suite: str
    release_sha256: str
    packages: tuple[IndexedPackage, ...]


def machine_sources(folder: Path = _APT) -> tuple[AptSource, ...]:
    """The archives that this machine's apt is configured with.

    Raises:
        NotFound: it has none.
    """
    found: list[AptSource] = []
    listed = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    for path in listed:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".sources":
            found += parse_sources_deb822(text)
        elif path.suffix == ".list":
            found += parse_sources_list(text)
    usable = [source for source in found if source.components or source.is_flat]
    if not usable:
        raise NotFound(
            str(folder),
            expected="apt sources",
            got="none",
            hint="name sources in the file: sources: [{uri: ..., suite: ..., components: [main], signed-by: ...}]",
        )
    return tuple(usable)


def read_archive(source: AptSource, architecture: str, downloads: Downloads, as_of: str) -> Archive:
    """The packages of one suite, proven from the signature down.

    Raises:
        Refused: the signature does not hold, or the index has expired at `as_of`.
        Lying: an index is not what the signed Release says.
        NotFound, Unreachable: as `Downloads.fetch`.
    """
    place = source.place
    signed = downloads.fetch(f"{place}/InRelease")
    verify_inline(signed, _keyrings(source), f"{place}/InRelease")
    fields, indexes = parse_release(signed_text(signed.decode("utf-8", "replace")))
    _check_age(fields, f"{place}/InRelease", as_of)
    by_hash = fields.get("Acquire-By-Hash", "") == "yes"
    packages: list[IndexedPackage] = []
    for name in _names(source, fields, architecture):
        text = _index(name, place, indexes, downloads, by_hash=by_hash)
        packages += (p for p in parse_packages(text, source.uri) if p.architecture in (architecture, "all"))
    release = hashlib.sha256(signed).hexdigest()
    return Archive(uri=source.uri, suite=source.suite, release_sha256=release, packages=tuple(packages))


def fetch_package(package: IndexedPackage, downloads: Downloads) -> bytes:
    """The .deb, proven by the checksum of the signed index.

    Raises:
        Lying, NotFound, Unreachable: as `Downloads.fetch_checked`.
    """
    place = quote(package.filename, safe="/+~,=:@")  # epochs stand in names as a literal %3a
    return downloads.fetch_checked(f"{package.archive}/{place}", package.sha256, package.size_bytes)


def _names(source: AptSource, fields: dict[str, str], architecture: str) -> Iterator[str]:
    """The names of the indexes to read."""
    if source.is_flat:
        yield "Packages"
        return
    for component in source.components:
        for kind in _kinds(fields, architecture):
            yield f"{component}/binary-{kind}/Packages"


def _keyrings(source: AptSource) -> Sequence[Key]:
    if "-----BEGIN PGP" in source.keyring:
        return [source.keyring]
    if source.keyring:
        return [Path(name) for name in source.keyring.split()]
    return [
        *sorted((*_TRUSTED.glob("*.gpg"), *_TRUSTED.glob("*.asc"))),
        *sorted(_KEYRINGS.glob("*archive-keyring.gpg")),
    ]


def _kinds(fields: dict[str, str], architecture: str) -> tuple[str, ...]:
    """Which indexes hold the packages: most archives list those for all architectures with each.

    Source: Debian repository format, "No-Support-for-Architecture-all".
    """
    apart = "all" in fields.get("Architectures", "").split()
    if not apart or fields.get("No-Support-for-Architecture-all", "") == "Packages":
        return (architecture,)
    return tuple(dict.fromkeys((architecture, "all")))


def _first_of(urls: Sequence[str], known: tuple[str, int], downloads: Downloads) -> bytes:
    """What the first address has; the last one's fault where none has it."""
    for url in urls[:-1]:
        try:
            return downloads.fetch_checked(url, *known)
        except NotFound:
            continue
    return downloads.fetch_checked(urls[-1], *known)


def _check_age(fields: dict[str, str], where: str, as_of: str) -> None:
    until = fields.get("Valid-Until")
    if not until:
        return
    try:
        moment = parsedate_to_datetime(until)
    except ValueError as fault:
        raise Refused(
            where, expected="a date in Valid-Until", got=until[:60], hint="the archive is broken"
        ) from fault
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment < datetime.fromisoformat(as_of):
        raise Refused(
            where,
            expected=f"an index that holds at {as_of}",
            got=f"one valid until {until}",
            hint="the mirror is stale: use another one, or --as-of for an old snapshot",
        )


def _index(
    name: str, place: str, indexes: dict[str, tuple[str, int]], downloads: Downloads, *, by_hash: bool
) -> str:
    """One index as text; "" where the release has none (no packages for all architectures apart).

    With `by_hash` it is asked for under its checksum, which holds while the mirror is being renewed.
    """
    for packing in _PACKED:
        known = indexes.get(name + packing) or indexes.get(f"./{name}{packing}")
        if known is None:
            continue
        plainly = f"{place}/{name}{packing}"
        kept = f"{plainly.rpartition('/')[0]}/by-hash/SHA256/{known[0]}"
        try:
            data = _first_of([kept, plainly] if by_hash else [plainly], known, downloads)
        except NotFound:
            if packing:
                continue
            raise
        where = f"{place}/{name}{packing}"
        chunks: Iterator[bytes] = iter((data,))
        plain = b"".join(unpack(chunks, where, fast=False))
        expected = indexes.get(name)
        if expected is not None and hashlib.sha256(plain).hexdigest() != expected[0]:
            raise Lying(
                where, expected=f"SHA-256 {expected[0]}", got="another", hint="the mirror is out of step"
            )
        return plain.decode("utf-8", "replace")
    return ""
