"""What follows from an image's layers alone is kept, says the same when it is taken again, and is made anew when it must be."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest

from seamline.catalog.checksums import DIGESTS, STATED
from seamline.catalog.elf_facts import READER as ELF
from seamline.catalog.reader import Reader
from seamline.model.image import Digest
from seamline.model.limits import Limits
from seamline.model.portrait import Portrait
from seamline.model.seam import Base
from seamline.model.workload import Workload
from seamline.places.opening import Opening, open_image
from seamline.seam.learn import inventory_of
from seamline.stores.layer_cache import LayerCache
from seamline.stores.shelf import Shelf, Stack
from seamline.verbs import gists, inspect
from seamline.verbs.altered import ALTERED
from seamline.verbs.binaries import binary_lines
from seamline.verbs.compare import DEEP, sketch_of
from seamline.verbs.database import open_database
from seamline.verbs.gists import Asked, Gist
from seamline.verbs.inspect import PLACE_KEYS, Seen, see
from seamline.verbs.look import Looked, look
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms
from tests.layouts import write_layout
from tests.portraits import AS_OF
from tests.scenes import File, Hardlink, Scene, Thing
from tests.verbs.test_altered import debian

pytestmark = pytest.mark.real
SPARED: tuple[Reader, ...] = (DIGESTS, STATED, ELF)
BIG = b"x" * (1 << 16)
START = {"Entrypoint": ["/srv/app"]}


def scene() -> list[dict[str, Thing]]:
    """A package's file rewritten, a program of one's own, something left over, something that anyone may write."""
    program = Path("/bin/true").read_bytes()
    own: dict[str, Thing] = {
        "usr/bin/tool": b"#!/bin/sh\necho evil\n",
        "srv/app": File(program, 0o755),
        "srv/copy": BIG,
        "srv/same": BIG,
        "usr/share/doc/own/README": b"read me",
        "tmp/open": File(b"", 0o666),
    }
    return [debian(), own]


def looked_at(name: str, cache: LayerCache, deep: tuple[Asked, ...] = DEEP, **options: Any) -> Looked:
    return look(open_image(name, Opening()), cache=cache, limits=Limits(), deep=deep, **options)


def seen_as(looked: Looked) -> Seen:
    return see(looked, Stack(()))


def told(looked: Looked) -> tuple[Portrait, bytes]:
    """All that is said of an image, how its layers were read left out, and what a comparison reads of its files."""
    seen = seen_as(looked)
    made = portrait(seen, open_database(), Stack(()), Terms(), AS_OF)
    files = sketch_of("A", seen, made).held.files
    layers = tuple(msgspec.structs.replace(each, verification="") for each in made.inspect.image.layers)
    image = msgspec.structs.replace(made.inspect.image, layers=layers)
    inspected = msgspec.structs.replace(made.inspect, image=image)
    audit = msgspec.structs.replace(made.audit, image=image)
    whole = msgspec.structs.replace(made, inspect=inspected, audit=audit)
    return whole, msgspec.msgpack.encode(files)


def was_read(looked: Looked) -> set[str]:
    """Which of the records that gists are made of were read, of any layer."""
    return {reader.name for reader in SPARED for facts in looked.facts if reader.name in facts.records}


def test_a_kept_gist_says_what_it_said_and_spares_the_records_that_it_is_made_of(tmp_path: Path) -> None:
    name, cache = write_layout(tmp_path / "image", scene(), config=START), LayerCache(tmp_path / "cache")
    first = looked_at(name, cache)
    one = told(first)
    again = looked_at(name, cache)
    assert (was_read(first), was_read(again)) == ({each.name for each in SPARED}, set())
    assert told(again) == one
    assert [line.path for line in one[0].audit.altered] == ["usr/bin/tool"]
    assert {each.kind for each in one[0].customization.waste} == {
        "documentation",
        "duplicates",
        "hidden",
        "logs",
    }
    assert one[0].audit.binaries
    assert cache.status().layers == len(first.layers)


def test_a_gist_of_the_configuration_is_made_anew_for_another_one_and_the_others_hold(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path / "cache")
    told(looked_at(write_layout(tmp_path / "a", scene(), config=START), cache))
    other = looked_at(write_layout(tmp_path / "b", scene(), config={"Entrypoint": ["/bin/none"]}), cache)
    assert was_read(other) == {ELF.name}
    alone = looked_at(write_layout(tmp_path / "b", scene(), config={"Entrypoint": ["/bin/none"]}), LayerCache(tmp_path / "own"))  # fmt: skip
    assert told(other) == told(alone)


@pytest.mark.parametrize("way", ["damaged", "other code", "verify"])
def test_a_gist_that_is_not_to_be_trusted_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    name, cache = write_layout(tmp_path / "image", scene(), config=START), LayerCache(tmp_path / "cache")
    one = told(looked_at(name, cache))
    if way == "damaged":
        with sqlite3.connect(cache.path) as db:
            db.execute(
                "UPDATE facts SET data = x'00' || data WHERE reader IN ('altered', 'natives', 'files')"
            )
    if way == "other code":
        monkeypatch.setattr(gists, "code_stamp", lambda *_: "another")
    again = looked_at(name, cache, verify=way == "verify")
    assert was_read(again) == {each.name for each in SPARED}
    assert told(again) == one
    if way == "other code":
        with sqlite3.connect(cache.path) as db:
            rows = db.execute("SELECT count(*) FROM facts WHERE reader = 'altered'").fetchone()
        assert rows == (1,)


def test_where_known_bases_are_measured_by_content_the_files_are_gone_over_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The image is squashed: its base shows by what it holds alone."""
    cache = LayerCache(tmp_path / "cache")
    lower = looked_at(write_layout(tmp_path / "lower", scene()[:1]), cache, ())
    inventory = inventory_of(lower.tree, lower.catalog.installs)
    known = Shelf(
        [Base(names=("x.example/base:1",), diff_ids=(Digest("sha256:" + "0" * 64),), inventory=inventory)]
    )
    name = write_layout(tmp_path / "image", [scene()[0] | {"srv/app": b"app"}])
    one = see(looked_at(name, cache, ()), known).seam
    assert [stratum.candidates for stratum in one.strata] == [known.every(), ()]
    monkeypatch.setattr(inspect, "place_keys_of", None)
    assert see(looked_at(name, cache, ()), known).seam == one
    with pytest.raises(TypeError):
        see(looked_at(name, cache, (), verify=True), known)


