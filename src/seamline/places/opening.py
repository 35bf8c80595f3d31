"""From what a user typed to the image meant: a place named by its prefix, a path known by its content, or a name.

A bare name is looked for in a local engine and then in its registry.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from seamline.effects.machine import machine_platform
from seamline.effects.wire import Wire
from seamline.errors import NotFound, Unreachable, Usage
from seamline.formats.oci.documents import Descriptor
from seamline.formats.oci.layout import blob_path, select_top
from seamline.formats.oci.media import OCI_INDEX
from seamline.formats.oci.platforms import normalized
from seamline.formats.oci.resolve import Source, resolve
from seamline.model.image import Image, Platform
from seamline.places import docker_archive, layout, rootfs
from seamline.places.archive import Archive, held, open_archive_file

_STDIN = "-"
_INDEX = "index.json"


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How to open: the platform wanted (None: this machine's), the way to registries, and a place that `--from`
    forces ("" for none)."""

    platform: Platform | None = None
    wire: Wire = Wire()
    place: str = ""


def parse_platform(text: str) -> Platform | None:
    """`os/arch[/variant]`; None for "".

    Raises:
        Usage: something else.
    """
    if not text:
        return None
    parts = text.split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise Usage(
            "--platform", expected="os/architecture[/variant]", got=repr(text), hint="for example linux/arm64"
        )
    return Platform(*parts)


def open_image(text: str, opening: Opening) -> Image:
    """The image that `text` names.

    Raises:
        Usage: no such place.
        NotFound: nothing is there under this name.
        SeamlineError: as its place says.
    """
    place, colon, rest = text.partition(":")
    if opening.place:
        return _placed(opening.place)(text.removeprefix(f"{opening.place}:"), opening)
    if text == _STDIN:
        return _open_stdin(opening)
    if text.startswith("docker://"):  # skopeo's word for a registry
        return _open_registry(text.removeprefix("docker://"), opening)
    if colon and place in _PLACES:
        return _PLACES[place](rest, opening)
    if text.startswith((".", "/", "~")) or Path(text.partition(":")[0]).exists():
        return _open_path(text, opening)
    return _open_name(text, opening)


def _placed(place: str) -> Callable[[str, Opening], Image]:
    if place not in _PLACES:
        raise Usage(
            "--from",
            expected=f"one of {', '.join(sorted(_PLACES))}",
            got=repr(place),
            hint="leave it out to look everywhere",
        )
    return _PLACES[place]


def _open_path(text: str, opening: Opening) -> Image:
    """A path, known by what is there; a tag may follow a colon."""
    path, tag = _split_tag(text)
    if not path.exists():
        raise NotFound(
            text,
            expected="an image",
            got="no such path",
            hint="check the path; a name in a registry has no leading . or /",
        )
    if path.is_dir():
        if (path / _INDEX).exists():
            return _open_layout(text, opening)
        if (path / "version").exists() and (path / "manifest.json").exists():
            return _open_skopeo_folder(text, opening)
        return rootfs.open_folder(path, f"dir:{path}", _machine(opening))
    return _open_archive(path, tag, opening)


def _open_archive(path: Path, tag: str, opening: Opening) -> Image:
    archive = Archive(open_archive_file(path, str(path)), str(path))
    if _INDEX in archive.names:
        return _from_layout(archive, tag, f"oci-archive:{path}", opening)
    if docker_archive.MANIFEST in archive.names:
        return docker_archive.open_image(archive, tag, f"docker-archive:{path}")
    return rootfs.open_tar(path, f"rootfs-archive:{path}", _machine(opening))


def _open_stdin(opening: Opening) -> Image:
    archive = Archive(held(sys.stdin.buffer, "stdin"), "stdin")
    if _INDEX in archive.names:
        return _from_layout(archive, "", "stdin", opening)
    if docker_archive.MANIFEST in archive.names:
        return docker_archive.open_image(archive, "", "stdin")
    raise NotFound(
        "stdin",
        expected="an OCI or docker archive",
        got="another tar",
        hint="write a root filesystem to a file: rootfs-archive:FILE",
    )


