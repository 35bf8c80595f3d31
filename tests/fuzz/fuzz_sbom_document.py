"""SBOMs of all makers, and what advisories are asked for because of them."""

from __future__ import annotations

from contextlib import suppress

from seamline.advisories.ecosystems import subjects_of
from seamline.errors import SeamlineError
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
    b'{"schema":"seamline.sbom/1","image":{"reference":"a"},"packages":[{"purl":"pkg:pypi/a@1","paths":["/x"]}]}',
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        for install in parse_sbom_document(data, "fuzz").installs:
            purl_of(install.package)
            list(subjects_of(install))
