"""Altered package files: what packages state of their files against what the visible files hold."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

import msgspec

from seamline.catalog.checksums import DIGESTS, STATED, PackageSums, Sum
from seamline.errors import Where
from seamline.model.altered import AlteredLine
from seamline.model.entry import FILE, HARDLINK, SYMLINK, Entry, path_text
from seamline.model.evidence import Gap, Message
from seamline.tree.tree import Tree
from seamline.verbs.gists import Gist
from seamline.verbs.inspect import Seen
from seamline.verbs.look import Looked

Digests = Mapping[bytes, bytes]
"""The sums of files by path: of one layer's, or of the topmost one's at each path."""
_PARTS = {16: slice(0, 16), 20: slice(16, 36)}
"""Where MD5 and SHA-1 stand in the sums of a file, by their length."""


class Altered(msgspec.Struct, frozen=True):
    """The altered files by path, and what could not be compared."""

    lines: tuple[AlteredLine, ...]
    gaps: tuple[Gap, ...]


class Other(msgspec.Struct, frozen=True, array_like=True):
    """A visible file that is not what the package which brought it states."""

    path: bytes
    package: str
    ecosystem: str
    is_configuration: bool


class Compared(msgspec.Struct, frozen=True, array_like=True):
    """What comparing every package file with its statement came to."""

    others: tuple[Other, ...]
    gaps: tuple[Gap, ...]


class _Sums(msgspec.Struct, frozen=True):
    """What the files hold, layer by layer and as it is on top; `linked` are those that a higher layer replaced by a link."""

    by_layer: Sequence[Digests]
    topmost: Digests
    linked: frozenset[bytes]


def altered_files(seen: Seen) -> Altered:
    """Every altered file. Missing ones are not told: what slim images leave out is no forgery."""
    compared = seen.looked.gist(ALTERED)
    return Altered(tuple(_line(seen, each) for each in compared.others), compared.gaps)


def _compared(looked: Looked) -> Compared:
    tree = looked.tree
    by_layer: list[Digests] = [
        {
            record.path: record.value
            for record in facts.records.get(DIGESTS.name, ())
            if record.value is not None
        }
        for facts in looked.facts
    ]
    topmost = {path: digest for each in by_layer for path, digest in each.items()}
    sums = _Sums(by_layer, topmost, frozenset(_linked(tree)))
    found: dict[bytes, Other] = {}
    gaps: list[Gap] = []
    for proof, packages in looked.visible(STATED).items():
        unread: list[bytes] = []
        for package in packages:
            for entry, stated in _suspects(looked, proof, package, sums, unread):
                path = tree.canonical(entry.path)
                other = Other(path, package.name, package.ecosystem, stated.is_configuration)
                found.setdefault(path, other)
        if unread:
            gaps.append(_not_compared(proof, unread))
    return Compared(tuple(other for _, other in sorted(found.items())), tuple(gaps))


ALTERED: Gist[Looked, Compared] = Gist(name="altered", record=Compared, make=_compared, of=(DIGESTS, STATED))
"""The files that are not what their packages state."""


def _linked(tree: Tree) -> Iterator[bytes]:
    """The paths where a link stands that was a regular file in a layer below."""
    for path, entries in tree.hidden():
        shown = tree.at(path)
        if shown is not None and shown.kind == SYMLINK and any(each.kind == FILE for each in entries):
            yield path


def _not_compared(proof: bytes, paths: Sequence[bytes]) -> Gap:
    args: dict[str, str | int] = {"number": len(paths), "path": path_text(min(paths))}
    return Gap(where=Where(path=path_text(proof)), message=Message("files-not-compared", args))


def _suspects(
    looked: Looked, proof: bytes, package: PackageSums, sums: _Sums, unread: list[bytes]
) -> Iterator[tuple[Entry, Sum]]:
    """The visible regular files of a package with another content or replaced by a link; those that cannot be compared go to `unread`. Nearly all
    hold what they should, which the topmost record at their path tells at once."""
    tree = looked.tree
    paths = tree.canonicals(_paths(proof, package))
    for path, stated in zip(paths, package.sums, strict=True):
        if path in sums.linked and _owns(looked, package, path):
            link = tree.at(path)
            assert link is not None  # noqa: S101 - it was found there
            yield link, stated
            continue
        part = _PARTS.get(len(stated.digest))
        if part is None:
            key = tree.content_key(path)
            if key and stated.digest.startswith(key):
                continue
        elif (known := sums.topmost.get(path)) is not None and known[part] == stated.digest:
            continue
        entry = tree.at(path)
        if entry is None or entry.kind not in (FILE, HARDLINK) or not _owns(looked, package, path):
            continue
        if part is None:
            if not stated.digest or not entry.content_key:
                unread.append(path)
            elif entry.content_key != stated.digest[: len(entry.content_key)]:
                yield entry, stated
        elif not (digest := _digest_of(looked, entry, sums.by_layer)):
            unread.append(path)
        elif digest[part] != stated.digest:
            yield entry, stated


def _paths(proof: bytes, package: PackageSums) -> list[bytes]:
    """The paths of a package's files from the root; a RECORD's are told from the folder above its own."""
    stated = [each.path for each in package.sums]
    folder = posixpath.dirname(posixpath.dirname(proof)) if package.ecosystem == "pypi" else b""
    if not folder:
        return stated
    prefix = folder + b"/"
    return [
        prefix + path
        if path[:1] not in (b"", b"/", b".") and b"/." not in path and b"//" not in path and path[-1:] != b"/"
        else posixpath.normpath(posixpath.join(folder, path))  # slow, and hardly ever needed
        for path in stated
    ]


def _owns(looked: Looked, package: PackageSums, path: bytes) -> bool:
    """Whether the file at a path is this package's: one that was diverted or handed over is another's."""
    if package.ecosystem == "pypi":
        return True
    return f"/{package.name}@" in unquote(looked.catalog.suppliers.get(path, ""))


def _digest_of(looked: Looked, entry: Entry, by_layer: Sequence[Digests]) -> bytes:
    """The sums of a visible file, under the first name of its content and as that was in its own layer; empty where it was
    not summed."""
    tree, path = looked.tree, entry.path
    for _ in range(8):
        shown = tree.at(path)
        if shown is None or shown.kind != HARDLINK:
            break
        path = tree.canonical(shown.link_to)
    own = (digests[path] for digests in reversed(by_layer[: entry.layer + 1]) if path in digests)
    return next(own, b"")


def _line(seen: Seen, other: Other) -> AlteredLine:
    entry = seen.looked.tree.at(other.path)
    assert entry is not None  # noqa: S101 - it was found there
    stratum = seen.seam.stratum_of(entry)
    return AlteredLine(
        path=path_text(other.path),
        package=other.package,
        ecosystem=other.ecosystem,
        layer=entry.origin_layer,
        side=stratum.side,
        stratum=stratum.name,
        is_configuration=other.is_configuration,
    )
