"""Qualifiers of package URLs, as the tools that write SBOMs spell them."""

from __future__ import annotations

import pytest

from seamline.model.package import Distribution
from seamline.model.purl import parse_purl


@pytest.mark.parametrize(
    ("purl", "distribution"),
    [
        ("pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12", Distribution(id="debian", version_id="12")),
        ("pkg:deb/debian/libc6@2.36-9?distro=debian-12.5", Distribution(id="debian", version_id="12.5")),
        ("pkg:deb/debian/libc6@2.36-9?distro=bookworm", Distribution(id="debian", codename="bookworm")),
        ("pkg:deb/debian/libc6@2.36-9?os_distro=bookworm&os_name=debian&os_version=12", Distribution(id="debian", version_id="12", codename="bookworm")),
        ("pkg:apk/alpine/musl@1.2.5-r0?distro=3.20.3", Distribution(id="alpine", version_id="3.20.3")),
        ("pkg:apk/alpine/musl@1.2.5-r0?distro=alpine-3.20.3", Distribution(id="alpine", version_id="3.20.3")),
        ("pkg:deb/debian/libc6@2.36-9?arch=amd64&distro_name=bookworm", Distribution(id="debian", codename="bookworm")),
        ("pkg:rpm/openeuler/bash@5.1-1?distro=openEuler-22.03-LTS-SP3", Distribution(id="openeuler", version_id="22.03-LTS-SP3")),
        ("pkg:rpm/opensuse/bash@5.1-1?distro=opensuse-tumbleweed-20240101", Distribution(id="opensuse-tumbleweed", version_id="20240101")),
        ("pkg:rpm/amazon/bash@5.1-1?distro=amazon-2%20%28Karoo%29", Distribution(id="amzn", version_id="2")),
        ("pkg:apk/wolfi/glibc@2.40-r0?arch=x86_64", Distribution(id="wolfi")),
        ("pkg:apk/alpine/glibc@2.40-r0?arch=x86_64", None),
        ("pkg:apk/wolfi/glibc@2.40-r0?distro=wolfi", Distribution(id="wolfi", codename="")),
        ("pkg:rpm/redhat/bash@5.1.8-6.el9?distro=redhat-9.4", Distribution(id="rhel", version_id="9.4")),
        ("pkg:rpm/alma/bash@5.1.8-6.el9?distro=alma-9.4", Distribution(id="almalinux", version_id="9.4")),
        ("pkg:rpm/opensuse.leap/bash@4.4?distro=opensuse.leap-15.5", Distribution(id="opensuse-leap", version_id="15.5")),
        ("pkg:rpm/opensuse/bash@4.4?distro=opensuse-tumbleweed", Distribution(id="opensuse-tumbleweed")),
        ("pkg:rpm/amazon/bash@5?distro=amazon-2023", Distribution(id="amzn", version_id="2023")),
        ("pkg:deb/ubuntu/bash@5?distro=noble", Distribution(id="ubuntu", codename="noble")),
    ],
)  # fmt: skip
def test_the_distribution_is_known_however_it_is_spelt(purl: str, distribution: Distribution) -> None:
    package = parse_purl(purl)
    assert package is not None
    assert package.distribution == distribution


@pytest.mark.parametrize(
    ("purl", "source"),
    [
        ("pkg:deb/debian/libssl3@3.0.17-1?upstream=openssl", ("openssl", "3.0.17-1")),
        ("pkg:deb/debian/libc6@2.36-9%2Bb1?upstream=glibc%402.36-9", ("glibc", "2.36-9")),
        ("pkg:deb/debian/libc6@2.36-9%2Bb1?source=glibc&sourceversion=2.36-9", ("glibc", "2.36-9")),
        ("pkg:apk/alpine/libssl3@3.3.2-r0?origin=openssl", ("openssl", "3.3.2-r0")),
        ("pkg:rpm/rhel/openssl-libs@3.0.7-27.el9?epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm", ("openssl", "1:3.0.7-27.el9")),
        ("pkg:rpm/rhel/openssl-libs@3.0.7-27.el9?epoch=1&sourcerpm=openssl-3.0.7-27.el9.src.rpm", ("openssl", "1:3.0.7-27.el9")),
    ],
)  # fmt: skip
def test_the_source_is_known_however_it_is_spelt(purl: str, source: tuple[str, str]) -> None:
    package = parse_purl(purl)
    assert package is not None
    assert (package.source_name, package.source_version) == source


@pytest.mark.parametrize(
    ("purl", "version"),
    [
        ("pkg:rpm/rhel/bind@9.16.23-1.el9?epoch=32", "32:9.16.23-1.el9"),
        ("pkg:rpm/rhel/bind@9.16.23-1.el9?epoch=0", "9.16.23-1.el9"),
        ("pkg:rpm/rhel/bind@32:9.16.23-1.el9?epoch=32", "32:9.16.23-1.el9"),
        ("pkg:deb/debian/zlib1g@1%3A1.2.13-1", "1:1.2.13-1"),
        ("pkg:deb/debian/zlib1g@1.2.13-1?epoch=1", "1:1.2.13-1"),
    ],
)
def test_an_epoch_stands_once_before_the_version(purl: str, version: str) -> None:
    package = parse_purl(purl)
    assert package is not None
    assert package.version == version
