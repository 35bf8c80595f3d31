"""Who signed what is said of an image. Keys and signatures are openssl's."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from seamline.model.image import Attachment, Digest, Statement
from seamline.trust.judge import Opened, judge
from seamline.trust.keys import TrustedKey, parse_key
from tests.neighbours import need
from tests.seam.images import diff_id
from tests.trust.signing import IMAGE, INDEX, OTHER, bundle, envelope, make_key, opened, sign, statement

pytestmark = pytest.mark.real
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    need("openssl")
    folder = tmp_path_factory.mktemp("keys")
    return {kind: make_key(folder, kind) for kind in ("p256", "p384", "p521", "ed25519", "rsa")}


def trusted(key: Path) -> TrustedKey:
    return parse_key(key.with_suffix(".pub").read_bytes(), f"{key.stem}.pub")


def judged(*found: Opened, by: Path | None) -> tuple[list[Attachment], tuple[Statement, ...]]:
    result = judge(found, (IMAGE, INDEX), (trusted(by),) if by else ())
    return [each.line for each in result.attached], result.statements


def verdicts(lines: list[Attachment]) -> list[tuple[str, str]]:
    return [(line.verdict.id if line.verdict else "", line.verified_by) for line in lines]


@pytest.mark.parametrize(
    ("kind", "hashed"),
    [
        ("p256", "sha256"),
        ("p384", "sha256"),
        ("p384", "sha384"),
        ("p521", "sha512"),
        ("ed25519", ""),
        ("rsa", "sha256"),
    ],
)
def test_a_statement_signed_by_a_trusted_key_is_verified(
    keys: dict[str, Path], kind: str, hashed: str
) -> None:
    payload = statement(IMAGE)
    lines, statements = judged(
        opened(json.dumps(envelope(payload, keys[kind], hashed)).encode()), by=keys[kind]
    )
    assert verdicts(lines) == [("attached-verified", f"{kind}.pub")]
    assert statements == (Statement(payload, f"{kind}.pub"),)


def test_a_statement_about_the_index_is_about_its_images_too(keys: dict[str, Path]) -> None:
    data = json.dumps(envelope(statement(INDEX), keys["p256"])).encode()
    _, (told,) = judged(opened(data, about=INDEX), by=keys["p256"])
    assert told.signer == "p256.pub"


def test_another_key_or_a_changed_payload_is_told_and_signs_nothing(keys: dict[str, Path]) -> None:
    foreign = json.dumps(envelope(statement(IMAGE), keys["rsa"])).encode()
    changed = envelope(statement(IMAGE), keys["p256"])
    changed["payload"] = base64.b64encode(statement(IMAGE, base="evil@1")).decode()
    unsigned = json.dumps(envelope(statement(IMAGE), None)).encode()
    lines, statements = judged(
        opened(foreign), opened(json.dumps(changed).encode()), opened(unsigned), by=keys["p256"]
    )
    assert verdicts(lines) == [
        ("attached-by-nobody-trusted", ""),
        ("attached-by-nobody-trusted", ""),
        ("attached-unsigned", ""),
    ]
    assert [told.signer for told in statements] == ["", "", ""]


def test_a_bundle_names_its_key_so_that_a_broken_signature_is_known_as_such(keys: dict[str, Path]) -> None:
    good, broken = bundle(statement(IMAGE), keys["p256"]), bundle(statement(IMAGE), keys["rsa"], keys["p256"])
    stranger = bundle(statement(IMAGE), keys["rsa"])
    lines, _ = judged(opened(good, BUNDLE), opened(broken, BUNDLE), opened(stranger, BUNDLE), by=keys["p256"])
    assert [verdict for verdict, _ in verdicts(lines)] == [
        "attached-verified",
        "attached-broken",
        "attached-by-nobody-trusted",
    ]


def test_a_signed_statement_about_another_image_says_nothing_of_this_one(keys: dict[str, Path]) -> None:
    lines, statements = judged(opened(bundle(statement(OTHER), keys["p256"]), BUNDLE), by=keys["p256"])
    assert verdicts(lines) == [("attached-about-another", "")]
    assert lines[0].verdict is not None
    assert lines[0].verdict.args == {"key": "p256.pub", "digest": OTHER}
    assert statements == ()


def simple(key: Path, digest: str, kind: str = "cosign container image signature") -> Opened:
    """cosign's older signature of an image."""
    critical = {
        "identity": {"docker-reference": "x"},
        "image": {"docker-manifest-digest": digest},
        "type": kind,
    }
    payload = json.dumps({"critical": critical, "optional": None}).encode()
    signature = base64.b64encode(sign(key, payload)).decode()
    hung = Digest(digest) if digest != OTHER else IMAGE
    return opened(payload, SIMPLE, about=hung, annotations={"dev.cosignproject.cosign/signature": signature})


