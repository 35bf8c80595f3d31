"""Statements sought by flaw and package: none that means a finding is missed, and thousands cost no time."""

from __future__ import annotations

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from seamline.advisories.vex import Said, Scope, deciding
from seamline.advisories.vex_products import same_package
from seamline.model.vex import Statement
from tests.settings.findings import finding

IMAGE = "registry.corp/shop:1"
FLAWS = ("CVE-2026-0001", "cve-2026-0002", "GHSA-1")
NAMED = (
    "pkg:deb/debian/openssl",
    "pkg:deb/debian/openssl@1.0",
    "pkg:deb/debian/OpenSSL?arch=source",
    "pkg:deb/debian/libssl3",
    "pkg:pypi/Ruamel_Yaml",
    "pkg:pypi/ruamel.yaml@1.0",
    "pkg:oci/shop?repository_url=registry.corp/shop",
    IMAGE,
    "pkg:",
    "",
)
STATEMENTS = st.builds(
    Statement,
    ids=st.lists(st.sampled_from(FLAWS), min_size=1, max_size=2).map(tuple),
    status=st.just("not_affected"),
    products=st.lists(st.sampled_from(NAMED), max_size=3).map(tuple),
    packages=st.lists(st.sampled_from(NAMED), max_size=3).map(tuple),
)
FINDINGS = (
    finding("CVE-2026-0001", "openssl", aliases=("GHSA-1",)),
    finding("CVE-2026-0002", "libssl3", purl="pkg:deb/debian/libssl3@1.0?upstream=openssl"),
    finding("CVE-2026-0002", "ruamel-yaml", purl="pkg:pypi/ruamel-yaml@1.0", ecosystem="PyPI"),
    finding("CVE-2026-0002", "gone", purl=""),
)


@given(st.lists(STATEMENTS, max_size=6), st.sampled_from(FINDINGS))
def test_no_statement_that_means_a_finding_is_left_out(said, found) -> None:  # type: ignore[no-untyped-def]
    about = Said(said).about(found)
    for each in said:
        shares = found.id in {name.upper() for name in each.ids}
        whole = not each.packages and bool({IMAGE, NAMED[6], "", "pkg:"} & set(each.products))
        named = any(same_package(purl, found.purl) for purl in each.packages or each.products)
        assert not (shares and (whole or named)) or each in about


def test_a_vendors_statements_cost_no_time_for_each_finding() -> None:
    """Ten thousand products of one flaw, as Red Hat tells them, and a thousand packages that have it."""
    told = [
        Statement(ids=("CVE-2026-0001",), status="not_affected", packages=(f"pkg:rpm/redhat/p{at}",))
        for at in range(10_000)
    ]
    found = [finding("CVE-2026-0001", f"q{at}", purl=f"pkg:rpm/redhat/q{at}@1") for at in range(1000)]
    began = process_time()
    said = Said(told)
    assert not any(deciding(said.about(each), each, Scope()) for each in found)
    assert process_time() - began < 5
