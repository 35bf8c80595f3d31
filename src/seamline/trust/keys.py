"""The keys that a user trusts, and whether one of them made a signature.

Source: cosign, SIGNATURE_SPEC.md (ECDSA, RSA, Ed25519); RFC 5480 (SubjectPublicKeyInfo); RFC 8017 8.2 (PKCS #1 v1.5).
"""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from seamline.errors import Malformed, MissingTool

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    Public: TypeAlias = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey

_ED25519_BYTES = 64
_LEAST_RSA_BITS = 2048
_KINDS = "an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key"


class TrustedKey:
    """One public key: the `name` that the user gave it, its `fingerprint` (SHA-256 of its SubjectPublicKeyInfo, hex)."""

    __slots__ = ("_public", "fingerprint", "name")

    def __init__(self, name: str, fingerprint: str, public: Public) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._public = public

    def is_named(self, key_id: str) -> bool:
        """Whether a signature's key id is this key's, as cosign's bundles (base64) or others (hex) write it."""
        return key_id in (self.fingerprint, base64.b64encode(bytes.fromhex(self.fingerprint)).decode())

    def made(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature over the message."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - 15 ms that few runs need

        try:
            return _verifies(self._public, signature, message)
        except InvalidSignature:
            return False


def parse_key(pem: bytes, name: str) -> TrustedKey:
    """The public key of a PEM file, as cosign and openssl write them.

    Raises:
        Malformed: it is none, of another kind, or too weak.
        MissingTool: the package that checks signatures is not installed.
    """
    try:
        import nacl  # noqa: F401, PLC0415 - 15 ms that few runs need
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above
    except ImportError as fault:
        raise MissingTool(
            name,
            expected="the packages cryptography and pynacl, which check signatures",
            got="not both of them",
            hint="pip install 'seamline[trust]'",
        ) from fault
    if b"PRIVATE KEY" in pem:
        raise _bad(name, "a private key", hint="name its public half: cosign public-key --key FILE")
    try:
        public = serialization.load_pem_public_key(pem)
    except Exception as fault:  # the library raises several kinds, some of them outside its own tree
        raise _bad(name, " ".join(str(fault).split())[:100] or type(fault).__name__) from fault
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return TrustedKey(name, sha256(spki).hexdigest(), _supported(public, name))


def _supported(public: object, name: str) -> Public:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 - as above

    if isinstance(public, ed25519.Ed25519PublicKey):
        return public
    if isinstance(public, ec.EllipticCurvePublicKey):
        if isinstance(public.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1):
            return public
        raise _bad(name, f"the curve {public.curve.name}")
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size >= _LEAST_RSA_BITS:
            return public
        raise _bad(name, f"RSA of {public.key_size} bits", hint=f"at least {_LEAST_RSA_BITS} bits are needed")
    raise _bad(name, type(public).__name__)


def _verifies(public: Public, signature: bytes, message: bytes) -> bool:
    """Whether it holds; the library may raise where it does not.

    Which hash goes with a P-384 or P-521 key depends on the tool: cosign takes SHA-256 in its old form and the curve's
    own in its bundles. With an Ed25519 key it signs the message's hash (Ed25519ph), openssl the message.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding  # noqa: PLC0415 - as above

    if isinstance(public, ed25519.Ed25519PublicKey):
        return _is_prehashed(public, signature, message) or public.verify(signature, message) is None
    for algorithm in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512()):
        try:
            if isinstance(public, ec.EllipticCurvePublicKey):
                public.verify(signature, message, ec.ECDSA(algorithm))
            else:
                public.verify(signature, message, padding.PKCS1v15(), algorithm)
        except InvalidSignature:
            continue
        return True
    return False


def _is_prehashed(public: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether it is an Ed25519ph signature over the message. Source: RFC 8032 5.1."""
    import nacl.bindings as sodium  # noqa: PLC0415 - as above
    from nacl.exceptions import BadSignatureError  # noqa: PLC0415 - as above

    if len(signature) != _ED25519_BYTES:
        return False
    state = sodium.crypto_sign_ed25519ph_state()
    sodium.crypto_sign_ed25519ph_update(state, message)
    try:
        return sodium.crypto_sign_ed25519ph_final_verify(state, signature, public.public_bytes_raw())
    except BadSignatureError:
        return False


def _bad(name: str, got: str, hint: str = "name a public key in PEM: cosign.pub") -> Malformed:
    return Malformed(name, expected=_KINDS, got=got, hint=hint)
