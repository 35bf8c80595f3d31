"""VEX documents <-> statements. Source: OpenVEX 0.2.0; CSAF 2.0 profile 5 (VEX); CycloneDX 1.6 `vulnerabilities[].analysis`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from seamline.errors import Malformed
from seamline.formats.json_document import parse_json
from seamline.model.vex import Statement

MOST_BYTES = 64 << 20
_STATUSES = ("not_affected", "affected", "fixed", "under_investigation")
_CSAF = {
    "known_not_affected": "not_affected",
    "known_affected": "affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "under_investigation": "under_investigation",
}
_CYCLONEDX = {
    "not_affected": "not_affected",
    "false_positive": "not_affected",
    "exploitable": "affected",
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "in_triage": "under_investigation",
}
_MOST_DEPTH = 30
_CONTEXT = "https://openvex.dev/ns/v0.2.0"


def parse_vex_document(data: bytes, where: str) -> tuple[Statement, ...]:
    """The statements of a document, in its order.

    Raises:
        Malformed, Bomb: it is none of the three forms.
    """
    document = parse_json(data, dict[str, Any], where, MOST_BYTES)
    if "openvex" in _text(document.get("@context")):
        return tuple(_openvex(document, where))
    if "csaf" in _text(_map(document.get("document")).get("category")).lower() or "csaf_version" in _map(
        document.get("document")
    ):
        return tuple(_csaf(document, where))
    if document.get("bomFormat") == "CycloneDX":
        return tuple(_cyclonedx(document, where))
    raise Malformed(
        where, expected="OpenVEX, CSAF or CycloneDX in JSON", got="another document", hint="check the file"
    )


def _list(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _openvex(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    for each in _list(document.get("statements")):
        flaw = each.get("vulnerability")
        ids = (
            [flaw]
            if isinstance(flaw, str)
            else [_text(_map(flaw).get("name")), *_texts(_map(flaw).get("aliases"))]
        )
        products, packages = _openvex_products(each)
        status = _text(each.get("status"))
        if status in _STATUSES and any(ids):
            yield Statement(
                ids=tuple(name for name in ids if name),
                status=status,
                products=tuple(products),
                packages=tuple(packages),
                justification=_text(each.get("justification")),
                impact=_text(each.get("impact_statement")) or _text(each.get("status_notes")),
                action=_text(each.get("action_statement")),
                timestamp=_text(each.get("timestamp")) or _text(document.get("timestamp")),
                author=_text(document.get("author")),
                source=where,
            )


def _openvex_products(statement: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    products, packages = _texts(statement.get("products")), _texts(statement.get("subcomponents"))
    for product in _list(statement.get("products")):
        products += _names(product)
        packages += _texts(product.get("subcomponents"))
        for part in _list(product.get("subcomponents")):
            packages += _names(part)
    return products, packages


def _names(thing: Mapping[str, Any]) -> list[str]:
    hashes = [
        f"{kind.replace('-', '')}:{value}"
        for kind, value in _map(thing.get("hashes")).items()
        if isinstance(value, str)
    ]
    identifiers = _map(thing.get("identifiers"))
    found = [_text(thing.get("@id")), _text(identifiers.get("purl")), *hashes]
    return list(dict.fromkeys(name for name in found if name))


def _csaf(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    head = _map(document.get("document"))
    tree = _map(document.get("product_tree"))
    names = dict(_csaf_products(tree, 0))
    parts = {}
    for relation in _list(tree.get("relationships")):
        own = _text(_map(relation.get("full_product_name")).get("product_id"))
        parts[own] = (
            names.get(_text(relation.get("relates_to_product_reference")), ()),
            names.get(_text(relation.get("product_reference")), ()),
        )
    for flaw in _list(document.get("vulnerabilities")):
        ids = [_text(flaw.get("cve")), *(_text(each.get("text")) for each in _list(flaw.get("ids")))]
        reasons = {
            p: _text(flag.get("label"))
            for flag in _list(flaw.get("flags"))
            for p in _texts(flag.get("product_ids"))
        }
        impacts = {
            p: _text(threat.get("details"))
            for threat in _list(flaw.get("threats"))
            for p in _texts(threat.get("product_ids"))
        }
        for kind, products in _map(flaw.get("product_status")).items():
            for product in _texts(products) if kind in _CSAF and any(ids) else ():
                whole, inside = parts.get(product, (names.get(product, (product,)), ()))
                yield Statement(
                    ids=tuple(name for name in ids if name),
                    status=_CSAF[kind],
                    products=tuple(whole),
                    packages=tuple(inside),
                    justification=reasons.get(product, ""),
                    impact=impacts.get(product, ""),
                    timestamp=_text(_map(head.get("tracking")).get("current_release_date")),
                    author=_text(_map(head.get("publisher")).get("name")),
                    source=where,
                )


def _csaf_products(branch: Mapping[str, Any], depth: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Product ids with the purls, hashes and names that they stand for."""
    for product in (*_list(branch.get("full_product_names")), _map(branch.get("product"))):
        helper = _map(product.get("product_identification_helper"))
        purls = [_text(helper.get("purl")), *_texts(helper.get("purls"))]
        found = [each for each in (*purls, _text(product.get("name"))) if each]
        if _text(product.get("product_id")):
            yield _text(product.get("product_id")), tuple(found)
    if depth < _MOST_DEPTH:
        for inner in _list(branch.get("branches")):
            yield from _csaf_products(inner, depth + 1)


