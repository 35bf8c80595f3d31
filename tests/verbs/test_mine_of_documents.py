"""`--mine` on an SBOM: where it tells strata and layers it cuts as it does in the image; where not it says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamline.errors import Usage
from seamline.model.finding import ScanReport
from seamline.model.seam import Base, LayerSpan
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.spdx import write_spdx
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf
from seamline.verbs.inspect import sbom_report
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import Stock, stock_of
from tests.scenes import Scene
from tests.verbs.test_layers_told import UPGRADED, stock_in
from tests.verbs.test_scan import APPLICATION, AS_OF, OLD_BASE, index, known, seen

__all__ = ["index", "known"]  # fixtures
IMAGE: Scene = [OLD_BASE, UPGRADED, APPLICATION, {"srv/data": b"no package"}]
FORMS: dict[str, Callable[[Any], bytes]] = {
    "json": msgspec.json.encode,
    "cyclonedx": write_cyclonedx,
    "spdx": write_spdx,
}


def scan(stock: Stock, advisories: AdvisoryIndex, mine: str) -> ScanReport:
    return scan_report(stock, advisories, Shelf(()), Terms(mine=mine), AS_OF)


def sides(report: ScanReport) -> dict[str, tuple[str, str]]:
    return {each.id: (each.side.value, each.owner) for each in report.findings}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mine", ["0", "1", "2"])
def test_ones_own_part_of_an_sbom_is_that_of_its_image(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base], form: str, mine: str
) -> None:
    image = seen(tmp_path / "image", IMAGE, known)
    document = stock_in(FORMS[form](sbom_report(image, AS_OF)))
    assert all(isinstance(each.extent, LayerSpan) for each in document.strata)
    assert sides(scan(document, index, mine)) == sides(scan(stock_of(image), index, mine))


def test_our_own_form_tells_layers_without_packages_too(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    image = seen(tmp_path / "image", IMAGE, known)
    document = stock_in(FORMS["json"](sbom_report(image, AS_OF)))
    assert sides(scan(document, index, "3")) == sides(scan(stock_of(image), index, "3"))
    with pytest.raises(Usage, match="a layer from 0 to 3, got 4"):
        scan(document, index, "4")


def test_an_sbom_that_tells_a_base_lets_it_be_ones_own(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    image = seen(tmp_path / "image", [OLD_BASE, APPLICATION], known)
    document = stock_in(FORMS["json"](sbom_report(image, AS_OF)))
    acts = [(act.what, act.owner, len(act.mends)) for act in scan(document, index, "debian:12").actions]
    assert ("rebuild", "infrastructure", 1) in acts
    assert acts == [
        (act.what, act.owner, len(act.mends)) for act in scan(stock_of(image), index, "debian:12").actions
    ]
    with pytest.raises(Usage, match="a base in this image's chain"):
        scan(document, index, "alpine:3.20")


def test_an_sbom_without_layers_is_refused_with_the_reason(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    foreign = {
        "bomFormat": "CycloneDX",
        "components": [
            {"name": "django", "purl": "pkg:pypi/django@4.2.3"},
            {"name": "x", "purl": "pkg:npm/x@1"},
        ],
    }
    with pytest.raises(Usage, match="the layer of every package, got 2 packages without one"):
        scan(stock_in(json.dumps(foreign).encode()), index, "1")
    told = json.loads(FORMS["json"](sbom_report(seen(tmp_path / "image", IMAGE, known), AS_OF)))
    shared = {**told, "packages": [{**each, "current_layer": 0} for each in told["packages"]]}
    with pytest.raises(Usage, match="got parts that share layers"):
        scan(stock_in(json.dumps(shared).encode()), index, "1")
    told["packages"][0]["current_layer"] = None
    with pytest.raises(Usage, match="got 1 package without one"):
        scan(stock_in(json.dumps(told).encode()), index, "1")
