"""From what a user typed to the image meant."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seamline.effects.machine import machine_platform
from seamline.effects.wire import Wire
from seamline.errors import NotFound, Usage
from seamline.model.image import Image, Platform
from seamline.places import layout

_OCI_DIR = ("oci-dir:", "oci:")


_REGISTRY = ("registry:", "docker://")


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How to open: the platform wanted (None: this machine's), and the way to registries."""

    platform: Platform | None = None
    wire: Wire = Wire()


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
        NotFound: nothing is there under this name.
        SeamlineError: as its place says.
    """
    for prefix in _OCI_DIR:
        if text.startswith(prefix):
            return _open_layout(text.removeprefix(prefix), opening)
    if (Path(text) / "index.json").exists():
        return _open_layout(text, opening)
    for prefix in _REGISTRY:
        if text.startswith(prefix):
            return _open_registry(text.removeprefix(prefix), opening)
    if text.startswith((".", "/")) or Path(text).exists():
        raise NotFound(text, expected="an OCI layout", got="something else", hint="oci-dir:PATH[:TAG]")
    return _open_registry(text, opening)


def _open_registry(name: str, opening: Opening) -> Image:
    from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only registries need
    from seamline.places import registry  # noqa: PLC0415

    return registry.open_image(
        name, Http(opening.wire), platform=opening.platform, machine=machine_platform()
    )


def _open_layout(text: str, opening: Opening) -> Image:
    folder, colon, tag = text.rpartition(":")
    if not colon or (Path(text) / "index.json").exists():
        folder, tag = text, ""
    return layout.open_image(Path(folder), tag, platform=opening.platform, machine=machine_platform())
