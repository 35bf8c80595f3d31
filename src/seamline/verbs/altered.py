"""Altered package files: what packages state of their files against what the visible files hold."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from seamline.catalog.checksums import DIGESTS, STATED, PackageSums, Sum
from seamline.model.altered import AlteredLine
from seamline.model.entry import Entry, Kind
from seamline.verbs.inspect import Seen

Digests = dict[bytes, list[tuple[int, bytes]]]
"""The sums of each path's files, with their layers, lowest first."""
_PARTS = {"deb": slice(0, 16), "apk": slice(16, 36)}


def altered_files(seen: Seen) -> tuple[AlteredLine, ...]:
    """Every altered file, by path. Missing ones are not told: what slim images leave out is no forgery."""
    tree = seen.looked.tree
    digests: Digests = {}
    for layer, record in seen.looked.records(DIGESTS):
        if record.value:
            digests.setdefault(record.path, []).append((layer, record.value))
    found: dict[bytes, AlteredLine] = {}
    for proof, packages in seen.looked.visible(STATED).items():
        for package in packages:
            for entry, stated in _suspects(seen, proof, package, digests):
                path = tree.canonical(entry.path)
                found.setdefault(path, _line(seen, path, entry, package, stated))
    return tuple(line for _, line in sorted(found.items()))


def _suspects(
    seen: Seen, proof: bytes, package: PackageSums, digests: Digests
) -> Iterator[tuple[Entry, Sum]]:
    """The visible regular files of a package with another content. Nearly all hold what they should, which the topmost
    record at their path tells at once."""
    folder = posixpath.dirname(posixpath.dirname(proof)) if package.ecosystem == "pypi" else b""
    tree, part = seen.looked.tree, _PARTS.get(package.ecosystem)
    for stated in package.sums:
        path = posixpath.normpath(posixpath.join(folder, stated.path)) if folder else stated.path
        path = tree.canonical(path)
        known = digests.get(path)
        if part is not None and known is not None and known[-1][1][part] == stated.digest:
            continue
        entry = tree.at(path)
        if entry is None or entry.kind not in (Kind.FILE, Kind.HARDLINK) or not _owns(seen, package, path):
            continue
        if part is None:
            if entry.content_key and entry.content_key != stated.digest[: len(entry.content_key)]:
                yield entry, stated
        elif (digest := _digest_of(seen, entry, digests)) and digest[part] != stated.digest:
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
        path=path.decode("utf-8", "backslashreplace"),
        package=package.name,
        ecosystem=package.ecosystem,
        layer=entry.origin_layer,
        side=stratum.side,
        stratum=stratum.name,
        is_configuration=stated.is_configuration,
    )
