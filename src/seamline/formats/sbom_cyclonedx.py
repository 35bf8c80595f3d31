"""CycloneDX JSON, as Syft, Trivy and we write it -> what it says is installed. Source: CycloneDX 1.6 JSON schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from seamline.formats.json_document import mapping, mappings, string, texts
from seamline.formats.sbom_rows import GROUPS, Row, finished, housed, install_of, layer_told, unknown_package
from seamline.model.document import SbomDocument
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Install, Package, Side
from seamline.model.purl import distribution_id, parse_purl

_TRIVY = "aquasecurity:trivy:"


def read_cyclonedx(document: Mapping[str, Any]) -> SbomDocument:
    rows: list[Row] = []
    gaps: list[Gap] = []
    houses: dict[str, str] = {}
    distribution = None
    for component in _flat(mappings(document.get("components"))):
        if component.get("type") == "operating-system":
            distribution = _cyclonedx_system(component)
            continue
        if component.get("type") == "file":
            continue
        package = parse_purl(string(component.get("purl")))
        if package is None and component.get("type") in GROUPS and not component.get("version"):
            houses[string(component.get("bom-ref"))] = string(component.get("name"))
            continue
        if package is None:
            gaps.append(unknown_package(string(component.get("name"))))
            continue
        properties = _properties(component)
        package = _with_properties(package, properties)
        package = msgspec.structs.replace(package, cpe=string(component.get("cpe")))
        rows.append(
            (
                string(component.get("bom-ref")) or string(component.get("purl")),
                _from_properties(package, component, properties),
            )
        )
    owners = {name: owner for name, install in rows if (owner := install.owned_by)}
    subject = string(mapping(mapping(document.get("metadata")).get("component")).get("name"))
    plain = ((name, msgspec.structs.replace(install, owned_by="")) for name, install in rows)
    needs = {string(e.get("ref")): texts(e.get("dependsOn")) for e in mappings(document.get("dependencies"))}
    placed = housed(plain, houses, needs)
    return finished("cyclonedx", subject, placed, distribution, owners, gaps, needs)


def _flat(components: Iterable[Mapping[str, Any]], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        if depth < 8:
            yield from _flat(mappings(component.get("components")), depth + 1)


def _cyclonedx_system(component: Mapping[str, Any]) -> Distribution:
    told = _properties(component)
    return Distribution(
        id=distribution_id(told.get("syft:distro:id") or string(component.get("name"))),
        version_id=told.get("syft:distro:versionID") or string(component.get("version")),
        codename=told.get("syft:distro:versionCodename", ""),
        pretty_name=told.get("syft:distro:prettyName") or string(component.get("description")),
    )


def _properties(component: Mapping[str, Any]) -> dict[str, str]:
    return {
        string(each.get("name")): string(each.get("value")) for each in mappings(component.get("properties"))
    }


def _with_properties(package: Package, properties: Mapping[str, str]) -> Package:
    """What Syft and Trivy tell of a distribution's package beside its purl: the source, the module."""
    modularity = properties.get("syft:metadata:modularityLabel") or properties.get(
        f"{_TRIVY}Modularitylabel", ""
    )
    if package.ecosystem == "rpm" and modularity:
        package = msgspec.structs.replace(package, modularity=modularity)
    source = properties.get(f"{_TRIVY}SrcName", "")
    if not package.is_distributed or not source or package.source_name:
        return package
    version = properties.get(f"{_TRIVY}SrcVersion", "")
    release, epoch = properties.get(f"{_TRIVY}SrcRelease", ""), properties.get(f"{_TRIVY}SrcEpoch", "")
    whole = (f"{epoch}:" if epoch not in ("", "0") else "") + version + (f"-{release}" if release else "")
    return msgspec.structs.replace(
        package, source_name=source, source_version=whole if version else package.version
    )


def _from_properties(
    package: Package, component: Mapping[str, Any], properties: Mapping[str, str]
) -> Install:
    occurrences = mappings(mapping(component.get("evidence")).get("occurrences"))
    paths = [string(each.get("location")) for each in occurrences]
    paths += [
        value
        for name, value in properties.items()
        if name == f"{_TRIVY}FilePath" or (name.startswith("syft:location:") and name.endswith(":path"))
    ]
    side = properties.get("seamline:side", "")
    layers = (properties.get("seamline:origin-layer"), properties.get("seamline:current-layer"))
    return install_of(
        package,
        paths,
        side=Side(side) if side in tuple(Side) else Side.UNKNOWN,
        stratum=properties.get("seamline:stratum", ""),
        supplier=properties.get("seamline:supplier", ""),
        owned_by=properties.get("seamline:owned-by", ""),
        layers=tuple(map(layer_told, layers)),
    )
