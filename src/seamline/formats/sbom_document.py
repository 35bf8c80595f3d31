"""SBOMs in JSON -> what they say is installed: CycloneDX 1.4 to 1.6, SPDX 2.2 and 2.3, Syft's own form, Seamline's own.

Source: CycloneDX 1.6 JSON schema; SPDX 2.3 clauses 7 and 11; Syft JSON schema 16.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from seamline.errors import Malformed, Unsupported, Where
from seamline.formats.json_document import mapping, mappings, parse_json, string
from seamline.model.document import SbomDocument
from seamline.model.evidence import Gap, Message
from seamline.model.package import Distribution, Install, Package, Side
from seamline.model.purl import distribution_id, install_key, parse_purl

MOST_BYTES = 512 << 20
_SYSTEM = frozenset(("deb", "rpm", "apk", "alpm"))
_BY_SOURCE = frozenset(("deb", "apk"))
_MOST_PATHS = 8
_OWN_FOLDERS = (
    ("pypi", re.compile(rb"usr/lib(64)?/python3(\.\d+)?/(dist|site)-packages/"), "python3-{}"),
    ("npm", re.compile(rb"usr/(share|lib)/nodejs/"), "node-{}"),
    ("gem", re.compile(rb"usr/share/(rubygems-integration|gems|ruby)/"), "ruby-{}"),
)
_GROUPS = ("application", "container", "platform", "device")  # what holds packages: Trivy lists lock files so
_TRIVY = "aquasecurity:trivy:"
_OWN = "seamline.sbom/1"
_OWN_SOURCE = re.compile(r"side (system|application|unknown); read from (/.*)", re.DOTALL)
_OWNS = "ownership-by-file-overlap"
Row = tuple[str, Install]
"""The name of a package inside the document, and the install."""


def parse_sbom_document(data: bytes, where: str) -> SbomDocument:
    """What the document says is installed.

    Raises:
        Malformed: it is none of the forms, or damaged.
        Unsupported: an SBOM in XML or as tags and values.
    """
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"<", b"SPDXVersion:")):
        raise Unsupported(
            where, expected="an SBOM in JSON", got="XML or tags and values", hint="write it as JSON"
        )
    document = parse_json(data, dict[str, Any], where, MOST_BYTES)
    if document.get("bomFormat") == "CycloneDX":
        return _cyclonedx(document)
    if str(document.get("spdxVersion", "")).startswith("SPDX-2"):
        return _spdx(document)
    schema = str(document.get("schema", ""))
    if schema == _OWN:
        return _seamline(document)
    if schema.startswith("seamline."):
        raise Unsupported(where, expected=_OWN, got=schema[:80], hint="write it with seamline sbom -f json")
    if isinstance(document.get("artifacts"), list) and "descriptor" in document:
        return _syft(document)
    raise Malformed(
        where,
        expected="CycloneDX, SPDX 2, Syft or Seamline JSON",
        got="another document",
        hint="write one with seamline sbom IMAGE -f cyclonedx-json",
    )


def _install(package: Package, paths: Iterable[str], **more: Any) -> Install:
    proofs = tuple(path.lstrip("/").encode("utf-8", "surrogateescape") for path in paths if path)[
        :_MOST_PATHS
    ]
    layer = more.pop("layer", 0)
    return Install(
        package=package, proofs=proofs, origin_layer=layer, current_layer=layer, found_by="sbom", **more
    )


def _finished(
    form: str,
    subject: str,
    rows: Iterable[Row],
    told: Distribution | None,
    owners: Mapping[str, str],
    gaps: Iterable[Gap],
) -> SbomDocument:
    """The document with its packages' distribution and owners filled in; `owners` name an owner by document name."""
    known = list(rows)
    seen = {install.package.distribution for _, install in known if install.package.distribution is not None}
    distribution = told or (next(iter(seen)) if len(seen) == 1 else None)
    placed = {name: _placed(install, distribution) for name, install in known}
    keys = {name: install_key(install) for name, install in placed.items()}
    owners = {**_owners_by_place(placed), **{name: owner for name, owner in owners.items() if owner in keys}}
    installs = (
        msgspec.structs.replace(install, owned_by=keys[owners[name]])
        if owners.get(name) in keys and install.package.ecosystem not in _SYSTEM
        else install
        for name, install in placed.items()
    )
    told_gaps = tuple(gaps)
    if not known and not told_gaps:
        told_gaps = (Gap(where=Where(), message=Message("document-without-packages", {})),)
    whole = tuple(installs)
    return SbomDocument(
        form=form,
        subject=subject,
        distribution=distribution,
        installs=whole,
        gaps=(*told_gaps, *(_without_sources(whole) if form != "seamline" else ())),
    )


