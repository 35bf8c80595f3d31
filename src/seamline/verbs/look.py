"""Looking at an image: its layers read, the tree folded, everything inside listed. Every other verb starts here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from seamline.catalog import READERS
from seamline.catalog.distribution import READER as DISTRIBUTION
from seamline.catalog.facts import LayerFacts, Record
from seamline.catalog.inventory import Catalog, take_stock
from seamline.catalog.reader import Reader
from seamline.errors import Where
from seamline.model.entry import Kind, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.image import Image
from seamline.model.limits import Limits
from seamline.stores.layer_cache import LayerCache
from seamline.tree.fold import fold
from seamline.tree.tree import Tree
from seamline.verbs.gists import Asked, Gist, Kept, kept_of, readers_of
from seamline.verbs.layers import LayerReader, LayerReading, Progress, Verification

ALL_READERS: tuple[Reader, ...] = (DISTRIBUTION, *READERS)
T = TypeVar("T")


class Looked(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """An image that was read."""

    image: Image
    layers: tuple[LayerReading, ...]
    tree: Tree
    catalog: Catalog
    facts: tuple[LayerFacts, ...]
    gaps: tuple[Gap, ...]
    kept: Kept

    def gist(self, gist: Gist[Looked, T]) -> T:
        """A gist of the layers, as it was kept or made now."""
        return self.kept.of(gist, self, may_keep=self._may_keep(gist))

    def _may_keep(self, gist: Gist[Looked, Any]) -> bool:
        """Whether the layers are what their names say, all was read that the gist is of, and a report shows nothing of that."""
        is_sure = all(reading.verification != Verification.NONE for reading in self.layers)
        return is_sure and all(
            all(reader.name in facts.records for reader in (*gist.of, *gist.beside))
            and not any(
                record.gap or record.link for reader in gist.of for record in facts.records[reader.name]
            )
            for facts in self.facts
        )

    def records(self, reader: Reader) -> Iterator[tuple[int, Record[Any]]]:
        """What `reader` made of each file, hidden ones too, with the position of its layer; bottom layer first."""
        for position, facts in enumerate(self.facts):
            yield from ((position, record) for record in facts.records.get(reader.name, ()))

    def visible(self, reader: Reader) -> Mapping[bytes, Any]:
        """What `reader` made of the files that are visible, by canonical path."""
        if reader.name not in self._visible:
            self._visible[reader.name] = dict(self._shown(reader))
        return self._visible[reader.name]

    @cached_property
    def _visible(self) -> dict[str, Mapping[bytes, Any]]:
        """What was asked for already: several rooms ask for the same."""
        return {}

    @cached_property
    def lines_read(self) -> dict[tuple[object, ...], object]:
        """What lines were found to run, by what they were read with: several rooms ask for the same."""
        return {}

    def _shown(self, reader: Reader) -> Iterator[tuple[bytes, Any]]:
        for position, record in self.records(reader):
            path = self.tree.canonical(record.path)
            if record.value is not None and self.tree.layer_of(path) == position:
                yield path, record.value


def look(  # noqa: PLR0913 - one argument a choice of the caller
    image: Image,
    *,
    cache: LayerCache | None,
    limits: Limits,
    jobs: int = 2,
    verify: bool = False,
    progress: Progress | None = None,
    deep: Sequence[Asked] = (),
    below: Sequence[LayerReading] = (),
) -> Looked:
    """The image, read; for what `deep` asks for too, which only some verbs need. `below` are layers of another image that it
    may stand on, read for the same.

    Raises:
        SeamlineError: a layer is damaged, lies or cannot be had.
    """
    gists = [each for each in deep if isinstance(each, Gist)]
    kept = kept_of(image, limits, None if verify else cache)
    kept.fetch(gists)
    readers = (*ALL_READERS, *readers_of(deep, spared=kept.names))
    reader = LayerReader(readers, limits, cache, verify=verify)
    layers = reader.read_all(image, jobs, progress, below)
    tree = fold([reading.facts.columns for reading in layers])
    facts, dangling = _linked_records(reader, layers, tree)
    catalog = take_stock(tree, facts, READERS)
    return Looked(
        image=image,
        layers=layers,
        tree=tree,
        catalog=catalog,
        facts=facts,
        gaps=(*image.gaps, *_unread_layers(image), *dangling, *catalog.gaps),
        kept=kept,
    )


def _unread_layers(image: Image) -> Iterator[Gap]:
    for layer in image.layers:
        if layer.problem:
            message = Message("layer-not-read", {"layer": layer.position, "why": layer.problem})
            yield Gap(where=Where(layer=layer.position), message=message)


def _linked_records(
    reader: LayerReader, layers: Sequence[LayerReading], tree: Tree
) -> tuple[tuple[LayerFacts, ...], tuple[Gap, ...]]:
    """Wanted hardlinks get the record of the content they name, read in a second pass over its layer."""
    pending: dict[int, list[tuple[int, Reader, bytes, bytes]]] = {}
    gaps: list[Gap] = []
    by_name = {each.name: each for each in reader.readers}
    for position, reading in enumerate(layers):
        for name, records in reading.facts.records.items():
            for record in records:
                if record.link:
                    source = _layer_of(tree, record.link, position)
                    if source is None:
                        gaps.append(_dangling(position, record))
                    else:
                        pending.setdefault(source, []).append(
                            (position, by_name[name], record.path, record.link)
                        )
    extra: dict[tuple[int, str], list[Record[Any]]] = {}
    for source, wants in pending.items():
        shown_in = {(each.name, path): position for position, each, path, _ in wants}
        rows = reader.reread(
            layers[source].layer, [link for *_, link in wants], [(each, path) for _, each, path, _ in wants]
        )
        for each, record in rows:
            extra.setdefault((shown_in[each.name, record.path], each.name), []).append(record)
    if not extra:
        return tuple(reading.facts for reading in layers), tuple(gaps)
    return tuple(_with_records(reading.facts, at, extra) for at, reading in enumerate(layers)), tuple(gaps)


def _layer_of(tree: Tree, path: bytes, above: int) -> int | None:
    """The layer, at or below `above`, whose regular file a hardlink to `path` shows."""
    for entry in reversed(tree.history(path)):
        if entry.layer <= above and entry.kind == Kind.FILE:
            return entry.layer
    return None


def _dangling(position: int, record: Record[Any]) -> Gap:
    where = Where(layer=position, path=path_text(record.path))
    return Gap(
        where=where, message=Message("dangling-hardlink", {"target": record.link.decode("utf-8", "replace")})
    )


def _with_records(
    facts: LayerFacts, position: int, extra: Mapping[tuple[int, str], list[Record[Any]]]
) -> LayerFacts:
    records = {name: (*found, *extra.get((position, name), ())) for name, found in facts.records.items()}
    return LayerFacts(columns=facts.columns, records=records)
