"""Gists: what follows from the layers of an image alone, found by going over all of its files, and kept for the next time.

A gist is made from the tree, the catalog and the records of an image, never from its seam, the advisories, the settings or
the day: those may be others when it is looked at again. It is kept in the layer cache under the chain id of the layers, on
the basis of the limits, of the state of our own code and, where it is of the configuration too, of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import msgspec

from seamline.catalog.reader import Reader
from seamline.effects.own_code import code_stamp
from seamline.model.image import Digest, Image, Layer
from seamline.model.limits import Limits
from seamline.seam.chain import chain_id
from seamline.stores.layer_cache import LayerCache

S = TypeVar("S")
T = TypeVar("T")
ROOMS = (
    "catalog",
    "compare",
    "customization",
    "formats",
    "model",
    "seam/containment.py",
    "surface",
    "tree",
    "verbs",
)
"""Whose code decides what a gist says."""


class Gist(msgspec.Struct, Generic[S, T], frozen=True, kw_only=True):
    """Something to know of every image: how it is made of what was looked at, and the msgspec type of it, `record`. Where it is
    kept, the records of `of` need not be read at all, unless one of them has a gap or a link to be told; those of `beside` it is made of too,
    but who asks for it asks for them anyway. One that is not of the
    configuration holds for every image of these layers."""

    name: str
    record: Any
    make: Callable[[S], T]
    of: tuple[Reader, ...] = ()
    beside: tuple[Reader, ...] = ()
    is_of_config: bool = False


Asked = Reader | Gist[Any, Any]
"""What a verb may ask for besides the packages: a reader's records, or a gist."""


def readers_of(asked: Iterable[Asked], spared: Iterable[str] = ()) -> tuple[Reader, ...]:
    """The readers that must have read a layer for all that is asked; none for the gists whose names are in `spared`."""
    found: dict[str, Reader] = {}
    for each in asked:
        if isinstance(each, Reader):
            found[each.name] = each
        elif each.name not in spared:
            found.update((reader.name, reader) for reader in each.of)
    return tuple(found.values())


class Kept:
    """The gists of one stack of layers: those that the cache has, and where those go that it lacks."""

    def __init__(
        self,
        cache: LayerCache | None = None,
        stack: Digest | None = None,
        bases: Callable[[], tuple[str, str]] = lambda: ("", ""),
    ) -> None:
        self._cache = cache
        self._stack = stack
        self._bases = bases
        self._found: dict[str, Any] = {}
        self._asked: set[str] = set()

    def fetch(self, gists: Sequence[Gist[S, Any]]) -> None:
        """Takes from the cache what it has of these."""
        self._asked.update(each.name for each in gists)
        if self._cache is None or self._stack is None or not gists:
            return
        for is_of_config, basis in enumerate(self._bases()):
            same = {each.name: each for each in gists if each.is_of_config == is_of_config}
            rows = self._cache.gists(self._stack, same, basis) if same else {}
            for name, data in rows.items():
                try:
                    self._found[name] = msgspec.msgpack.decode(data, type=same[name].record)
                except msgspec.MsgspecError:  # made anew
                    continue

    @property
    def names(self) -> Iterable[str]:
        """The names of those that are there."""
        return self._found.keys()

    def of(self, gist: Gist[S, T], looked: S, *, may_keep: bool) -> T:
        """The gist; made now where it is not there, and kept if it may be."""
        if gist.name not in self._asked:
            self.fetch([gist])
        if gist.name not in self._found:
            made = self._found[gist.name] = gist.make(looked)
            if may_keep and self._cache is not None and self._stack is not None:
                data = msgspec.msgpack.encode(made)
                self._cache.put_gist(self._stack, gist.name, self._bases()[gist.is_of_config], data)
        found: T = self._found[gist.name]
        return found


def kept_of(image: Image, limits: Limits, cache: LayerCache | None) -> Kept:
    """Where the gists of an image are kept; nowhere without a cache, or where the chain id does not tell all of its layers."""
    diff_ids = [each.diff_id for each in image.layers if each.diff_id is not None and _is_told(each)]
    if cache is None or not diff_ids or len(diff_ids) < len(image.layers):
        return Kept()

    def bases() -> tuple[str, str]:
        layers = (limits, code_stamp(ROOMS))
        return _basis(layers), _basis((*layers, image.config, image.platform))

    return Kept(cache, Digest(chain_id(diff_ids)), bases)


def _is_told(layer: Layer) -> bool:
    """Whether what is read of a layer hangs on its diff_id alone; a WebAssembly module is named after its position."""
    return layer.digest is not None and not layer.problem and "wasm" not in layer.media_type


def _basis(told: Any) -> str:
    return blake2b(msgspec.msgpack.encode(told), digest_size=8).hexdigest()
