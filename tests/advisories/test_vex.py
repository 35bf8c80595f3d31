"""VEX: who may say that a flaw does not count, and how far the word reaches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamline.advisories.judge import Place
from seamline.advisories.vex import deciding, same_package
from seamline.formats.vex_document import parse_vex_document, write_openvex
from seamline.model.image import Digest
from seamline.model.package import Side
from seamline.model.seam import Base
from seamline.model.vex import Statement
from tests.settings.findings import finding

DIGEST = Digest("sha256:" + "a" * 64)
BASE = Place(
    side=Side.SYSTEM,
    stratum="debian:12",
    base=Base(names=("docker.io/library/debian:12",), diff_ids=(), digest=DIGEST),
)
APP = Place(side=Side.APPLICATION, stratum="application")
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
    assert deciding(statements, FLAW, BASE, ()) == deciding(statements, FLAW, APP, ()) == statements[0]
    assert deciding(statements, finding("CVE-2026-0001", "zlib"), BASE, ()) is None
    assert deciding(statements, finding("CVE-2026-0002", "openssl"), BASE, ()) is None


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
    assert deciding(statements, FLAW, BASE, ()) is not None
    assert deciding(statements, FLAW, APP, ()) is None
    other = Place(side=Side.SYSTEM, base=Base(names=("docker.io/library/debian:13",), diff_ids=()))
    assert deciding(statements, FLAW, other, ()) is None


def test_a_statement_about_the_image_itself_holds_for_all_of_it() -> None:
    statements = parse_vex_document(openvex(products=["registry.corp/shop:1"]), "x")
    assert deciding(statements, FLAW, APP, ("registry.corp/shop:1",)) is not None
    assert deciding(statements, FLAW, APP, ("registry.corp/shop:2",)) is None


def test_the_latest_word_decides() -> None:
    old, new = (
        parse_vex_document(openvex(timestamp=f"2026-0{n}-01", status=s), "x")[0]
        for n, s in ((1, "not_affected"), (2, "affected"))
    )
    assert deciding([old, new], FLAW, BASE, ()) is None
    assert deciding([old], FLAW, BASE, ()) == old


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
