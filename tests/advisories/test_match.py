"""Which flaws an install has: the hard cases that scanners get wrong, each under its name."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import msgspec
import pytest

from seamline.advisories.match import Matched, match
from seamline.model.package import Distribution, Install, Package
from tests.advisories.records import Shelf, deb, language, record

OPENSSL = record(
    "DEBIAN-CVE-2026-0001",
    "Debian:12",
    "openssl",
    {"introduced": "0"},
    {"fixed": "3.0.17-1~deb12u2"},
    upstream=["CVE-2026-0001"],
)


def matched(*installs: Install, shelf: Shelf) -> Matched:
    return match(installs, shelf.affected)


def ids(*installs: Install, shelf: Shelf) -> list[str]:
    return [flaw.id for flaw in matched(*installs, shelf=shelf).flaws]


def test_a_distribution_is_matched_by_source_package_and_its_version() -> None:
    shelf = Shelf(OPENSSL)
    old = deb("libssl3", "3.0.17-1~deb12u1", "openssl")
    assert ids(old, shelf=shelf) == ["CVE-2026-0001"]
    assert ids(deb("libssl3", "3.0.17-1~deb12u2", "openssl"), shelf=shelf) == []
    assert ids(deb("libssl3", "3.0.17-1~deb12u1"), shelf=shelf) == []


def test_another_release_has_other_advisories() -> None:
    install = deb("libssl3", "3.0.1-1", "openssl")
    trixie = msgspec.structs.replace(install.package, distribution=Distribution(id="debian", version_id="13"))
    assert ids(msgspec.structs.replace(install, package=trixie), shelf=Shelf(OPENSSL)) == []


def test_one_flaw_under_many_names_is_one_finding_in_whatever_order_they_come() -> None:
    records = [
        record(
            "PYSEC-2026-1",
            "PyPI",
            "jinja2",
            {"introduced": "0"},
            {"fixed": "3.1.6"},
            aliases=["CVE-2026-0002"],
        ),
        record(
            "GHSA-aaaa-bbbb-cccc",
            "PyPI",
            "Jinja2",
            {"introduced": "0"},
            {"fixed": "3.1.6"},
            aliases=["CVE-2026-0002"],
        ),
        record(
            "GHSA-dddd-eeee-ffff",
            "PyPI",
            "jinja2",
            {"introduced": "0"},
            {"fixed": "3.1.7"},
            aliases=["PYSEC-2026-1"],
        ),
    ]
    install = language("pypi", "Jinja2", "3.1.0")
    told = {
        tuple((f.id, f.aliases, f.fixed_in) for f in matched(install, shelf=Shelf(*order)).flaws)
        for order in permutations(records)
    }
    assert told == {
        (
            (
                "CVE-2026-0002",
                ("GHSA-aaaa-bbbb-cccc", "GHSA-dddd-eeee-ffff", "PYSEC-2026-1"),
                ("3.1.6", "3.1.7"),
            ),
        )
    }


def test_an_advisory_of_several_cves_joins_nothing_and_counts_for_each() -> None:
    dsa = record(
        "DSA-1-1",
        "Debian:12",
        "openssl",
        {"introduced": "0"},
        {"fixed": "3.0.20-1"},
        upstream=["CVE-2026-0001", "CVE-2026-0003"],
    )
    found = matched(deb("libssl3", "3.0.1-1", "openssl"), shelf=Shelf(OPENSSL, dsa)).flaws
    assert [(flaw.id, list(flaw.advisories)) for flaw in found] == [
        ("CVE-2026-0001", ["DEBIAN-CVE-2026-0001", "DSA-1-1"]),
        ("CVE-2026-0003", ["DSA-1-1"]),
    ]


def test_the_record_of_one_cve_knows_it_better_than_a_summary() -> None:
    dsa = record(
        "DSA-1-1",
        "Debian:12",
        "openssl",
        {"introduced": "0"},
        {"fixed": "3.0.20-1"},
        upstream=["CVE-2026-0001", "CVE-2026-0003"],
    )
    between = deb("libssl3", "3.0.18-1", "openssl")
    assert ids(between, shelf=Shelf(OPENSSL, dsa)) == ["CVE-2026-0003"]


def test_language_packages_that_the_distribution_installed_follow_it_alone() -> None:
    shelf = Shelf(record("GHSA-xxxx-yyyy-zzzz", "PyPI", "cryptography", {"introduced": "0"}, {"fixed": "42"}))
    owned = language("pypi", "cryptography", "38.0.4", owned_by="pkg:deb/debian/python3-cryptography")
    result = matched(owned, shelf=shelf)
    assert (result.flaws, result.skipped["owned"]) == ((), 1)
    assert ids(language("pypi", "cryptography", "38.0.4"), shelf=shelf) == ["GHSA-xxxx-yyyy-zzzz"]


def test_packages_of_a_makers_own_archive_never_follow_the_distribution() -> None:
    shelf = Shelf(
        record(
            "DEBIAN-CVE-2026-0004",
            "Debian:12",
            "nginx",
            {"introduced": "0"},
            {"fixed": "99"},
            upstream=["CVE-2026-0004"],
        ),
        record(
            "BIT-nginx-2026-5",
            "Bitnami",
            "nginx",
            {"introduced": "1.0.0"},
            {"fixed": "1.31.4"},
            aliases=["CVE-2026-0005"],
        ),
    )
    assert ids(deb("nginx", "1.31.1-1~bookworm", supplier="nginx.org"), shelf=shelf) == ["CVE-2026-0005"]
    assert ids(deb("nginx", "1.22.1-9"), shelf=shelf) == ["CVE-2026-0004"]


def test_kernel_headers_carry_no_kernel_flaws() -> None:
    shelf = Shelf(
        record("DEBIAN-CVE-2026-0006", "Debian:12", "linux", {"introduced": "0"}, upstream=["CVE-2026-0006"])
    )
    result = matched(deb("linux-libc-dev", "6.1.1-1", "linux"), shelf=shelf)
    assert (result.flaws, result.skipped["headers"]) == ((), 1)
    assert ids(deb("linux-image-amd64", "6.1.1-1", "linux"), shelf=shelf) == ["CVE-2026-0006"]


@pytest.mark.parametrize(
    ("modularity", "version", "found"),
    [
        ("nodejs:18:8090020240301", "1:18.18.0-1.module_el8.9.0+1", True),
        ("nodejs:16:8070020230306", "1:16.18.0-1.module_el8.7.0+1", False),
        ("", "1:16.18.0-1.el8", False),
    ],
)
def test_modular_errata_speak_of_their_stream_alone(modularity: str, version: str, found: bool) -> None:
    erratum = record(
        "ALSA-2024:1", "AlmaLinux:8", "nodejs", {"introduced": "0"}, {"fixed": "1:18.19.1-1.module_el8.9.0+2"},
        summary="Important: nodejs:18 security update", related=["CVE-2024-0001"],
    )  # fmt: skip
    package = Package(
        ecosystem="rpm",
        name="nodejs",
        version=version,
        modularity=modularity,
        distribution=Distribution(id="almalinux", version_id="8.9"),
    )
    install = Install(
        package=package,
        proofs=(b"var/lib/rpm/rpmdb.sqlite",),
        origin_layer=0,
        current_layer=0,
        found_by="rpm",
    )
    assert ids(install, shelf=Shelf(erratum)) == (["CVE-2024-0001"] if found else [])


@pytest.mark.parametrize(
    ("specific", "status"),
    [({"status": "needed"}, "no fix yet"), ({"status": "ignored"}, "will not fix"), ({"urgency": "unimportant"}, "will not fix"),
     ({"status": "not-affected"}, "not affected")],
)  # fmt: skip
def test_no_fix_yet_and_will_not_fix_are_kept_apart(specific: dict[str, str], status: str) -> None:
    shelf = Shelf(
        record(
            "DEBIAN-CVE-2026-0007",
            "Debian:12",
            "zlib",
            {"introduced": "0"},
            upstream=["CVE-2026-0007"],
            ecosystem_specific=specific,
        )
    )
    (flaw,) = matched(deb("zlib1g", "1:1.2", "zlib"), shelf=shelf).flaws
    assert flaw.status.value == status


def test_a_withdrawn_advisory_says_so() -> None:
    shelf = Shelf(record("GHSA-a", "npm", "left-pad", {"introduced": "0"}, withdrawn="2026-01-03T00:00:00Z"))
    (flaw,) = matched(language("npm", "left-pad", "1.0.0"), shelf=shelf).flaws
    assert flaw.status.value == "withdrawn"


def test_a_withdrawn_twin_adds_nothing_to_a_flaw_that_stands() -> None:
    shelf = Shelf(
        record("PYSEC-1", "PyPI", "vantage6", {"introduced": "0"}, {"fixed": "3.8.0"}, aliases=["CVE-2026-0009"]),
        record(
            "PYSEC-2", "PyPI", "vantage6", {"introduced": "0"}, {"fixed": "3.9.0"}, aliases=["CVE-2026-0009"],
            withdrawn="2026-01-03T00:00:00Z",
        ),
    )  # fmt: skip
    (flaw,) = matched(language("pypi", "vantage6", "3.4.0"), shelf=shelf).flaws
    assert (list(flaw.advisories), flaw.fixed_in, flaw.status.value) == (
        ["PYSEC-1"],
        ("3.8.0",),
        "fixed",
    )


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "1.0.0"}, {"fixed": "1.2.0"}, {"introduced": "2.0.0"}, {"fixed": "2.1.0"}], ["1.0.0", "1.1.9", "2.0.5"], ["0.9.0", "1.2.0", "1.9.0", "2.1.0"]),
        ([{"introduced": "0"}, {"last_affected": "1.5.0"}], ["0.0.1", "1.5.0"], ["1.5.1"]),
        ([{"introduced": "1.0.0"}], ["1.0.0", "9.0.0"], ["1.0.0-rc.1"]),
        ([{"introduced": "8.5.0"}, {"fixed": "8.5.1"}, {"introduced": "8.5.1"}, {"fixed": "8.5.2"}], ["8.5.0", "8.5.1"], ["8.5.2"]),
        ([{"introduced": "11.0.0"}, {"fixed": "11.6.1"}, {"introduced": "12.0.0"}, {"fixed": "12.0.0"}], ["11.6.0"], ["11.6.1", "12.0.0", "12.4.0"]),
        ([{"introduced": "5.1.1"}, {"last_affected": "5.1.1"}], ["5.1.1"], ["5.1.0", "5.1.2"]),
        ([{"fixed": "2.1.0"}, {"introduced": "2.0.0"}, {"introduced": "0"}, {"fixed": "1.0.0"}], ["0.1.0", "2.0.0"], ["1.5.0"]),
    ],
)  # fmt: skip
def test_ranges_hold_what_the_standard_says(
    events: list[dict[str, str]], inside: list[str], outside: list[str]
) -> None:
    shelf = Shelf(record("GHSA-r", "npm", "thing", *events))
    assert [v for v in (*inside, *outside) if ids(language("npm", "thing", v), shelf=shelf)] == inside


def test_versions_named_one_by_one_count_beside_ranges() -> None:
    shelf = Shelf(record("PYSEC-1", "PyPI", "thing", {"introduced": "2.0"}, versions=["1.0", "2.5"]))
    assert [v for v in ("1.0", "1.1", "2.5") if ids(language("pypi", "thing", v), shelf=shelf)] == [
        "1.0",
        "2.5",
    ]


def test_what_cannot_be_compared_is_told_and_not_matched() -> None:
    shelf = Shelf(record("PYSEC-1", "PyPI", "thing", {"introduced": "0"}))
    result = matched(language("pypi", "thing", "not a version"), shelf=shelf)
    assert (result.flaws, [each.why for each in result.unread]) == ((), ["version"])
    broken: dict[str, Any] = record("PYSEC-2", "PyPI", "thing", {"introduced": "0"}, {"fixed": "never"})
    result = matched(language("pypi", "thing", "1.0"), shelf=Shelf(broken))
    assert (result.flaws, [each.why for each in result.unread]) == ((), ["bound"])


def test_a_version_that_is_none_is_met_again_where_an_advisory_names_it_as_it_is() -> None:
    shelf = Shelf(
        record("PYSEC-1", "PyPI", "paramiko", {"introduced": "0"}, {"fixed": "2"}, versions=["0.9-fearow"])
    )
    result = matched(language("pypi", "paramiko", "0.9-fearow"), shelf=shelf)
    assert ([flaw.id for flaw in result.flaws], [each.why for each in result.unread]) == (
        ["PYSEC-1"],
        ["version"],
    )
    assert ids(language("pypi", "paramiko", "0.9-ivysaur"), shelf=shelf) == []


def test_gos_standard_library_is_known_without_its_go() -> None:
    shelf = Shelf(
        record(
            "GO-2026-1", "Go", "stdlib", {"introduced": "0"}, {"fixed": "1.22.5"}, aliases=["CVE-2026-0008"]
        )
    )
    assert ids(language("golang", "stdlib", "go1.22.4"), shelf=shelf) == ["CVE-2026-0008"]
    assert ids(language("golang", "stdlib", "go1.22.5"), shelf=shelf) == []
