"""Chain ids, against those that the makers of official images recorded, and their law."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.seam.chain import chain_id, chain_ids, is_prefix
from tests.data import data_path
from tests.seam.images import diff_id

STACKS = st.lists(st.sampled_from([diff_id(name) for name in "abcd"]), max_size=6)


@pytest.mark.data
def test_chain_ids_are_those_that_docker_computed() -> None:
    with gzip.open(data_path("base-images/image-configs.jsonl.gz"), "rt") as lines:
        images = [json.loads(line) for line in lines]
    checked = [image for image in images if image["diff_ids"] and image.get("chain_ids")]
    assert len(checked) > 100
    for image in checked:
        assert list(chain_ids(image["diff_ids"])) == image["chain_ids"]


def test_two_layers_chain_as_the_specification_says() -> None:
    first, second = diff_id("first"), diff_id("second")
    joined = sha256(f"{first} {second}".encode()).hexdigest()
    assert chain_ids([first, second]) == (first, f"sha256:{joined}")


def test_a_chain_ends_before_a_layer_that_nobody_knows() -> None:
    assert chain_ids([diff_id("a"), None, diff_id("b")]) == (diff_id("a"),)


@given(STACKS, STACKS)
def test_the_chain_of_a_prefix_is_the_prefix_of_the_chain(lower: list[str], upper: list[str]) -> None:
    whole = chain_ids([*lower, *upper])  # type: ignore[list-item]
    assert whole[: len(lower)] == chain_ids(lower)  # type: ignore[arg-type]


@given(STACKS, STACKS)
def test_stacks_have_one_chain_id_only_when_they_are_equal(a: list[str], b: list[str]) -> None:
    assert (chain_id(a) == chain_id(b)) == (a == b)  # type: ignore[arg-type]


def test_no_layers_are_no_prefix_of_anything() -> None:
    assert not is_prefix([], [diff_id("a")])
