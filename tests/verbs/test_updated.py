"""How a base is pinned, and the name that is proposed: only tags that the repository has, with the digest."""

from __future__ import annotations

import pytest

from seamline.model.image import Digest
from seamline.model.seam import Base
from seamline.verbs.updated import _propose

DIGEST = "sha256:" + "a" * 64


def base(*tags: str, digest: str = DIGEST) -> Base:
    names = tuple(f"docker.io/library/debian:{tag}" for tag in tags)
    return Base(
        names=names,
        diff_ids=(Digest("sha256:b"),),
        digest=Digest(digest) if digest else None,
        created="2026-11-01T00:00:00Z",
    )


@pytest.mark.parametrize(
    ("tags", "tag"),
    [
        (("12", "bookworm", "bookworm-20261101", "12.8"), "bookworm-20261101"),
        (("12", "bookworm", "12.8"), "12.8"),
        (("12", "12.8.1"), "12.8.1"),
        (("latest", "bookworm"), "bookworm"),
    ],
)
def test_the_most_exact_tag_there_is_is_proposed_with_the_digest(tags: tuple[str, ...], tag: str) -> None:
    assert _propose(base(*tags)) == f"debian:{tag}@{DIGEST}"


def test_without_a_name_or_a_digest_nothing_is_proposed() -> None:
    assert _propose(base()) == ""
    assert _propose(base("12", digest="")) == ""