def _open_oci_archive(text: str, opening: Opening) -> Image:
    path, tag = _split_tag(text)
    archive = Archive(open_archive_file(path, str(path)), str(path))
    return _from_layout(archive, tag, f"oci-archive:{text}", opening)


def _open_docker_archive(text: str, opening: Opening) -> Image:  # noqa: ARG001 - one shape for all places
    path, tag = _split_tag(text)
    return docker_archive.open_image(
        Archive(open_archive_file(path, str(path)), str(path)), tag, f"docker-archive:{text}"
    )


def _from_layout(archive: Archive, tag: str, reference: str, opening: Opening) -> Image:
    """The image in an archived OCI layout."""

    def fetch(descriptor: Descriptor) -> bytes:
        return archive.read(str(blob_path(descriptor.digest)))

    raw_index = archive.read(_INDEX)
    descriptor, names = select_top(raw_index, tag, reference)
    source = Source(
        reference=reference,
        place="oci-archive",
        top=raw_index if descriptor is None else fetch(descriptor),
        media_type=OCI_INDEX if descriptor is None else descriptor.media_type,
        fetch=fetch,
        open_blob=lambda blob: archive.open(str(blob_path(blob.digest))),
        names=names,
    )
    return resolve(source, platform=opening.platform, machine=machine_platform())


def _open_layout(text: str, opening: Opening) -> Image:
    folder, tag = _split_tag(text)
    return layout.open_image(folder, tag, platform=opening.platform, machine=machine_platform())


def _open_skopeo_folder(text: str, opening: Opening) -> Image:
    """What `skopeo copy ... dir:PATH` writes: manifest.json, and blobs by their hex digests."""
    folder = Path(text)
    source = Source(
        reference=f"dir:{folder}",
        place="dir",
        top=(folder / "manifest.json").read_bytes(),
        media_type="",
        fetch=lambda descriptor: (folder / descriptor.digest.partition(":")[2]).read_bytes(),
        open_blob=lambda blob: (folder / blob.digest.partition(":")[2]).open("rb"),
    )
    return resolve(source, platform=opening.platform, machine=machine_platform())


def _open_folder(text: str, opening: Opening) -> Image:
    folder = Path(text)
    if (folder / "version").exists() and (folder / "manifest.json").exists():
        return _open_skopeo_folder(text, opening)
    return rootfs.open_folder(folder, f"dir:{text}", _machine(opening))


def _open_rootfs_archive(text: str, opening: Opening) -> Image:
    return rootfs.open_tar(Path(text), f"rootfs-archive:{text}", _machine(opening))


def _open_registry(name: str, opening: Opening) -> Image:
    from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only registries need
    from seamline.places import registry  # noqa: PLC0415

    return registry.open_image(
        name, Http(opening.wire), platform=opening.platform, machine=machine_platform()
    )


def _open_engine(kind: str, name: str, opening: Opening) -> Image:
    from seamline.places import engine  # noqa: PLC0415 - only local engines need it

    if opening.wire.offline:
        raise Unreachable(
            f"{kind}:{name}",
            expected="a socket",
            got="--offline",
            hint="leave --offline out, or save the image to a file first",
        )
    return engine.open_image(kind, name)


def _open_storage(name: str, opening: Opening) -> Image:  # noqa: ARG001 - one shape for all places
    from seamline.places import storage  # noqa: PLC0415 - only containers-storage needs it

    return _from_layout(storage.exported(name), "", f"containers-storage:{name}", Opening())


def _open_name(name: str, opening: Opening) -> Image:
    """A bare name: in a local engine where one answers and has it, else in its registry."""
    from seamline.places import engine  # noqa: PLC0415 - only names need it

    for kind in () if opening.wire.offline else engine.answering():
        try:
            return engine.open_image(kind, name)
        except NotFound:
            continue
    return _open_registry(name, opening)


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


_PLACES: dict[str, Callable[[str, Opening], Image]] = {
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
