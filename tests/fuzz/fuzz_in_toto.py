"""Statements, envelopes, bundles and image signatures, as the judge reads them."""

from __future__ import annotations

import tarfile
from pathlib import Path

from seamline.errors import SeamlineError
from seamline.formats.in_toto import parse_bundle, parse_envelope, parse_simple_signing, parse_statement
from seamline.seam.claims import claims_of_provenance

_LAYOUT = Path(__file__).parents[1] / "trust" / "fixtures" / "cosign" / "layout.tar.gz"


def _seeds() -> tuple[bytes, ...]:
    """The small documents of the layout that cosign wrote."""
    with tarfile.open(_LAYOUT) as tar:
        found = [member for member in tar if member.isfile() and member.size < 4096]
        return tuple(file.read() for member in found if (file := tar.extractfile(member)) is not None)


SEEDS = _seeds()
_PARSERS = (
    lambda data: parse_statement(data, "fuzz"),
    lambda data: parse_statement(parse_envelope(data, "fuzz").payload, "fuzz"),
    lambda data: parse_statement(parse_bundle(data, "fuzz").payload, "fuzz"),
    lambda data: parse_simple_signing(data, "fuzz"),
    claims_of_provenance,
)


def run(data: bytes) -> None:
    for parse in _PARSERS:
        try:
            parse(data)
        except SeamlineError:
            pass
