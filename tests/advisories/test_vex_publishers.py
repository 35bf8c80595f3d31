"""VEX as publishers write it: Red Hat, SUSE, Canonical, Wolfi, VEX Hub, makers of images."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from seamline.advisories.vex import Said, Scope, deciding, hear
from seamline.advisories.vex_products import names_platform, same_package
from seamline.errors import Unsupported
from seamline.formats.vex_document import parse_vex_document
from seamline.model.finding import Finding
from seamline.model.package import Distribution
from seamline.model.seam import Base
from seamline.model.vex import Statement
from tests.settings.findings import finding

FLAW = "CVE-2026-0001"
RHEL = Distribution(id="rhel", version_id="8.10")
SLES = Distribution(id="sles", version_id="15.5")
RHEL_8 = ("Red Hat Enterprise Linux 8", "cpe:/o:redhat:enterprise_linux:8")
SLES_15_5 = ("SUSE Linux Enterprise Server 15 SP5", "cpe:/o:suse:sles:15:sp5")
# as an image read here has them: the distribution's own id
SSL = finding(FLAW, "openssl-libs", purl="pkg:rpm/rhel/openssl-libs@1.1.1k-14.el8_10?arch=x86_64&distro=rhel-8.10&epoch=1&upstream=openssl")  # fmt: skip
NODE = finding(FLAW, "nodejs", purl="pkg:rpm/rhel/nodejs@18.20.8-1.module%2Bel8?arch=x86_64&distro=rhel-8.10&epoch=1&rpmmod=nodejs:18:8100020250523085731:489197e6")  # fmt: skip
SAMBA = finding(FLAW, "samba-libs", purl="pkg:rpm/sles/samba-libs@4.17.9-150500.3.11.1?arch=x86_64&distro=sles-15.5&upstream=samba")  # fmt: skip


def csaf(
    status: str, part: str, platform: tuple[str, str], purl: str = "", **flaw: Any
) -> tuple[Statement, ...]:
    """One component of one platform, as a vendor's file has it."""
    whole, cpe = platform
    name = f"{whole}:{part}"
    helper = {"product_identification_helper": {"purl": purl}} if purl else {}
    document = {
        "document": {"category": "csaf_vex", "csaf_version": "2.0", "tracking": {"current_release_date": "2026-03-01"}},
        "product_tree": {
            "branches": [{"category": "vendor", "name": "vendor", "branches": [
                {"category": "product_name", "name": whole, "product": {"name": whole, "product_id": whole, "product_identification_helper": {"cpe": cpe} if cpe else {}}},
                {"category": "product_version", "name": part, "product": {"name": part, "product_id": part, **helper}},
            ]}],
            "relationships": [{"category": "default_component_of", "full_product_name": {"product_id": name}, "product_reference": part, "relates_to_product_reference": whole}],
        },
        "vulnerabilities": [{"cve": FLAW, "product_status": {status: [name]}, **flaw}],
    }  # fmt: skip
    return parse_vex_document(json.dumps(document).encode(), "x")


def openvex(products: list[Any], flaw: Any = FLAW, **more: Any) -> tuple[Statement, ...]:
    statement = {"vulnerability": flaw if isinstance(flaw, dict) else {"name": flaw}, "products": products, "status": "not_affected", **more}  # fmt: skip
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "2026-01-01T00:00:00Z", "statements": [statement]}  # fmt: skip
    return parse_vex_document(json.dumps(document).encode(), "x")


def cyclonedx(affects: list[Any], **more: Any) -> tuple[Statement, ...]:
    flaw = {"id": FLAW, "analysis": {"state": "not_affected"}, "affects": affects}
    return parse_vex_document(json.dumps({"bomFormat": "CycloneDX", "vulnerabilities": [flaw], **more}).encode(), "x")  # fmt: skip


