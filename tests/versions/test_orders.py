"""Every order: lawful for any text, and the same as its ecosystem's own tool says."""

from __future__ import annotations

import subprocess
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from seamline.versions.orders import ORDERS, UnreadableVersion, order_of
from tests.neighbours import need

# facts: each pair was put before the ecosystem's own tool, `<` says that the left one comes first
VECTORS = {
    "apk": """1.0_alpha < 1.0_beta | 1.0_rc1 < 1.0 | 1.0 < 1.0-r0 | 1.2.4-r4 < 1.2.4_git20230717-r4 | 1.01 < 1.1 | 1.2.9 < 1.2.10
        | 1.2a < 1.2b | 1.2 < 1.2a | 1.0_p1 < 1.0_p2 | 1.0_rc < 1.0_rc1 | 9.6_p1-r0 < 9.6_p1-r1
        | 6.0.3p1-r1 < 6.4.0p0-r0 | 6.6.2p1 > 6.6.2_p1 | 6.0p < 6.0p0 | 6.0p9 < 6.0p10 | 6.0p01 = 6.0p1 | 6.0p1-r0 > 6.0p-r5 | 6.0p1.01 < 6.0p1.1""",
    "deb": """1.0~rc1 < 1.0 | 1.0 = 0:1.0-0 | 1.0-1 < 1.0-1+b1 | 1:0.1 > 9.9 | 1.0a < 1.0+ | 1.2-3~deb12u1 < 1.2-3 | 2.9 < 2.10
        | 1.00 = 1.0 | 0 < 1""",
    "rpm": """1.0~rc1-1 < 1.0-1 | 1.0-1 < 1.0^git1-1 | 1.0^git1-1 < 1.0.1-1 | 1.0-1 < 1:0.1-1 | 1.0a-1 < 1.0.1-1 | 1.0-1.el9 < 1.0-1.el9_1
        | 1.0.-1 = 1.0-1 | 0:1.0-1 = 1.0-1 | 1.01-1 = 1.1-1""",
    "semver": """1.0.0-alpha < 1.0.0-alpha.1 | 1.0.0-alpha.1 < 1.0.0-alpha.beta | 1.0.0-beta.2 < 1.0.0-beta.11 | 1.0.0-rc.1 < 1.0.0
        | v1.2 = 1.2.0 | 1.2.3+build = 1.2.3 | 1.9.0 < 1.10.0""",
    "pep440": """1.0.dev1 < 1.0a1 | 1.0a1 < 1.0rc1 | 1.0rc1 < 1.0 | 1.0 < 1.0.post1 | 1.0 = 1.0.0 | 1.0 < 1.0+local | 1!0.1 > 9
        | 1.0.post1.dev1 < 1.0.post1 | 1.0+a < 1.0+1""",
    "maven": """1.0-alpha-1 < 1.0-beta-1 | 1.0-rc1 < 1.0-SNAPSHOT | 1.0-SNAPSHOT < 1.0 | 1.0 = 1.0.0 | 1.0 = 1.0-ga | 1.0 < 1.0-sp1
        | 1.0 = 1.0.Final | 2.0.1 < 2.0.1-xyz | 1.0-1 < 1.0.1 | 9.4.9.v20180320 < 9.4.10.v20180503""",
    "rubygems": """1.0.a < 1.0 | 1.0 = 1.0.0 | 1.0.0.rc1 < 1.0.0.rc2 | 1.9 < 1.10 | 1.0-1 < 1.0 | 1.a < 1.0.1""",
    "composer": """1.0.0-dev < 1.0.0-alpha1 | 1.0.0-alpha1 < 1.0.0-beta1 | 1.0-RC1 < 1.0 | 1.0 < 1.0-patch1 | v1.0 = 1.0.0.0 | 1.9 < 1.10""",
    "nuget": """1.0.0-ALPHA = 1.0.0-alpha | 1.0.0-alpha < 1.0.0 | 1.0.0.0 = 1.0 | 1.0.0 < 1.0.0.1""",
    "go": """1.21rc2 < 1.21 | 1.21.0 = go1.21 | v1.2.3-0.20200101000000-abcdefabcdef < v1.2.3 | 1.20.14 < 1.21rc2 | v2.0.0+incompatible = 2.0.0
        | 1.21.0-0 < 1.21rc2""",
    "bitnami": """1.2.3 < 1.2.3-1 | 1.2.3-1 < 1.2.3-2 | 1.2.3-0 = 1.2.3 | 1.2.3-rc1 < 1.2.3 | 1.2.3-9 < 1.2.4""",
}
_PAIRS = [(order, *pair.split()) for order, text in VECTORS.items() for pair in text.split("|")]
_TEXTS = st.one_of(
    st.from_regex(
        r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}([-._~^+]?(rc|alpha|beta|a|p|git|r|dev|post|snapshot)?[0-9]{0,2}){0,2}",
        fullmatch=True,
    ),
    st.text(max_size=20),
)


@pytest.mark.parametrize(("order", "one", "sign", "other"), _PAIRS)
def test_versions_stand_as_the_ecosystems_own_tool_puts_them(
    order: str, one: str, sign: str, other: str
) -> None:
    first, second = ORDERS[order](one), ORDERS[order](other)
    assert {"<": first < second, "=": first == second, ">": first > second}[sign]


@pytest.mark.parametrize("order", sorted(ORDERS))
@given(text=_TEXTS)
def test_any_text_has_a_key_or_is_no_version(order: str, text: str) -> None:
    try:
        made = ORDERS[order](text)
    except UnreadableVersion:
        return
    assert made
    assert made == ORDERS[order](f" {text} ")


@given(_TEXTS, _TEXTS)
def test_pythons_versions_stand_as_packaging_puts_them(one: str, other: str) -> None:
    try:
        wanted = (Version(one) > Version(other)) - (Version(one) < Version(other))
    except InvalidVersion:
        return
    mine, theirs = ORDERS["pep440"](one), ORDERS["pep440"](other)
    assert (mine > theirs) - (mine < theirs) == wanted


@pytest.mark.real
@given(
    st.lists(
        st.from_regex(r"[0-9a-z][0-9a-z.+~^]{0,6}(-[0-9a-z.~]{1,4})?", fullmatch=True),
        min_size=2,
        max_size=12,
    )
)
def test_rpms_versions_stand_as_rpm_puts_them(versions: list[str]) -> None:
    need("rpm")
    pairs = [
        (a, b) for a, b in pairwise(versions) if ("-" in a) == ("-" in b)
    ]  # rpm leaves a missing release out of it
    asked = " ".join(f'print(" "..rpm.vercmp("{a}","{b}"))' for a, b in pairs)
    told = subprocess.run(["rpm", "--eval", f"%{{lua:{asked}}}"], capture_output=True, text=True, check=True)
    key = ORDERS["rpm"]
    assert [(key(a) > key(b)) - (key(a) < key(b)) for a, b in pairs] == [int(n) for n in told.stdout.split()]


def test_an_ecosystem_has_its_order_with_and_without_release() -> None:
    assert order_of("Debian:12") is order_of("Debian") is ORDERS["deb"]
    assert order_of("Rocky Linux:9") is ORDERS["rpm"]
    assert order_of("No Such Thing") is None
