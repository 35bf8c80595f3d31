"""SPDX documents in JSON: the packages they name by purl. Source: SPDX 2.3, clauses 7 (package) and 7.21 (references)."""

from __future__ import annotations

import msgspec

from seamline.formats.json_document import parse_json
from seamline.model.package import Package
from seamline.model.purl import parse_purl

_UNSAID = ("", "NOASSERTION", "NONE")


class _Reference(msgspec.Struct, frozen=True, rename="camel"):
    reference_type: str = ""
    reference_locator: str = ""


class _Package(msgspec.Struct, frozen=True, rename="camel"):
    license_declared: str = ""
    license_concluded: str = ""
    external_refs: tuple[_Reference, ...] = ()


class _Document(msgspec.Struct, frozen=True, rename="camel"):
    spdx_version: str
    packages: tuple[_Package, ...] = ()


def parse_spdx(data: bytes, most_bytes: int) -> tuple[Package, ...]:
    """The packages that have a purl, in the document's order.

    Raises:
        Bomb: the document is larger than `most_bytes`.
        Malformed: it is no SPDX 2 document in JSON.
    """
    document = parse_json(data, _Document, "SPDX document", most_bytes)
    return tuple(package for each in document.packages if (package := _identified(each)) is not None)


def _identified(each: _Package) -> Package | None:
    """The identity that the purl tells, with what else the document says of it."""
    found = parse_purl(_reference(each, "purl"))
    if found is None:
        return None
    license_ = next(
        (text for text in (each.license_declared, each.license_concluded) if text not in _UNSAID), ""
    )
    return msgspec.structs.replace(
        found, licenses=(license_,) if license_ else (), cpe=_reference(each, "cpe23Type")
    )


def _reference(each: _Package, kind: str) -> str:
    return next((ref.reference_locator for ref in each.external_refs if ref.reference_type == kind), "")
