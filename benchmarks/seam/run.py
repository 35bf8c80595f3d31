"""Looks at every image of the seam benchmark under every ledger; prints how often the answer was right.

    python -m benchmarks.seam.run [FOLDER]

Right: every path has its true side and no base is named that is not true. Unknown: something that evidence shows was
left undecided, nothing was said wrongly. Wrong: a path on the other side, or another base named. Where nothing shows
the truth (a "?" behind it) "unknown" is right as well, and a wrong guess is as wrong as everywhere.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from benchmarks.seam import make

from seamline.model.image import Platform
from seamline.model.limits import Limits
from seamline.model.package import Side
from seamline.model.seam import Base, Seam, full_name
from seamline.places.layout import open_image
from seamline.seam.containment import contents_of, measure
from seamline.seam.find import find_seam
from seamline.seam.learn import base_of, inventory_of
from seamline.stores.shelf import Shelf
from seamline.verbs.look import Looked, look


class Verdict(msgspec.Struct, frozen=True):
    """What became of one case: right, unknown or wrong, and why."""

    case: str
    outcome: str
    why: str = ""


def judge(folder: Path) -> list[Verdict]:
    """The verdict on every case of a made folder."""
    truth = json.loads((folder / "truth.json").read_text())
    bases = {name: learn(folder / "bases" / place, name) for name, place in truth["bases"].items()}
    seen = {name: seen_at(folder / "images" / name) for name in {case["image"] for case in truth["cases"]}}
    verdicts = []
    for case in truth["cases"]:
        looked = seen[case["image"]]
        known = Shelf(bases[name] for name in case["ledger"])
        seam = find_seam(
            looked.image,
            looked.tree,
            looked.catalog.installs,
            known=known,
            suppliers=looked.catalog.suppliers,
        )
        sides = {entry.path.decode(): seam.side_of(entry) for entry in looked.tree.entries()}
        verdicts.append(compare(case, seam, sides))
    return verdicts


def seen_at(place: Path) -> Looked:
    return look(open_image(place, "", platform=None, machine=Platform()), cache=None, limits=Limits())


def learn(place: Path, name: str) -> Base:
    looked = seen_at(place)
    diff_ids = [layer.diff_id for layer in looked.image.layers if layer.diff_id]
    inventory = inventory_of(looked.tree, looked.catalog.installs)
    return base_of(looked.image, diff_ids, names=[full_name(name)], team="", day="", inventory=inventory)


def compare(case: dict[str, Any], seam: Seam, sides: dict[str, Side]) -> Verdict:
    """One answer against the truth."""
    acceptable = {name for names in case["bases"] for name in names}
    for stratum in seam.strata:
        named = set(stratum.base.names if stratum.base else ())
        if named and not named & acceptable:
            return Verdict(case["case"], "wrong", f"names {stratum.name}")
    missing = ""
    for path, true in case["sides"].items():
        got = sides[path].value
        if got not in (true.rstrip("?"), "unknown"):
            return Verdict(case["case"], "wrong", f"{path} is {true}, said {got}")
        if got == "unknown" and not true.endswith("?"):
            missing = missing or f"{path} is {true}"
    if missing:
        return Verdict(case["case"], "unknown", missing)
    told = {name for stratum in seam.strata for base in stratum.candidates for name in base.names}
    decided = any(not side.endswith("?") for side in case["sides"].values())
    not_told = [names for names in case["bases"] if not told.intersection(names)]
    if decided and not_told:
        return Verdict(case["case"], "unknown", f"does not name {not_told[0][0]}")
    return Verdict(case["case"], "right")


def shares(folder: Path) -> list[str]:
    """How much of each base the squashed images hold: the figures that the threshold of containment rests on."""
    bases = json.loads((folder / "truth.json").read_text())["bases"]
    known = [learn(folder / "bases" / place, name) for name, place in bases.items()]
    lines = []
    for place in sorted((folder / "images").glob("*squashed*")):
        looked = seen_at(place)
        contents = contents_of(looked.tree, looked.catalog.installs, looked.catalog.suppliers)
        for found in (measure(base, contents) for base in known):
            packages = f"{found.packages_held}/{found.packages}"
            extra = f"{found.paths_missing:4} missing {found.paths_extra:4} too many"
            lines.append(
                f"{place.name:28} {found.base.reference:34} {found.share:6.1%} {packages:>7} {extra}"
            )
    return lines


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        make.write_all(folder)
        verdicts, measured = judge(folder), shares(folder)
    for verdict in verdicts:
        print(f"{verdict.outcome:8} {verdict.case:36} {verdict.why}".rstrip())
    print("\nsquashed image, base: share of its paths held, of its packages, paths gone and too many")
    print("\n".join(measured) + "\n")
    counts = Counter(verdict.outcome for verdict in verdicts)
    print(
        f"right {counts['right']}, wrong {counts['wrong']}, unknown {counts['unknown']}, of {len(verdicts)}"
    )
    return 1 if counts["wrong"] or counts["right"] < 0.95 * len(verdicts) else 0


if __name__ == "__main__":
    raise SystemExit(main())
