"""Which platform of an index is meant, as containerd chooses."""

from __future__ import annotations

import pytest

from seamline.errors import NotFound
from seamline.formats.oci.documents import Descriptor
from seamline.formats.oci.platforms import choose_platform, fits, is_attestation, normalized
from seamline.model.image import Digest, Platform

AMD64 = Platform("linux", "amd64")


def platform(text: str) -> Platform:
    return Platform(*text.split("/"))


def chosen(there: str, wanted: str | None, machine: str = "linux/amd64") -> str:
    candidates = [(platform(each), each) for each in there.split()]
    return choose_platform(candidates, platform(wanted) if wanted else None, platform(machine), "x")


@pytest.mark.parametrize(
    ("there", "wanted", "machine", "expected"),
    [
        ("linux/arm64 linux/amd64", None, "linux/x86_64", "linux/amd64"),
        ("linux/amd64 linux/arm64/v8", None, "linux/aarch64", "linux/arm64/v8"),
        ("linux/arm/v5 linux/arm/v6 linux/arm/v7", "linux/arm", "linux/amd64", "linux/arm/v7"),
        ("linux/arm/v5 linux/arm/v7", "linux/arm/v6", "linux/amd64", "linux/arm/v5"),
        ("linux/amd64 linux/amd64/v2 linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "linux/amd64/v2"),
        ("linux/amd64 linux/amd64/v3", None, "linux/amd64", "linux/amd64"),
        ("linux/386 linux/s390x", None, "linux/amd64", "linux/386"),
        ("linux/arm/v6 linux/arm/v7", None, "linux/arm64", "linux/arm/v7"),
        ("linux/arm64 linux/arm64/v8.6", "linux/arm64/v9", "linux/amd64", "linux/arm64"),
        ("linux/arm64 linux/arm64/v8.5", "linux/arm64/v9", "linux/amd64", "linux/arm64/v8.5"),
        ("windows/amd64 linux/amd64", None, "linux/amd64", "linux/amd64"),
        ("linux/amd64/strange linux/amd64", None, "linux/amd64", "linux/amd64"),
    ],
)
def test_the_nearest_platform_that_runs_is_chosen(
    there: str, wanted: str | None, machine: str, expected: str
) -> None:
    assert chosen(there, wanted, machine) == expected


def test_what_was_asked_for_is_never_replaced_by_another_architecture() -> None:
    with pytest.raises(NotFound, match=r"linux/386.*--platform linux/386"):
        chosen("linux/386", "linux/amd64")


def test_a_lone_manifest_without_a_platform_is_taken_unless_one_was_asked_for() -> None:
    assert choose_platform([(None, "it")], None, AMD64, "x") == "it"
    with pytest.raises(NotFound):
        choose_platform([(None, "it")], AMD64, AMD64, "x")
    with pytest.raises(NotFound):
        choose_platform([(None, "one"), (None, "two")], None, AMD64, "x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("linux/arm64", "linux/aarch64/v8"),
        ("linux/arm", "linux/armhf"),
        ("linux/arm/6", "linux/arm/v6"),
        ("Linux/AMD64/v1", "linux/x86_64"),
    ],
)
def test_a_platform_has_one_spelling(one: str, other: str) -> None:
    assert normalized(platform(one)) == normalized(platform(other))
    assert fits(platform(one), platform(other))


def test_a_statement_about_an_image_is_no_image() -> None:
    digest = Digest("sha256:" + "0" * 64)
    plain = Descriptor(media_type="m", digest=digest, size_bytes=1, platform=AMD64)
    unknown = Descriptor(media_type="m", digest=digest, size_bytes=1, platform=Platform("unknown", "unknown"))
    named = Descriptor(
        media_type="m",
        digest=digest,
        size_bytes=1,
        annotations={"vnd.docker.reference.type": "attestation-manifest"},
    )
    assert [is_attestation(each) for each in (plain, unknown, named)] == [False, True, True]
