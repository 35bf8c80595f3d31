"""What somebody says of an image, and the envelopes that are signed: bytes -> values.

Source: in-toto Statement 0.1 and 1; SLSA provenance 0.2 `materials` and 1.0 `resolvedDependencies`; DSSE 1.0,
envelope.md and protocol.md; Sigstore bundle 0.3; cosign, SIGNATURE_SPEC.md.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

import msgspec

from seamline.errors import Malformed
from seamline.formats.json_document import parse_json
from seamline.formats.oci.documents import DOCUMENT_BYTES

PROVENANCE = "https://slsa.dev/provenance/"
IMAGE_SIGNATURE = "https://sigstore.dev/cosign/sign/v1"
"""The predicate of a statement that says nothing but "signed"."""
STATEMENT_TYPE = "application/vnd.in-toto+json"
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"
SIMPLE_SIGNING_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json"
BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle"
_CHECKED = (STATEMENT_TYPE, ENVELOPE_TYPE, SIMPLE_SIGNING_TYPE)
_STATEMENTS = ("https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1")
_SIMPLE_SIGNING = ("cosign container image signature", "atomic container signature")


def is_checked(media_type: str) -> bool:
    """Whether documents of this type are statements or signatures that are read here."""
    return media_type in _CHECKED or media_type.startswith(BUNDLE_TYPE)


class Material(msgspec.Struct, frozen=True):
    """Something that a build used."""

    uri: str = ""
    digest: Mapping[str, str] = {}


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is said (`predicate_type`) of which things (digests as `sha256:...`); `materials` of a provenance only."""

    predicate_type: str
    subjects: tuple[str, ...]
    materials: tuple[Material, ...] = ()


class Signature(msgspec.Struct, frozen=True):
    """One signature, with what it says of its key ("" for nothing)."""

    value: bytes
    key_id: str = ""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A payload with its signatures. `signed` is what they were made over. With `by_certificate` the key stands in a
    certificate that came along, and nobody's key file can prove it."""

    payload_type: str
    payload: bytes
    signed: bytes
    signatures: tuple[Signature, ...]
    by_certificate: bool = False


class _Subject(msgspec.Struct):
    digest: dict[str, str] | None = None


class _Statement(msgspec.Struct, rename="camel"):
    type_: str = msgspec.field(default="", name="_type")
    predicate_type: str = ""
    subject: tuple[_Subject, ...] | None = None
    predicate: msgspec.Raw = msgspec.Raw()


class _Definition(msgspec.Struct, rename="camel"):
    resolved_dependencies: tuple[Material, ...] | None = None


class _Provenance(msgspec.Struct, rename="camel"):
    materials: tuple[Material, ...] | None = None
    build_definition: _Definition | None = None


def parse_statement(raw: bytes, where: str) -> Statement:
    """The statement that `raw` spells.

    Raises:
        Malformed, Bomb: it is none, or a provenance whose materials are of no known form.
    """
    told = parse_json(raw, _Statement, where, DOCUMENT_BYTES)
    if told.type_ and told.type_ not in _STATEMENTS:
        raise _bad(where, "an in-toto statement", told.type_)
    digests = (each.digest or {} for each in told.subject or ())
    return Statement(
        predicate_type=told.predicate_type,
        subjects=tuple(f"{name}:{value}" for digest in digests for name, value in digest.items()),
        materials=_materials(told, where),
    )


def _materials(told: _Statement, where: str) -> tuple[Material, ...]:
    if not told.predicate_type.startswith(PROVENANCE) or not bytes(told.predicate):
        return ()
    predicate = parse_json(bytes(told.predicate), _Provenance, where, DOCUMENT_BYTES)
    definition = predicate.build_definition or _Definition()
    return (*(predicate.materials or ()), *(definition.resolved_dependencies or ()))


class _Signature(msgspec.Struct):
    sig: str
    keyid: str | None = None


class _Envelope(msgspec.Struct, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_Signature, ...]


class _PublicKey(msgspec.Struct):
    key_id: str = msgspec.field(name="hint", default="")


class _Verification(msgspec.Struct, rename="camel"):
    """A public key's hint; where there is none, a certificate stands in its place."""

    public_key: _PublicKey | None = None


class _Bundle(msgspec.Struct, rename="camel"):
    verification_material: _Verification
    dsse_envelope: _Envelope | None = None


def parse_envelope(raw: bytes, where: str, *, by_certificate: bool = False) -> Envelope:
    """The DSSE envelope that `raw` spells.

    Raises:
        Malformed, Bomb: it is none.
    """
    return _envelope(parse_json(raw, _Envelope, where, DOCUMENT_BYTES), where, by_certificate=by_certificate)


def parse_bundle(raw: bytes, where: str) -> Envelope:
    """The DSSE envelope in a Sigstore bundle; its key's hint is the key id.

    Raises:
        Malformed, Bomb: it is no bundle, or one of another kind.
    """
    bundle = parse_json(raw, _Bundle, where, DOCUMENT_BYTES)
    if bundle.dsse_envelope is None:
        raise _bad(where, "a bundle around a DSSE envelope", "another one")
    material = bundle.verification_material
    found = _envelope(bundle.dsse_envelope, where, by_certificate=material.public_key is None)
    key_id = material.public_key.key_id if material.public_key is not None else ""
    signatures = tuple(Signature(each.value, key_id or each.key_id) for each in found.signatures)
    return msgspec.structs.replace(found, signatures=signatures)


def _envelope(told: _Envelope, where: str, *, by_certificate: bool) -> Envelope:
    payload = decoded(told.payload, where)
    return Envelope(
        payload_type=told.payload_type,
        payload=payload,
        signed=pre_authentication(told.payload_type, payload),
        signatures=tuple(Signature(decoded(each.sig, where), each.keyid or "") for each in told.signatures),
        by_certificate=by_certificate,
    )


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """What a DSSE signature is made over. Source: DSSE 1.0, protocol.md, PAE."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


class _Image(msgspec.Struct):
    digest: str = msgspec.field(name="docker-manifest-digest")


class _Critical(msgspec.Struct):
    image: _Image
    type: str


class _SimpleSigning(msgspec.Struct):
    critical: _Critical


def parse_simple_signing(raw: bytes, where: str) -> str:
    """The digest of the image that a signature's payload names.

    Raises:
        Malformed, Bomb: it is no such payload.
    """
    critical = parse_json(raw, _SimpleSigning, where, DOCUMENT_BYTES).critical
    if critical.type not in _SIMPLE_SIGNING:
        raise _bad(where, "the signature of an image", critical.type)
    return critical.image.digest


def decoded(text: str, where: str) -> bytes:
    """The bytes of base64, in its standard or its address-safe alphabet.

    Raises:
        Malformed: it is none.
    """
    try:
        return base64.b64decode(text.translate({45: "+", 95: "/"}), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise _bad(where, "base64", str(fault)) from fault


def _bad(where: str, expected: str, got: str) -> Malformed:
    return Malformed(where, expected=expected, got=repr(got[:100]), hint="sign it again")
