"""VEX documents <-> statements. Source: OpenVEX 0.2.0; CSAF 2.0 profile 5 (VEX); CycloneDX 1.6 `vulnerabilities[].analysis`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from seamline.errors import Malformed
from seamline.formats.json_document import mapping, mappings, parse_json, string, texts
from seamline.formats.stranger import stranger
from seamline.formats.vex_csaf import statements_of_csaf
from seamline.formats.vex_names import at_version, first_text, flaw_names
from seamline.formats.wrapped_document import VEX, is_wrapped, unwrapped
from seamline.model.vex import Statement

MOST_BYTES = 64 << 20
_OPENVEX = {status: status for status in ("not_affected", "affected", "fixed", "under_investigation")}
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
        Malformed, Bomb, Unsupported: it is none of the three forms, or says what its form does not know.
    """
    try:
        document: Mapping[str, Any] = parse_json(data, dict[str, Any], where, MOST_BYTES)
    except Malformed as fault:
        raise _no_vex(data, where) from fault
    if is_wrapped(document):
        document = unwrapped(document, where, MOST_BYTES, VEX)
    head = mapping(document.get("document"))
    context = document.get("@context")
    if any("openvex" in each for each in ([string(context), *texts(context)])):
        statements = tuple(_openvex(document, where))
    elif "csaf" in string(head.get("category")).lower() or "csaf_version" in head:
        statements = tuple(statements_of_csaf(document, where))
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


def _openvex(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    for at, each in enumerate(mappings(document.get("statements"))):
        spot = f"{where}: statements[{at}]"
        flaw = each.get("vulnerability")
        told = mapping(flaw)
        ids = [string(flaw), string(told.get("name")), *texts(told.get("aliases"))]
        statement = Statement(
            ids=flaw_names(ids if any(ids) else [string(told.get("@id"))], spot),
            status=_status(each.get("status"), _OPENVEX, spot),
            justification=string(each.get("justification")),
            impact=string(each.get("impact_statement")) or string(each.get("status_notes")),
            action=string(each.get("action_statement")),
            timestamp=first_text(
                each.get("last_updated"),
                each.get("timestamp"),
                document.get("last_updated"),
                document.get("timestamp"),
            ),
            author=string(each.get("supplier")) or string(document.get("author")),
            source=where,
        )
        for packages, products in _openvex_products(each).items():
            yield msgspec.structs.replace(statement, products=tuple(products), packages=packages)


def _openvex_products(statement: Mapping[str, Any]) -> dict[tuple[str, ...], list[str]]:
    """The products by what is meant inside of them: the parts of one are not those of another."""
    all_of_them = texts(statement.get("subcomponents"))
    found: dict[tuple[str, ...], list[str]] = {}
    for name in texts(statement.get("products")):
        found.setdefault(tuple(all_of_them), []).append(name)
    for product in mappings(statement.get("products")):
        parts = [*all_of_them, *texts(product.get("subcomponents"))]
        for part in mappings(product.get("subcomponents")):
            parts += _names(part) or [string(part.get("name"))]  # a part without a name is not the whole
        found.setdefault(tuple(parts), []).extend(_names(product))
    return found or {tuple(all_of_them): []}


def _names(thing: Mapping[str, Any]) -> list[str]:
    hashes = [
        f"{kind.lower().replace('-', '')}:{value}"
        for kind, value in mapping(thing.get("hashes")).items()
        if isinstance(value, str)
    ]
    identifiers = mapping(thing.get("identifiers"))
    found = [string(thing.get("@id")), *map(string, identifiers.values()), *hashes]
    return list(dict.fromkeys(name for name in found if name))


def _cyclonedx(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    metadata = mapping(document.get("metadata"))
    whole = mapping(metadata.get("component"))
    known = {string(each.get("bom-ref")): each for each in (whole, *_cyclonedx_components(document, 0))}
    for at, flaw in enumerate(mappings(document.get("vulnerabilities"))):
        analysis, spot = mapping(flaw.get("analysis")), f"{where}: vulnerabilities[{at}]"
        if not analysis:  # a finding that nobody has judged yet
            continue
        ids = [string(flaw.get("id")), *(string(each.get("id")) for each in mappings(flaw.get("references")))]
        statement = Statement(
            ids=flaw_names(ids, spot),
            status=_status(analysis.get("state"), _CYCLONEDX, spot),
            justification=string(analysis.get("justification")),
            impact=string(analysis.get("detail")),
            action=", ".join(texts(analysis.get("response"))),
            timestamp=first_text(
                analysis.get("lastUpdated"), analysis.get("firstIssued"), metadata.get("timestamp")
            ),
            author=first_text(
                mapping(metadata.get("manufacturer")).get("name"),
                mapping(metadata.get("supplier")).get("name"),
            ),
            source=where,
        )
        for packages, products in _cyclonedx_meant(flaw, known, whole).items():
            yield msgspec.structs.replace(statement, products=products, packages=packages)


def _cyclonedx_meant(
    flaw: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], whole: Mapping[str, Any]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What is meant, packages with the product that they are meant in: where a document is an image's own, its components are
    meant inside of that image; those of another document, which a BOM-Link names, wherever they stand."""
    is_container = string(whole.get("type")) == "container"
    own = tuple(name for name, _ in _cyclonedx_named("", {"": whole}, whole)) if is_container else ()
    images: list[str] = []
    inside: list[str] = []
    anywhere: list[str] = []
    for affected in mappings(flaw.get("affects")):
        ref = string(affected.get("ref"))
        here = inside if own and (ref in known or ref.partition("#")[2] in known) else anywhere
        for name, is_image in _cyclonedx_named(ref, known, whole):
            (images if is_image else here).extend(_cyclonedx_versions(name, affected))
    if images:
        return {(*inside, *anywhere): tuple(images)}
    return {tuple(names): scope for names, scope in ((anywhere, ()), (inside, own)) if names}


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
    """A package at the versions and ranges that are meant, where they are told; not at those that are said to be affected
    all the same."""
    given = mappings(affected.get("versions"))
    told = [
        string(each.get("version")) or string(each.get("range"))
        for each in given
        if each.get("status") != "affected" or not any(other.get("status") == "unaffected" for other in given)
    ]
    if not any(told) or not name.startswith("pkg:"):
        return [name]
    return [at_version(name, version) for version in told if version]


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
