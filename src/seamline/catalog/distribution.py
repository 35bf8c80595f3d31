"""Which distribution each root filesystem in the image is. Not a reader of packages: the others need its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from seamline.catalog.reader import Content, Reader, Sighting, View
from seamline.formats.os_release import FILES, parse_release_file
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits
from seamline.model.package import Distribution
from seamline.tree.tree import Tree


class Release(msgspec.Struct, frozen=True):
    """What one release file says."""

    distribution: Distribution | None


def _extract(entry: Entry, content: Content, limits: Limits) -> Release:  # noqa: ARG001 - the shape of extract
    return Release(parse_release_file(entry.path, content.stream().read()))


def distributions(tree: Tree, sightings: Sequence[Sighting]) -> Mapping[bytes, Distribution]:
    """The distribution of every root filesystem, by its folder (b"" is the image's own).

    Of the files in one root the most telling visible one counts, a link to another included.
    """
    seen = {(sighting.path, sighting.layer): sighting.record.distribution for sighting in sightings}
    found: dict[bytes, Distribution] = {}
    for root in _roots(sightings):
        for name in FILES:
            entry = tree.resolve(root + b"/" + name if root else name)
            if entry is None or entry.kind not in (Kind.FILE, Kind.HARDLINK):
                continue
            distribution = seen.get((entry.path, entry.layer))
            if distribution is not None:
                found[root] = distribution
                break
    return found


def _roots(sightings: Iterable[Sighting]) -> list[bytes]:
    """The folders that hold a release file, the image's own root always among them."""
    roots = {b""}
    for sighting in sightings:
        for name in FILES:
            if sighting.path.endswith(b"/" + name):
                roots.add(sighting.path[: -len(name) - 1])
    return sorted(roots)


def _nothing(view: View) -> tuple[()]:  # noqa: ARG001 - the shape of assemble
    return ()


READER = Reader(
    name="distribution",
    version=1,
    wants=tuple("**/" + name.decode() for name in FILES),
    record=Release,
    extract=_extract,
    assemble=_nothing,
    most_bytes=1 << 20,
)
