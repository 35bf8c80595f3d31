"""Altered package files: what packages state of their files against what the visible files hold."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

import msgspec

from seamline.catalog.checksums import DIGESTS, STATED, PackageSums, Sum
from seamline.errors import Where
from seamline.model.altered import AlteredLine
from seamline.model.entry import Entry, Kind
from seamline.model.evidence import Gap, Message
from seamline.verbs.inspect import Seen

Digests = dict[bytes, list[tuple[int, bytes]]]
"""The sums of each path's files, with their layers, lowest first."""
_PARTS = {16: slice(0, 16), 20: slice(16, 36)}
"""Where MD5 and SHA-1 stand in the sums of a file, by their length."""


class Altered(msgspec.Struct, frozen=True):
    """The altered files by path, and what could not be compared."""

    lines: tuple[AlteredLine, ...]
    gaps: tuple[Gap, ...]


def altered_files(seen: Seen) -> Altered:
    """Every altered file. Missing ones are not told: what slim images leave out is no forgery."""
    tree = seen.looked.tree
    digests: Digests = {}
    for layer, record in seen.looked.records(DIGESTS):
        if record.value is not None:
            digests.setdefault(record.path, []).append((layer, record.value))
    found: dict[bytes, AlteredLine] = {}
    gaps: list[Gap] = []
    for proof, packages in seen.looked.visible(STATED).items():
        unread: list[bytes] = []
        for package in packages:
            for entry, stated in _suspects(seen, proof, package, digests, unread):
                path = tree.canonical(entry.path)
                found.setdefault(path, _line(seen, path, entry, package, stated))
        if unread:
            gaps.append(_not_compared(proof, unread))
    return Altered(tuple(line for _, line in sorted(found.items())), tuple(gaps))


def _not_compared(proof: bytes, paths: Sequence[bytes]) -> Gap:
    args: dict[str, str | int] = {"number": len(paths), "path": _text(min(paths))}
    return Gap(where=Where(path=_text(proof)), message=Message("files-not-compared", args))


def _suspects(
    seen: Seen, proof: bytes, package: PackageSums, digests: Digests, unread: list[bytes]
) -> Iterator[tuple[Entry, Sum]]:
    """The visible regular files of a package with another content; those that cannot be compared go to `unread`. Nearly all
    hold what they should, which the topmost record at their path tells at once."""
    folder = posixpath.dirname(posixpath.dirname(proof)) if package.ecosystem == "pypi" else b""
    tree = seen.looked.tree
    for stated in package.sums:
        path = posixpath.normpath(posixpath.join(folder, stated.path)) if folder else stated.path
        path, part = tree.canonical(path), _PARTS.get(len(stated.digest))
        known = digests.get(path)
        if part is not None and known is not None and known[-1][1][part] == stated.digest:
            continue
        entry = tree.at(path)
        if entry is None or entry.kind not in (Kind.FILE, Kind.HARDLINK) or not _owns(seen, package, path):
            continue
        if part is None:
            if not stated.digest or not entry.content_key:
                unread.append(path)
            elif entry.content_key != stated.digest[: len(entry.content_key)]:
                yield entry, stated
        elif not (digest := _digest_of(seen, entry, digests)):
            unread.append(path)
        elif digest[part] != stated.digest:
            yield entry, stated


def _owns(seen: Seen, package: PackageSums, path: bytes) -> bool:
    """Whether the file at a path is this package's: one that was diverted or handed over is another's."""
    if package.ecosystem == "pypi":
        return True
    return f"/{package.name}@" in unquote(seen.looked.catalog.suppliers.get(path, ""))


def _digest_of(seen: Seen, entry: Entry, digests: Digests) -> bytes:
    """The sums of a visible file, under the first name of its content and as that was in its own layer; empty where it was
    not summed."""
    tree, path = seen.looked.tree, entry.path
    for _ in range(8):
        shown = tree.at(path)
        if shown is None or shown.kind != Kind.HARDLINK:
            break
        path = tree.canonical(shown.link_to)
    return next((digest for layer, digest in reversed(digests.get(path, ())) if layer <= entry.layer), b"")


def _line(seen: Seen, path: bytes, entry: Entry, package: PackageSums, stated: Sum) -> AlteredLine:
    stratum = seen.seam.stratum_of(entry)
    return AlteredLine(
        path=_text(path),
        package=package.name,
        ecosystem=package.ecosystem,
        layer=entry.origin_layer,
        side=stratum.side,
        stratum=stratum.name,
        is_configuration=stated.is_configuration,
    )


def _text(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