def test_who_did_not_ask_for_the_records_keeps_no_gist_of_them(tmp_path: Path) -> None:
    name, cache = write_layout(tmp_path / "image", scene()), LayerCache(tmp_path / "cache")
    looked_at(name, cache)
    assert looked_at(name, cache, ()).gist(ALTERED).others == ()
    assert [each.path for each in looked_at(name, cache).gist(ALTERED).others] == [b"usr/bin/tool"]


def test_records_with_something_to_tell_are_read_every_time(tmp_path: Path) -> None:
    linked: Scene = [debian(), {"usr/lib/python3/x-1.dist-info/RECORD": Hardlink("gone")}]
    name, cache = write_layout(tmp_path / "image", linked), LayerCache(tmp_path / "cache")
    one = told(looked_at(name, cache))
    again = looked_at(name, cache)
    assert was_read(again) == {DIGESTS.name, STATED.name}
    assert told(again) == one
    assert [gap.message.id for gap in one[0].gaps].count("dangling-hardlink") >= 1


def test_what_a_deployment_starts_is_found_although_the_gist_of_the_image_itself_is_there(
    tmp_path: Path,
) -> None:
    library = next(Path("/lib/x86_64-linux-gnu").glob("libc.so.6")).read_bytes()
    loader = Path("/lib64/ld-linux-x86-64.so.2").read_bytes()
    layers = scene()
    layers[1] |= {"lib64/ld-linux-x86-64.so.2": File(loader, 0o755), "lib/libc.so.6": File(library, 0o755)}
    name, cache = write_layout(tmp_path / "image", layers), LayerCache(tmp_path / "cache")
    told(looked_at(name, cache))
    workload = Workload(name="app", image="x", form="run", where="x.yaml", command=("/srv/app",))
    kept = binary_lines(seen_as(looked_at(name, cache, (*DEEP, ELF))), (workload,))
    alone = binary_lines(seen_as(looked_at(name, LayerCache(tmp_path / "own"))), (workload,))
    assert kept == alone


def test_layers_below_that_lack_what_is_asked_for_are_taken_from_the_cache(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path / "cache")
    lower, upper = write_layout(tmp_path / "lower", scene()[:1]), write_layout(tmp_path / "upper", scene())
    told(looked_at(lower, cache))
    looked_at(upper, cache)
    below = looked_at(lower, cache)
    above = looked_at(upper, cache, below=below.layers)
    assert (was_read(below), was_read(above)) == (set(), {each.name for each in SPARED})
    assert [each.path for each in above.gist(ALTERED).others] == [b"usr/bin/tool"]


def test_whatever_runs_while_a_gist_is_made_is_code_that_its_basis_knows(tmp_path: Path) -> None:
    """Else a gist would outlive a change of what it says."""
    write_layout(tmp_path / "image", scene(), config=START)
    looked = looked_at(f"oci-dir:{tmp_path / 'image'}", LayerCache(tmp_path / "cache"))
    home = Path(gists.__file__).parents[1]
    ran: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(home)):
            ran.add(str(Path(frame.f_code.co_filename).relative_to(home)))

    made = [*(each for each in DEEP if isinstance(each, Gist)), PLACE_KEYS]
    assert {each.name for each in made} == {"altered", "bulk", "files", "natives", "places", "spots"}
    for each in made:
        sys.setprofile(note)
        each.make(looked)
        sys.setprofile(None)
    unknown = {name for name in ran if not name.startswith(gists.ROOMS)}
    assert unknown <= {"errors.py", "expression.py"}, "general words, which decide nothing"
