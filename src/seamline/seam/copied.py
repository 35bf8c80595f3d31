"""Whose files a COPY brought: a layer that is a part of a known base was copied from it (`COPY --from=python:3.12`).

The files stay the application's, for its Dockerfile names that image; but who publishes them is the base's maker, and
standing on a newer base does not renew them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from seamline.errors import Where
from seamline.model.entry import DIRECTORY, path_text
from seamline.model.evidence import Evidence, Message, Rung
from seamline.model.seam import Base, key_of_place
from seamline.seam.history import Step
from seamline.seam.known import KnownBases
from seamline.tree.tree import Tree

_SHARE = 0.9
_FEWEST = 10  # so few files may be the same by chance: licences, empty files
_SKETCH_SHARE = 1 / 32
_MOST_NAMED = 3


def copied_from(tree: Tree, steps: Sequence[Step], known: KnownBases) -> Iterator[tuple[int, Evidence]]:
    """Each layer that a COPY made out of a known base, and the evidence that names it."""
    layers: dict[int, dict[bytes, bytes]] = {position: {} for position in _copying(steps)}
    for origin, path, kind, what in tree.contents(layers) if layers else ():
        if kind != DIRECTORY:
            layers[origin][key_of_place(path, kind, what)] = path
    for position, places in layers.items():
        keys = places.keys()
        if len(keys) >= _FEWEST and (found := _sources(keys, known)):
            held, bases = found
            message = Message(
                "copied-from",
                {
                    "bases": ", ".join(base.reference for base in bases[:_MOST_NAMED]),
                    "digests": " ".join(base.digest or "" for base in bases[:_MOST_NAMED]),
                    "folder": _folder(places, bases[0]),
                    "held": held,
                    "files": len(keys),
                },
            )
            yield position, Evidence(rung=Rung.CONTENT, message=message, where=Where(layer=position))


def _copying(steps: Sequence[Step]) -> Iterator[int]:
    """The layers that hold what a COPY brought: its own, or, where a tool makes one layer of a whole build (buildah, unless told to
    keep layers), the next."""
    is_held_back = False
    for step in steps:
        is_held_back = is_held_back or step.verb == "COPY"
        if step.position is not None:
            if is_held_back:
                yield step.position
            is_held_back = False


def _folder(places: Mapping[bytes, bytes], base: Base) -> str:
    """The lowest folder that holds all that a layer has of a base, empty for the root."""
    keys = base.inventory.keys() if base.inventory is not None else frozenset()
    folders = [path.rpartition(b"/")[0] for key, path in places.items() if key in keys]
    return path_text(posixpath.commonpath(folders))


def _sources(keys: AbstractSet[bytes], known: KnownBases) -> tuple[int, tuple[Base, ...]] | None:
    """How many of the files the best bases have, and those bases: all that have as many."""
    held: dict[int, list[Base]] = {}
    for base in known.resembling(keys, _SKETCH_SHARE):
        if base.inventory is not None:
            held.setdefault(len(keys & base.inventory.keys()), []).append(base)
    most = max(held, default=0)
    return (most, tuple(held[most])) if most >= _SHARE * len(keys) else None