@pytest.mark.parametrize(
    ("part", "purl", "holds"),
    [
        ("openssl-libs", "pkg:rpm/redhat/openssl-libs", True),
        ("openssl.src", "pkg:rpm/redhat/openssl?arch=src", True),
        ("openssl", "pkg:rpm/redhat/openssl", False),  # the binary package of that name
        ("openssl", "", True),  # the older files: a source without a purl
        ("openssl-container", "", False),
        ("ubi8/openssl", "", False),
        ("nss", "", False),
    ],
)
def test_red_hats_word_reaches_the_packages_of_a_red_hat_image(part: str, purl: str, *, holds: bool) -> None:
    statements = csaf("known_not_affected", part, RHEL_8, purl)
    assert (deciding(statements, SSL, Scope(distribution=RHEL)) is not None) == holds
    assert deciding(statements, SSL, Scope(distribution=Distribution(id="rhel", version_id="9.4"))) is None
    assert (
        deciding(statements, SSL, Scope(distribution=Distribution(id="almalinux", version_id="8.10"))) is None
    )


@pytest.mark.parametrize(
    ("part", "purl", "holds"),
    [
        ("nodejs:18/nodejs", "pkg:rpm/redhat/nodejs?arch=src&rpmmod=nodejs:18", True),
        ("nodejs:20/nodejs", "pkg:rpm/redhat/nodejs?arch=src&rpmmod=nodejs:20", False),
        ("nodejs:18/nodejs", "", True),
        ("nodejs:20/nodejs", "", False),
        ("nodejs", "pkg:rpm/redhat/nodejs", False),  # the one of no stream
        ("nodejs-1:18.20.8-1.module+el8.x86_64::nodejs:18", "pkg:rpm/redhat/nodejs@18.20.8-1.module%2Bel8?arch=x86_64&epoch=1&rpmmod=nodejs:18:8100020250523085731:489197e6", True),
    ],
)  # fmt: skip
def test_what_is_said_of_a_modules_stream_holds_for_that_stream_alone(
    part: str, purl: str, *, holds: bool
) -> None:
    statements = csaf("known_not_affected", part, RHEL_8, purl)
    (heard, *_) = (*hear(statements, NODE, Scope(distribution=RHEL)), None)
    assert (heard is not None and heard.decides) == holds
    if part == "nodejs":
        assert heard is not None
        assert heard.reason.id == "vex-other-stream"


def test_a_module_between_a_platform_and_a_package_is_the_packages_stream() -> None:
    def related(own: str, part: str, whole: str) -> dict[str, Any]:
        return {
            "full_product_name": {"product_id": own},
            "product_reference": part,
            "relates_to_product_reference": whole,
        }

    def stated(stream: str) -> tuple[Statement, ...]:
        tree = {
            "full_product_names": [
                {"product_id": "rhel8", "name": "RHEL 8", "product_identification_helper": {"cpe": RHEL_8[1]}},
                {"product_id": "module", "name": "nodejs", "product_identification_helper": {"purl": f"pkg:rpmmod/redhat/nodejs@{stream}"}},
                {"product_id": "node", "name": "nodejs", "product_identification_helper": {"purl": "pkg:rpm/redhat/nodejs?arch=src"}},
            ],
            "relationships": [related("rhel8:module", "module", "rhel8"), related("rhel8:module:node", "node", "rhel8:module")],
        }  # fmt: skip
        flaw = {"cve": FLAW, "product_status": {"known_not_affected": ["rhel8:module:node"]}}
        document = {"document": {"category": "csaf_vex"}, "product_tree": tree, "vulnerabilities": [flaw]}
        return parse_vex_document(json.dumps(document).encode(), "x")

    assert deciding(stated("18:8100020250523085731:489197e6"), NODE, Scope(distribution=RHEL)) is not None
    assert deciding(stated("20:8100020250523085731:489197e6"), NODE, Scope(distribution=RHEL)) is None


@pytest.mark.parametrize(
    ("status", "part", "platform", "purl", "holds"),
    [
        ("known_not_affected", "samba-libs", SLES_15_5, "", True),
        ("known_not_affected", "samba-libs", SLES_15_5, "pkg:rpm/suse/samba-libs@?upstream=samba.src.rpm", True),
        ("known_not_affected", "samba", SLES_15_5, "", False),  # SUSE names the binary packages
        ("known_not_affected", "samba-libs", ("SUSE Linux Enterprise Server 15 SP4", "cpe:/o:suse:sles:15:sp4"), "", False),
        ("recommended", "samba-libs-4.17.9-150500.3.11.1", ("SUSE Linux Enterprise Module for Basesystem 15 SP5", "cpe:/o:suse:sle-module-basesystem:15:sp5"), "", True),
        ("recommended", "samba-libs-4.17.12-150500.3.20.1", SLES_15_5, "", False),
        ("known_affected", "samba-libs", SLES_15_5, "", False),
    ],
)  # fmt: skip
def test_suses_word_reaches_by_the_bare_names_that_it_writes(
    status: str, part: str, platform: tuple[str, str], purl: str, *, holds: bool
) -> None:
    statements = csaf(status, part, platform, purl)
    assert (deciding(statements, SAMBA, Scope(distribution=SLES)) is not None) == holds