def test_an_image_signature_counts_for_the_digest_that_it_names(keys: dict[str, Path]) -> None:
    key = keys["p256"]
    found = [simple(key, IMAGE), simple(key, OTHER), simple(key, IMAGE, "something else")]
    lines, statements = judged(*found, by=key)
    assert [verdict for verdict, _ in verdicts(lines)] == [
        "attached-verified",
        "attached-about-another",
        "attached-not-read",
    ]
    assert statements == ()


ATTESTATION = diff_id("attestation manifest")


def listed(*subjects: str) -> Opened:
    """BuildKit's statement beside the image, in the index."""
    payload = statement(*(diff_id("") if not each else IMAGE for each in subjects))
    return opened(payload, "application/vnd.in-toto+json", digest=ATTESTATION, in_index=True)


@pytest.mark.parametrize("signed", [INDEX, ATTESTATION])
def test_who_signs_the_index_or_the_statement_signs_what_buildkit_says(
    keys: dict[str, Path], signed: str
) -> None:
    about = simple(keys["ed25519"], signed)
    lines, (told,) = judged(listed("image"), about, by=keys["ed25519"])
    assert verdicts(lines) == [("attached-verified", "ed25519.pub")] * 2
    assert told.signer == "ed25519.pub"


def test_the_signature_of_the_image_alone_does_not_sign_what_lies_beside_it(keys: dict[str, Path]) -> None:
    lines, (told,) = judged(listed("image"), simple(keys["p256"], IMAGE), by=keys["p256"])
    assert verdicts(lines) == [("attached-unsigned", ""), ("attached-verified", "p256.pub")]
    assert told.signer == ""


def test_a_signed_index_that_lists_a_statement_about_another_image_does_not_make_it_this_ones(
    keys: dict[str, Path],
) -> None:
    _, (told,) = judged(listed(""), simple(keys["p256"], INDEX), by=keys["p256"])
    assert told.signer == ""


def test_without_keys_nothing_is_told_and_statements_are_nobodys(keys: dict[str, Path]) -> None:
    lines, (told,) = judged(opened(bundle(statement(IMAGE), keys["p256"]), BUNDLE), by=None)
    assert (verdicts(lines), told.signer) == ([("", "")], "")


def test_a_signature_by_certificate_is_told_as_such(keys: dict[str, Path]) -> None:
    data = json.loads(bundle(statement(IMAGE), keys["rsa"]))
    data["verificationMaterial"] = {"certificate": {"rawBytes": "AAAA"}, "tlogEntries": []}
    lines, _ = judged(opened(json.dumps(data).encode(), BUNDLE), by=keys["p256"])
    assert verdicts(lines) == [("attached-by-certificate", "")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"payload":"?","payloadType":"x","signatures":[]}',
        b'{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"AA=="}]}',
    ],
)
@pytest.mark.parametrize(
    "kind", ["application/vnd.dsse.envelope.v1+json", BUNDLE, SIMPLE, "application/vnd.in-toto+json"]
)
def test_what_is_no_envelope_verifies_nothing(keys: dict[str, Path], data: bytes, kind: str) -> None:
    lines, statements = judged(opened(data, kind), by=keys["p256"])
    assert lines[0].verified_by == ""
    assert lines[0].verdict is not None
    assert not any(told.signer for told in statements)
