"""Registries: an image read as it streams, nothing stored. Source: OCI distribution-spec 1.1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, cast

from seamline.effects.http import Http
from seamline.errors import Bomb, Malformed, NotFound, Unreachable
from seamline.formats.digesting import check_digest
from seamline.formats.oci.attached import COSIGN_TAGS, attached_by_referrers, attached_by_tag, tag_of
from seamline.formats.oci.documents import Descriptor
from seamline.formats.oci.resolve import Source, resolve
from seamline.formats.reference import RegistryName, parse_registry_name
from seamline.model.image import Attached, Digest, Image, Platform
from seamline.places.containerd_hosts import Warn, unheard
from seamline.places.mirrors import candidates, itself
from seamline.places.remote import Remote, certificate_problem, remote_at


def open_source(text: str, http: Http, warn: Warn = unheard) -> Source:
    """What stands under a name in its registry.

    Raises:
        Usage: `text` is no name.
        NotFound, Unreachable: as `Remote.manifest` says.
        Lying: the name has a digest and the manifest another.
    """
    name = parse_registry_name(text)
    remote, top, media_type = _first_that_has_it(name, http, warn)
    if name.digest is not None:
        check_digest(top, name.digest, str(name))

    def open_blob(descriptor: Descriptor) -> BinaryIO:
        return cast("BinaryIO", remote.blob(descriptor))

    return Source(
        reference=text,
        place="registry",
        top=top,
        media_type=media_type,
        fetch=remote.document,
        open_blob=open_blob,
        names=(str(name),),
        list_attached=partial(_attached, remote),
    )


def _first_that_has_it(name: RegistryName, http: Http, warn: Warn) -> tuple[Remote, bytes, str]:
    """The mirror or registry that has the image, with its manifest; the registry's own answer where none has."""
    *mirrors, own = candidates(name, warn)
    for mirror in mirrors:
        if (problem := certificate_problem(mirror, http)) is not None:
            warn(problem)
            continue
        remote = remote_at(mirror, http)
        try:
            return remote, *remote.manifest(name.wanted)
        except (NotFound, Unreachable):
            continue
    remote = remote_at(own, http)
    return remote, *remote.manifest(name.wanted)


def open_image(text: str, http: Http, *, platform: Platform | None, machine: Platform) -> Image:
    """The image of a name for `platform`, with what is attached to it (present, not verified).

    Raises:
        SeamlineError: as `open_source` and `resolve` say.
    """
    return resolve(open_source(text, http), platform=platform, machine=machine)


def list_tags(repository: str, http: Http) -> tuple[str, ...]:
    """Every tag of a repository, sorted."""
    return tuple(sorted(remote_at(itself(parse_registry_name(repository)), http).tags()))


def list_repositories(registry: str, http: Http) -> tuple[str, ...]:
    """Every repository of a registry, sorted; many registries do not tell."""
    own = itself(parse_registry_name(f"{registry}/any"))
    return tuple(sorted(remote_at(own, http, actions="*").repositories()))


def _attached(remote: Remote, digest: Digest) -> Iterator[Attached]:
    """Referrers and cosign's tags of a digest. What cannot be listed is not there."""
    try:
        yield from _referrers(remote, digest)
        yield from _tagged(remote, digest)
    except NotFound:
        return


def _referrers(remote: Remote, digest: Digest) -> Iterator[Attached]:
    raw = remote.referrers(digest)
    if raw is None:
        return
    try:
        yield from attached_by_referrers(raw, digest, remote.document, str(remote.name))
    except (Malformed, Bomb):  # some registries answer with a page of their own
        return


def _tagged(remote: Remote, digest: Digest) -> Iterator[Attached]:
    for suffix, kind in COSIGN_TAGS.items():
        tag = tag_of(digest, suffix)
        if remote.exists(tag):
            raw, _ = remote.manifest(tag)
            yield from attached_by_tag(raw, digest, kind, remote.document, f"tag {tag}")