def _without_sources(installs: Iterable[Install]) -> Iterator[Gap]:
    """What distributions track by source is looked up by its own name alone where a document tells no source at all."""
    packages = [each.package for each in installs if each.package.ecosystem in _BY_SOURCE]
    if packages and not any(each.source_name for each in packages):
        yield Gap(where=Where(), message=Message("document-without-sources", {"number": len(packages)}))


def _owners_by_place(installs: Mapping[str, Install]) -> dict[str, str]:
    """Owners that a document's form has no room for: what stands in a distribution's own folder for a language is its
    package's of the same name, where that is installed."""
    systems = {
        install.package.name: name
        for name, install in installs.items()
        if install.package.ecosystem in _SYSTEM
    }
    found = {}
    for name, install in installs.items():
        for ecosystem, folder, spelt in _OWN_FOLDERS:
            if install.package.ecosystem == ecosystem and any(map(folder.match, install.proofs)):
                owner = systems.get(spelt.format(install.package.name.lower().replace("_", "-")))
                if owner is not None:
                    found[name] = owner
    return found


def _placed(install: Install, distribution: Distribution | None) -> Install:
    package = install.package
    if package.ecosystem not in _SYSTEM or distribution is None:
        return install
    own = package.distribution
    if own is not None and (own.id, own.version_id) != (distribution.id, distribution.version_id):
        return install
    return msgspec.structs.replace(
        install, package=msgspec.structs.replace(package, distribution=distribution)
    )


def _unknown(name: str) -> Gap:
    shown = name[:200] or "?"
    return Gap(where=Where(inside=shown), message=Message("package-without-purl", {"name": shown}))


def _cyclonedx(document: Mapping[str, Any]) -> SbomDocument:
    rows: list[Row] = []
    gaps: list[Gap] = []
    distribution = None
    for component in _flat(mappings(document.get("components"))):
        if component.get("type") == "operating-system":
            distribution = _cyclonedx_system(component)
            continue
        if component.get("type") == "file":
            continue
        package = parse_purl(string(component.get("purl")))
        if package is None and component.get("type") in _GROUPS and not component.get("version"):
            continue
        if package is None:
            gaps.append(_unknown(string(component.get("name"))))
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
    plain = [(name, msgspec.structs.replace(install, owned_by="")) for name, install in rows]
    return _finished("cyclonedx", subject, plain, distribution, owners, gaps)


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
    if package.ecosystem not in _SYSTEM or not source or package.source_name:
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
    layer = properties.get("seamline:current-layer", "0")
    return _install(
        package,
        paths,
        side=Side(side) if side in tuple(Side) else Side.UNKNOWN,
        stratum=properties.get("seamline:stratum", ""),
        supplier=properties.get("seamline:supplier", ""),
        owned_by=properties.get("seamline:owned-by", ""),
        layer=int(layer) if layer.isdecimal() and len(layer) < 6 else 0,
    )


