"""The names that an image goes by: what its place calls it, what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.model.report import ImageLine
from seamline.model.seam import full_name, short_name

_NAMED_PLACES = ("registry", "docker", "podman", "containers-storage")
UNNAMED = "IMAGE"
"""What stands for an image in a command where no engine could find it by a name."""


def name_in_place(reference: str, place: str) -> str:
    """The name in its place: `app:1` of `docker:app:1`, of `docker://app:1` and of a store's `[vfs@/var/lib]app:1`; empty for
    a place without names (folders, archives)."""
    if place not in _NAMED_PLACES:
        return ""
    return reference.removeprefix(f"{place}:").removeprefix("docker://").rpartition("]")[2]


def told_names(names: Iterable[str]) -> Iterator[str]:
    """The names that stand beside an image in its folder or archive; a bare tag names no repository."""
    return (name for name in names if ":" in name or "/" in name)


def own_names(image: ImageLine) -> tuple[str, ...]:
    """The full references that an image goes by."""
    own = name_in_place(image.reference, image.place)
    return tuple(dict.fromkeys(full_name(name) for name in (own, *told_names(image.names)) if name))


def runnable_name(image: ImageLine) -> str:
    """A name that a runtime can take: the image's own where it has one, else a word that stands for it."""
    own = name_in_place(image.reference, image.place)
    return own or next((short_name(full_name(name)) for name in told_names(image.names)), UNNAMED)
