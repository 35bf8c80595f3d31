"""VEX: who may say that a flaw does not count, and how far the word reaches."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from seamline.advisories.vex import Scope, deciding, hear
from seamline.advisories.vex_products import names_image, names_platform, same_package
from seamline.errors import Malformed
from seamline.formats.vex_document import parse_vex_document, write_openvex
from seamline.model.image import Digest
from seamline.model.package import Distribution
from seamline.model.seam import Base
from seamline.model.vex import Statement
from tests.settings.findings import finding

DIGEST = Digest("sha256:" + "a" * 64)
DEBIAN = Base(names=("docker.io/library/debian:12",), diff_ids=(), digest=DIGEST)
BASE = Scope(bases=(DEBIAN,))
APP = Scope()
FLAW = finding("CVE-2026-0001", "openssl")
PURL = "pkg:deb/debian/openssl"


def openvex(**more: Any) -> bytes:
    statement = {
        "vulnerability": {"name": "CVE-2026-0001"},
        "products": [{"@id": PURL}],
        "status": "not_affected",
        **more,
    }
    return json.dumps(
        {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "author": "us",
            "timestamp": "2026-01-01T00:00:00Z",
            "statements": [statement],
        }
    ).encode()


CSAF = {
    "document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "vendor"}, "tracking": {"current_release_date": "2026-01-01"}},
    "product_tree": {
        "branches": [{"branches": [
            {"product": {"product_id": "base", "name": "debian:12"}},
            {"product": {"product_id": "ssl", "name": "openssl", "product_identification_helper": {"purl": PURL}}},
        ]}],
        "relationships": [{"full_product_name": {"product_id": "base:ssl"}, "product_reference": "ssl", "relates_to_product_reference": "base"}],
    },
    "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"known_not_affected": ["base:ssl"]},
                         "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["base:ssl"]}]}],
}  # fmt: skip
CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "components": [{"bom-ref": "x", "purl": PURL}],
    "vulnerabilities": [{"id": "CVE-2026-0001", "analysis": {"state": "not_affected", "justification": "code_not_reachable"}, "affects": [{"ref": "urn:cdx:1/1#x"}]}],
}  # fmt: skip


@pytest.mark.parametrize("data", [openvex(), json.dumps(CYCLONEDX).encode()])
def test_a_statement_about_a_package_holds_wherever_it_stands(data: bytes) -> None:
    statements = parse_vex_document(data, "x")
    assert deciding(statements, FLAW, BASE) == deciding(statements, FLAW, APP) == statements[0]
    assert deciding(statements, finding("CVE-2026-0001", "zlib"), BASE) is None
    assert deciding(statements, finding("CVE-2026-0002", "openssl"), BASE) is None


@pytest.mark.parametrize(
    "statements",
    [
        parse_vex_document(json.dumps(CSAF).encode(), "x"),
        parse_vex_document(openvex(products=[{"@id": f"pkg:oci/debian@{DIGEST}".replace("sha256:", "sha256%3A"), "subcomponents": [{"@id": PURL}]}]), "x"),
        parse_vex_document(openvex(products=["debian:12"]), "x"),
    ],
)  # fmt: skip
def test_a_base_publishers_word_holds_inside_the_untouched_base_alone(
    statements: tuple[Statement, ...],
) -> None:
    assert deciding(statements, FLAW, BASE) is not None
    assert deciding(statements, FLAW, APP) is None
    other = Scope(bases=(Base(names=("docker.io/library/debian:13",), diff_ids=()),))
    assert deciding(statements, FLAW, other) is None
    for broken in (Scope(bases=(DEBIAN,), is_touched=True), Scope(bases=(DEBIAN,), is_intact=False)):
        assert deciding(statements, FLAW, broken) is None
        assert hear(statements, FLAW, broken)[0].reason.id in ("vex-touched", "vex-not-intact")


def test_a_statement_about_the_image_itself_holds_for_all_of_it() -> None:
    statements = parse_vex_document(openvex(products=["registry.corp/shop:1"]), "x")
    assert deciding(statements, FLAW, Scope(image=("registry.corp/shop:1",))) is not None
    assert deciding(statements, FLAW, Scope(image=("registry.corp/shop:2",))) is None


def test_the_latest_word_decides() -> None:
    old, new = (
        parse_vex_document(openvex(timestamp=f"2026-0{n}-01", status=s), "x")[0]
        for n, s in ((1, "not_affected"), (2, "affected"))
    )
    assert deciding([old, new], FLAW, BASE) is None
    assert deciding([old], FLAW, BASE) == old


def test_a_purl_means_what_it_names_and_leaves_open_what_it_does_not() -> None:
    full = "pkg:deb/debian/openssl@3.0?arch=amd64&distro=debian-12"
    assert same_package("pkg:deb/debian/openssl", full)
    assert same_package("pkg:deb/debian/openssl@3.0?arch=amd64", full)
    assert not same_package("pkg:deb/debian/openssl@3.1", full)
    assert not same_package("pkg:deb/debian/openssl@3.0?distro=debian-13", full)
    assert not same_package("pkg:deb/ubuntu/openssl", full)


def test_what_was_written_is_read_back_and_the_same_twice() -> None:
    statement = Statement(
        ids=("CVE-2026-0001", "GHSA-1"), status="not_affected", products=("debian:12",), packages=(PURL,),
        justification="vulnerable_code_not_present", timestamp="2026-01-01T00:00:00Z",
    )  # fmt: skip
    one = write_openvex([statement], author="team", as_of="2026-02-01T00:00:00Z")
    assert one == write_openvex([statement], author="team", as_of="2026-02-01T00:00:00Z")
    (back,) = parse_vex_document(one, "x")
    assert (back.ids, back.status, back.products, back.packages, back.justification) == (
        statement.ids, statement.status, statement.products, statement.packages, statement.justification,
    )  # fmt: skip


RED_HAT = {  # the shape of Red Hat's files: a platform by its CPE, sources by purl, modules between the two
    "document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "Red Hat Product Security"}, "tracking": {"current_release_date": "2026-03-01T10:00:00+00:00"}},
    "product_tree": {
        "branches": [{"category": "vendor", "name": "Red Hat", "branches": [
            {"category": "product_family", "branches": [{"category": "product_name", "product": {
                "name": "Red Hat Enterprise Linux 9", "product_id": "red_hat_enterprise_linux_9",
                "product_identification_helper": {"cpe": "cpe:/o:redhat:enterprise_linux:9"}}}]},
            {"category": "product_version", "product": {"name": "openssl", "product_id": "openssl", "product_identification_helper": {"purl": "pkg:rpm/redhat/openssl?arch=src"}}},
        ]}],
        "relationships": [
            {"category": "default_component_of", "full_product_name": {"product_id": "red_hat_enterprise_linux_9:module"}, "product_reference": "module", "relates_to_product_reference": "red_hat_enterprise_linux_9"},
            {"category": "default_component_of", "full_product_name": {"product_id": "red_hat_enterprise_linux_9:module/openssl"}, "product_reference": "openssl", "relates_to_product_reference": "red_hat_enterprise_linux_9:module"},
        ],
        "product_groups": [{"group_id": "all", "product_ids": ["red_hat_enterprise_linux_9:module/openssl"]}],
    },
    "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"known_not_affected": ["red_hat_enterprise_linux_9:module/openssl"]},
                         "flags": [{"label": "vulnerable_code_not_present", "group_ids": ["all"]}]}],
}  # fmt: skip


def test_a_vendors_word_about_its_release_holds_for_its_packages_there() -> None:
    statements = parse_vex_document(json.dumps(RED_HAT).encode(), "x")
    flaw = finding(
        "CVE-2026-0001", "openssl-libs", purl="pkg:rpm/redhat/openssl-libs@3.0?arch=x86_64&upstream=openssl"
    )
    nine, eight = (Distribution(id="rhel", version_id=version) for version in ("9.4", "8.10"))
    found = deciding(statements, flaw, Scope(distribution=nine))
    assert found is not None
    assert (found.justification, found.author) == ("vulnerable_code_not_present", "Red Hat Product Security")
    assert deciding(statements, flaw, Scope(distribution=eight)) is None
    assert deciding(statements, flaw, Scope()) is None


@pytest.mark.parametrize(
    ("cpe", "distribution", "named"),
    [
        ("cpe:/o:suse:sles:15:sp5", Distribution(id="sles", version_id="15.5"), True),
        ("cpe:/o:suse:sles:15:sp4", Distribution(id="sles", version_id="15.5"), False),
        (
            "cpe:2.3:o:canonical:ubuntu_linux:22.04:*:*:*:lts:*:*:*",
            Distribution(id="ubuntu", version_id="22.04"),
            True,
        ),
        ("cpe:/a:redhat:enterprise_linux:9::appstream", Distribution(id="rhel", version_id="9.4"), True),
        ("cpe:/o:redhat:enterprise_linux:9", Distribution(id="rocky", version_id="9.4"), False),
        ("cpe:/o:redhat", Distribution(id="rhel", version_id="9"), False),
    ],
)
def test_a_platform_is_a_distribution_and_its_release(
    cpe: str, distribution: Distribution, *, named: bool
) -> None:
    assert names_platform(cpe, distribution) is named


@pytest.mark.parametrize(
    ("product", "named"),
    [
        ("registry.corp/shop:1", True),
        ("registry.corp/shop:2", False),
        ("pkg:oci/shop?repository_url=registry.corp%2Fshop&tag=1", True),
        ("pkg:oci/shop?repository_url=registry.corp/shop", True),
        ("pkg:oci/shop?repository_url=registry.corp/shop&tag=2", False),
        ("pkg:oci/shop", False),
        (f"pkg:oci/shop@{DIGEST}?repository_url=somewhere/else", True),
        (f"sha256:{'b' * 64}", False),
        ("pkg:docker/registry.corp/shop@1", True),
        ("pkg:docker/library/debian@12", False),
        ("cpe:/o:redhat:enterprise_linux:9", False),
    ],
)
def test_an_image_is_known_by_each_of_its_names(product: str, *, named: bool) -> None:
    assert names_image(product, ("registry.corp/shop:1", DIGEST)) is named


def test_moments_are_compared_as_moments_and_the_last_of_one_moment_wins() -> None:
    def said(status: str, moment: str) -> Statement:
        return parse_vex_document(openvex(timestamp=moment, status=status), "x")[0]

    earlier, later = (
        said("not_affected", "2026-01-01T23:00:00-08:00"),
        said("affected", "2026-01-02T01:00:00Z"),
    )
    assert deciding([earlier, later], FLAW, BASE) == earlier
    same = said("not_affected", "2026-01-01T00:00:00Z"), said("affected", "2026-01-01T00:00:00+00:00")
    assert deciding(same, FLAW, BASE) is None
    assert [each.reason.id for each in hear(same, FLAW, BASE)] == ["vex-same-moment", "vex-counts"]


def test_cyclonedx_names_an_image_by_its_metadata_or_in_another_document() -> None:
    own = {
        **CYCLONEDX,
        "metadata": {"component": {"bom-ref": "it", "type": "container", "name": "registry.corp/shop", "version": "1"}},
        "vulnerabilities": [{"id": "CVE-2026-0001", "analysis": {"state": "false_positive", "lastUpdated": "2026-01-01"}, "affects": [{"ref": "it"}]}],
    }  # fmt: skip
    link = {
        "bomFormat": "CycloneDX",
        "vulnerabilities": [{"id": "CVE-2026-0001", "analysis": {"state": "not_affected"}, "affects": [{"ref": f"urn:cdx:3e671687/1#{PURL}"}]}],
    }  # fmt: skip
    shop = Scope(image=("registry.corp/shop:1",))
    assert deciding(parse_vex_document(json.dumps(own).encode(), "x"), FLAW, shop) is not None
    assert deciding(parse_vex_document(json.dumps(own).encode(), "x"), FLAW, APP) is None
    assert deciding(parse_vex_document(json.dumps(link).encode(), "x"), FLAW, APP) is not None


@pytest.mark.parametrize(
    ("versions", "holds"),
    [
        ([], True),
        ([{"version": "1.0", "status": "unaffected"}], True),
        ([{"version": "1.1", "status": "unaffected"}], False),
        ([{"range": "vers:deb/>=1.1", "status": "unaffected"}], False),
        (
            [
                {"version": "1.0", "status": "affected"},
                {"version": "1.1", "status": "unaffected"},
            ],
            False,
        ),
    ],
)
def test_cyclonedx_versions_that_are_told_are_those_that_are_meant(
    versions: list[dict[str, str]], *, holds: bool
) -> None:
    affects = [{"ref": "pkg:deb/debian/openssl", "versions": versions}]
    told = {**CYCLONEDX, "vulnerabilities": [{"id": "CVE-2026-0001", "analysis": {"state": "not_affected"}, "affects": affects}]}  # fmt: skip
    found = deciding(parse_vex_document(json.dumps(told).encode(), "x"), FLAW, APP)
    assert (found is not None) == holds


def test_a_bom_link_is_encoded_as_a_whole() -> None:
    purl = f"{PURL}@1.0?arch=amd64&distro=debian-12"
    ref = f"urn:cdx:3e671687/1#{quote(purl, safe='')}"
    told = {**CYCLONEDX, "vulnerabilities": [{"id": "CVE-2026-0001", "analysis": {"state": "not_affected"}, "affects": [{"ref": ref}]}]}  # fmt: skip
    (statement,) = parse_vex_document(json.dumps(told).encode(), "x")
    assert statement.packages == (purl,)


def test_openvex_names_by_hash_by_address_and_in_its_older_form() -> None:
    by_hash = openvex(products=[{"@id": "our image", "hashes": {"sha-256": "a" * 64}}])
    assert deciding(parse_vex_document(by_hash, "x"), FLAW, Scope(image=(DIGEST,))) is not None
    by_address = openvex(vulnerability={"@id": "https://nvd.nist.gov/vuln/detail/CVE-2026-0001"})
    assert deciding(parse_vex_document(by_address, "x"), FLAW, APP) is not None
    old = openvex(vulnerability="CVE-2026-0001", products=["registry.corp/shop:1"], subcomponents=[PURL])
    assert deciding(parse_vex_document(old, "x"), FLAW, Scope(image=("registry.corp/shop:1",))) is not None


def test_a_bare_product_name_is_no_image() -> None:
    nginx = {**CSAF, "product_tree": {"full_product_names": [{"product_id": "base:ssl", "name": "nginx"}]}}
    statements = parse_vex_document(json.dumps(nginx).encode(), "x")
    assert deciding(statements, FLAW, Scope(image=("nginx",))) is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "JSON"),
        (b'{"spdxVersion": "SPDX-2.3"}', "OpenVEX, CSAF or CycloneDX"),
        (openvex(status="unaffected"), r"statements\[0\]: expected a status"),
        (openvex(vulnerability={}), r"statements\[0\]: expected the name of a flaw"),
        (b'{"@context": "https://openvex.dev/ns/v0.2.0", "statements": []}', "statements about flaws"),
        (json.dumps({"bomFormat": "CycloneDX", "components": []}).encode(), "an SBOM or an advisory alone"),
        (json.dumps({**CYCLONEDX, "vulnerabilities": [{"id": "CVE-1", "analysis": {"state": "safe"}}]}).encode(), r"vulnerabilities\[0\]"),
        (json.dumps({**CSAF, "vulnerabilities": [{"product_status": {"fixed": ["x"]}}]}).encode(), r"vulnerabilities\[0\]"),
    ],
)  # fmt: skip
def test_a_document_that_says_nothing_that_can_be_held_to_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        parse_vex_document(data, "some.json")


DEBIAN_LIB = "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl"
DEBIAN_TOOL = "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"
REBUILT = "pkg:deb/debian/libssl3@3.0.11-1+b1?arch=amd64&distro=debian-12&upstream=openssl%403.0.11-1"
UBUNTU_LIB = "pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1?arch=amd64&distro=ubuntu-22.04&upstream=openssl"
ALPINE_LIB = "pkg:apk/alpine/libssl3@3.3.2-r0?arch=x86_64&distro=alpine-3.20.3&upstream=openssl"
RED_HAT_LIB = "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rhel-9.4&epoch=1&upstream=openssl"


@pytest.mark.parametrize(
    ("stated", "meant", "others"),
    [
        ("pkg:deb/debian/openssl?arch=source", {DEBIAN_LIB, DEBIAN_TOOL, REBUILT}, {UBUNTU_LIB, ALPINE_LIB}),
        ("pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=source", {DEBIAN_LIB, DEBIAN_TOOL}, {REBUILT}),
        ("pkg:deb/debian/openssl@3.0.11-1?arch=source", {REBUILT}, {DEBIAN_LIB}),
        ("pkg:deb/debian/openssl?arch=source&distro=bookworm", {DEBIAN_LIB, DEBIAN_TOOL}, set()),
        ("pkg:deb/debian/openssl?arch=source&distro=debian-12.13", {DEBIAN_LIB, DEBIAN_TOOL}, set()),
        ("pkg:deb/debian/openssl?arch=source&distro=trixie", set(), {DEBIAN_LIB, DEBIAN_TOOL}),
        ("pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1?arch=source&distro=jammy", {UBUNTU_LIB}, {DEBIAN_LIB}),
        ("pkg:deb/ubuntu/openssl?arch=source&distro=ubuntu/jammy", {UBUNTU_LIB}, set()),
        ("pkg:deb/ubuntu/openssl?arch=source&distro=esm-infra/jammy", set(), {UBUNTU_LIB}),
        ("pkg:deb/ubuntu/openssl?arch=source&distro=noble", set(), {UBUNTU_LIB}),
        ("pkg:apk/alpine/openssl?arch=source", {ALPINE_LIB}, {DEBIAN_LIB}),
        ("pkg:apk/alpine/openssl?arch=source&distro=alpine-3.20", {ALPINE_LIB}, set()),
        ("pkg:apk/alpine/openssl?arch=source&distro=alpine-3.2", set(), {ALPINE_LIB}),
        ("pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=src&epoch=1", {RED_HAT_LIB}, set()),
        ("pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=src", {RED_HAT_LIB}, set()),
        # a binary package is itself alone
        ("pkg:deb/debian/libssl3", {DEBIAN_LIB, REBUILT}, {DEBIAN_TOOL}),
        ("pkg:deb/debian/openssl", {DEBIAN_TOOL}, {DEBIAN_LIB, REBUILT}),
        ("pkg:deb/debian/openssl?arch=amd64&distro=bookworm", {DEBIAN_TOOL}, {DEBIAN_LIB}),
        ("pkg:deb/debian/libssl3?arch=source", set(), {DEBIAN_LIB, DEBIAN_TOOL}),
    ],
)  # fmt: skip
def test_a_source_package_means_all_that_was_built_from_it_and_a_binary_one_itself_alone(
    stated: str, meant: set[str], others: set[str]
) -> None:
    every = {DEBIAN_LIB, DEBIAN_TOOL, REBUILT, UBUNTU_LIB, ALPINE_LIB, RED_HAT_LIB}
    found = {purl for purl in every if same_package(stated, purl)}
    assert meant <= found
    assert found.isdisjoint(others)


def test_who_names_a_source_as_if_it_were_a_binary_is_told_how_to_say_it() -> None:
    library = finding("CVE-2026-0001", "libssl3", purl=DEBIAN_LIB)
    bare = parse_vex_document(openvex(products=[{"@id": "pkg:deb/debian/openssl"}]), "x")
    (heard,) = hear(bare, library, APP)
    assert (heard.decides, heard.reason.id, heard.reason.args["name"]) == (
        False,
        "vex-names-binary",
        "openssl",
    )
    whole = parse_vex_document(openvex(products=[{"@id": "pkg:deb/debian/openssl?arch=source"}]), "x")
    assert deciding([*whole, *bare], library, APP) == whole[0]
    inside = [
        {"@id": "registry.corp/shop:1", "subcomponents": [{"@id": "pkg:deb/debian/openssl?arch=source"}]}
    ]
    statements = parse_vex_document(openvex(products=inside), "x")
    assert deciding(statements, library, Scope(image=("registry.corp/shop:1",))) == statements[0]
    assert deciding(statements, library, Scope(image=("registry.corp/other:1",))) is None
