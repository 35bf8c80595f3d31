"""Ranges of versions as CycloneDX and CSAF write them."""

from __future__ import annotations

import pytest

from seamline.versions.ranges import is_within


@pytest.mark.parametrize(
    ("kind", "text", "inside", "outside"),
    [
        ("deb", "vers:deb/>=1.0|<2.0", ("1.0", "1.9~rc1", "2.0~rc1"), ("0.9", "1.0~rc1", "2.0", "2.1")),
        ("deb", "vers:deb/<2.0|>=1.0", ("1.0", "1.5"), ("2.0",)),  # in any order
        ("rpm", "vers:rpm/<1:3.0.7-28.el9", ("1:3.0.7-27.el9", "3.1-1"), ("1:3.0.7-28.el9",)),
        ("npm", "vers:npm/1.2.3|>=2.0.0|<5.0.0", ("1.2.3", "2.0.0", "4.9.9"), ("1.2.4", "5.0.0")),
        ("npm", "vers:semver/<=1.0.0", ("1.0.0", "1.0.0-rc.1"), ("1.0.1",)),
        ("pypi", "vers:pypi/>=1.0|!=1.1|<2.0", ("1.0", "1.2"), ("1.1", "2.0")),
        ("maven", "vers:maven/<1.0|>2.0|<3.0", ("0.9", "2.5"), ("1.0", "1.5", "2.0", "3.0")),
        ("golang", "vers:golang/%3E%3Dv1.2.0", (), ("v1.2.0",)),  # comparators are never encoded
        ("golang", "vers:golang/>=v1.2.0", ("v1.2.0", "v1.10.0"), ("v1.1.9",)),
        ("deb", "vers:deb/*", ("1",), ()),
        ("deb", "vers:generic/>1|<3", ("2",), ("3",)),
        ("apk", "vers:alpine/<3.3.2-r1", ("3.3.2-r0",), ("3.3.2-r1",)),
    ],
)
def test_a_version_lies_in_a_range_or_beside_it(
    kind: str, text: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    assert [version for version in inside if not is_within(version, text, kind)] == []
    assert [version for version in outside if is_within(version, text, kind)] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("deb", "vers:rpm/<9"),
        ("deb", "<9"),
        ("deb", "vers:deb/"),
        ("deb", "vers:deb"),
        ("deb", "vers:deb/!=1"),
        ("generic", "vers:generic/<9"),
        ("pypi", "vers:pypi/<neun"),
    ],
)
def test_what_cannot_be_compared_holds_nothing(kind: str, text: str) -> None:
    assert not is_within("2", text, kind)
