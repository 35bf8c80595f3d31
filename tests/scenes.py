"""Whole scenes as one literal: layers of an image, and what readers make of them.

A layer is a mapping of path to what stands there: bytes (a file), a Link, a Hardlink, a Directory, a Whiteout, or
Opaque. The tar is written by Python's own tarfile, which Seamline never uses itself.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, NamedTuple, cast

from seamline.catalog import READERS
from seamline.catalog.distribution import READER as DISTRIBUTION
from seamline.catalog.facts import LayerFacts
from seamline.catalog.inventory import Catalog, take_stock
from seamline.catalog.reader import Reader, Said, Sighting, Supply, View
from seamline.catalog.walk import walk
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Distribution, Install
from seamline.tree.columns import Columns
from seamline.tree.fold import fold
from seamline.tree.tree import Tree


class File(NamedTuple):
    data: bytes
    mode: int = 0o644
    uid: int = 0
    xattrs: Mapping[str, bytes] = {}
    mtime: int = 0


class Link(NamedTuple):
    target: str


class Hardlink(NamedTuple):
    target: str


class Directory(NamedTuple):
    mode: int = 0o755


class Whiteout(NamedTuple):
    """Hides the path below."""


class Opaque(NamedTuple):
    """Hides everything below in this folder."""


Thing = bytes | File | Link | Hardlink | Directory | Whiteout | Opaque
Scene = Sequence[Mapping[str, Thing]]


def spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def columns_of(entries: Iterable[Entry]) -> Columns:
    """One layer made of entries, in their order."""
    columns = Columns()
    for entry in entries:
        columns.add(entry)
    return columns


def tar_of(things: Mapping[str, Thing]) -> bytes:
    """The layer tar of one mapping, in its order."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, thing in things.items():
            _add(tar, path, thing)
    return target.getvalue()


def _add(tar: tarfile.TarFile, path: str, thing: Thing) -> None:
    info = tarfile.TarInfo(path)
    data = b""
    match thing:
        case bytes():
            data = thing
        case File():
            data, info.mode, info.uid, info.mtime = thing.data, thing.mode, thing.uid, thing.mtime
            info.pax_headers = {
                f"SCHILY.xattr.{name}": value.decode("utf-8", "surrogateescape")
                for name, value in thing.xattrs.items()
            }
        case Link():
            info.type, info.linkname = tarfile.SYMTYPE, thing.target
        case Hardlink():
            info.type, info.linkname = tarfile.LNKTYPE, thing.target
        case Directory():
            info.type, info.mode = tarfile.DIRTYPE, thing.mode
        case Whiteout():
            folder, _, name = path.rpartition("/")
            info.name = f"{folder}/.wh.{name}" if folder else f".wh.{name}"
        case Opaque():
            info.name = f"{path}/.wh..wh..opq" if path else ".wh..wh..opq"
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def facts_of(scene: Scene, readers: Sequence[Reader] = ()) -> tuple[LayerFacts, ...]:
    """What one walk of each layer finds."""
    return tuple(
        walk([tar_of(things)], readers, Limits(), spool, f"layer {at}") for at, things in enumerate(scene)
    )


def tree_of(scene: Scene) -> Tree:
    return fold([facts.columns for facts in facts_of(scene)])


def read_scene(
    reader: Reader, scene: Scene, distributions: Mapping[bytes, Distribution] | None = None
) -> tuple[Said, ...]:
    """Everything that one reader says about an image made of `scene`, gaps of its extraction first."""
    facts = facts_of(scene, [reader])
    tree = fold([layer.columns for layer in facts])
    found = [(at, record) for at, layer in enumerate(facts) for record in layer.records[reader.name]]
    gaps: list[Said] = [record.gap for _, record in found if record.gap is not None]
    sightings = tuple(
        Sighting(layer=at, path=record.path, record=record.value)
        for at, record in found
        if record.gap is None
    )
    view = View(tree=tree, sightings=sightings, distributions=distributions or {})
    return (*gaps, *reader.assemble(view))


def stock_of(scene: Scene) -> Catalog:
    """Everything that all readers find in an image made of `scene`."""
    facts = facts_of(scene, [DISTRIBUTION, *READERS])
    return take_stock(fold([layer.columns for layer in facts]), facts, READERS)


def installs_in(said: Iterable[Said]) -> tuple[Install, ...]:
    """The installs among what a reader said."""
    return tuple(
        item.install if isinstance(item, Supply) else item
        for item in said
        if isinstance(item, Install | Supply)
    )
