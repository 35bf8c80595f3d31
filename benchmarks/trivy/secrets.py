"""Secrets beside Trivy: those that were planted in files (tests/planted.py), and what either tells of images that hold none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.trivy import peer
from tests.layouts import write_layout
from tests.planted import Planted, planted
from tests.scenes import Whiteout


class Sought(NamedTuple):
    """One planted secret, or one place in an image that holds none (`kind` is then empty), and who tells of it."""

    kind: str
    place: str
    path: str
    is_deleted: bool
    seamline: bool
    trivy: bool


def write_planted(folder: Path) -> list[Planted]:
    """The image with the planted secrets, as an OCI layout in `folder`."""
    found, layers, config, history = planted()
    scene = [{path: Whiteout() if data is None else data for path, data in layer.items()} for layer in layers]
    write_layout(folder, scene, config=config, history=history)  # type: ignore[arg-type]
    return found


def _ours(layout: Path, env: dict[str, str]) -> set[str]:
    words = [sys.executable, "-m", "seamline", "audit", f"oci-dir:{layout}", "-f", "json", "--offline"]
    return {each["path"] for each in peer.run(words, env)["secrets"] if each["place"] == "file"}


def _theirs(layout: Path, cache: Path) -> set[str]:
    """The files that Trivy tells of; what it finds in the configuration it files under the image's own name."""
    return {each["Target"].removeprefix("/") for each in peer.secrets(str(layout), cache)} - {str(layout)[1:]}


def looked_for(folder: Path, cache: Path, env: dict[str, str]) -> Iterator[Sought]:
    """Each planted secret of a file, whoever finds it, and each place where nothing was planted."""
    found = [each for each in write_planted(folder) if each.place == "file"]
    ours, theirs = _ours(folder, env), _theirs(folder, cache)
    for each in found:
        is_deleted = each.until is not None
        yield Sought(each.kind, "file", each.path, is_deleted, each.path in ours, each.path in theirs)
    for path in sorted((ours | theirs) - {each.path for each in found}):
        yield Sought("", "planted image", path, False, path in ours, path in theirs)


def noise(layout: Path, cache: Path, env: dict[str, str]) -> Iterator[Sought]:
    """What either tells of an image that holds no secret."""
    ours, theirs = _ours(layout, env), _theirs(layout, cache)
    for path in sorted(ours | theirs):
        yield Sought("", layout.name, path, False, path in ours, path in theirs)
