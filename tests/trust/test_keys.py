"""Which key files are taken, and what is said of the others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from seamline.errors import Malformed, MissingTool
from seamline.trust.keys import parse_key
from tests.neighbours import need
from tests.trust.signing import make_key

pytestmark = pytest.mark.real


@pytest.mark.parametrize(("kind", "words"), [("weak", "RSA of 1024 bits"), ("k1", "secp256k1")])
def test_a_key_that_proves_too_little_is_refused(tmp_path: Path, kind: str, words: str) -> None:
    need("openssl")
    public = make_key(tmp_path, kind).with_suffix(".pub")
    with pytest.raises(Malformed, match=words):
        parse_key(public.read_bytes(), "cosign.pub")


def test_a_private_key_is_told_by_its_name(tmp_path: Path) -> None:
    need("openssl")
    with pytest.raises(Malformed, match="public half"):
        parse_key(make_key(tmp_path, "p256").read_bytes(), "cosign.key")


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_what_is_no_key_is_named(data: bytes) -> None:
    with pytest.raises(Malformed, match=r"cosign\.pub: expected an ECDSA"):
        parse_key(data, "cosign.pub")


def test_without_the_library_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("cryptography.hazmat.primitives")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives", None)
    with pytest.raises(MissingTool, match=r"seamline\[trust\]"):
        parse_key(b"", "cosign.pub")
