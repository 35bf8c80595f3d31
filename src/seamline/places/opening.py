"""From what a user typed to the image meant: a place named by its prefix, a path known by its content, or a name.

A bare name is looked for in a local engine and then in its registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seamline.effects.disk import spelt
from seamline.effects.given import is_piped, shown_as
from seamline.effects.machine import machine_platform
from seamline.effects.wire import Wire
from seamline.errors import NotFound, SeamlineError, Unreachable, Usage
from seamline.expression import expression
from seamline.formats.oci.layout import INDEX_FILE, LAYOUT_FILE
from seamline.formats.oci.platforms import choose_platform, fits, normalized
from seamline.formats.oci.resolve import Source, resolve, resolve_every
from seamline.model.image import Image, Platform
from seamline.places import layout

if TYPE_CHECKING:
    from seamline.places.archive import Archive

_FILES = expression(
    r"\.(tar(\.\w+)?|t[gxz]z|tzst|tbz2?|gz|zip|json|jsonl|xml|spdx|ya?ml|cdx)$", re.IGNORECASE
)
"""How names of files end; hardly one of a repository."""

Opened = Source | Image
"""What stands under a name: with manifests, or (docker archives, engines, root filesystems) an image without."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How to open: the platform wanted (None: this machine's), the way to registries, a place that `--from` forces ("" for
    none), and who is told of mirrors that cannot be asked."""

    platform: Platform | None = None
    wire: Wire = Wire()
    place: str = ""
    warn: Callable[[SeamlineError], None] = lambda _: None


def open_image(text: str, opening: Opening) -> Image:
    """The image that `text` names, for the platform wanted.

    Raises:
        Usage: no such place.
        NotFound: nothing is there under this name, or not for this platform.
        SeamlineError: as its place says.
    """
    found = open_place(text, opening)
    if isinstance(found, Source):
        return _named(resolve(found, platform=opening.platform, machine=machine_platform()))
    if opening.platform is None:
        return _named(found)
    return _named(choose_platform([(found.platform, found)], opening.platform, machine_platform(), text))


def open_every_image(text: str, opening: Opening) -> Iterator[Image]:
    """Every image that `text` names, each opened when it is asked for: all platforms of an index.

    Raises: as `open_image`.
    """
    found = open_place(text, opening)
    return map(_named, resolve_every(found) if isinstance(found, Source) else (found,))


def _named(image: Image) -> Image:
    """The image under a name that reports can hold, whatever its file is called."""
    name = spelt(image.reference)
    return image if name == image.reference else msgspec.structs.replace(image, reference=name)


def open_place(text: str, opening: Opening) -> Opened:
    """What `text` names: a source with its manifest or whole index, or an image where a place keeps no manifests.

    Raises: as `open_image`.
    """
    place, colon, rest = text.partition(":")
    if not text.strip() or (colon and place in _PLACES and not rest):
        raise Usage(repr(text), expected="an image", got="no name", hint="is a variable empty?")
    if opening.place:
        return _placed(opening.place)(text.removeprefix(f"{opening.place}:"), opening)
    if is_piped(text):
        return _known_by_content(_archive(Path(text)), "", text, opening)
    if text.startswith("docker://"):  # skopeo's word for a registry
        return _open_registry(text.removeprefix("docker://"), opening)
    if colon and place in _PLACES:
        return _PLACES[place](rest, opening)
    if text.startswith((".", "/", "~")) or Path(text.partition(":")[0]).exists():
        return _open_path(text, opening)
    return _open_name(text, opening)


def _placed(place: str) -> Callable[[str, Opening], Opened]:
    if place not in _PLACES:
        raise Usage(
            "--from",
            expected=f"one of {', '.join(sorted(_PLACES))}",
            got=repr(place),
            hint="leave it out to look everywhere",
        )
    return _PLACES[place]


def _open_path(text: str, opening: Opening) -> Opened:
    """A path, known by what is there; a tag may follow a colon."""
    path, tag = _split_tag(text)
    if not path.exists():
        raise _no_such_path(text)
    if not path.is_dir():
        archive = _archive(path)
        return _known_by_content(archive, tag, str(path), opening)
    if (path / INDEX_FILE).exists():
        return layout.open_source(path, tag)
    return _open_folder(str(path), opening)


def _no_such_path(text: str) -> NotFound:
    return NotFound(
        text,
        expected="an image",
        got="no such path",
        hint="check the path; a repository is named by registry:NAME",
    )


def _archive(path: Path) -> Archive:
    from seamline.places.archive import Archive, open_archive_file  # noqa: PLC0415 - a layout needs no tar: 10 ms

    name = shown_as(str(path))
    return Archive(open_archive_file(path, name), name)


def _known_by_content(archive: Archive, tag: str, name: str, opening: Opening) -> Opened:
    from seamline.places import docker_archive, rootfs  # noqa: PLC0415 - as `_archive`

    # apko writes what `docker load` takes, with an index.json besides that leads to nothing there
    if INDEX_FILE in archive.names and {LAYOUT_FILE, docker_archive.MANIFEST} & archive.names != {
        docker_archive.MANIFEST
    }:
        return layout.open_archived(archive, tag, f"oci-archive:{name}", "oci-archive")
    if docker_archive.MANIFEST in archive.names:
        return docker_archive.open_image(archive, tag, f"docker-archive:{name}")
    docker_archive.refuse_first_form(archive, f"docker-archive:{name}")
    return rootfs.open_archived(archive, f"rootfs-archive:{name}", _machine(opening))


def _open_oci_archive(text: str, opening: Opening) -> Opened:  # noqa: ARG001 - one shape for all places
    path, tag = _split_tag(text)
    archive = _archive(path)
    return layout.open_archived(archive, tag, f"oci-archive:{text}", "oci-archive")


def _open_docker_archive(text: str, opening: Opening) -> Opened:  # noqa: ARG001 - one shape for all places
    from seamline.places import docker_archive  # noqa: PLC0415 - as `_archive`

    path, tag = _split_tag(text)
    archive = _archive(path)
    return docker_archive.open_image(archive, tag, f"docker-archive:{text}")


def _open_layout(text: str, opening: Opening) -> Opened:  # noqa: ARG001 - one shape for all places
    folder, tag = _split_tag(text)
    return layout.open_source(folder, tag)


def _open_folder(text: str, opening: Opening) -> Opened:
    from seamline.places import rootfs, skopeo_folder  # noqa: PLC0415 - as `_archive`

    folder = Path(text)
    if skopeo_folder.is_skopeo_folder(folder):
        return skopeo_folder.open_source(folder)
    return rootfs.open_folder(folder, f"dir:{text}", _machine(opening))


def _open_rootfs_archive(text: str, opening: Opening) -> Opened:
    from seamline.places import rootfs  # noqa: PLC0415 - as `_archive`

    if is_piped(text):
        return rootfs.open_archived(_archive(Path(text)), f"rootfs-archive:{text}", _machine(opening))
    return rootfs.open_tar(Path(text), f"rootfs-archive:{text}", _machine(opening))


def _open_registry(name: str, opening: Opening) -> Opened:
    from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only registries need
    from seamline.places import registry  # noqa: PLC0415

    return registry.open_source(name, Http(opening.wire), opening.warn)


def _open_engine(kind: str, name: str, opening: Opening) -> Opened:
    from seamline.places import engine  # noqa: PLC0415 - only local engines need it

    if opening.wire.offline:
        raise Unreachable(
            f"{kind}:{name}",
            expected="a socket",
            got="--offline",
            hint="leave --offline out, or save the image to a file first",
        )
    return engine.open_image(kind, name)


def _open_storage(name: str, opening: Opening) -> Opened:  # noqa: ARG001 - one shape for all places
    from seamline.places import storage  # noqa: PLC0415 - only containers-storage needs it

    reference = f"containers-storage:{name}"
    source = layout.open_archived(storage.exported(name), "", reference, "containers-storage")
    return msgspec.structs.replace(source, names=storage.names_of(name))


def _open_name(name: str, opening: Opening) -> Opened:
    """A bare name: in a local engine where one answers and has it for the platform, else in its registry."""
    if _FILES.search(name.rpartition("/")[2].partition(":")[0]):
        raise _no_such_path(name)
    from seamline.places import engine  # noqa: PLC0415 - only names need it

    for kind in () if opening.wire.offline else engine.answering():
        try:
            image = engine.open_image(kind, name)
        except NotFound:
            continue
        if opening.platform is None or fits(image.platform, opening.platform):
            return image
    try:
        return _open_registry(name, opening)
    except Unreachable as fault:
        if not name.startswith("localhost/"):
            raise
        # what buildah and podman built themselves is named so in their store
        hint = f"is it in your own store? containers-storage:{name}"
        raise Unreachable(fault.where, expected=fault.expected, got=fault.got, hint=hint) from fault


def _split_tag(text: str) -> tuple[Path, str]:
    """Path and tag of `PATH[:TAG]`; a path that exists as a whole has no tag."""
    if Path(text).exists() or ":" not in text:
        return Path(text), ""
    for at, char in enumerate(text):
        if char == ":" and Path(text[:at]).exists():
            return Path(text[:at]), text[at + 1 :]
    path, _, tag = text.partition(":")
    return Path(path), tag


def _machine(opening: Opening) -> Platform:
    return opening.platform or normalized(machine_platform())


_PLACES: dict[str, Callable[[str, Opening], Opened]] = {
    "oci-dir": _open_layout,
    "oci": _open_layout,
    "oci-archive": _open_oci_archive,
    "docker-archive": _open_docker_archive,
    "dir": _open_folder,
    "rootfs-archive": _open_rootfs_archive,
    "registry": _open_registry,
    "docker": partial(_open_engine, "docker"),
    "podman": partial(_open_engine, "podman"),
    "containers-storage": _open_storage,
}