def _spdx(document: Mapping[str, Any]) -> SbomDocument:
    rows: list[Row] = []
    gaps: list[Gap] = []
    distribution = None
    told = document.get("documentDescribes")
    described = {string(each) for each in told} if isinstance(told, list) else set()
    edges = mappings(document.get("relationships"))
    described |= {
        string(e.get("relatedSpdxElement")) for e in edges if e.get("relationshipType") == "DESCRIBES"
    }
    for each in mappings(document.get("packages")):
        name, purpose = string(each.get("SPDXID")), string(each.get("primaryPackagePurpose"))
        if purpose == "OPERATING-SYSTEM":
            distribution = Distribution(
                id=distribution_id(string(each.get("name"))), version_id=string(each.get("versionInfo"))
            )
            continue
        purl = next(
            (
                string(r.get("referenceLocator"))
                for r in mappings(each.get("externalRefs"))
                if r.get("referenceType") == "purl"
            ),
            "",
        )
        package = parse_purl(purl)
        if package is not None and package.ecosystem not in ("oci", "docker"):
            told = string(each.get("sourceInfo"))
            rows.append((name, _install(_built_from(package, told), **_source(told))))
        elif (
            package is None
            and name not in described
            and purpose != "CONTAINER"
            and not _is_group(each, purpose)
        ):
            gaps.append(_unknown(string(each.get("name"))))
    systems = {name for name, install in rows if install.package.ecosystem in _SYSTEM}
    owners = {
        string(edge.get("relatedSpdxElement")): string(edge.get("spdxElementId"))
        for edge in edges
        if string(edge.get("spdxElementId")) in systems
        and (edge.get("relationshipType") == "CONTAINS" or _OWNS in string(edge.get("comment")))
    }
    return _finished("spdx", string(document.get("name")), rows, distribution, owners, gaps)


def _is_group(package: Mapping[str, Any], purpose: str) -> bool:
    return purpose.lower() in _GROUPS and not package.get("versionInfo")


def _built_from(package: Package, info: str) -> Package:
    """`built package from: openssl 3.0.7-27.el9`, as Trivy writes it; an epoch stands before the version."""
    told = info.removeprefix("built package from: ").split(" ")
    if package.ecosystem not in _SYSTEM or package.source_name or len(told) != 2 or told[0] == info:
        return package
    return msgspec.structs.replace(package, source_name=told[0], source_version=told[1])


def _source(info: str) -> dict[str, Any]:
    """Where a package was read: `acquired package info from ...: /usr/lib/x` of Syft, and with its side what we write."""
    own = _OWN_SOURCE.fullmatch(info)
    if own is None:
        return {"paths": [info.rpartition(": ")[2].partition(",")[0].strip() if ": /" in info else ""]}
    path, _, inside = own[2].partition(", /")[0].partition("!")
    return {"paths": [path], "inside": inside, "side": Side(own[1])}


def _syft(document: Mapping[str, Any]) -> SbomDocument:
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
    for artifact in mappings(document.get("artifacts")):
        package = parse_purl(string(artifact.get("purl")))
        if package is None:
            gaps.append(_unknown(string(artifact.get("name"))))
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
        paths = [string(each.get("path")) for each in mappings(artifact.get("locations"))]
        rows.append((string(artifact.get("id")), _install(package, paths)))
    owners = {
        string(edge.get("child")): string(edge.get("parent"))
        for edge in mappings(document.get("artifactRelationships"))
        if edge.get("type") == _OWNS
    }
    target = mapping(mapping(document.get("source")).get("metadata"))
    subject = string(target.get("userInput")) or string(mapping(document.get("source")).get("name"))
    return _finished("syft", subject, rows, distribution, owners, gaps)


def _seamline(document: Mapping[str, Any]) -> SbomDocument:
    rows: list[Row] = []
    gaps: list[Gap] = []
    owners: dict[str, str] = {}
    for line in mappings(document.get("packages")):
        package = parse_purl(string(line.get("purl")))
        name = string(line.get("key"))
        if package is None:
            gaps.append(_unknown(name))
            continue
        if package.ecosystem == "generic" and line.get("version"):
            package = msgspec.structs.replace(package, version=string(line.get("version")))
        side, layer = line.get("side"), line.get("current_layer")
        paths = line.get("paths")
        rows.append(
            (
                name,
                _install(
                    package,
                    [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else [],
                    side=Side(side) if side in tuple(Side) else Side.UNKNOWN,
                    stratum=string(line.get("stratum")),
                    supplier=string(line.get("supplier")),
                    inside=string(line.get("inside")),
                    layer=layer if isinstance(layer, int) else 0,
                ),
            )
        )
        owners[name] = string(line.get("owned_by"))
    try:
        told = document.get("distribution")
        distribution = msgspec.convert(told, Distribution) if told else None
    except msgspec.ValidationError:
        distribution = None
    subject = string(mapping(document.get("image")).get("reference"))
    return _finished("seamline", subject, rows, distribution, owners, gaps)
