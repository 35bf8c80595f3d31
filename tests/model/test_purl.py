"""Package URLs beside the reference library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from seamline.model.package import Distribution, Package
from seamline.model.purl import parse_purl, purl_of

TEXT = st.text("abcXYZ0189.+-_~:@/ %&=?#é中", min_size=1, max_size=12).filter(lambda t: t.strip("/ ") != "")
NAME = TEXT.filter(lambda t: "/" not in t and t.strip() == t)


@given(
    st.sampled_from(
        [
            "deb",
            "rpm",
            "apk",
            "pypi",
            "npm",
            "golang",
            "maven",
            "cargo",
            "gem",
            "nuget",
            "generic",
            "composer",
        ]
    ),
    st.text("abc.-", min_size=1, max_size=8).filter(lambda t: t.strip(".") == t),
    NAME,
    NAME,
)
def test_every_purl_is_canonical_and_says_what_the_package_says(
    kind: str, namespace: str, name: str, version: str
) -> None:
    package = Package(ecosystem=kind, namespace=namespace, name=name, version=version, architecture="amd64")
    parsed = PackageURL.from_string(purl_of(package))
    # the library lowers a name before it decodes it, so %3D comes back as %3d
    assert parsed.to_string().lower() == purl_of(package).lower()
    assert parsed.type == kind


@pytest.mark.parametrize(
    ("package", "purl"),
    [
        (
            Package(
                ecosystem="deb",
                namespace="debian",
                name="libssl3",
                version="3.0.15-1~deb12u1",
                architecture="amd64",
                source_name="openssl",
                source_version="3.0.15-1~deb12u1",
                distribution=Distribution(id="debian", version_id="12"),
            ),
            "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl",
        ),
        (
            Package(
                ecosystem="rpm", namespace="fedora", name="curl", version="1:7.50-1.fc25", architecture="i386"
            ),
            "pkg:rpm/fedora/curl@7.50-1.fc25?arch=i386&epoch=1",
        ),
        (Package(ecosystem="npm", name="@angular/cli", version="1.0"), "pkg:npm/%40angular/cli@1.0"),
        (Package(ecosystem="pypi", name="Django_Rest.x", version="1"), "pkg:pypi/django-rest-x@1"),
        (
            Package(ecosystem="golang", name="github.com/a/b/v2", version="v2.0.0"),
            "pkg:golang/github.com/a/b/v2@v2.0.0",
        ),
    ],
)
def test_purls_of_each_kind(package: Package, purl: str) -> None:
    assert purl_of(package) == purl


@given(
    st.sampled_from(["deb", "rpm", "maven", "npm", "generic", "bitnami"]),
    NAME,
    st.lists(NAME, max_size=2),
    NAME,
)
def test_a_purl_is_parsed_as_the_reference_library_parses_it(
    kind: str, name: str, namespace: list[str], version: str
) -> None:
    text = PackageURL(kind, "/".join(namespace) or "x", name, version, {"arch": "amd64"}).to_string()
    reference, found = PackageURL.from_string(text), parse_purl(text)
    assert found is not None
    told = (found.ecosystem, found.namespace, found.name, found.version, found.architecture)
    assert told == (reference.type, reference.namespace or "", reference.name, reference.version, "amd64")


@pytest.mark.parametrize("text", ["", "pkg:", "pkg:npm", "pkg:npm/", "pkg:npm/@1", "npm/a@1", "http://a/b@1"])
def test_what_names_no_package_is_no_purl(text: str) -> None:
    assert parse_purl(text) is None


def test_an_unquoted_scope_is_no_version_and_an_epoch_belongs_to_the_version() -> None:
    scoped, bash = parse_purl("pkg:npm/@angular/core"), parse_purl("pkg:rpm/rocky/bash@5-1?epoch=2")
    assert scoped is not None
    assert bash is not None
    assert (scoped.namespace, scoped.name, scoped.version) == ("@angular", "core", "")
    assert bash.version == "2:5-1"
