"""Statements signed by openssl, wrapped as cosign wraps them: an independent hand made every signature here."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from seamline.model.image import Attached, Attachment, Digest, Document
from seamline.trust.judge import Opened
from tests.seam.images import diff_id

IMAGE, INDEX, OTHER = diff_id("image"), diff_id("index"), diff_id("other")
PROVENANCE = "https://slsa.dev/provenance/v1"
KINDS: Mapping[str, Sequence[str]] = {
    "p256": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "p384": ("EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
    "p521": ("EC", "-pkeyopt", "ec_paramgen_curve:P-521"),
    "ed25519": ("ED25519",),
    "rsa": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
    "weak": ("RSA", "-pkeyopt", "rsa_keygen_bits:1024"),
    "k1": ("EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"),
}


def make_key(folder: Path, kind: str) -> Path:
    """The private key's file; the public one is beside it as .pub."""
    key = folder / f"{kind}.key"
    _openssl("genpkey", "-algorithm", *KINDS[kind], "-out", str(key))
    _openssl("pkey", "-in", str(key), "-pubout", "-out", str(key.with_suffix(".pub")))
    return key


def sign(key: Path, message: bytes, hashed: str = "sha256") -> bytes:
    """openssl's signature over the message."""
    text = key.with_suffix(".message")
    text.write_bytes(message)
    if key.stem == "ed25519":
        return _openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", str(text))
    return _openssl("dgst", f"-{hashed}", "-sign", str(key), str(text))


def _openssl(*words: str) -> bytes:
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


def statement(*subjects: Digest, predicate_type: str = PROVENANCE, base: str = "debian@13") -> bytes:
    """What a build says of these digests."""
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": predicate_type,
            "subject": [
                {"name": "app", "digest": {"sha256": each.removeprefix("sha256:")}} for each in subjects
            ],
            "predicate": {"buildDefinition": {"resolvedDependencies": [{"uri": f"pkg:docker/{base}"}]}},
        }
    ).encode()


def envelope(payload: bytes, key: Path | None, hashed: str = "sha256") -> dict[str, Any]:
    """A DSSE envelope; without a key it has no signature."""
    kind = "application/vnd.in-toto+json"
    signed = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    found = [{"sig": base64.b64encode(sign(key, signed, hashed)).decode()}] if key else []
    return {"payloadType": kind, "payload": base64.b64encode(payload).decode(), "signatures": found}


def bundle(payload: bytes, key: Path, named: Path | None = None) -> bytes:
    """A Sigstore bundle whose hint names `named` (`key` where none is)."""
    public = (named or key).with_suffix(".pub").read_text()
    der = base64.b64decode("".join(public.splitlines()[1:-1]))
    hint = base64.b64encode(sha256(der).digest()).decode()
    material = {"publicKey": {"hint": hint}, "tlogEntries": []}
    return json.dumps({"verificationMaterial": material, "dsseEnvelope": envelope(payload, key)}).encode()


def opened(
    data: bytes,
    media_type: str = "application/vnd.dsse.envelope.v1+json",
    *,
    about: Digest = IMAGE,
    digest: Digest | None = None,
    annotations: Mapping[str, str] | None = None,
    in_index: bool = False,
) -> Opened:
    """One attachment with one document."""
    document = Document(media_type=media_type, annotations=annotations or {}, data=data)
    line = Attachment(
        kind="attestation", artifact_type="", digest=digest or diff_id("manifest"), source="test"
    )
    attached = Attached(line=line, about=about, read=lambda: (document,), in_index=in_index)
    return Opened(attached=attached, documents=(document,))
