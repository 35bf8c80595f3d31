"""Pushing to a registry: blobs that it lacks, then the manifest. Source: OCI distribution-spec 1.1, "Push"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from seamline.effects.http import Answer, Http
from seamline.errors import Lying
from seamline.formats.oci.contents import Blob, Contents, Document, read_blob
from seamline.formats.reference import parse_registry_name
from seamline.model.image import Digest
from seamline.places.mirrors import itself
from seamline.places.remote import Remote, remote_at

_CHUNK_BYTES = 8 << 20


def write_contents(contents: Contents, text: str, http: Http) -> Digest:
    """Pushes an image or a whole index as it is; the digest that the registry now has under the name, its own.

    Blobs that the repository has already are not sent again.

    Raises:
        Usage: `text` is no name.
        Lying: a blob's bytes are not what its digest says, or the registry kept something else.
        Unreachable: the registry cannot be asked, or refuses.
    """
    name = parse_registry_name(text)
    remote = remote_at(itself(name), http, actions="pull,push")
    for blob in contents.blobs:
        if not remote.has_blob(blob.descriptor.digest):
            _upload(remote, blob)
    *named, top = contents.documents
    for document in named:
        _put(remote, document, document.descriptor.digest)
    _put(remote, top, name.tag or top.descriptor.digest)
    return top.descriptor.digest


def _put(remote: Remote, document: Document, wanted: str) -> None:
    """Sends a manifest or index, after all that it names."""
    digest = document.descriptor.digest
    kind = {"Content-Type": document.descriptor.media_type}
    answer = remote.send("PUT", f"manifests/{wanted}", document.raw, kind)
    kept = answer.headers.get("Docker-Content-Digest", digest)
    if kept != digest:
        raise Lying(
            str(remote.name),
            expected=f"the digest {digest}",
            got=kept,
            hint="the registry rewrites manifests",
        )


def _begin(remote: Remote) -> str:
    """The address that takes a new blob."""
    return _location(remote.send("POST", "blobs/uploads/", b""))


def _upload(remote: Remote, blob: Blob) -> None:
    """Sends a blob in chunks; the last is read, and so the whole is proven, before the registry is told to keep it."""
    place, sent = _begin(remote), 0
    for chunk in _large(read_blob(blob)):
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"{sent}-{sent + len(chunk) - 1}",
        }
        place = _location(remote.send("PATCH", place, chunk, headers))
        sent += len(chunk)
    remote.send("PUT", _with_digest(place, blob.descriptor.digest), b"")


def _large(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth a request each."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        if len(held) >= _CHUNK_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _location(answer: Answer) -> str:
    return urljoin(answer.url, answer.headers.get("Location", ""))


def _with_digest(place: str, digest: str) -> str:
    return f"{place}{'&' if '?' in place else '?'}digest={digest}"
