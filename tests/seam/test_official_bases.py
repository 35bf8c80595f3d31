"""Real official bases: an image equal to one, and one with a layer on top, find exactly that base."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from seamline.model.evidence import Rung
from seamline.model.image import Digest
from seamline.model.package import Side
from seamline.model.seam import LayerSpan
from seamline.seam.find import find_seam
from seamline.stores.shelf import starter
from seamline.tree.fold import fold
from tests.data import data_path
from tests.seam.images import diff_id, image_of


def official_images() -> list[dict[str, Any]]:
    with gzip.open(data_path("base-images/official-images.jsonl.gz"), "rt") as lines:
        images = [json.loads(line) for line in lines]
    return [image for image in images if all("diff_id" in layer for layer in image["layers"])]


@pytest.mark.data
def test_every_official_image_is_found_equal_and_under_another_layer() -> None:
    images = official_images()
    assert len(images) == 312
    for image in images:
        layers = [Digest(layer["diff_id"]) for layer in image["layers"]]
        same = {
            other["manifest_digest"]
            for other in images
            if [layer["diff_id"] for layer in other["layers"]] == layers
        }
        for above in ([], [diff_id("an application")]):
            made = image_of([*layers, *above])
            seam = find_seam(made, fold([]), (), known=starter())
            bottom = seam.strata[0]
            assert bottom.extent == LayerSpan(0, len(layers) - 1)
            assert (bottom.side, bottom.confidence) == (Side.SYSTEM, Rung.LEDGER)
            assert {base.digest for base in bottom.candidates} == same
            assert [stratum.side for stratum in seam.strata[1:]] == [Side.APPLICATION] * len(above)
