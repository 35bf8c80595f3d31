"""Syft's own JSON -> what it says is installed. Source: Syft JSON schema 16."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from seamline.expression import expression
from seamline.formats.json_document import mapping, mappings, string
from seamline.formats.sbom_rows import OWNS, Row, finished, install_of, unknown_package
from seamline.model.document import SbomDocument
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Package
from seamline.model.purl import distribution_id, parse_purl

_OWN_RECORD = expression(r"/var/lib/dpkg/(info|status\.d)/|/var/lib/pacman/local/")
"""Where a package has files of its own in its manager's database."""


def read_syft(document: Mapping[str, Any]) -> SbomDocument:
    distro = mapping(document.get("distro"))
    distribution = (
        Distribution(
            id=distribution_id(string(distro.get("id"))),
            version_id=string(distro.get("versionID")),
            codename=string(distro.get("versionCodename")),
            pretty_name=string(distro.get("prettyName")),
        )
        if distro.get("id")
        else None
    )
    rows: list[Row] = []
    gaps: list[Gap] = []
    target = mapping(mapping(document.get("source")).get("metadata"))
    positions = {string(each.get("digest")): at for at, each in enumerate(mappings(target.get("layers")))}
    for artifact in mappings(document.get("artifacts")):
        package = parse_purl(string(artifact.get("purl")))
        if package is None:
            gaps.append(unknown_package(string(artifact.get("name"))))
            continue
        metadata = mapping(artifact.get("metadata"))
        if package.ecosystem == "deb" and not package.source_name and string(metadata.get("source")):
            package = msgspec.structs.replace(
                package,
                source_name=string(metadata.get("source")),
                source_version=string(metadata.get("sourceVersion")),
            )
        if package.ecosystem == "rpm" and string(metadata.get("modularityLabel")):
            package = msgspec.structs.replace(package, modularity=string(metadata.get("modularityLabel")))
        locations = mappings(artifact.get("locations"))
        paths = [string(each.get("path")) for each in locations]
        layer = _syft_layer(package, locations, positions)
        layers = (layer if layer == 0 else None, layer)
        rows.append((string(artifact.get("id")), install_of(package, paths, layers=layers)))
    owners: dict[str, str] = {}
    needs: dict[str, list[str]] = {}
    for edge in mappings(document.get("artifactRelationships")):
        parent, child = string(edge.get("parent")), string(edge.get("child"))
        if edge.get("type") == OWNS:
            owners[child] = parent
        elif edge.get("type") == "dependency-of":
            needs.setdefault(child, []).append(parent)
    subject = string(target.get("userInput")) or string(mapping(document.get("source")).get("name"))
    return finished("syft", subject, rows, distribution, owners, gaps, needs)


def _syft_layer(
    package: Package, locations: Iterable[Mapping[str, Any]], positions: Mapping[str, int]
) -> int | None:
    """The layer that brought the version seen: that of the files which say so. A database of all packages lies in the layer
    that last wrote any of them, so that it speaks of one package only where nothing lies below."""
    layers = [
        (string(each.get("path")), at)
        for each in locations
        if (at := positions.get(string(each.get("layerID")))) is not None
    ]
    if package.is_distributed:
        own = [at for path, at in layers if _OWN_RECORD.search(path)]
        return max(own) if own else 0 if layers and not any(at for _, at in layers) else None
    return max((at for _, at in layers), default=None)