def test_what_is_told_of_an_affected_product_is_heard_and_a_severity_is_no_impact() -> None:
    of = {"product_ids": ["Red Hat Enterprise Linux 8:openssl"]}
    statements = csaf(
        "known_affected", "openssl", RHEL_8,
        remediations=[{"category": "workaround", "details": "none", **of}, {"category": "no_fix_planned", "details": "Will not fix", **of}],
        threats=[{"category": "impact", "details": "Low", **of}, {"category": "exploit_status", "details": "CISA: yes", **of}],
    )  # fmt: skip
    assert [(each.action, each.impact) for each in statements] == [("no_fix_planned: Will not fix", "")]
    told = csaf("known_not_affected", "openssl", RHEL_8, threats=[{"category": "impact", "details": "Never called.", **of}])  # fmt: skip
    assert told[0].impact == "Never called."


def test_a_part_or_a_platform_that_nothing_identifies_widens_no_statement() -> None:
    """Else a word about one unknown part would be one about the whole image, or about every image."""
    image = Scope(image=("registry.corp/shop:1",), distribution=RHEL)
    unknown_part = csaf("known_not_affected", "some part", ("registry.corp/shop:1", ""))
    unknown_platform = csaf("known_not_affected", "openssl-libs", ("Some Product", ""), "pkg:rpm/redhat/openssl-libs")  # fmt: skip
    for statements in (unknown_part, unknown_platform):
        assert deciding(statements, SSL, image) is None


@pytest.mark.parametrize(
    ("purl", "holds"),
    [
        (f"pkg:oci/ose-cli@sha256%3A{'a' * 64}?arch=amd64&repository_url=registry.redhat.io/openshift4/ose-cli", True),
        ("pkg:oci/ose-cli?repository_url=registry.redhat.io/openshift4/ose-cli&tag=v4.14", True),
        # which release of the product that is, its name does not say
        ("pkg:oci/ose-cli?repository_url=registry.redhat.io/openshift4/ose-cli", False),
    ],
)  # fmt: skip
def test_an_image_that_is_part_of_a_product_is_named_by_digest_or_tag(purl: str, *, holds: bool) -> None:
    statements = csaf("known_not_affected", "openshift4/ose-cli", ("OpenShift 4", "cpe:/a:redhat:openshift:4"), purl)  # fmt: skip
    image = Scope(image=("registry.redhat.io/openshift4/ose-cli:v4.14", "sha256:" + "a" * 64))
    assert (deciding(statements, SSL, image) is not None) == holds


def test_a_notice_about_several_flaws_makes_none_of_them_another() -> None:
    """Canonical's statements name their notices as aliases, and a notice mends several flaws."""
    notice = "https://ubuntu.com/security/notices/USN-6429-1"
    statements = openvex(["pkg:deb/ubuntu/curl?arch=source"], {"name": "CVE-2023-38545", "aliases": [notice]})
    purl = "pkg:deb/ubuntu/curl@7.81.0-1?arch=amd64&distro=ubuntu-22.04"
    other = finding("CVE-2023-38546", "curl", purl=purl, advisories=("USN-6429-1",))
    own = finding("CVE-2023-38545", "curl", purl=purl, advisories=("USN-6429-1",))
    assert deciding(statements, other, Scope()) is None
    assert deciding(statements, own, Scope()) is not None
    alone = openvex(["pkg:deb/ubuntu/curl?arch=source"], "USN-6429-1")
    assert deciding(alone, own, Scope()) is not None
    assert Said(statements).about(finding("cve-2023-38545", "curl")) == statements


