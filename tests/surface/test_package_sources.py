"""Sources of packages: unsigned, in plain text, expired; whether security updates come by them."""

from __future__ import annotations

import pytest

from seamline.model.audit import PackageSource
from seamline.surface.package_sources import package_sources

TODAY = "2026-11-26"


def sources(path: str, text: str, **more: str) -> tuple[PackageSource, ...]:
    texts = {path.encode(): text.encode(), **{name.encode(): data.encode() for name, data in more.items()}}
    return package_sources(texts, TODAY)


@pytest.mark.parametrize("option", ["trusted=yes", "allow-insecure=yes", "trusted=true"])
def test_an_apt_source_that_waives_signatures_is_unsigned(option: str) -> None:
    (source,) = sources("etc/apt/sources.list", f"deb [{option}] http://x/debian bookworm main\n")
    assert (source.unsigned, source.plain) == (True, True)


def test_an_apt_configuration_may_waive_them_for_all() -> None:
    text = "deb https://x/debian bookworm main\n"
    waiving = {"etc/apt/apt.conf.d/99x": 'APT::Get::AllowUnauthenticated "true";\n'}
    assert [source.unsigned for source in sources("etc/apt/sources.list", text)] == [False]
    assert [source.unsigned for source in sources("etc/apt/sources.list", text, **waiving)] == [True]


@pytest.mark.parametrize(
    ("path", "text", "is_waived"),
    [
        ("etc/apt/apt.conf", "APT::Get::AllowUnauthenticated true;\n", True),
        ("etc/apt/apt.conf.d/99x", 'APT { Get { AllowUnauthenticated "yes"; }; };\n', True),
        ("etc/apt/apt.conf.d/99x", 'Acquire { AllowInsecureRepositories\n"1"; }\n', True),
        ("etc/apt/apt.conf.d/99x", '// APT::Get::AllowUnauthenticated "true";\n', False),
        ("etc/apt/apt.conf.d/99x", 'APT::Get { AllowUnauthenticated "false"; };\n', False),
        ("etc/apt/apt.conf.d/99x", '/* APT::Get::AllowUnauthenticated "true"; */', False),
        ("etc/apt/apt.conf.d/99x", 'APT { Get { AllowUnauthenticated "true', False),
    ],
)
def test_apt_s_settings_are_read_however_they_are_nested(path: str, text: str, is_waived: bool) -> None:
    (source,) = sources("etc/apt/sources.list", "deb https://x/debian bookworm main\n", **{path: text})
    assert (source.unsigned, source.waived_by) == (is_waived, path if is_waived else "")


def test_security_suites_are_told_from_the_others() -> None:
    text = "Types: deb\nURIs: https://x/debian\nSuites: trixie trixie-updates trixie-security\nComponents: main\n"
    found = sources("etc/apt/sources.list.d/debian.sources", text)
    assert [source.security for source in found] == [False, False, True]


def test_a_list_that_ran_out_is_expired_and_one_that_has_not_is_not() -> None:
    for day, expired in (("Sat, 04 Oct 2025 12:00:00 UTC", True), ("Sat, 05 Dec 2026 12:00:00 UTC", False)):
        lists = {
            "var/lib/apt/lists/x_InRelease": f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: stable\nCodename: trixie\nValid-Until: {day}\n"
        }
        (source,) = sources("etc/apt/sources.list", "deb https://x/debian trixie main\n", **lists)
        assert source.expired is expired


def test_archives_of_ended_releases_get_nothing_new() -> None:
    (source,) = sources("etc/apt/sources.list", "deb http://archive.debian.org/debian buster main\n")
    assert source.expired


@pytest.mark.parametrize(
    ("text", "unsigned"),
    [
        ("[x]\nbaseurl=https://x/\ngpgcheck=1\n", [False]),
        ("[x]\nbaseurl=https://x/\ngpgcheck=0\n", [True]),
        ("[x]\nbaseurl=https://x/\n", [True]),
        ("not an ini file [\n", []),
    ],
)
def test_a_dnf_repository_is_checked_as_dnf_reads_it(text: str, unsigned: list[bool]) -> None:
    assert [source.unsigned for source in sources("etc/yum.repos.d/x.repo", text)] == unsigned


def test_what_is_switched_off_is_told_with_its_line_and_says_so() -> None:
    (on, off) = sources(
        "etc/yum.repos.d/x.repo", "[a]\nbaseurl=https://x/\n\n[b]\nbaseurl=https://x/\nenabled=0\n"
    )
    assert [(each.suite, each.line, each.disabled) for each in (on, off)] == [("a", 1, False), ("b", 4, True)]
    text = "# ours\nTypes: deb\nURIs: https://x/debian\nSuites: trixie\nComponents: main\n\nTypes: deb\nURIs: https://x/s\nSuites: trixie-security\nComponents: main\nEnabled: no\n"
    (on, off) = sources("etc/apt/sources.list.d/debian.sources", text)
    assert [(each.suite, each.line, each.disabled) for each in (on, off)] == [
        ("trixie", 4, False),
        ("trixie-security", 9, True),
    ]


@pytest.mark.parametrize(
    ("line", "frozen"),
    [
        ("deb https://snapshot.test/archive/debian/20260110T000000Z bookworm main", "2026-01-10"),
        ("deb http://mirror.test/snapshot/debian/20260110T031500Z/ bookworm main", "2026-01-10"),
        ("deb https://snapshot.ubuntu.com/ubuntu/20260110T000000Z jammy main", "2026-01-10"),
        ("deb https://snapshot.test/archive/debian/20260110 bookworm main", "2026-01-10"),
        ("deb [snapshot=20260110T000000Z] http://archive.ubuntu.com/ubuntu jammy main", "2026-01-10"),
        ("deb http://archive.debian.org/debian stretch main", "archived"),
        ("deb http://old-releases.ubuntu.com/ubuntu lunar main", "archived"),
        ("deb http://mirror.test/debian bookworm main", ""),
        ("deb http://mirror.test/20260110/debian bookworm main", ""),
    ],
)
def test_snapshots_are_told_by_their_day_and_archives_of_ended_releases_as_such(
    line: str, frozen: str
) -> None:
    (source,) = sources("etc/apt/sources.list", f"{line}\n")
    assert source.frozen == frozen


def test_dnf_s_own_configuration_is_the_default() -> None:
    found = sources(
        "etc/yum.repos.d/x.repo", "[x]\nbaseurl=http://x/\n", **{"etc/dnf/dnf.conf": "[main]\ngpgcheck=1\n"}
    )
    assert [(source.unsigned, source.plain) for source in found] == [(False, True)]


def test_apk_packages_are_signed_whatever_the_transport() -> None:
    found = sources("etc/apk/repositories", "#https://x\nhttp://x/v3.20/main\n@edge https://x/edge/main\n")
    assert [(source.plain, source.unsigned, source.suite) for source in found] == [
        (True, False, ""),
        (False, False, "@edge"),
    ]
