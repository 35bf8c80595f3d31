"""SPDX documents that image makers put inside, and the purls in them."""

from __future__ import annotations

from contextlib import suppress

from seamline.errors import SeamlineError
from seamline.formats.spdx import parse_spdx
from seamline.model.purl import parse_purl, purl_of

SEEDS = (
    (
        b'{"spdxVersion":"SPDX-2.3","packages":[{"licenseDeclared":"MIT","externalRefs":'
        b'[{"referenceType":"purl","referenceLocator":"pkg:npm/%40a/b@1?arch=x&epoch=1#c"}]}]}'
    ),
    b"pkg:npm/@a/b",
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        for package in parse_spdx(data, 1 << 20):
            purl_of(package)
    found = parse_purl(data.decode("utf-8", "replace"))
    if found is not None:
        purl_of(found)
