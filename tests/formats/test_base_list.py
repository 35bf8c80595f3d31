"""A list of bases kept in git."""

from __future__ import annotations

import pytest

from seamline.errors import Malformed
from seamline.formats.base_list import ListedBase, parse_base_list

TEXT = b"""
bases:
  - image: registry.example.org/org/python:3.12-*
    owner: platform team
    study: true
  - image: debian:12
"""


def test_a_list_is_read_in_its_order() -> None:
    assert parse_base_list(TEXT, "bases.yaml") == (
        ListedBase(image="registry.example.org/org/python:3.12-*", owner="platform team", study=True),
        ListedBase(image="debian:12"),
    )


def test_json_is_read_as_well() -> None:
    assert parse_base_list(b'{"bases": [{"image": "debian:12"}]}', "bases.json")[0].image == "debian:12"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bases: 3",
        b"bases: [{image: 1}]",
        b"bases: [{imagee: x}]",
        b"[",
        b"\xff\xfe\x00",
        b"bases: !!python/object/apply:os.system [id]",
        b"[" * 100_000,
        b"a: &a [*a]",
    ],
)
def test_anything_else_is_refused_with_its_file_named(data: bytes) -> None:
    with pytest.raises(Malformed, match=r"^bases\.yaml(:\d+)?: "):
        parse_base_list(data, "bases.yaml")
