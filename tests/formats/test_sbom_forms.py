"""The same SBOM in each form that a neighbour writes it in, and as builds and registries wrap it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from seamline.errors import Malformed, SeamlineError, Unsupported
from seamline.formats.sbom_document import parse_sbom_document
from seamline.model.document import SbomDocument
from seamline.model.package import Distribution
from seamline.model.purl import install_key, purl_of

DEB = "pkg:deb/debian/libssl3@3.0.17-1?arch=amd64&distro=debian-12&upstream=openssl"
PIP = "pkg:pypi/pip@23.0.1"
XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">
  <metadata><component type="container" bom-ref="it"><name>shop</name><version>1</version></component></metadata>
  <components>
    <component type="operating-system"><name>debian</name><version>12</version></component>
    <component type="library" bom-ref="ssl"><name>libssl3</name><version>3.0.17-1</version>
      <purl>{DEB.replace("&", "&amp;")}</purl></component>
    <component type="application"><name>site</name><components>
      <component type="library" bom-ref="pip"><name>pip</name><version>23.0.1</version><purl>{PIP}</purl>
        <evidence><occurrences><occurrence><location>/app/pip/METADATA</location></occurrence></occurrences></evidence>
        <properties><property name="aquasecurity:trivy:PkgType">python-pkg</property></properties>
      </component></components></component>
  </components>
</bom>"""
TAGS = f"""SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: shop

FileName: app/pip/METADATA
SPDXID: SPDXRef-File-1

##### Package: debian
PackageName: debian
SPDXID: SPDXRef-OperatingSystem-1
PackageVersion: 12
PrimaryPackagePurpose: OPERATING-SYSTEM

PackageName: libssl3
SPDXID: SPDXRef-Package-1
PackageVersion: 3.0.17-1
PackageCopyrightText: <text>Copyright: some
PackageName: not one
</text>
PackageSourceInfo: <text>built package from: openssl 3.0.17-1</text>
ExternalRef: PACKAGE-MANAGER purl {DEB}

PackageName: pip
SPDXID: SPDXRef-Package-2
PackageVersion: 23.0.1
ExternalRef: PACKAGE_MANAGER purl {PIP}

LicenseID: LicenseRef-1
ExtractedText: <text>PackageName: no</text>

Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-OperatingSystem-1
Relationship: SPDXRef-Package-2 CONTAINS SPDXRef-File-1
"""
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "name": "shop",
    "files": [{"SPDXID": "f", "fileName": "app/pip/METADATA"}],
    "packages": [
        {"SPDXID": "os", "name": "debian", "versionInfo": "12", "primaryPackagePurpose": "OPERATING-SYSTEM"},
        {"SPDXID": "d", "name": "libssl3", "externalRefs": [{"referenceType": "purl", "referenceLocator": DEB}]},
        {"SPDXID": "p", "name": "pip", "externalRefs": [{"referenceType": "purl", "referenceLocator": PIP}]},
    ],
    "relationships": [{"spdxElementId": "p", "relationshipType": "CONTAINS", "relatedSpdxElement": "f"}],
}  # fmt: skip
STATEMENT = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://spdx.dev/Document", "predicate": SPDX}  # fmt: skip
ENVELOPE = {"payloadType": "application/vnd.in-toto+json", "payload": base64.b64encode(json.dumps(STATEMENT).encode()).decode(), "signatures": []}  # fmt: skip


def told(document: SbomDocument) -> Any:
    installs = [(each.package.name, each.package.version, each.package.source_name, each.proofs) for each in document.installs]  # fmt: skip
    distribution = document.distribution
    assert distribution is not None
    return document.subject, distribution.id, distribution.version_id, installs, document.gaps