def test_the_parts_of_one_product_are_not_those_of_another() -> None:
    statements = openvex([
        {"@id": "registry.corp/shop:1", "subcomponents": [{"@id": "pkg:deb/debian/zlib1g"}]},
        {"@id": "registry.corp/other:1", "subcomponents": [{"@id": "pkg:deb/debian/openssl"}]},
        {"@id": "registry.corp/third:1"},
    ])  # fmt: skip
    flaw = finding(FLAW, "openssl")
    for image, holds in (("shop", False), ("other", True), ("third", True)):
        found = deciding(statements, flaw, Scope(image=(f"registry.corp/{image}:1",)))
        assert (found is not None) == holds


HELM = finding(FLAW, "helm.sh/helm/v3", purl="pkg:golang/helm.sh/helm/v3@v3.14.0")
TRIVY = "pkg:golang/github.com/aquasecurity/trivy@v0.53.0"


@pytest.mark.parametrize(
    ("product", "part"),
    [
        ("pkg:golang/github.com/aquasecurity/trivy", "pkg:golang/helm.sh/helm/v3"),
        ("pkg:golang/github.com/aquasecurity/trivy@0.53.0", "pkg:golang/helm.sh/helm/v3@3.14.0"),
        ("pkg:golang/github.com/AquaSecurity/Trivy", ""),
    ],
)
def test_a_word_about_a_program_holds_inside_that_program_alone(product: str, part: str) -> None:
    """The form of VEX Hub: the main module of a Go program, and the modules that it was linked from."""
    statements = openvex([{"@id": product, **({"subcomponents": [{"@id": part}]} if part else {})}])
    assert deciding(statements, HELM, Scope(programs=(TRIVY,))) is not None
    for programs in ((), ("pkg:golang/github.com/aquasecurity/trivy-db@v0.53.0",)):
        assert deciding(statements, HELM, Scope(programs=programs)) is None


@pytest.mark.parametrize(
    ("stated", "purl"),
    [
        ("pkg:golang/github.com/Masterminds/semver@v1.5.0", "pkg:golang/github.com/masterminds/semver@v1.5.0"),
        ("pkg:golang/stdlib@v1.23.0", "pkg:golang/stdlib@1.23.0"),
        ("pkg:pypi/PyYAML@6.0", "pkg:pypi/pyyaml@6.0"),
        ("pkg:pypi/ruamel.yaml", "pkg:pypi/ruamel-yaml@0.18"),
        ("pkg:npm/%40babel/core", "pkg:npm/%40babel/core@7.0.0"),
        ("pkg:rpm/amazon/curl", "pkg:rpm/amzn/curl@8.3.0-1"),
        ("pkg:rpm/amzn/curl", "pkg:rpm/amazon/curl@8.3.0-1"),
        ("pkg:rpm/opensuse/curl", "pkg:rpm/opensuse-leap/curl@8.0.1-1"),
    ],
)  # fmt: skip
def test_names_that_mean_the_same_are_the_same(stated: str, purl: str) -> None:
    assert same_package(stated, purl)


@pytest.mark.parametrize(
    ("cpe", "distribution", "named"),
    [
        ("cpe:/a:redhat:rhel_e4s:9.2::appstream", Distribution(id="rhel", version_id="9.2"), True),
        ("cpe:/a:redhat:rhel_e4s:9.2::appstream", Distribution(id="rhel", version_id="9.4"), False),
        ("cpe:/a:redhat:openshift:4.16::el9", Distribution(id="rhel", version_id="9.4"), False),
        ("cpe:/o:suse:sle-module-basesystem:15:sp5", SLES, True),
        ("cpe:/o:suse:sle-module-basesystem:15:sp6", SLES, False),
        ("cpe:/o:opensuse:tumbleweed", Distribution(id="opensuse-tumbleweed", version_id="20260101"), True),
        ("cpe:/o:suse:sles", SLES, False),
        ("cpe:2.3:o:amazon:amazon_linux:2023", Distribution(id="amzn", version_id="2023"), True),
    ],
)
def test_a_platform_by_all_the_names_that_its_vendor_gives_it(
    cpe: str, distribution: Distribution, *, named: bool
) -> None:
    assert names_platform(cpe, distribution) is named


