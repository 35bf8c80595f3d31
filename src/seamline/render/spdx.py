"""An SBOM report as SPDX 2.3 JSON. Source: SPDX specification 2.3, clauses 6, 7, 10 and 11."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from seamline.model.report import PackageLine, SbomReport
from seamline.render.layout import layers_word
from seamline.render.licenses import license_ref, spdx_expression

_NAMESPACE = "https://seamline.dev/spdx/"
_IMAGE = "SPDXRef-Image"


def write_spdx(report: SbomReport) -> bytes:
    """The document; the same report gives the same bytes, namespace included."""
    ids = {package.key: _id(package) for package in report.packages}
    texts = {
        text for package in report.packages for text in package.licenses if spdx_expression(text) is None
    }
    body = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": report.image.reference,
        "creationInfo": {"created": report.as_of, "creators": [f"Tool: seamline-{report.seamline}"]},
        "packages": [_image(report), *(_package(package, ids[package.key]) for package in report.packages)],
        "relationships": _relationships(report, ids),
    }
    if texts:
        body["hasExtractedLicensingInfos"] = [
            {"licenseId": license_ref(text), "extractedText": text, "name": text}
            for text in sorted({license_ref(text): text for text in sorted(texts)}.values())
        ]
    fingerprint = hashlib.sha256(msgspec.json.encode(body)).hexdigest()[:32]
    body["documentNamespace"] = f"{_NAMESPACE}{fingerprint}"
    return msgspec.json.format(msgspec.json.encode(body), indent=1) + b"\n"


def _id(package: PackageLine) -> str:
    name = "".join(
        char if char.isascii() and (char.isalnum() or char in ".-") else "-" for char in package.name
    )
    digest = hashlib.sha256(package.key.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"SPDXRef-{package.ecosystem}-{name[:60]}-{digest}"


def _image(report: SbomReport) -> dict[str, Any]:
    image = report.image
    found: dict[str, Any] = {
        "SPDXID": _IMAGE,
        "name": image.reference,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "primaryPackagePurpose": "CONTAINER",
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }
    if image.digest and image.digest.startswith("sha256:"):
        found["versionInfo"] = image.digest
        found["checksums"] = [{"algorithm": "SHA256", "checksumValue": image.digest.partition(":")[2]}]
    return found


def _package(package: PackageLine, identifier: str) -> dict[str, Any]:
    suffix = f"!{package.inside}" if package.inside else ""
    places = ", ".join(f"/{path}{suffix}" for path in package.paths[:20])
    found: dict[str, Any] = {
        "SPDXID": identifier,
        "name": package.name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": _declared(package.licenses),
        "copyrightText": "NOASSERTION",
        "sourceInfo": f"side {package.side.value}; {_layers(package)}read from {places or 'the image'}",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": package.purl,
            }
        ],
    }
    if package.version:
        found["versionInfo"] = package.version
    if package.cpe:
        found["externalRefs"].append(
            {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": package.cpe}
        )
    checksums = [("SHA1", package.sha1), ("SHA256", package.sha256)]
    if any(value for _, value in checksums):
        found["checksums"] = [
            {"algorithm": name, "checksumValue": value} for name, value in checksums if value
        ]
    return found


def _layers(package: PackageLine) -> str:
    if package.current_layer is None:
        return ""
    return f"layer {layers_word(package.origin_layer, package.current_layer)}; "


def _declared(licenses: tuple[str, ...]) -> str:
    if not licenses:
        return "NOASSERTION"
    parts = [spdx_expression(text) or license_ref(text) for text in licenses]
    grouped = [f"({part})" if " " in part and len(parts) > 1 else part for part in parts]
    return " AND ".join(dict.fromkeys(grouped))


def _relationships(report: SbomReport, ids: dict[str, str]) -> list[dict[str, str]]:
    def edge(source: str, kind: str, target: str) -> dict[str, str]:
        return {"spdxElementId": source, "relationshipType": kind, "relatedSpdxElement": target}

    found = [edge("SPDXRef-DOCUMENT", "DESCRIBES", _IMAGE)]
    for package in report.packages:
        own = ids[package.key]
        found.append(edge(ids.get(package.owned_by, _IMAGE), "CONTAINS", own))
        found += [edge(own, "DEPENDS_ON", ids[key]) for key in package.depends if key in ids]
    return found
