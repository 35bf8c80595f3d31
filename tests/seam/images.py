"""Images without bytes: layers by made-up or real diff_ids, for rooms that look at layers' names only."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from hashlib import sha256

from seamline.model.image import Config, Digest, History, Image, Layer, Platform
from seamline.model.package import Install, Package, Side
from seamline.model.seam import Base, Seam, full_name


def diff_id(text: str) -> Digest:
    """A made-up diff_id."""
    return Digest("sha256:" + sha256(text.encode()).hexdigest())


def image_of(
    diff_ids: Sequence[Digest],
    config: Config | None = None,
    *,
    annotations: Mapping[str, str] | None = None,
    platform: Platform | None = None,
    media_type: str = "application/vnd.oci.image.layer.v1.tar+gzip",
) -> Image:
    layers = tuple(
        Layer(
            position=position,
            digest=None,
            diff_id=each,
            media_type=media_type,
            size_bytes=None,
            open=io.BytesIO,
        )
        for position, each in enumerate(diff_ids)
    )
    return Image(
        reference="test",
        place="oci-dir",
        platform=platform or Platform(),
        config=config or Config(),
        layers=layers,
        annotations=annotations or {},
    )


def history(*lines: str) -> tuple[History, ...]:
    """Build steps as Docker writes them; CMD, ENV and their like make no layer."""
    empty = (
        "CMD",
        "ENV",
        "LABEL",
        "EXPOSE",
        "ENTRYPOINT",
        "USER",
        "ARG",
        "HEALTHCHECK",
        "VOLUME",
        "STOPSIGNAL",
    )
    return tuple(History(created_by=line, empty_layer=line.startswith(empty)) for line in lines)


def base_image(name: str, *layers: str, config: Config | None = None, digest: str = "") -> Base:
    """A known base of made-up layers."""
    return Base(
        names=(full_name(name),),
        diff_ids=tuple(diff_id(layer) for layer in layers),
        digest=diff_id(digest) if digest else None,
        platform="linux/amd64",
        config=config or Config(),
    )


def deb(name: str, version: str, layer: int = 0, current: int | None = None) -> Install:
    """An installed Debian package that layer `layer` brought."""
    return Install(
        package=Package(ecosystem="deb", namespace="debian", name=name, version=version),
        proofs=(b"var/lib/dpkg/status",),
        origin_layer=layer,
        current_layer=layer if current is None else current,
        found_by="dpkg",
    )


def side_of_layer(seam: Seam, position: int | None) -> Side:
    """The side of the stratum that a whole layer belongs to."""
    assert position is not None
    return seam.strata[seam.by_layer[position]].side
