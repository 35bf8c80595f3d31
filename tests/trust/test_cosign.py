"""What the real cosign wrote, with every kind of key and in both of its forms; where from, the fixture's ORIGIN says."""

from __future__ import annotations

import tarfile
from collections import Counter
from pathlib import Path

import pytest

from seamline.model.image import Image, Platform
from seamline.places.opening import Opening, open_image
from seamline.trust.keys import parse_key
from seamline.verbs.attested import with_statements

FIXTURE = Path(__file__).parent / "fixtures" / "cosign"
ARCHIVE = f"oci-archive:{FIXTURE / 'layout.tar.gz'}"
PROVENANCE = "https://slsa.dev/provenance/v1"


def checked(text: str, key: str) -> Image:
    """The image, what is attached to it checked with one key."""
    public = parse_key((FIXTURE / f"{key}.pub").read_bytes(), key)
    return with_statements(open_image(text, Opening(platform=Platform())), [public])


def verdicts(image: Image) -> Counter[str]:
    return Counter(each.verdict.id if each.verdict else "" for each in image.attachments)


def verified(image: Image) -> list[tuple[str, str]]:
    return sorted((each.kind, each.predicate_type) for each in image.attachments if each.verified_by)


@pytest.mark.parametrize("key", ["cosign", "p384", "ed25519", "rsa"])
def test_an_attestation_of_every_kind_of_key_is_verified_in_both_forms(key: str) -> None:
    """With an Ed25519 key cosign signs the hash of the message."""
    image = checked(f"{ARCHIVE}:app", key)
    assert verified(image).count(("attestation", PROVENANCE)) == 2
    assert [told.signer for told in image.statements if told.signer] == [key, key]
    assert set(verdicts(image)) == {"attached-verified", "attached-by-nobody-trusted"}
    assert image.gaps == ()


def test_signatures_and_other_attestations_are_told_too() -> None:
    assert verified(checked(f"{ARCHIVE}:app", "cosign")) == [
        ("attestation", "https://cyclonedx.org/bom"),
        ("attestation", PROVENANCE),
        ("attestation", PROVENANCE),
        ("signature", ""),
    ]
    assert ("signature", "https://sigstore.dev/cosign/sign/v1") in verified(checked(f"{ARCHIVE}:app", "p384"))


@pytest.mark.parametrize(("key", "signed"), [("cosign", True), ("rsa", True), ("p384", False)])
def test_the_statement_in_an_index_is_signed_with_the_index_or_by_itself(key: str, signed: bool) -> None:
    image = checked(f"{ARCHIVE}:index", key)
    (listed,) = (each for each in image.attached if each.in_index)
    assert bool(listed.line.verified_by) == signed
    assert (image.statements[0].signer == key) == signed


def test_what_is_attached_to_one_image_says_nothing_of_another() -> None:
    assert checked(f"{ARCHIVE}:other", "cosign").attachments == ()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The layout that `cosign save` wrote."""
    with tarfile.open(FIXTURE / "layout.tar.gz") as tar:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and newer
            tar.extractall(tmp_path, filter="data")
        else:
            tar.extractall(tmp_path)  # noqa: S202 - a fixture of our own
    (tmp_path / "index.json").write_bytes((FIXTURE / "saved-index.json").read_bytes())
    return tmp_path


def test_a_saved_image_is_the_one_image_of_its_layout_and_brings_its_signatures(saved: Path) -> None:
    image = checked(f"oci-dir:{saved}", "cosign")
    assert verified(image) == [("attestation", PROVENANCE), ("signature", "")]
    assert image.platforms == ()


def test_an_attestation_that_was_tampered_with_is_a_gap_and_told(saved: Path) -> None:
    image = checked(f"oci-dir:{saved}", "cosign")
    (envelope,) = (
        each for each in image.attached if each.line.verified_by and each.line.kind == "attestation"
    )
    (document,) = envelope.read()
    (blob,) = (each for each in saved.glob("blobs/sha256/*") if each.read_bytes() == document.data)
    blob.write_bytes(document.data.replace(b"payload", b"Payload"))
    again = checked(f"oci-dir:{saved}", "cosign")
    assert verified(again) == [("signature", "")]
    assert verdicts(again)["attached-not-read"] == 1
    assert [gap.message.id for gap in again.gaps] == ["attestation-not-read"]
    assert not any(told.signer for told in again.statements)
