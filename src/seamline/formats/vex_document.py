"""VEX documents <-> statements. Source: OpenVEX 0.2.0; CSAF 2.0 profile 5 (VEX); CycloneDX 1.6 `vulnerabilities[].analysis`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from seamline.errors import Malformed
from seamline.formats.json_document import mapping, mappings, parse_json, string
from seamline.formats.stranger import stranger
from seamline.model.vex import Statement

MOST_BYTES = 64 << 20
_OPENVEX = {status: status for status in ("not_affected", "affected", "fixed", "under_investigation")}
_CSAF = {
    "known_not_affected": "not_affected",
    "known_affected": "affected",
    "fixed": "fixed",
    "first_affected": "affected",
    "first_fixed": "fixed",
    "last_affected": "affected",
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
_OF_VERSIONS = "-._~+:"
"""What a purl's version is not encoded for, besides letters and digits."""
_CONTEXT = "https://openvex.dev/ns/v0.2.0"


def parse_vex_document(data: bytes, where: str) -> tuple[Statement, ...]:
    """The statements of a document, in its order.

    Raises:
        Malformed, Bomb: it is none of the three forms, or says what its form does not know.
    """
    try:
        document = parse_json(data, dict[str, Any], where, MOST_BYTES)
    except Malformed as fault:
        raise _no_vex(data, where) from fault
    head = mapping(document.get("document"))
    context = document.get("@context")
    if any("openvex" in each for each in ([string(context), *_texts(context)])):
        statements = tuple(_openvex(document, where))
    elif "csaf" in string(head.get("category")).lower() or "csaf_version" in head:
        statements = tuple(_csaf(document, where))
    elif document.get("bomFormat") == "CycloneDX":
        statements = tuple(_cyclonedx(document, where))
    else:
        raise _no_vex(data, where)
    if not statements:
        raise Malformed(
            where,
            expected="statements about flaws",
            got="none",
            hint="an SBOM or an advisory alone is no VEX",
        )
    return statements


def _no_vex(data: bytes, where: str) -> Malformed:
    told = stranger(data, where)
    return Malformed(
        where,
        expected="OpenVEX, CSAF or CycloneDX in JSON",
        got=told.kind if told is not None else "another document",
        hint="check the file",
    )


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _status(given: object, known: Mapping[str, str], where: str) -> str:
    """Our word for a document's status; one that nobody knows is refused, as it may mean the opposite."""
    found = known.get(string(given))
    if found is None:
        raise Malformed(
            where,
            expected=f"a status: {', '.join(known)}",
            got=repr(given)[:60],
            hint="ask its author for a correct one",
        )
    return found


def _named(ids: Iterable[str], where: str) -> tuple[str, ...]:
    """The names of a flaw; an address is its last part, as OpenVEX has them in `@id`."""
    names = tuple(dict.fromkeys(name.rstrip("/").rpartition("/")[2] for name in ids if name))
    if not names:
        raise Malformed(
            where, expected="the name of a flaw", got="none", hint="ask its author for a correct one"
        )
    return names


