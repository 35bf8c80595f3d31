"""Records as a whole source of advisories: what a database holds that was fetched."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from seamline.advisories.ecosystems import base_of
from seamline.places.advisory_folder import FolderSource
from seamline.stores.generations import Generations
from seamline.verbs.database_update import update


def write_exports(folder: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """A folder in the layout of OSV's exports."""
    given = list(records)
    bases = {base_of(each["package"]["ecosystem"]) for told in given for each in told["affected"]}
    for base in bases:
        (folder / base).mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / base / "all.zip", "w") as archive:
            for at, told in enumerate(given):
                if base in {base_of(each["package"]["ecosystem"]) for each in told["affected"]}:
                    archive.writestr(f"{at}.json", json.dumps(told))
    return folder


def fetch(place: Generations, records: Iterable[Mapping[str, Any]], *, now: str) -> None:
    """Makes records known as if they were all that there is."""
    source = FolderSource(write_exports(place.folder.parent / "exports", records))
    update(place, source, source.ecosystems(), now=now)
