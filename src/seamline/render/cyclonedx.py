"""An SBOM report as CycloneDX 1.6 JSON. Source: CycloneDX 1.6, JSON reference.

The side, stratum and layers of a component are properties `seamline:*`. A language package that a distribution
package installed keeps that edge: its owner depends on it, and it names its owner.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from seamline.model.report import PackageLine, SbomReport
from seamline.render.gaps import gap_text
from seamline.render.licenses import spdx_expression

_PROGRAMS = frozenset(("generic",))
_SERIALS = uuid.UUID("5e1f5ea3-11e0-4d0c-8b52-7f1a3c0d9e11")


def write_cyclonedx(report: SbomReport, vulnerabilities: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The document, with what is known of its vulnerabilities; the same report gives the same bytes, serial number
    included."""
    components = [_component(package) for package in report.packages]
    if report.distribution is not None:
        components.append(_operating_system(report))
    document: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SERIALS, _identity(report))}",
        "version": 1,
        "metadata": {
            "timestamp": report.as_of,
            "tools": {
                "components": [{"type": "application", "name": "seamline", "version": report.seamline}]
            },
            "component": _subject(report),
        },
        "components": components,
        "dependencies": _dependencies(report),
    }
    if report.gaps:
        document["metadata"]["properties"] = [
            {"name": "seamline:not-checked", "value": gap_text(gap, "en")} for gap in report.gaps
        ]
    if vulnerabilities:
        document["vulnerabilities"] = list(vulnerabilities)
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _identity(report: SbomReport) -> str:
    layers = ",".join(str(layer.diff_id) for layer in report.image.layers)
    return "\n".join((report.image.digest or layers, report.image.reference, report.as_of, report.seamline))


def _subject(report: SbomReport) -> dict[str, Any]:
    image = report.image
    subject = {"bom-ref": "image", "type": "container", "name": image.reference}
    if image.digest:
        subject["version"] = image.digest
    return subject


def _component(package: PackageLine) -> dict[str, Any]:
    group = (
        package.purl.partition("/")[2].partition("@")[0].rpartition("/")[0]
        if package.ecosystem == "npm"
        else ""
    )
    component: dict[str, Any] = {
        "bom-ref": package.key,
        "type": "application" if package.ecosystem in _PROGRAMS else "library",
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "properties": _properties(package),
    }
    if group:
        component["group"] = group.replace("%40", "@")
    if package.cpe:
        component["cpe"] = package.cpe
    if package.licenses:
        component["licenses"] = _licenses(package.licenses)
    hashes = [("SHA-1", package.sha1), ("SHA-256", package.sha256)]
    if any(value for _, value in hashes):
        component["hashes"] = [{"alg": name, "content": value} for name, value in hashes if value]
    if package.paths:
        suffix = f"!{package.inside}" if package.inside else ""
        component["evidence"] = {
            "occurrences": [{"location": f"/{path}{suffix}"} for path in package.paths[:50]]
        }
    return component


def _properties(package: PackageLine) -> list[Mapping[str, str]]:
    values = {
        "side": package.side.value,
        "stratum": package.stratum,
        "origin-layer": "" if package.origin_layer is None else str(package.origin_layer),
        "current-layer": "" if package.current_layer is None else str(package.current_layer),
        "root": package.root,
        "owned-by": package.owned_by,
        "supplier": package.supplier,
        "source": package.source_name,
    }
    return [{"name": f"seamline:{name}", "value": value} for name, value in values.items() if value]


def _licenses(licenses: tuple[str, ...]) -> list[dict[str, Any]]:
    """One expression where everything is SPDX, else the names as they are: the schema allows no mixture."""
    expressions = [spdx_expression(text) for text in licenses]
    if all(expressions):
        parts = [
            f"({text})" if " " in str(text) and len(expressions) > 1 else str(text) for text in expressions
        ]
        return [{"expression": " AND ".join(dict.fromkeys(parts))}]
    return [{"license": {"name": text}} for text in dict.fromkeys(licenses)]


def _operating_system(report: SbomReport) -> dict[str, Any]:
    distribution = report.distribution
    assert distribution is not None  # noqa: S101 - the caller looked
    found: dict[str, Any] = {
        "bom-ref": "operating-system",
        "type": "operating-system",
        "name": distribution.id,
    }
    if distribution.version_id:
        found["version"] = distribution.version_id
    if distribution.pretty_name:
        found["description"] = distribution.pretty_name
    return found


def _dependencies(report: SbomReport) -> list[dict[str, Any]]:
    known = {package.key for package in report.packages}
    edges: dict[str, list[str]] = {package.key: [] for package in report.packages}
    for package in report.packages:
        edges[package.key] += [key for key in package.depends if key in known]
        if package.owned_by in known:
            edges[package.owned_by].append(package.key)
    top = [package.key for package in report.packages if not package.owned_by]
    listed: list[dict[str, Any]] = [{"ref": "image", "dependsOn": sorted(top)}] if top else []
    listed += [{"ref": ref, "dependsOn": sorted(set(needs))} for ref, needs in sorted(edges.items()) if needs]
    return listed