def _cyclonedx(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    components = [_map(_map(document.get("metadata")).get("component")), *_list(document.get("components"))]
    purls = {
        _text(each.get("bom-ref")): _text(each.get("purl")) or _text(each.get("name")) for each in components
    }
    for flaw in _list(document.get("vulnerabilities")):
        analysis = _map(flaw.get("analysis"))
        status = _CYCLONEDX.get(_text(analysis.get("state")))
        ids = [_text(flaw.get("id")), *(_text(each.get("id")) for each in _list(flaw.get("references")))]
        if status is None or not any(ids):
            continue
        refs = [_text(each.get("ref")) for each in _list(flaw.get("affects"))]
        # a BOM-Link names its component behind the last #
        products = [
            purls.get(ref) or purls.get(ref.rpartition("#")[2]) or ref.rpartition("#")[2] for ref in refs
        ]
        yield Statement(
            ids=tuple(name for name in ids if name),
            status=status,
            packages=tuple(each for each in products if each),
            justification=_text(analysis.get("justification")),
            impact=_text(analysis.get("detail")),
            timestamp=_text(analysis.get("lastUpdated")) or _text(analysis.get("firstIssued")),
            source=where,
        )


def write_openvex(statements: Iterable[Statement], *, author: str, as_of: str) -> bytes:
    """An OpenVEX document; its id follows from its content."""
    told = [_statement(each) for each in sorted(statements, key=lambda s: (s.ids, s.products, s.packages))]
    digest = hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()
    document = {
        "@context": _CONTEXT,
        "@id": f"https://openvex.dev/docs/public/vex-{digest}",
        "author": author,
        "timestamp": as_of,
        "version": 1,
        "statements": told,
    }
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def _statement(statement: Statement) -> dict[str, Any]:
    parts = [{"@id": each} for each in statement.packages]
    products = [{"@id": each, **({"subcomponents": parts} if parts else {})} for each in statement.products]
    flaw: dict[str, Any] = {"name": statement.ids[0]}
    if statement.ids[1:]:
        flaw["aliases"] = list(statement.ids[1:])
    made: dict[str, Any] = {"vulnerability": flaw, "products": products or parts, "status": statement.status}
    optional = {
        "justification": statement.justification,
        "impact_statement": statement.impact,
        "action_statement": statement.action,
        "timestamp": statement.timestamp,
    }
    return {**made, **{key: value for key, value in optional.items() if value}}