def _openvex(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    for at, each in enumerate(mappings(document.get("statements"))):
        spot = f"{where}: statements[{at}]"
        flaw = each.get("vulnerability")
        told = mapping(flaw)
        ids = [string(flaw), string(told.get("name")), *_texts(told.get("aliases"))]
        products, packages = _openvex_products(each)
        yield Statement(
            ids=_named(ids if any(ids) else [string(told.get("@id"))], spot),
            status=_status(each.get("status"), _OPENVEX, spot),
            products=tuple(products),
            packages=tuple(packages),
            justification=string(each.get("justification")),
            impact=string(each.get("impact_statement")) or string(each.get("status_notes")),
            action=string(each.get("action_statement")),
            timestamp=_first_text(
                each.get("last_updated"),
                each.get("timestamp"),
                document.get("last_updated"),
                document.get("timestamp"),
            ),
            author=string(each.get("supplier")) or string(document.get("author")),
            source=where,
        )


def _first_text(*values: object) -> str:
    return next((text for text in map(string, values) if text), "")


def _openvex_products(statement: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    products, packages = _texts(statement.get("products")), _texts(statement.get("subcomponents"))
    for product in mappings(statement.get("products")):
        products += _names(product)
        packages += _texts(product.get("subcomponents"))
        for part in mappings(product.get("subcomponents")):
            packages += _names(part)
    return products, packages


def _names(thing: Mapping[str, Any]) -> list[str]:
    hashes = [
        f"{kind.lower().replace('-', '')}:{value}"
        for kind, value in mapping(thing.get("hashes")).items()
        if isinstance(value, str)
    ]
    identifiers = mapping(thing.get("identifiers"))
    found = [string(thing.get("@id")), *map(string, identifiers.values()), *hashes]
    return list(dict.fromkeys(name for name in found if name))


def _csaf(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    head, tree = mapping(document.get("document")), mapping(document.get("product_tree"))
    names = dict(_csaf_products(tree, 0))
    groups = {
        string(each.get("group_id")): _texts(each.get("product_ids"))
        for each in mappings(tree.get("product_groups"))
    }
    parts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for relation in mappings(tree.get("relationships")):
        own = string(mapping(relation.get("full_product_name")).get("product_id"))
        around = string(relation.get("relates_to_product_reference"))
        parts[own] = (
            # a module of a platform is itself a relation
            names.get(around) or parts.get(around, ((),))[0],
            names.get(string(relation.get("product_reference")), ()),
        )
    for at, flaw in enumerate(mappings(document.get("vulnerabilities"))):
        ids = [string(flaw.get("cve")), *(string(each.get("text")) for each in mappings(flaw.get("ids")))]
        reasons = _csaf_said(flaw.get("flags"), "label", groups)
        impacts = _csaf_said(flaw.get("threats"), "details", groups)
        for kind, products in mapping(flaw.get("product_status")).items():
            # what is recommended instead says nothing of a flaw
            for product in _texts(products) if kind in _CSAF else ():
                whole, inside = parts.get(product, (names.get(product, (product,)), ()))
                yield Statement(
                    ids=_named(ids, f"{where}: vulnerabilities[{at}]"),
                    status=_CSAF[kind],
                    products=tuple(whole),
                    packages=tuple(inside),
                    justification=reasons.get(product, ""),
                    impact=impacts.get(product, ""),
                    timestamp=string(mapping(head.get("tracking")).get("current_release_date")),
                    author=string(mapping(head.get("publisher")).get("name")),
                    source=where,
                )


def _csaf_said(given: object, field: str, groups: Mapping[str, list[str]]) -> dict[str, str]:
    """What flags or threats say, by product; a group stands for its products."""
    return {
        product: string(each.get(field))
        for each in mappings(given)
        for product in (
            *_texts(each.get("product_ids")),
            *(p for group in _texts(each.get("group_ids")) for p in groups.get(group, ())),
        )
    }


def _csaf_products(branch: Mapping[str, Any], depth: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Product ids with the purls, CPEs, hashes and names that they stand for."""
    for product in (*mappings(branch.get("full_product_names")), mapping(branch.get("product"))):
        helper = mapping(product.get("product_identification_helper"))
        hashes = [
            f"{string(value.get('algorithm')).lower()}:{string(value.get('value'))}"
            for each in mappings(helper.get("hashes"))
            for value in mappings(each.get("file_hashes"))
        ]
        purls = [string(helper.get("purl")), *_texts(helper.get("purls"))]
        found = [each for each in (*purls, string(helper.get("cpe")), *hashes) if each]
        name = string(product.get("name"))
        if not found and any(mark in name for mark in ":/@"):  # as an image is named; "nginx" may be anything
            found = [name]
        if string(product.get("product_id")):
            yield string(product.get("product_id")), tuple(found)
    if depth < _MOST_DEPTH:
        for inner in mappings(branch.get("branches")):
            yield from _csaf_products(inner, depth + 1)


def _cyclonedx(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    metadata = mapping(document.get("metadata"))
    whole = mapping(metadata.get("component"))
    known = {string(each.get("bom-ref")): each for each in (whole, *_cyclonedx_components(document, 0))}
    for at, flaw in enumerate(mappings(document.get("vulnerabilities"))):
        analysis, spot = mapping(flaw.get("analysis")), f"{where}: vulnerabilities[{at}]"
        if not analysis:  # a finding that nobody has judged yet
            continue
        ids = [string(flaw.get("id")), *(string(each.get("id")) for each in mappings(flaw.get("references")))]
        products: list[str] = []
        packages: list[str] = []
        for affected in mappings(flaw.get("affects")):
            for name, is_image in _cyclonedx_named(string(affected.get("ref")), known, whole):
                (products if is_image else packages).extend(_cyclonedx_versions(name, affected))
        yield Statement(
            ids=_named(ids, spot),
            status=_status(analysis.get("state"), _CYCLONEDX, spot),
            products=tuple(products),
            packages=tuple(packages),
            justification=string(analysis.get("justification")),
            impact=string(analysis.get("detail")),
            action=", ".join(_texts(analysis.get("response"))),
            timestamp=_first_text(
                analysis.get("lastUpdated"), analysis.get("firstIssued"), metadata.get("timestamp")
            ),
            author=_first_text(
                mapping(metadata.get("manufacturer")).get("name"),
                mapping(metadata.get("supplier")).get("name"),
            ),
            source=where,
        )


def _cyclonedx_components(holder: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    for each in mappings(holder.get("components")):
        yield each
        if depth < _MOST_DEPTH:
            yield from _cyclonedx_components(each, depth + 1)


def _cyclonedx_named(
    ref: str, known: Mapping[str, Mapping[str, Any]], whole: Mapping[str, Any]
) -> Iterator[tuple[str, bool]]:
    """The names of what a reference means, and whether that is a whole image. A BOM-Link of another document names its
    component behind the first #; there is nothing but that to know it by."""
    inner = ref.partition("#")[2] if ref.startswith("urn:cdx:") else ref
    component = known.get(ref) or known.get(inner)
    if component is None:
        if not inner.startswith("pkg:") or "/" not in inner:  # encoded as a whole, as BOM-Link has it
            inner = unquote(inner)
        yield inner, not inner.startswith("pkg:") or inner.startswith(("pkg:oci/", "pkg:docker/"))
        return
    purl = string(component.get("purl"))
    is_image = component is whole or string(component.get("type")) == "container"
    version = string(component.get("version"))
    if purl:
        yield purl, is_image or purl.startswith(("pkg:oci/", "pkg:docker/"))
    elif is_image:
        name = string(component.get("name"))
        yield (
            (
                f"{name}@{version}"
                if version.startswith("sha256:")
                else f"{name}:{version}"
                if version
                else name
            ),
            True,
        )


def _cyclonedx_versions(name: str, affected: Mapping[str, Any]) -> list[str]:
    """A package at the versions that are meant, where they are told; not at those that are said to be affected all the same. A
    range (`vers:...`) stands as it is written: no package has that version, so that nothing is silenced by what cannot be
    compared here."""
    given = mappings(affected.get("versions"))
    told = [
        string(each.get("version")) or string(each.get("range"))
        for each in given
        if each.get("status") != "affected" or not any(other.get("status") == "unaffected" for other in given)
    ]
    if not any(told) or not name.startswith("pkg:"):
        return [name]
    head, mark, tail = name.partition("?")
    head = head.rpartition("@")[0] if "@" in head.rpartition("/")[2] else head
    return [f"{head}@{quote(version, safe=_OF_VERSIONS)}{mark}{tail}" for version in told if version]


def write_openvex(statements: Iterable[Statement], *, author: str, as_of: str, tooling: str = "") -> bytes:
    """An OpenVEX document; its id follows from its statements. `tooling` says how they came about."""
    told = [_statement(each) for each in sorted(statements, key=lambda s: (s.ids, s.products, s.packages))]
    digest = hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()
    document = {
        "@context": _CONTEXT,
        "@id": f"https://openvex.dev/docs/public/vex-{digest}",
        "author": author,
        "timestamp": as_of,
        "version": 1,
        **({"tooling": tooling} if tooling else {}),
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
