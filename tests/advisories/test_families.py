"""Families of distributions: which advisories speak of whose packages, and what of them is not for everybody."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from seamline.advisories.compile import compile_record
from seamline.advisories.ecosystems import distribution_ecosystem, ecosystem_key
from seamline.advisories.match import Matched, judged_subjects, match
from seamline.formats.osv import parse_osv
from seamline.model.package import Distribution, Install, Package
from tests.advisories.records import Shelf, language, record


def installed(kind: str, distribution: Distribution, name: str, version: str, **more: Any) -> Install:
    source = more.pop("source_name", "")
    package = Package(
        ecosystem=kind, name=name, version=version, distribution=distribution, source_name=source,
        source_version=more.pop("source_version", version if source else ""), modularity=more.pop("modularity", ""),
    )  # fmt: skip
    return Install(
        package=package, proofs=(b"var/lib/db",), origin_layer=0, current_layer=0, found_by=kind, **more
    )


def found(*installs: Install, shelf: Shelf) -> Matched:
    return match(installs, shelf.affected)


def ids(*installs: Install, shelf: Shelf) -> list[str]:
    return [flaw.id for flaw in found(*installs, shelf=shelf).flaws]


@pytest.mark.parametrize(
    ("release", "osv"),
    [
        (("debian", "12"), "Debian:12"),
        (("ubuntu", "22.04"), "Ubuntu:22.04:LTS"),
        (("ubuntu", "24.10"), "Ubuntu:24.10"),
        (("alpine", "3.20.3"), "Alpine:v3.20"),
        (("alpine", "3.21.0_alpha20240923"), "Alpine:edge"),
        (("wolfi", "20230201"), "Wolfi"),
        (("chainguard", "20230214"), "Chainguard"),
        (("minimos", "1"), "MinimOS"),
        (("rhel", "9.4"), "Red Hat:enterprise_linux:9::baseos"),
        (("centos", "7"), "Red Hat:enterprise_linux:7::server"),
        (("almalinux", "8.9"), "AlmaLinux:8"),
        (("rocky", "9.3"), "Rocky Linux:9"),
        (("sles", "15.5"), "SUSE:Linux Enterprise Module for Basesystem 15 SP5"),
        (("sles", "15.5"), "SUSE:Linux Enterprise Server 15 SP5"),
        (("sles", "15"), "SUSE:Linux Enterprise Server 15"),
        (("sles", "16.0"), "SUSE:Linux Enterprise Server 16.0"),
        (("sle-micro", "5.5"), "SUSE:Linux Enterprise Micro 5.5"),
        (("sl-micro", "6.0"), "SUSE:Linux Micro 6.0"),
        (("opensuse-leap", "15.6"), "openSUSE:Leap 15.6"),
        (("azurelinux", "3.0"), "Azure Linux:3"),
        (("photon", "5.0"), "Photon OS:5.0"),
    ],
)
def test_a_release_is_asked_for_under_osvs_own_name(release: tuple[str, str], osv: str) -> None:
    assert distribution_ecosystem(Distribution(id=release[0], version_id=release[1])) == ecosystem_key(osv)


@pytest.mark.parametrize(
    "apart",
    [
        "SUSE:Linux Enterprise Server 15 SP2-LTSS",
        "SUSE:Linux Enterprise Server for SAP Applications 15 SP2",
        "SUSE:Manager Server 15.2",
        "Red Hat:rhel_eus:9.2::baseos",
        "Ubuntu:Pro:22.04:LTS",
        "Ubuntu:Pro:FIPS:22.04:LTS",
    ],
)
def test_what_is_sold_apart_is_no_release_of_everybody(apart: str) -> None:
    everybody = {
        distribution_ecosystem(Distribution(id=name, version_id=version))
        for name, version in (("sles", "15.2"), ("rhel", "9.2"), ("ubuntu", "22.04"))
    }
    assert ecosystem_key(apart) not in everybody


def test_openeulers_long_term_releases_are_told_by_its_pretty_name() -> None:
    told = Distribution(id="openEuler", version_id="22.03", pretty_name="openEuler 22.03 (LTS-SP3)")
    assert distribution_ecosystem(told) == "openEuler:22.03-LTS-SP3"


def test_a_codename_alone_names_the_release() -> None:
    assert distribution_ecosystem(Distribution(id="debian", codename="bookworm")) == "Debian:12"
    assert distribution_ecosystem(Distribution(id="ubuntu", codename="noble")) == "Ubuntu:24.04"
    assert (
        distribution_ecosystem(Distribution(id="debian", codename="trixie/sid", version_id="")) == "Debian:13"
    )
    assert distribution_ecosystem(Distribution(id="debian", codename="sid")) == ""


def test_a_distribution_that_osv_has_nothing_of_has_no_ecosystem() -> None:
    assert distribution_ecosystem(Distribution(id="amzn", version_id="2023")) == ""


JAMMY = Distribution(id="ubuntu", version_id="22.04")
PRO = record(
    "UBUNTU-CVE-2026-0001", "Ubuntu:Pro:22.04:LTS", "imagemagick", {"introduced": "0"},
    {"fixed": "8:6.9-1ubuntu0.1+esm1"}, upstream=["CVE-2026-0001"],
)  # fmt: skip


def test_a_fix_for_payers_is_a_flaw_that_stays_open_for_others() -> None:
    (flaw,) = found(installed("deb", JAMMY, "imagemagick", "8:6.9-1"), shelf=Shelf(PRO)).flaws
    assert (flaw.status.value, flaw.fixed_in) == ("will not fix", ())


def test_a_package_that_was_paid_for_can_go_to_the_paid_fix() -> None:
    (flaw,) = found(installed("deb", JAMMY, "imagemagick", "8:6.9-1ubuntu0.1+esm0"), shelf=Shelf(PRO)).flaws
    assert (flaw.status.value, flaw.fixed_in) == ("fixed", ("8:6.9-1ubuntu0.1+esm1",))


def test_paid_support_says_nothing_of_what_the_release_itself_has_judged() -> None:
    usual = record(
        "UBUNTU-CVE-2026-0001", "Ubuntu:22.04:LTS", "imagemagick", {"introduced": "0"}, {"fixed": "8:6.9-1"},
        upstream=["CVE-2026-0001"],
    )  # fmt: skip
    assert ids(installed("deb", JAMMY, "imagemagick", "8:6.9-1"), shelf=Shelf(usual, PRO)) == []


ALMA = Distribution(id="almalinux", version_id="8.9")


def test_an_update_that_mends_no_flaw_is_no_finding() -> None:
    shelf = Shelf(
        record("ALBA-2024:1", "AlmaLinux:8", "bash", {"introduced": "0"}, {"fixed": "4.4.20-5.el8"})
    )
    assert ids(installed("rpm", ALMA, "bash", "4.4.20-4.el8"), shelf=shelf) == []


def test_errata_of_one_cve_do_not_overrule_later_ones_of_several() -> None:
    first = record(
        "ALSA-2024:1",
        "AlmaLinux:8",
        "curl",
        {"introduced": "0"},
        {"fixed": "7-2.el8"},
        related=["CVE-2024-0001"],
    )
    second = record(
        "ALSA-2024:2", "AlmaLinux:8", "curl", {"introduced": "0"}, {"fixed": "7-5.el8"},
        related=["CVE-2024-0001", "CVE-2024-0002"],
    )  # fmt: skip
    assert ids(installed("rpm", ALMA, "curl", "7-3.el8"), shelf=Shelf(first, second)) == [
        "CVE-2024-0001",
        "CVE-2024-0002",
    ]


@pytest.mark.parametrize("label", ["virt:rhel:8090", "virt-devel:rhel:8090"])
def test_an_erratum_of_two_modules_speaks_of_both(label: str) -> None:
    erratum = record(
        "ALSA-2024:3", "AlmaLinux:8", "qemu-kvm", {"introduced": "0"}, {"fixed": "15:6.2.0-40.module_el8.9.0+1"},
        summary="Important: virt:rhel and virt-devel:rhel security update", related=["CVE-2024-0003"],
    )  # fmt: skip
    install = installed("rpm", ALMA, "qemu-kvm", "15:6.2.0-39.module_el8.9.0+1", modularity=label)
    assert ids(install, shelf=Shelf(erratum)) == ["CVE-2024-0003"]


def test_a_modules_package_without_its_label_is_a_gap_and_never_clean() -> None:
    erratum = record(
        "ALSA-2024:4", "AlmaLinux:8", "nodejs", {"introduced": "0"}, {"fixed": "1:18.19.1-1.module_el8.9.0+2"},
        summary="Important: nodejs:18 security update", related=["CVE-2024-0004"],
    )  # fmt: skip
    told = found(installed("rpm", ALMA, "nodejs", "1:18.18.0-1.module_el8.9.0+1"), shelf=Shelf(erratum))
    assert ([flaw.id for flaw in told.flaws], [each.why for each in told.unread]) == ([], ["module"])


ROCKY = Distribution(id="rocky", version_id="8.9")
PERL = record(
    "RLSA-2024:1",
    "Rocky Linux:8",
    "perl",
    {"introduced": "0"},
    {"fixed": "4:5.26.3-422.el8"},
    upstream=["CVE-2024-0005"],
)


def test_the_epoch_of_an_rpm_source_is_its_binarys_of_the_same_version() -> None:
    def of(name: str, version: str, release: str) -> Install:
        return installed("rpm", ROCKY, name, version, source_name="perl", source_version=f"5.26.3-{release}")

    old = (of("perl-libs", "4:5.26.3-421.el8", "421.el8"), of("perl-Errno", "1.28-421.el8", "421.el8"))
    new = (of("perl-libs", "4:5.26.3-422.el8", "422.el8"), of("perl-Errno", "1.28-422.el8", "422.el8"))
    assert ids(*old, shelf=Shelf(PERL)) == ["CVE-2024-0005", "CVE-2024-0005"]
    assert ids(*new, shelf=Shelf(PERL)) == []


def test_errata_that_name_binaries_are_not_asked_for_sources() -> None:
    shelf = Shelf(
        record(
            "ALSA-2024:5",
            "AlmaLinux:8",
            "kernel",
            {"introduced": "0"},
            {"fixed": "4.18.0-600.el8"},
            related=["CVE-2024-0006"],
        )
    )
    tool = installed(
        "rpm", ALMA, "bpftool", "4.18.0-500.el8", source_name="kernel", source_version="4.18.0-500.el8"
    )
    assert ids(tool, shelf=shelf) == []


@pytest.mark.parametrize(
    ("kind", "name", "source"),
    [
        ("deb", "linux-libc-dev", "linux"),
        ("deb", "linux-headers-6.1.0-9-amd64", "linux"),
        ("deb", "linux-headers-aws", "linux-meta-aws"),
        ("apk", "linux-headers", "linux-headers"),
        ("rpm", "kernel-headers", "kernel"),
        ("rpm", "linux-glibc-devel", "linux-glibc-devel"),
    ],
)
def test_kernel_headers_of_every_family_carry_no_kernel_flaws(kind: str, name: str, source: str) -> None:
    assert (
        found(installed(kind, JAMMY, name, "1-1", source_name=source), shelf=Shelf()).skipped["headers"] == 1
    )


def test_what_a_makers_own_package_brought_is_judged_by_its_language() -> None:
    shelf = Shelf(record("GHSA-tar", "npm", "tar", {"introduced": "0"}, {"fixed": "6.2.1"}))
    node = installed("deb", JAMMY, "nodejs", "20.9.0-1nodesource1", supplier="NodeSource")
    owned = language(
        "npm", "tar", "6.1.0", owned_by="pkg:deb/nodejs@20.9.0-1nodesource1?distro=ubuntu-22.04#var/lib/db"
    )
    assert ids(node, owned, shelf=shelf) == ["GHSA-tar"]
    assert ids(installed("deb", JAMMY, "nodejs", "20.9.0-1nodesource1"), owned, shelf=shelf) == []


@pytest.mark.parametrize("version", ["1.15.0-x86_64-linux", "1.15.0-java", "1.15.0-arm64-darwin"])
def test_a_gems_platform_is_no_part_of_its_version(version: str) -> None:
    shelf = Shelf(record("GHSA-gem", "RubyGems", "nokogiri", {"introduced": "1.15.0"}, {"fixed": "1.16.0"}))
    assert ids(language("gem", "nokogiri", version), shelf=shelf) == ["GHSA-gem"]


@pytest.mark.parametrize(
    "version", ["go1.22.4 X:boringcrypto", "go1.22.4", "1.22.4-X:jsonv2", "1.22.4 (Red Hat 1.22.4-1.el9)"]
)
def test_how_go_was_built_is_no_part_of_its_version(version: str) -> None:
    shelf = Shelf(record("GO-2026-2", "Go", "stdlib", {"introduced": "0"}, {"fixed": "1.22.5"}))
    assert ids(language("golang", "stdlib", version), shelf=shelf) == ["GO-2026-2"]


def test_explaining_and_matching_ask_for_the_same_subjects() -> None:
    libs = installed(
        "rpm", ROCKY, "perl-libs", "4:5.26.3-421.el8", source_name="perl", source_version="5.26.3-421.el8"
    )
    ((_, subjects),) = judged_subjects([libs])
    assert [each.version for each in subjects] == ["4:5.26.3-421.el8", "4:5.26.3-421.el8"]


def test_a_title_of_any_length_keeps_no_update_busy() -> None:
    title = "nodejs:18 security update " + "z+" * 500_000
    told = record(
        "ALSA-1", "AlmaLinux:9", "nodejs", {"introduced": "0"}, {"fixed": "18.1-1.module_el9"}, summary=title
    )
    began = process_time()
    compiled = compile_record(parse_osv(json.dumps(told).encode(), "x"), "AlmaLinux")
    assert compiled is not None
    assert process_time() - began < 2


def test_an_advisory_of_very_many_names_keeps_no_update_busy() -> None:
    names = [f"CVE-2021-{10_000 + at}" for at in range(20_000)]
    told = record("W-1", "npm", "x", {"introduced": "0"}, upstream=names)
    began = process_time()
    compiled = compile_record(parse_osv(json.dumps(told).encode(), "x"), "npm")
    assert compiled is not None
    assert process_time() - began < 2