def test_of_one_moment_the_word_about_the_version_found_comes_before_that_about_all() -> None:
    all_of_them = openvex(["pkg:rpm/redhat/openssl?arch=src"], status="affected")
    this_one = openvex(["pkg:rpm/redhat/openssl-libs@1.1.1k-14.el8_10"], status="fixed")
    for statements in ((*all_of_them, *this_one), (*this_one, *all_of_them)):
        assert deciding(statements, SSL, Scope()) == this_one[0]


def test_ranges_of_versions_are_compared_in_both_forms_that_have_them() -> None:
    def in_csaf(name: str, purl: str) -> tuple[Statement, ...]:
        branch = {"category": "product_version_range", "name": name, "product": {"name": "x", "product_id": "x", "product_identification_helper": {"purl": purl}}}  # fmt: skip
        flaw = {"cve": FLAW, "product_status": {"known_not_affected": ["x"]}}
        document = {"document": {"category": "csaf_vex"}, "product_tree": {"branches": [branch]}, "vulnerabilities": [flaw]}  # fmt: skip
        return parse_vex_document(json.dumps(document).encode(), "x")

    def in_cyclonedx(text: str) -> tuple[Statement, ...]:
        return cyclonedx([{"ref": "pkg:deb/debian/openssl", "versions": [{"range": text}]}])

    flaw = finding(FLAW, "openssl", purl="pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12")  # fmt: skip
    purl = "pkg:deb/debian/openssl"
    for statements, holds in (
        (in_csaf("vers:deb/>=3.0.0|<3.1", purl), True),
        (in_csaf("vers:deb/<3.0.11-1~deb12u2", purl), False),
        (in_csaf(">=3.0.11", purl), True),
        (in_csaf("all before the flood", purl), False),
        (in_cyclonedx("vers:deb/>=3.0.11-1~deb12u2"), True),
        (in_cyclonedx("vers:deb/>=3.0.11-1"), False),
    ):
        assert (deciding(statements, flaw, Scope()) is not None) == holds


def test_what_the_document_of_a_base_says_of_its_parts_ends_with_the_base() -> None:
    base = Base(names=("docker.io/library/debian:12",), diff_ids=())
    own = {"metadata": {"component": {"bom-ref": "it", "type": "container", "name": "debian", "version": "12"}},
           "components": [{"bom-ref": "ssl", "type": "library", "purl": "pkg:deb/debian/openssl"}]}  # fmt: skip
    statements = cyclonedx([{"ref": "ssl"}], **own)
    flaw = finding(FLAW, "openssl")
    assert deciding(statements, flaw, Scope(bases=(base,))) is not None
    assert deciding(statements, flaw, Scope(bases=(base,), is_touched=True)) is None
    assert deciding(statements, flaw, Scope(bases=(base,), is_intact=False)) is None
    assert deciding(statements, flaw, Scope()) is None


def test_a_word_that_all_is_still_looked_into_takes_back_an_earlier_one() -> None:
    earlier = openvex(["pkg:deb/debian/openssl"], timestamp="2026-01-01T00:00:00Z")
    later = openvex(
        ["pkg:deb/debian/openssl"], timestamp="2026-02-01T00:00:00Z", status="under_investigation"
    )
    flaw: Finding = finding(FLAW, "openssl")
    assert deciding((*later, *earlier), flaw, Scope()) is None
    assert [each.reason.id for each in hear((*later, *earlier), flaw, Scope())] == ["vex-counts", "vex-later"]


def test_vex_that_was_attested_is_read_out_of_its_envelope() -> None:
    word = {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"vulnerability": {"name": FLAW}, "products": [{"@id": "pkg:deb/debian/openssl"}], "status": "not_affected"}]}  # fmt: skip
    statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://openvex.dev/ns/v0.2.0", "subject": [], "predicate": word}  # fmt: skip
    envelope = {"payloadType": "application/vnd.in-toto+json", "payload": base64.b64encode(json.dumps(statement).encode()).decode()}  # fmt: skip
    for data in (statement, envelope):
        assert deciding(parse_vex_document(json.dumps(data).encode(), "x"), finding(FLAW, "openssl"), Scope()) is not None  # fmt: skip
    other = {**statement, "predicateType": "https://slsa.dev/provenance/v1"}
    with pytest.raises(Unsupported, match="a statement with VEX in it"):
        parse_vex_document(json.dumps(other).encode(), "x")
