"""From what is attached to an image, its documents read, to who signed what. Nothing here touches the world.

Whoever signs an index signs all that it lists, so BuildKit's statements beside an image are signed by the signature of
their own manifest or of the index. A signature counts for the digest that it names, never for what it hangs on.

Source: DSSE 1.0, protocol.md; in-toto attestation framework, validation; cosign, SIGNATURE_SPEC.md and BUNDLE_SPEC.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from seamline.errors import SeamlineError
from seamline.formats.in_toto import (
    BUNDLE_TYPE,
    ENVELOPE_TYPE,
    IMAGE_SIGNATURE,
    PROVENANCE,
    SIMPLE_SIGNING_TYPE,
    STATEMENT_TYPE,
    Envelope,
    Signature,
    decoded,
    parse_bundle,
    parse_envelope,
    parse_simple_signing,
    parse_statement,
)
from seamline.model.evidence import Message
from seamline.model.image import Attached, Attachment, Digest, Document, Statement
from seamline.trust.keys import TrustedKey

_SIGNATURE = "dev.cosignproject.cosign/signature"
_CERTIFICATE = "dev.sigstore.cosign/certificate"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment with its documents; `problem` tells why there are none."""

    attached: Attached
    documents: tuple[Document, ...] = ()
    problem: str = ""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The attachments with their verdicts, in the order they came, and the build's accounts of the image among them."""

    attached: tuple[Attached, ...]
    statements: tuple[Statement, ...]


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """What one document comes to: who signed it, the digests that it is about, its statement if it holds one."""

    verdict: Message | None = None
    signer: str = ""
    subjects: tuple[str, ...] = ()
    statement: bytes = b""
    predicate_type: str = ""


def judge(opened: Sequence[Opened], image: Sequence[Digest], keys: Sequence[TrustedKey]) -> Judged:
    """Who signed what. `image` are the digests that mean the image: its own, and its index's.

    Without keys nothing is verified and nothing is told; the statements are there, signed by nobody.
    """
    said = [_said_of(each, keys) for each in opened]
    vouched: dict[str, str] = {}
    for about in said:
        if about.signer and about.predicate_type in ("", IMAGE_SIGNATURE):
            vouched.update(dict.fromkeys(about.subjects, about.signer))
    lines: list[Attached] = []
    statements: list[Statement] = []
    for each, found in zip(opened, said, strict=True):
        signer = _signer_of_listed(each.attached, image, vouched)
        one = _placed(each, found, image, signer, keyed=bool(keys))
        lines.append(msgspec.structs.replace(each.attached, line=_line(each.attached.line, one)))
        if each.attached.in_index:
            statements += (_listed(document, each, one.signer) for document in each.documents)
        elif one.statement and one.predicate_type.startswith(PROVENANCE):
            statements.append(Statement(one.statement, one.signer))
    return Judged(attached=tuple(lines), statements=tuple(statements))


def _line(line: Attachment, said: _Said) -> Attachment:
    predicate = line.predicate_type or said.predicate_type
    # what a bundle is stands inside it, where its manifest does not say so
    kind = "attestation" if predicate not in ("", IMAGE_SIGNATURE) and line.kind == "signature" else line.kind
    return msgspec.structs.replace(
        line,
        kind=kind,
        predicate_type=predicate,
        verified_by=said.signer,
        verdict=said.verdict,
    )


def _signer_of_listed(attached: Attached, image: Sequence[Digest], vouched: dict[str, str]) -> str:
    """Who signed a manifest that the index lists: it by itself, or the whole index."""
    if not attached.in_index:
        return ""
    index = next((vouched[digest] for digest in image if digest != attached.about and digest in vouched), "")
    return vouched.get(attached.line.digest, index)


def _placed(each: Opened, said: _Said, image: Sequence[Digest], signer: str, *, keyed: bool) -> _Said:
    """What a document comes to for this very image: what is about another one is worth nothing here."""
    attached = each.attached
    if each.problem:
        return _Said(verdict=Message("attached-not-read", {"why": each.problem}) if keyed else None)
    if attached.in_index:
        verdict = _verified(signer) if signer else Message("attached-unsigned") if keyed else None
        return _Said(verdict=verdict, signer=signer)
    # what hangs on a manifest beside the image is meant for that one
    meant = image if attached.about in image else (attached.about,)
    if not said.subjects or any(digest in said.subjects for digest in meant):
        return said
    args = {"key": said.signer, "digest": said.subjects[0]}
    verdict = Message("attached-about-another" if said.signer else "attached-unsigned-about-another", args)
    return _Said(verdict=verdict if keyed else None, predicate_type=said.predicate_type)


