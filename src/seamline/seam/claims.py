"""What an image says about its own base: annotations, labels of tools, history comments. Believed only when checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qs, unquote

import msgspec

from seamline.errors import Bomb, Malformed, Usage, Where
from seamline.formats.in_toto import parse_statement
from seamline.formats.reference import parse_registry_name
from seamline.model.evidence import Rung
from seamline.model.image import Digest, Image, parse_digest
from seamline.model.seam import full_name, repository_of
from seamline.seam.history import Step, named_in_history

_BASE_NAME = "org.opencontainers.image.base.name"
_BASE_DIGEST = "org.opencontainers.image.base.digest"
_BUILDPACKS = "io.buildpacks.lifecycle.metadata"
_COPA = "BaseImage"
_IMAGE_SCHEMES = ("oci", "docker", "docker-pullable", "docker-image")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A base that something names. `rung` is what the claim is worth once its layers are found to be a prefix.

    `names` are alternatives; `depth` is the number of the base's layers where the claim tells; `top_layer` is the
    diff_id of the last of them where the claim holds that too, which proves the depth. `signer` is the trusted key that
    signed it.
    """

    source: str
    rung: Rung
    where: Where
    names: tuple[str, ...] = ()
    digest: Digest | None = None
    depth: int | None = None
    top_layer: Digest | None = None
    signer: str = ""

    @property
    def references(self) -> tuple[str, ...]:
        """What to ask a registry for: by digest where the claim has one, since tags move."""
        if self.digest is None:
            return self.names
        return tuple(f"{repository_of(name)}@{self.digest}" for name in self.names)

    @property
    def shown(self) -> str:
        return self.names[0] if self.names else self.digest or self.top_layer or ""


def claims_of(image: Image, steps: Sequence[Step]) -> tuple[Claim, ...]:
    """Every claim of the image about its base, strongest kind first."""
    labels = image.config.labels
    found = [
        *(
            claim
            for statement in image.statements
            for claim in claims_of_provenance(statement.data, signer=statement.signer)
        ),
        *_annotation(image.annotations, Where(source="annotations of the manifest"), "annotation"),
        *_annotation(labels, Where(source="labels of the configuration"), "label"),
        *_buildpacks(image),
        *_buildah(steps),
        *_first_line(steps),
    ]
    return tuple(_meaningful(found))


def _meaningful(claims: Iterable[Claim]) -> Iterator[Claim]:
    """The claims with the names that are references; one that then says nothing is none."""
    for claim in claims:
        names = tuple(name for name in claim.names if _is_reference(name))
        if names or claim.digest or claim.top_layer:
            yield msgspec.structs.replace(claim, names=names)


def _is_reference(name: str) -> bool:
    try:
        parse_registry_name(name)
    except (Usage, Malformed):
        return False
    return True


def _annotation(pairs: Mapping[str, str], where: Where, source: str) -> Iterator[Claim]:
    """Source: OCI image-spec 1.1, annotations.md, image.base.name and image.base.digest."""
    name, digest = pairs.get(_BASE_NAME, ""), pairs.get(_BASE_DIGEST, "")
    if not name and not digest:
        return
    yield Claim(
        source=source,
        rung=Rung.ANNOTATION,
        where=where,
        names=(full_name(name),) if name else (),
        digest=_digest(digest) or _digest(name.partition("@")[2]),
    )


def claims_of_provenance(statement: bytes, *, signer: str = "") -> tuple[Claim, ...]:
    """The images among a build's materials. Each may be the base or a stage that was copied from: layers decide.

    A statement that no trusted key signed is worth no more than an annotation.
    """
    try:
        told = parse_statement(statement, "provenance attestation")
    except (Malformed, Bomb):
        return ()
    found = (
        Claim(
            source="signed-provenance" if signer else "provenance",
            rung=Rung.PROVENANCE if signer else Rung.ANNOTATION,
            where=Where(source="provenance attestation"),
            names=(name,),
            digest=_digest(each.digest.get("sha256", "")),
            signer=signer,
        )
        for each in told.materials
        if (name := _image_of_uri(each.uri))
    )
    return tuple(dict.fromkeys(found))


