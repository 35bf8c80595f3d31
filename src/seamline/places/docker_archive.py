"""What `docker save` writes, of the old style (a folder a layer) and the new (blobs by digest).

Source: Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from seamline.errors import Malformed, NotFound, Unsupported, counted
from seamline.formats.digesting import check_digest
from seamline.formats.oci.documents import parse_config
from seamline.formats.oci.image import created_by
from seamline.formats.oci.media import OCI_CONFIG, OCI_LAYER
from seamline.model.image import Digest, Image, Layer, Raw
from seamline.places.archive import Archive

MANIFEST = "manifest.json"
_REPOSITORIES = "repositories"
_LAYER_NOTE = "/json"


class _Saved(msgspec.Struct, rename="pascal"):
    config: str
    layers: tuple[str, ...]
    repo_tags: tuple[str, ...] | None = None


def refuse_first_form(archive: Archive, reference: str) -> None:
    """Nothing, but for an archive of docker before 1.10, which must not pass for a root filesystem.

    Raises:
        Unsupported: layers in folders, and no manifest to say which of them make an image.
    """
    names = archive.names
    if _REPOSITORIES in names and MANIFEST not in names and any(name.endswith(_LAYER_NOTE) for name in names):
        raise Unsupported(
            reference,
            expected=f"an archive with {MANIFEST}, as docker save writes it since 1.10",
            got="an older one, or a part of one",
            hint="docker load it, then docker save it again",
        )


def open_image(archive: Archive, tag: str, reference: str) -> Image:
    """The image under `tag` (`name:tag`, or the tag alone); without one, the only one.

    Raises:
        NotFound: no such tag, or several images and none named.
        Malformed: the manifest or a configuration is broken.
        Lying: the configuration is not what its name says.
    """
    saved = _choose(_parse(archive.read(MANIFEST), reference), tag, reference)
    raw = archive.read(saved.config)
    if (digest := _digest_in(saved.config)) is not None:
        check_digest(raw, digest, f"{reference} {saved.config}")
    described = parse_config(raw, f"{reference} {saved.config}")
    if len(described.diff_ids) != len(saved.layers):
        raise Malformed(
            reference,
            expected=counted(len(described.diff_ids), "layer"),
            got=f"{len(saved.layers)}",
            hint="is the archive whole?",
        )
    makers = created_by(described.config.history, len(saved.layers))
    return Image(
        reference=reference,
        place="docker-archive",
        platform=described.platform,
        config=described.config,
        layers=tuple(
            Layer(
                position=position,
                digest=_digest_in(name),
                diff_id=diff_id,
                media_type=OCI_LAYER,
                size_bytes=archive.size_bytes(name),
                open=partial(archive.open, name),
                created_by=maker,
            )
            for position, (name, diff_id, maker) in enumerate(
                zip(saved.layers, described.diff_ids, makers, strict=True)
            )
        ),
        names=saved.repo_tags or (),
        raw=Raw(manifest=b"", manifest_media_type="", config=raw, config_media_type=OCI_CONFIG),
    )


def _parse(data: bytes, reference: str) -> tuple[_Saved, ...]:
    try:
        return msgspec.json.decode(data, type=tuple[_Saved, ...])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise Malformed(
            f"{reference} {MANIFEST}",
            expected="the list of saved images",
            got=str(fault)[:200],
            hint="is this really from docker save?",
        ) from fault


def _choose(saved: Sequence[_Saved], tag: str, reference: str) -> _Saved:
    names = sorted(name for each in saved for name in each.repo_tags or ())
    if tag:
        for each in saved:
            if any(f"/{name}".endswith((f"/{tag}", f":{tag}")) for name in each.repo_tags or ()):
                return each
    elif len(saved) == 1:
        return saved[0]
    raise NotFound(
        reference,
        expected=f"the image {tag!r}" if tag else "one image, or a name to choose by",
        got=", ".join(names) or f"{len(saved)} images without a name",
        hint=f"docker-archive:FILE:{names[0]}" if names else "save one image at a time",
    )


def _digest_in(name: str) -> Digest | None:
    """The digest that a member's name promises: `blobs/sha256/<hex>` or `<hex>.json`."""
    encoded = name.removeprefix("blobs/sha256/").removesuffix(".json")
    is_hex = len(encoded) == 64 and all(char in "0123456789abcdef" for char in encoded)
    return Digest(f"sha256:{encoded}") if is_hex else None
