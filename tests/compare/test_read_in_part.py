"""What was not read is unknown, on whichever side it stands, and never better than what was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seamline.compare.sketch import outline
from seamline.model.comparison import CompareReport, IndicatorLine
from seamline.render.compare import write_compare
from seamline.render.layout import width
from seamline.render.page.compare import write_compare_page
from seamline.verbs.compare import overview_report
from tests.layouts import write_layout
from tests.portraits import comparison_of, portrait_of
from tests.scenes import File, Scene
from tests.verbs.test_scan import RELEASE, status
from tests.verbs.test_updates_of_images import write_manifest

BASE: Mapping[str, Any] = {
    "etc/os-release": RELEASE,
    "var/lib/dpkg/status": status(("libssl3", "openssl", "3.0.17-1")),
    "usr/bin/curl": File(b"\x7fELF", 0o755),
}
SHELLS: Mapping[str, Any] = {"bin/bash": File(b"\x7fELF", 0o755), "usr/bin/wget": File(b"\x7fELF", 0o755)}


def encrypted(layout: str, at: int) -> str:
    """The image with a layer that nobody can open here."""
    folder = Path(layout.removeprefix("oci-dir:"))
    index = json.loads((folder / "index.json").read_text())
    path = folder / "blobs/sha256" / index["manifests"][0]["digest"].partition(":")[2]
    manifest = json.loads(path.read_text())
    manifest["layers"][at]["mediaType"] += "+encrypted"
    return write_manifest(folder, manifest)


def compared(a: str, b: str) -> tuple[CompareReport, dict[str, IndicatorLine]]:
    report = comparison_of(a, b)
    return report, {each.id: each for found in report.dimensions for each in found.indicators}


def whole(path: Path, scene: Scene) -> str:
    return write_layout(path, scene, "2026-05-01T00:00:00Z")


def test_an_image_with_an_unread_layer_is_better_in_nothing_that_lies_in_files(tmp_path: Path) -> None:
    full = whole(tmp_path / "full", [BASE, SHELLS])
    part = encrypted(whole(tmp_path / "part", [BASE, SHELLS]), 1)
    for report, lines, letter in (
        (*compared(full, part), "b"),
        (*compared(part, full), "a"),
    ):
        shells, clients = (getattr(lines[name], letter) for name in ("shells", "network-clients"))
        assert (shells.shown.id, shells.number) == ("measured-unknown", None)
        assert (clients.shown.id, clients.number, clients.named) == (
            "measured-number-partly",
            None,
            ("curl",),
        )
        assert [each.id for each in lines.values() if each.better] == []
        assert any(
            each.id == "partly-read" and each.args == {"image": letter.upper()} for each in report.words
        )
        for language in ("en", "zh"):
            text = write_compare(report, language, 80)
            assert all(width(line) <= 80 or "oci-dir:" in line for line in text.splitlines())
            assert write_compare_page(report, language)
    assert compared(full, whole(tmp_path / "again", [BASE]))[1]["shells"].better == "b"


def test_an_unreadable_package_database_makes_findings_unknown_and_leaves_programs_known(
    tmp_path: Path,
) -> None:
    full = whole(tmp_path / "full", [BASE, SHELLS])
    broken = whole(
        tmp_path / "broken",
        [{"usr/lib/sysimage/rpm/rpmdb.sqlite": b"no database", "usr/bin/curl": File(b"\x7fELF", 0o755)}],
    )
    _, lines = compared(full, broken)
    for name in ("fixable-findings", "worst-findings", "support-ends", "inherited"):
        assert (lines[name].b.shown.id, lines[name].better) == ("measured-unknown", ""), name
    assert lines["shells"].better == "b"


def test_one_package_of_a_language_that_cannot_be_read_hides_no_others(tmp_path: Path) -> None:
    broken = [{**BASE, "srv/node_modules/x/package.json": b"{no json"}]
    report, lines = compared(whole(tmp_path / "full", [BASE, SHELLS]), whole(tmp_path / "broken", broken))
    assert lines["shells"].better == "b"
    assert any(gap.message.id == "unreadable-file" for gap in report.gaps)
    assert not any(each.id == "partly-read" for each in report.words)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_overview_tells_it_too(tmp_path: Path, language: str) -> None:
    part = encrypted(whole(tmp_path / "part", [BASE, SHELLS]), 1)
    report = overview_report(
        [outline(portrait_of(name)) for name in (part, whole(tmp_path / "full", [BASE]))]
    )
    assert report.images[0].indicators["network-clients"].shown.id == "measured-number-partly"
    assert report.images[0].indicators["needed"].shown.id == "measured-unknown"