def _image_of_uri(uri: str) -> str:
    """The full name of an image among materials; empty for other materials.

    `docker.io/library/debian:12` of `pkg:docker/debian@12?platform=linux%2Famd64`, as BuildKit writes it, and of
    `oci://docker.io/library/debian:12@sha256:...`, as Tekton Chains does. Source: purl specification, types docker, oci.
    """
    scheme, colon, rest = uri.partition("://")
    if colon and scheme in _IMAGE_SCHEMES:
        return full_name(rest)
    if uri.startswith("pkg:oci/"):
        where = parse_qs(uri.partition("?")[2])
        name, tag = where.get("repository_url", [""])[0], where.get("tag", [""])[0]
        version = unquote(uri.partition("?")[0].partition("@")[2])
        return full_name(f"{name}:{tag}" if tag else f"{name}@{version}" if version else name) if name else ""
    if not uri.startswith("pkg:docker/"):
        return ""
    path, _, version = unquote(uri.removeprefix("pkg:docker/").partition("?")[0]).partition("@")
    return full_name(f"{path}:{version}" if version and ":" not in version else path)


def _digest(text: str) -> Digest | None:
    """The digest, also where a tool left out `sha256:`; None where it is none."""
    try:
        return parse_digest(text if ":" in text else f"sha256:{text}")
    except Malformed:
        return None


class _RunImage(msgspec.Struct, frozen=True, rename="camel"):
    top_layer: str = ""
    reference: str = ""
    image: str = ""


class _Stack(msgspec.Struct, frozen=True, rename="camel"):
    run_image: _RunImage = _RunImage()


class _Lifecycle(msgspec.Struct, frozen=True, rename="camel"):
    """Which image a run image is stands beside it since platform 0.12, in the stack before."""

    run_image: _RunImage = _RunImage()
    stack: _Stack = _Stack()


def _buildpacks(image: Image) -> Iterator[Claim]:
    """Source: Cloud Native Buildpacks platform specification, `io.buildpacks.lifecycle.metadata`."""
    text = image.config.labels.get(_BUILDPACKS, "")
    if not text:
        return
    try:
        lifecycle = msgspec.json.decode(text, type=_Lifecycle)
    except (msgspec.MsgspecError, RecursionError):
        return
    run_image = lifecycle.run_image
    ends = [layer.position + 1 for layer in image.layers if layer.diff_id == run_image.top_layer]
    # in an engine the reference is an image id, which names nothing
    reference = run_image.reference if "@" in run_image.reference else ""
    name = run_image.image or lifecycle.stack.run_image.image or reference
    yield Claim(
        source="buildpacks",
        rung=Rung.TOOL_LABEL,
        where=Where(source=f"label {_BUILDPACKS}"),
        names=(full_name(name),) if name else (),
        digest=_digest(run_image.reference.partition("@")[2]),
        depth=ends[0] if ends else None,
        top_layer=_digest(run_image.top_layer),
    )


def patch_layer(image: Image, steps: Sequence[Step]) -> tuple[int, str] | None:
    """The position of the layer that Copa added, and the image that it patched.

    Copa's layer is the one whose history BuildKit's exporter had to make up; an image built on a patched one
    inherits the label, so the label alone does not say where the patch lies.
    """
    patched = image.config.labels.get(_COPA, "")
    if not patched or " " in patched:
        return None
    made_up = [step.position for step in steps if step.made_up and step.position is not None]
    return (made_up[-1], full_name(patched)) if made_up else None


def _buildah(steps: Sequence[Step]) -> Iterator[Claim]:
    """buildah notes `FROM name` at the first step over a base."""
    for step in steps:
        if step.built_on and step.built_on != "scratch" and step.layers_below:
            yield Claim(
                source="buildah",
                rung=Rung.ANNOTATION,
                where=Where(source=f"history line {step.index}"),
                names=(full_name(step.built_on),),
                digest=_digest(step.built_on.partition("@")[2]),
                depth=step.layers_below,
            )


def _first_line(steps: Sequence[Step]) -> Iterator[Claim]:
    named = named_in_history(steps)
    if named is not None:
        where = Where(source="history line 0", layer=0)
        yield Claim(source="history", rung=Rung.LEDGER, where=where, names=named.references, depth=1)
