"""Pushing to a registry: blobs that it lacks, then the manifest. Source: OCI distribution-spec 1.1, "Push"."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import urljoin

from seamline.effects.http import Answer, Http
from seamline.errors import Lying, Usage
from seamline.formats.digesting import Verified, digest_of
from seamline.formats.reference import parse_registry_name
from seamline.model.image import Digest, Image
from seamline.places.remote import Remote

_CHUNK_BYTES = 8 << 20


def write_image(image: Image, text: str, http: Http) -> Digest:
    """Pushes the image as it is; the digest that the registry now has under the name, its own.

    Blobs that the repository has already are not sent again.

    Raises:
        Usage: the image has no manifest of its own, or `text` is no name.
        Lying: a layer's bytes are not what its digest says, or the registry kept something else.
        Unreachable: the registry cannot be asked, or refuses.
    """
    if image.raw is None or not image.raw.manifest:
        raise Usage(
            image.reference,
            expected="an image with a manifest",
            got=image.place,
            hint="copy it to an oci-dir first",
        )
    name = parse_registry_name(text)
    remote = Remote(name, http, actions="pull,push")
    for layer in image.layers:
        if layer.digest is not None and not remote.has_blob(layer.digest):
            with Verified(layer.open(), layer.digest, layer.size_bytes, f"layer {layer.position}") as stream:
                _upload(remote, layer.digest, stream)  # type: ignore[arg-type]
    config = digest_of(image.raw.config)
    if not remote.has_blob(config):
        remote.send("PUT", _with_digest(_begin(remote), config), image.raw.config)
    digest = digest_of(image.raw.manifest)
    kind = {"Content-Type": image.raw.manifest_media_type}
    answer = remote.send("PUT", f"manifests/{name.tag or digest}", image.raw.manifest, kind)
    kept = answer.headers.get("Docker-Content-Digest", digest)
    if kept != digest:
        raise Lying(
            str(name), expected=f"the digest {digest}", got=kept, hint="the registry rewrites manifests"
        )
    return digest


def _begin(remote: Remote) -> str:
    """The address that takes a new blob."""
    return _location(remote.send("POST", "blobs/uploads/", b""))


def _upload(remote: Remote, digest: Digest, stream: BinaryIO) -> None:
    """Sends a blob in chunks; the last is read, and so the whole is proven, before the registry is told to keep it."""
    place, sent = _begin(remote), 0
    while chunk := stream.read(_CHUNK_BYTES):
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"{sent}-{sent + len(chunk) - 1}",
        }
        place = _location(remote.send("PATCH", place, chunk, headers))
        sent += len(chunk)
    remote.send("PUT", _with_digest(place, digest), b"")


def _location(answer: Answer) -> str:
    return urljoin(answer.url, answer.headers.get("Location", ""))


def _with_digest(place: str, digest: str) -> str:
    return f"{place}{'&' if '?' in place else '?'}digest={digest}"
