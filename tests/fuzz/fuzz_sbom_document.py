"""SBOMs of all makers, and what advisories are asked for because of them."""

from __future__ import annotations

from contextlib import suppress

from seamline.advisories.ecosystems import subjects_of
from seamline.errors import SeamlineError
from seamline.formats import sbom_tags, sbom_xml  # noqa: F401 - imported here they are watched
from seamline.formats.sbom_document import parse_sbom_document
from seamline.model.purl import purl_of

SEEDS = (
    (
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"operating-system","name":"debian","version":"12"},'
        b'{"type":"library","name":"a","version":"1","purl":"pkg:deb/debian/a@1?upstream=b%402&epoch=1&distro=debian-12",'
        b'"properties":[{"name":"syft:location:0:path","value":"/x"}],"components":[{"name":"c","purl":"pkg:npm/c@1"}]}]}'
    ),
    (
        b'{"spdxVersion":"SPDX-2.3","packages":[{"name":"a","versionInfo":"1","sourceInfo":"acquired from /x",'
        b'"externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:rpm/redhat/a@1?arch=x86_64&upstream=a-1.src.rpm"}]}],'
        b'"relationships":[{"spdxElementId":"a","relationshipType":"CONTAINS","relatedSpdxElement":"b"}]}'
    ),
    (
        b'{"schema":{"version":"16.0.0"},"descriptor":{"name":"syft"},"distro":{"id":"alpine","versionID":"3.20.1"},"artifacts":[{"id":"1","name":"a",'
        b'"version":"1","type":"apk","purl":"pkg:apk/alpine/a@1","locations":[{"path":"/x"}],"metadata":{"originPackage":"b"}}],'
        b'"artifactRelationships":[{"parent":"1","child":"2","type":"ownership-by-file-overlap"}]}'
    ),
    (
        b'<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><component type="container"><name>a</name></component></metadata>'
        b'<components><component type="library" bom-ref="x"><name>a</name><version>1</version><purl>pkg:pypi/a@1</purl><evidence><occurrences>'
        b"<occurrence><location>/x</location></occurrence></occurrences></evidence></component></components></bom>"
    ),
    (
        b"SPDXVersion: SPDX-2.3\nDocumentName: a\nFileName: x\nSPDXID: SPDXRef-F\nPackageName: a\nSPDXID: SPDXRef-A\nPackageVersion: 1\n"
        b"PackageSourceInfo: <text>built package from: b 1</text>\nExternalRef: PACKAGE-MANAGER purl pkg:apk/wolfi/a@1\n"
        b"Relationship: SPDXRef-A CONTAINS SPDXRef-F\n"
    ),
    b'{"payload":"eyJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9zcGR4LmRldi9Eb2N1bWVudCIsInByZWRpY2F0ZSI6eyJzcGR4VmVyc2lvbiI6IlNQRFgtMi4zIn19"}',
    b'{"linux/amd64":{"SPDX":{"spdxVersion":"SPDX-2.3","packages":[]}}}',
    b'{"schema":"seamline.sbom/1","image":{"reference":"a"},"packages":[{"purl":"pkg:pypi/a@1","paths":["/x"]}]}',
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        for install in parse_sbom_document(data, "fuzz").installs:
            purl_of(install.package)
            list(subjects_of(install))