@pytest.mark.parametrize(
    "data",
    [
        XML.encode(),
        TAGS.encode(),
        b"\xef\xbb\xbf# made by hand\n" + TAGS.replace("\n", "\r\n").encode(),
        json.dumps(SPDX).encode(),
        json.dumps(STATEMENT).encode(),
        json.dumps({**STATEMENT, "predicate": {"Data": SPDX, "Timestamp": ""}}).encode(),
        json.dumps(ENVELOPE).encode(),
        json.dumps({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": ENVELOPE}).encode(),
        json.dumps({"SPDX": SPDX}).encode(),
        json.dumps({"linux/amd64": {"SPDX": SPDX}}).encode(),
    ],
)  # fmt: skip
def test_the_same_is_told_in_every_form(data: bytes) -> None:
    packages = [
        ("libssl3", "3.0.17-1", "openssl", ()),
        ("pip", "23.0.1", "", (b"app/pip/METADATA",)),
    ]
    assert told(parse_sbom_document(data, "x")) == ("shop", "debian", "12", packages, ())


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (b'<?xml version="1.0"?><project/>', Unsupported, "XML of another kind"),
        (XML.replace("<bom ", '<!DOCTYPE x [<!ENTITY a "b">]><bom ', 1).encode(), Malformed, "a document type x"),
        (XML[:400].encode(), Malformed, "expected XML"),
        (TAGS.partition("</text>")[0].encode(), Malformed, "the end of the file"),
        (TAGS.encode() + b"\xff", Malformed, "UTF-8"),
        (json.dumps({**ENVELOPE, "payload": "&"}).encode(), Malformed, "base64"),
        (json.dumps({**STATEMENT, "predicateType": "https://slsa.dev/provenance/v1"}).encode(), Unsupported, "ask for its SBOM"),
        (json.dumps({"linux/amd64": {"SPDX": SPDX}, "linux/arm64": {"SPDX": SPDX}}).encode(), Unsupported, "one platform"),
        (json.dumps({"SPDX": {"SPDX": {"SPDX": {"SPDX": {"SPDX": {"SPDX": {"SPDX": {"x": 1}}}}}}}}).encode(), Malformed, "wrapping"),
        (json.dumps({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}).encode(), Malformed, "SPDX 3"),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', Unsupported, "XML of another kind"),
    ],
)  # fmt: skip
def test_what_is_no_sbom_that_is_read_is_refused_with_the_next_step(
    data: bytes, kind: type[SeamlineError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        parse_sbom_document(data, "x")


def test_apkos_document_names_wolfi_in_its_purls_alone_and_what_it_was_built_from_is_not_installed() -> None:
    def package(name: str, *purls: str, **more: str) -> dict[str, Any]:
        refs = [{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": purl} for purl in purls]  # fmt: skip
        return {"SPDXID": f"SPDXRef-Package-{name}", "name": name, "externalRefs": refs, **more}

    glibc = package(
        "glibc", "pkg:generic/glibc@2.39?checksum=sha256%3Af7", "pkg:github/wolfi-dev/os@f18ff825#glibc.yaml",
        "pkg:apk/wolfi/glibc@2.39-r6?arch=x86_64",
    )  # fmt: skip
    document = {
        "spdxVersion": "SPDX-2.3",
        "packages": [
            {"SPDXID": "SPDXRef-Image", "name": "sha256:1", "primaryPackagePurpose": "CONTAINER"},
            glibc,
            package("openssl-src", "pkg:generic/openssl@3.0.0"),
            package("python-src", "pkg:generic/python@3.12.0", primaryPackagePurpose="SOURCE"),
            package("node", "pkg:generic/node@20.0.0"),  # found as a program
        ],
        "relationships": [
            {"spdxElementId": "SPDXRef-Package-glibc", "relationshipType": "GENERATED_FROM", "relatedSpdxElement": "SPDXRef-Package-openssl-src"}
        ],
    }  # fmt: skip
    for system, version in (((), ""), (({"SPDXID": "SPDXRef-OperatingSystem", "name": "wolfi", "versionInfo": "20230201", "primaryPackagePurpose": "OPERATING_SYSTEM"},), "20230201")):  # fmt: skip
        told = parse_sbom_document(json.dumps({**document, "packages": [*system, *document["packages"]]}).encode(), "x")  # fmt: skip
        assert [each.package.name for each in told.installs] == ["glibc", "node"]
        assert told.installs[0].package.distribution == Distribution(id="wolfi", version_id=version)
        assert [gap.message.id for gap in told.gaps] == ["document-without-sources"]


@pytest.mark.parametrize(
    ("purl", "system", "purls"),
    [
        ("pkg:rpm/redhat/bash@5.1-9.el9?arch=x86_64&distro=redhat-9.4", ("redhat", "9.4"), "pkg:rpm/rhel/bash@5.1-9.el9?arch=x86_64&distro=rhel-9.4"),
        ("pkg:rpm/redhat/bash@5.1-9.el9?arch=x86_64&distro=rhel-9.4", None, "pkg:rpm/rhel/bash@5.1-9.el9?arch=x86_64&distro=rhel-9.4"),
        ("pkg:rpm/suse/bash@5.1-9?distro=suse.linux.enterprise.server-15.5", None, "pkg:rpm/sles/bash@5.1-9?distro=sles-15.5"),
        ("pkg:rpm/alma/bash@5.1-9", ("alma", "9.4"), "pkg:rpm/almalinux/bash@5.1-9?distro=almalinux-9.4"),
        ("pkg:deb/debian/bash@5.2?distro=trixie", ("debian", "12"), "pkg:deb/debian/bash@5.2?distro=debian-trixie"),
        ("pkg:rpm/redhat/bash@5.1-9.el9", None, "pkg:rpm/redhat/bash@5.1-9.el9"),
    ],
)  # fmt: skip
def test_a_package_is_called_as_its_own_image_calls_it_so_that_findings_keep_their_keys(
    purl: str, system: tuple[str, str] | None, purls: str
) -> None:
    os = [{"type": "operating-system", "name": system[0], "version": system[1]}] if system else []
    document = {"bomFormat": "CycloneDX", "components": [*os, {"type": "library", "name": "bash", "purl": purl}]}  # fmt: skip
    (install,) = parse_sbom_document(json.dumps(document).encode(), "x").installs
    assert purl_of(install.package) == purls


MAIN, HELM, SHARED = (
    "pkg:golang/example.org/tool@v1",
    "pkg:golang/helm.sh/helm/v3@v3.14.0",
    "pkg:golang/k8s.io/api@v1",
)
SHOP = "pkg:pypi/shop@1"


def go_in_cyclonedx() -> dict[str, Any]:
    houses = [
        {"bom-ref": path, "type": "application", "name": path} for path in ("usr/bin/tool", "usr/bin/other")
    ]
    parts = [
        {"bom-ref": purl, "type": "library", "name": "x", "purl": purl} for purl in (MAIN, HELM, SHARED, SHOP)
    ]
    needs = [
        {"ref": "usr/bin/tool", "dependsOn": [MAIN]}, {"ref": "usr/bin/other", "dependsOn": [SHARED]},
        {"ref": MAIN, "dependsOn": [HELM, SHARED]}, {"ref": HELM, "dependsOn": [MAIN]}, {"ref": SHOP, "dependsOn": [HELM]},
    ]  # fmt: skip
    return {"bomFormat": "CycloneDX", "components": [*houses, *parts], "dependencies": needs}


def go_in_spdx() -> dict[str, Any]:
    houses = [{"SPDXID": path, "name": path, "primaryPackagePurpose": "APPLICATION"} for path in ("usr/bin/tool", "usr/bin/other")]  # fmt: skip
    parts = [{"SPDXID": purl, "name": "x", "externalRefs": [{"referenceType": "purl", "referenceLocator": purl}]} for purl in (MAIN, HELM, SHARED, SHOP)]  # fmt: skip
    edges = [
        ("usr/bin/tool", "CONTAINS", MAIN), ("usr/bin/other", "CONTAINS", SHARED), (HELM, "DEPENDENCY_OF", MAIN),
        (MAIN, "DEPENDS_ON", SHARED), (HELM, "DEPENDS_ON", MAIN), (SHOP, "DEPENDS_ON", HELM),
    ]  # fmt: skip
    relations = [
        {"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in edges
    ]
    return {"spdxVersion": "SPDX-2.3", "packages": [*houses, *parts], "relationships": relations}


@pytest.mark.parametrize("document", [go_in_cyclonedx(), go_in_spdx()])
def test_what_trivy_lists_below_a_program_lies_in_it_and_needs_what_it_was_linked_from(
    document: dict[str, Any],
) -> None:
    installs = {purl_of(each.package): each for each in parse_sbom_document(json.dumps(document).encode(), "x").installs}  # fmt: skip
    places = {purl: each.proofs for purl, each in installs.items()}
    # what lies in two programs is told once and has no place of its own
    assert places == {MAIN: (b"usr/bin/tool",), HELM: (b"usr/bin/tool",), SHARED: (), SHOP: ()}
    assert set(installs[MAIN].depends) == {install_key(installs[HELM]), install_key(installs[SHARED])}
    assert installs[SHOP].depends == ()  # what may be needed is no evidence that it is
