"""Whose a package of an SBOM is that names no distribution: the document's, where it can be; else nobody's, and a gap.

Trivy skips such packages too ("mismatched PURL namespace"), or refuses the document.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamline.advisories.ecosystems import distribution_ecosystem
from seamline.advisories.match import match
from seamline.formats.sbom_document import parse_sbom_document
from seamline.model.document import SbomDocument
from seamline.model.package import Distribution
from seamline.settings.gates import parse_gate
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf as Bases
from seamline.verbs.documents import stock_of_document
from seamline.verbs.scan import Terms, scan_report
from tests.advisories.records import Shelf, record
from tests.verbs.test_scan import AS_OF, index

__all__ = ("index",)

BASH = "pkg:deb/debian/bash@5.1?distro=debian-11"


def document(*purls: str, system: dict[str, str] | None = None) -> SbomDocument:
    parts: list[dict[str, Any]] = [{"type": "operating-system", **system}] if system else []
    parts += [{"type": "library", "bom-ref": purl, "name": "x", "purl": purl} for purl in purls]
    text = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": parts}
    return parse_sbom_document(json.dumps(text).encode(), "x")


def ecosystem_of(found: SbomDocument, kind: str, name: str) -> str:
    (told,) = {
        distribution_ecosystem(install.package.distribution) if install.package.distribution else "none"
        for install in found.installs
        if (install.package.ecosystem, install.package.name) == (kind, name)
    }
    return told


@pytest.mark.parametrize(
    ("purl", "told"),
    [
        ("pkg:deb/debian/busybox@1.36", "Debian:11"),
        ("pkg:deb/busybox@1.36", "Debian:11"),
        ("pkg:deb/kali/busybox@1.36", "Debian:11"),  # who makes packages of Debian's is not known by name
        ("pkg:deb/debian/busybox@1.36?distro=debian", "Debian:11"),
        ("pkg:deb/ubuntu/busybox@1.36", "none"),
        ("pkg:apk/alpine/busybox@1.36.1-r2", "none"),
        ("pkg:rpm/almalinux/busybox@1.36-1.el9", "none"),
        ("pkg:apk/alpine/busybox@1.36.1-r2?distro=alpine", ""),
        ("pkg:apk/alpine/busybox@1.36.1-r2?distro=alpine-edge", "Alpine:edge"),
        ("pkg:deb/debian/busybox@1.36?distro=debian-12", "Debian:12"),
    ],
)
def test_a_package_takes_the_documents_distribution_only_where_it_can_be_of_it(purl: str, told: str) -> None:
    kind = purl.removeprefix("pkg:").partition("/")[0]
    assert (
        ecosystem_of(document(BASH, purl, system={"name": "debian", "version": "11"}), kind, "busybox")
        == told
    )


@pytest.mark.parametrize(
    ("system", "purl", "told"),
    [
        ({"name": "redhat", "version": "9.4"}, "pkg:rpm/redhat/x@1", "Red Hat"),
        ({"name": "centos", "version": "7"}, "pkg:rpm/redhat/x@1", "Red Hat"),
        ({"name": "opensuse-leap", "version": "15.5"}, "pkg:rpm/suse/x@1", "openSUSE"),
        ({"name": "chainguard", "version": "20230214"}, "pkg:apk/wolfi/x@1", "Wolfi"),
        ({"name": "rocky", "version": "9"}, "pkg:rpm/fedora/x@1", "none"),
    ],
)
def test_kin_that_write_each_others_names_are_no_strangers(
    system: dict[str, str], purl: str, told: str
) -> None:
    found = ecosystem_of(document(purl, system=system), purl[4:7], "x")
    assert found.partition(":")[0] == told


def test_no_package_is_judged_by_another_distributions_versions() -> None:
    shelf = Shelf(record("CVE-2026-1", "Debian:11", "busybox", {"introduced": "0"}, {"fixed": "1:1.30.1-6"}))
    strange = document(BASH, "pkg:apk/alpine/busybox@1.36.1-r2").installs
    assert match(strange, shelf.affected).flaws == ()
    own = document(BASH, "pkg:deb/debian/busybox@1.30").installs
    assert [flaw.id for flaw in match(own, shelf.affected).flaws] == ["CVE-2026-1"]


@pytest.mark.parametrize(
    ("purl", "gap"),
    [
        ("pkg:deb/debian/bash@5.1", "packages-without-distribution"),
        ("pkg:deb/debian/bash@5.1?distro=debian", "release-not-told"),
        ("pkg:apk/alpine/bash@5.1?distro=alpine", "release-not-told"),
        ("pkg:deb/sample/bash@5.1?distro=sample", "distribution-without-advisories"),
    ],
)
def test_without_a_release_nothing_is_matched_and_no_gate_holds(
    purl: str, gap: str, index: AdvisoryIndex
) -> None:
    stock = stock_of_document(document(purl), "x")
    report = scan_report(stock, index, Bases(()), Terms(gates=(parse_gate("kev"),)), AS_OF)
    assert report.findings == ()
    assert gap in [each.message.id for each in report.gaps]
    assert [each.why for each in report.broken] in (["missing-distribution"], ["missing"])


def test_alpine_without_a_version_is_not_its_edge() -> None:
    assert distribution_ecosystem(Distribution(id="alpine")) == ""
    assert distribution_ecosystem(Distribution(id="alpine", version_id="3.21_alpha20240923")) == "Alpine:edge"