def _listed(document: Document, each: Opened, signer: str) -> Statement:
    """A statement of the index; signed only where its own words are about the image that it is listed for."""
    try:
        subjects = parse_statement(document.data, each.attached.line.source).subjects
    except SeamlineError:
        subjects = ()
    return Statement(document.data, signer if each.attached.about in subjects else "")


def _said_of(each: Opened, keys: Sequence[TrustedKey]) -> _Said:
    """What the documents of one attachment say: cosign writes one each."""
    if each.attached.in_index:
        return _Said()
    if not each.documents:
        return _Said(verdict=Message("attached-of-no-known-form") if keys else None)
    said = [_document(document, str(each.attached.line.digest), keys) for document in each.documents]
    return next((one for one in said if one.signer), said[0])


def _document(document: Document, where: str, keys: Sequence[TrustedKey]) -> _Said:
    try:
        return _read(document, where, keys)
    except SeamlineError as fault:
        why = f"expected {fault.expected}, got {fault.got}"
        return _Said(verdict=Message("attached-not-read", {"why": why}) if keys else None)


def _read(document: Document, where: str, keys: Sequence[TrustedKey]) -> _Said:
    kind, annotations = document.media_type, document.annotations
    by_certificate = bool(annotations.get(_CERTIFICATE))
    if kind == SIMPLE_SIGNING_TYPE:
        signature = Signature(decoded(annotations.get(_SIGNATURE, ""), where))
        subject = parse_simple_signing(document.data, where)
        signer, verdict = _signer((signature,), document.data, keys, by_certificate=by_certificate)
        return _Said(verdict=verdict, signer=signer, subjects=(subject,))
    if kind == ENVELOPE_TYPE:
        return _enveloped(parse_envelope(document.data, where, by_certificate=by_certificate), where, keys)
    if kind.startswith(BUNDLE_TYPE):
        return _enveloped(parse_bundle(document.data, where), where, keys)
    if kind == STATEMENT_TYPE:
        verdict = Message("attached-unsigned") if keys else None
        return _stated(document.data, where, _Said(verdict=verdict))
    return _Said(verdict=Message("attached-of-no-known-form") if keys else None)


def _enveloped(envelope: Envelope, where: str, keys: Sequence[TrustedKey]) -> _Said:
    signer, verdict = _signer(
        envelope.signatures, envelope.signed, keys, by_certificate=envelope.by_certificate
    )
    said = _Said(verdict=verdict, signer=signer)
    if envelope.payload_type != STATEMENT_TYPE:
        return _Said(verdict=Message("attached-of-no-known-form") if keys else None)
    return _stated(envelope.payload, where, said)


def _stated(payload: bytes, where: str, said: _Said) -> _Said:
    told = parse_statement(payload, where)
    if not told.subjects:
        return _Said(verdict=Message("attached-about-nothing") if said.verdict else None)
    return msgspec.structs.replace(
        said, subjects=told.subjects, statement=payload, predicate_type=told.predicate_type
    )


def _signer(
    signatures: Sequence[Signature], signed: bytes, keys: Sequence[TrustedKey], *, by_certificate: bool
) -> tuple[str, Message | None]:
    """The trusted key that made one of the signatures, and the verdict."""
    if not keys:
        return "", None
    for signature in signatures:
        for key in keys:
            if key.made(signature.value, signed):
                return key.name, _verified(key.name)
    for signature in signatures:
        for key in keys:
            if signature.key_id and key.is_named(signature.key_id):
                return "", Message("attached-broken", {"key": key.name})
    if by_certificate:
        return "", Message("attached-by-certificate")
    return "", Message("attached-by-nobody-trusted" if signatures else "attached-unsigned")


def _verified(key: str) -> Message:
    return Message("attached-verified", {"key": key})
