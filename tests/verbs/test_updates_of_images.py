"""The updates of whole images, on ledgers that are filled by adding images: ages, lines, ends, waiting fixes, what breaks.

A line of three Debian images: March (with OpenSSL's flaw), April (still with it), and June, which has the fix, a new flaw of
its own and other major versions. Everything else is told from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamline.model.advisory import Cycle
from seamline.model.limits import Limits
from seamline.model.package import Side
from seamline.model.update import PartAge, Updates
from seamline.places.opening import Opening, open_image
from seamline.render.page.report import write_report_page
from seamline.render.updating import note_lines, part_lines
from seamline.render.whole import write_whole_report
from seamline.settings.file import Settings
from seamline.stores.ledger import Ledger
from seamline.verbs.audit import DEEP
from seamline.verbs.base import AddOptions, Surroundings, add_bases
from seamline.verbs.compare import compare_report, sketch_of
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms
from tests.advisories.records import record
from tests.catalog.test_programs import elf
from tests.layouts import write_layout
from tests.scenes import File
from tests.verbs.test_matching_cases import Kept, indexed
from tests.verbs.test_scan import RELEASE, status

AS_OF = "2026-06-30T00:00:00Z"
RECORDS = (
    record("DEBIAN-CVE-2026-1", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0.17-2"}, upstream=["CVE-2026-1"]),
    record("DEBIAN-CVE-2026-2", "Debian:12", "zlib", {"introduced": "0"}, upstream=["CVE-2026-2"]),
    record("DEBIAN-CVE-2026-3", "Debian:12", "curl", {"introduced": "0"}, {"fixed": "8.0-2"}, upstream=["CVE-2026-3"]),
    record("DEBIAN-CVE-2026-4", "Debian:12", "glibc", {"introduced": "2.41"}, upstream=["CVE-2026-4"]),
)  # fmt: skip
ENDS = (
    Cycle("debian", "12", ends="2026-06-10", extended_ends="2028-06-30"),
    Cycle("nodejs", "20", ends="2026-07-30"),
)
CURL = ("curl", "curl", "8.0-1")


def debian(openssl: str, libc: str = "2.36-9", **more: bytes) -> dict[str, Any]:
    return {
        "etc/os-release": RELEASE,
        "var/lib/dpkg/status": status(("libssl3", "openssl", openssl), ("libc6", "glibc", libc), ("zlib1g", "zlib", "1.2-1")),
        **{path.replace("__", "/"): content for path, content in more.items()},
    }  # fmt: skip


MARCH, APRIL = debian("3.0.17-1"), debian("3.0.17-1", etc__april=b"1")
JUNE = debian("3.5.0-1", "2.41-12", etc__june=b"1")
LATER = {"2026-04-02": APRIL, "2026-06-11": JUNE}


class World:
    """A ledger that images are added to, and what becomes of an image judged by it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "ledger.db")
        self.index: Kept = indexed(folder, *RECORDS, ends=ENDS)

    def image(self, scene: Sequence[Mapping[str, Any]], day: str, **more: Any) -> str:
        return write_layout(
            self.folder / f"image-{len(list(self.folder.iterdir()))}", scene, f"{day}T00:00:00Z", **more
        )

    def base(self, scene: Sequence[Mapping[str, Any]], day: str, *names: str, owner: str = "") -> None:
        """Adds an image to the ledger under its names, as `base add --as` does."""

        def opened(name: str) -> Any:
            return [open_image(name, Opening())]

        world = Surroundings(
            ledger=self.ledger,
            open=opened,
            look=lambda image: look(image, cache=None, limits=Limits()),
            tags=lambda _: (),
            repositories=lambda _: (),
            today=day,
        )
        add_bases(AddOptions(images=(self.image(scene, day),), names=names, owner=owner), world)

    def updates(self, image: str, **settings: Any) -> Updates:
        seen = see(look(open_image(image, Opening()), cache=None, limits=Limits(), deep=DEEP), self.ledger)
        return portrait(seen, self.index, self.ledger, Terms(settings=Settings(**settings)), AS_OF).updates


@pytest.fixture
def world(tmp_path: Path) -> World:
    """March is known; what came later each test adds itself."""
    made = World(tmp_path)
    made.base([MARCH], "2026-03-01", "debian:12", "debian:12.8")
    return made


def application(world: World, day: str = "2026-05-01", **more: Any) -> str:
    scene = [
        MARCH,
        {"usr/bin/curl": b"curl", "var/lib/dpkg/status": MARCH["var/lib/dpkg/status"] + status(CURL)},
    ]
    steps = [{"created_by": "/bin/sh -c #(nop) ADD file:1 in /"}, {"created_by": "RUN apt-get install -y curl nginx=1.2"}]  # fmt: skip
    return world.image(scene, day, history=steps, **more)


def at_once(world: World, **settings: Any) -> tuple[PartAge, PartAge, Updates]:
    """The base and the application of the usual image once April and June came."""
    for day, scene in LATER.items():
        world.base([scene], day, "debian:12", "debian:12.9" if scene is JUNE else "debian:12.8")
    found = world.updates(application(world), **settings)
    base, own = found.parts
    return base, own, found


def test_each_part_is_as_old_as_its_own_image(world: World) -> None:
    base, own, _ = at_once(world)
    assert (base.created, base.age_days) == ("2026-03-01", 121)
    assert (own.created, own.age_days) == ("2026-05-01", 60)


def test_a_base_is_behind_by_days_images_and_findings_mended_and_added(world: World) -> None:
    base, own, _ = at_once(world)
    assert (base.newest, base.newest_created) == ("debian:12.9", "2026-06-11")
    assert (base.behind, base.behind_days) == (2, 102)
    # OpenSSL's by the base, curl's because a build on it runs the step again; the newest brings glibc's
    assert (base.mends, base.adds) == (2, 1)
    assert (own.newest, own.behind_days, own.mends) == ("", None, None)


def test_the_newest_of_its_line_is_behind_by_nothing_and_mends_nothing(world: World) -> None:
    base, _ = world.updates(application(world)).parts
    assert (base.newest, base.behind, base.behind_days, base.mends, base.adds) == ("", 0, 0, 0, 0)


def test_a_move_that_the_upgrade_above_has_made_needless_mends_nothing_and_changes_no_major_version(
    world: World,
) -> None:
    world.base([debian("3.0.17-2")], "2026-06-11", "debian:12")
    upgraded = {"var/lib/dpkg/status": debian("3.0.17-2")["var/lib/dpkg/status"]}
    found = world.updates(world.image([MARCH, upgraded], "2026-05-01"))
    base, _ = found.parts
    assert (base.behind, base.mends, base.mends_below, base.is_compared) == (1, 0, None, True)
    assert "moving to debian:12 changes no major version" in next(note_lines(found, "en"))


def test_a_part_whose_base_nobody_knows_is_as_old_as_its_last_step(tmp_path: Path) -> None:
    steps = [
        {"created_by": "/bin/sh -c #(nop) ADD file:1 in /", "created": "2026-02-01T00:00:00Z"},
        {
            "created_by": '/bin/sh -c #(nop) CMD ["bash"]',
            "created": "2026-02-03T00:00:00Z",
            "empty_layer": True,
        },
        {"created_by": "RUN echo 1", "created": "2026-05-01T00:00:00Z"},
    ]
    world = World(tmp_path)
    found = world.updates(world.image([MARCH, {"srv/app": b"1"}], "2026-05-01", history=steps))
    assert [(each.reference, each.created) for each in found.parts] == [
        ("", "2026-02-03"),
        ("", "2026-05-01"),
    ]


def test_a_later_image_that_nobody_has_looked_into_mends_nobody_knows_what(world: World) -> None:
    world.base([JUNE], "2026-06-11", "debian:12")
    for known in world.ledger.every():
        world.ledger.remove([known.digest or ""])
        world.ledger.put([msgspec.structs.replace(known, inventory=None)])
    base, _ = world.updates(application(world)).parts
    assert (base.behind_days, base.mends, base.adds) == (102, None, None)
    assert "not known" in " ".join(part_lines(base, "en"))


def test_images_that_came_after_the_day_of_judgement_do_not_count(world: World) -> None:
    world.base([JUNE], "2026-07-15", "debian:12")
    base, _ = world.updates(application(world)).parts
    assert (base.behind, base.newest) == (0, "")


def test_the_cadence_is_that_of_the_whole_line(world: World) -> None:
    base, own, _ = at_once(world)
    assert (base.cadence_days, own.cadence_days) == (51, None)  # 32 and 70 days


def test_a_point_release_is_frozen_and_its_line_goes_on_under_the_next(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.base([MARCH], "2026-03-01", "debian:12.8")
    world.base([JUNE], "2026-06-11", "debian:12.9")
    world.base([APRIL], "2026-06-12", "debian:13.1")
    found = world.updates(application(world))
    base = found.parts[0]
    assert (base.pin, base.newest) == ("point release", "debian:12.9")
    (note,) = (each for each in found.notes if each.id == "name-stays")
    assert note.args == {"name": "debian:12.8", "newest": "debian:12.9"}


@pytest.mark.parametrize(
    ("name", "pin", "frozen"),
    [
        ("docker.io/library/debian:12", "moving tag", False),
        ("docker.io/library/debian:latest", "moving tag", False),
        ("docker.io/library/debian:12.8-slim", "point release", True),
        ("docker.io/library/debian:bookworm-20260301", "date tag", True),
        ("registry.test/team/base:v2.3.1", "release tag", True),
        ("docker.io/library/ubuntu:22.04", "moving tag", False),
        ("docker.io/library/debian@sha256:" + "a" * 64, "digest", True),
        ("docker.io/library/debian:12@sha256:" + "a" * 64, "digest", True),
    ],
)
def test_how_an_image_names_its_base_says_whether_a_rebuild_takes_anything_up(
    world: World, name: str, pin: str, frozen: bool
) -> None:
    world.base([JUNE], "2026-06-11", "debian:12")
    layout = Path(application(world).removeprefix("oci-dir:"))
    index = msgspec.json.decode((layout / "index.json").read_bytes())
    blob = layout / "blobs/sha256" / index["manifests"][0]["digest"].partition(":")[2]
    manifest = msgspec.json.decode(blob.read_bytes())
    manifest["annotations"] = {"org.opencontainers.image.base.name": name}
    told = write_manifest(layout, manifest)
    found = world.updates(told)
    assert found.parts[0].pin == pin
    assert any(each.id == "name-stays" for each in found.notes) is frozen


def write_manifest(layout: Path, manifest: Mapping[str, Any]) -> str:
    data = msgspec.json.encode(manifest)
    digest = sha256(data).hexdigest()
    (layout / "blobs/sha256" / digest).write_bytes(data)
    line = {"mediaType": manifest["mediaType"], "digest": f"sha256:{digest}", "size": len(data)}
    (layout / "index.json").write_bytes(msgspec.json.encode({"schemaVersion": 2, "manifests": [line]}))
    return f"oci-dir:{layout}"


def test_a_base_of_several_kinds_of_names_is_named_nobody_knows_how(world: World) -> None:
    assert world.updates(application(world)).parts[0].pin == ""  # debian:12 or debian:12.8


def test_a_pin_is_proposed_by_the_most_exact_tag_and_says_which_platform_its_digest_is_of(
    world: World,
) -> None:
    base = world.updates(application(world)).parts[0]
    (known,) = world.ledger.every()
    assert base.propose == f"debian:12.8@{known.digest}"
    assert base.propose_platform == "linux/amd64"
    world.ledger.put([msgspec.structs.replace(known, index_digest="sha256:" + "9" * 64)])
    base = world.updates(application(world)).parts[0]
    assert (base.propose, base.propose_platform) == (f"debian:12.8@sha256:{'9' * 64}", "")


def test_a_base_of_others_is_taken_up_and_its_update_begun_by_who_builds_on_it(world: World) -> None:
    base, own, _ = at_once(world)
    assert base.forces == ("rebuild or rebase", "push", "pull", "restart")
    assert (base.owner, base.acts) == ("infrastructure", "application team")
    assert own.forces == ("rebuild", "push", "pull", "restart")
    assert (own.owner, own.acts) == ("application team", "application team")


def test_a_base_of_ones_own_is_renewed_by_the_team_that_keeps_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.base([MARCH], "2026-03-01", "registry.test/team/debian:1", owner="platform")
    world.base([JUNE], "2026-06-11", "registry.test/team/debian:1", owner="platform")
    base, _ = world.updates(application(world)).parts
    assert (base.owner, base.acts, base.behind_days) == ("platform", "platform", 102)


def test_a_known_base_itself_is_pulled(world: World) -> None:
    (base,) = world.updates(world.image([MARCH], "2026-03-01")).parts
    assert base.forces == ("pull", "restart")


def test_distribution_and_runtimes_end_on_their_own_days_each_on_its_side(world: World) -> None:
    node = File(elf(b"node.js/v20.1.0"), 0o755)
    image = world.image([MARCH, {"usr/local/bin/node": node}], "2026-05-01")
    found = {each.product: each for each in world.updates(image).support}
    assert (found["debian"].cycle, found["debian"].side, found["debian"].days_left) == (
        "12",
        Side.SYSTEM,
        -20,
    )
    assert found["debian"].extended_ends == "2028-06-30"
    assert (found["nodejs"].cycle, found["nodejs"].side, found["nodejs"].days_left) == (
        "20",
        Side.APPLICATION,
        30,
    )


def test_a_distribution_is_its_base_s_also_where_an_application_installed_more_of_it(world: World) -> None:
    (debian,) = world.updates(application(world)).support
    assert (debian.product, debian.side, debian.stratum) == ("debian", Side.SYSTEM, "debian:12.8")


def test_fixes_wait_on_each_side_since_the_day_they_could_be_had_there(world: World) -> None:
    _, _, found = at_once(world)
    waits = {each.side: (each.findings, each.median_days) for each in found.lags}
    # OpenSSL's since June's base of 11 June; curl's since the advisory of 1 January, but not before the image of 1 May
    assert waits[Side.SYSTEM] == (1, 19)
    assert waits[Side.APPLICATION][0] == 1


def test_what_has_no_fix_waits_for_nobody(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.base([debian("3.0.17-2")], "2026-03-01", "debian:12")
    found = world.updates(world.image([debian("3.0.17-2"), {"srv/app": b"1"}], "2026-05-01"))
    assert found.lags == ()


def test_a_newer_base_breaks_the_c_library_openssl_and_an_interpreter_that_is_gone(tmp_path: Path) -> None:
    old = {**MARCH, "var/lib/dpkg/status": MARCH["var/lib/dpkg/status"] + status(("python3", "python3-defaults", "3.11.2-1"), ("perl-base", "perl", "5.36.0-7"))}  # fmt: skip
    new = {**JUNE, "var/lib/dpkg/status": JUNE["var/lib/dpkg/status"] + status(("python3", "python3-defaults", "3.13.5-1"), ("perl-base", "perl", "5.36.0-9"))}  # fmt: skip
    world = World(tmp_path)
    world.base([old], "2026-03-01", "debian:12")
    world.base([new], "2026-06-11", "debian:12")
    found = world.updates(world.image([old, {"srv/app": b"1"}], "2026-05-01"))
    told = {each.name: (each.now, each.then) for each in found.breaks}
    assert told == {
        "glibc": ("2.36-9", "2.41-12"),
        "OpenSSL": ("3.0.17-1", "3.5.0-1"),
        "Python": ("3.11.2-1", "3.13.5-1"),
    }
    assert "OpenSSL: 3.0.17-1 -> 3.5.0-1" in "\n".join(note_lines(found, "en"))


def test_an_upgrade_in_place_that_the_newest_base_makes_needless_is_noted(world: World) -> None:
    world.base([debian("3.0.17-2")], "2026-06-11", "debian:12")
    steps = [{"created_by": "/bin/sh -c #(nop) ADD file:1 in /"}, {"created_by": "RUN apt-get upgrade -y"}]
    upgraded = {"var/lib/dpkg/status": debian("3.0.17-2")["var/lib/dpkg/status"]}
    found = world.updates(world.image([MARCH, upgraded], "2026-05-01", history=steps))
    (note,) = (each for each in found.notes if each.id == "drop-upgrade")
    assert (note.args["names"], note.args["layer"]) == ("libssl3", 1)
    assert not [each for each in world.updates(application(world)).notes if each.id == "drop-upgrade"]


def test_only_ones_own_steps_are_asked_for_versions(world: World) -> None:
    found = world.updates(application(world))
    (note,) = (each for each in found.notes if each.id == "inputs-unpinned")
    assert (note.args["manager"], note.args["names"]) == ("apt", "curl")
    alone = world.updates(
        world.image([MARCH], "2026-03-01", history=[{"created_by": "RUN apt-get install -y all"}])
    )
    assert not [each for each in alone.notes if each.id == "inputs-unpinned"]


def test_a_base_of_ones_own_answers_for_its_own_steps(tmp_path: Path) -> None:
    steps = [
        {"created_by": "/bin/sh -c #(nop) ADD file:1 in /"},
        {"created_by": "RUN apt-get install -y curl"},
    ]
    scene = [MARCH, {"etc/own": b"1"}]
    world = World(tmp_path)
    world.base(scene, "2026-03-01", "registry.test/team/base:1", owner="platform")
    found = world.updates(world.image(scene, "2026-03-01", history=steps))
    assert [each.args["names"] for each in found.notes if each.id == "inputs-unpinned"] == ["curl"]


def test_steps_that_share_a_layer_are_asked_too(world: World) -> None:
    steps = [
        {"created_by": "/bin/sh -c #(nop) ADD file:1 in /"},
        {"created_by": "/bin/sh -c pip install flask", "empty_layer": True},
        {"created_by": '/bin/sh -c #(nop) CMD ["a"]', "comment": "FROM docker.io/library/debian:12"},
    ]
    found = world.updates(world.image([MARCH, {"app": b"a"}], "2026-05-01", history=steps))
    (note,) = (each for each in found.notes if each.id == "inputs-unpinned")
    assert (note.args["manager"], note.args["names"]) == ("pip", "flask")


@pytest.mark.parametrize(
    ("day", "comment", "told"),
    [
        ("2026-05-01", "", "build-not-known-repeatable"),
        ("1970-01-01", "", "build-undated"),
        ("1970-01-01", "bazel build ...", "build-repeatable"),
    ],
)
def test_a_build_is_repeatable_by_its_tool_and_perhaps_by_its_date(
    world: World, day: str, comment: str, told: str
) -> None:
    steps = [{"created_by": comment}, {"created_by": comment}] if comment else []
    found = world.updates(world.image([MARCH, {"srv/app": b"1"}], day, history=steps))
    assert [each.id for each in found.notes if each.id.startswith("build-")] == [told]


def test_every_sentence_of_an_update_is_told_in_both_languages(world: World) -> None:
    base, own, found = at_once(world)
    for part in (base, own):
        english, chinese = ("\n".join(part_lines(part, language)) for language in ("en", "zh"))
        assert english != chinese
    told = "moving to debian:12.9 mends 2 findings (1 by the base itself, 1 by building the steps above it again) and brings 1"
    assert told in "\n".join(part_lines(base, "en"))
    assert "rebuild or rebase, push, pull, restart; application team begins" in "\n".join(
        part_lines(base, "en")
    )
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in line) for line in note_lines(found, "zh"))


def test_an_image_of_somebody_else_is_pulled_in_all_of_its_report(world: World) -> None:
    seen = see(
        look(open_image(application(world), Opening()), cache=None, limits=Limits(), deep=DEEP), world.ledger
    )
    for terms, forced in (
        (Terms(), "rebuild or rebase"),
        (Terms(mine="1"), "rebuild or rebase"),
        (Terms(is_pulled=True), "pull"),
    ):
        told = portrait(seen, world.index, world.ledger, terms, AS_OF).updates
        assert told.parts[0].forces[0] == forced
    mine = portrait(seen, world.index, world.ledger, Terms(mine="debian:12.8"), AS_OF).updates
    assert mine.parts[0].acts == "infrastructure"


def test_a_base_beside_its_next_release_stands_on_nothing_and_is_the_earlier_one(world: World) -> None:
    world.base([JUNE], "2026-06-11", "debian:12", "debian:12.9")
    heads = []
    for letter, scene, day in (("A", MARCH, "2026-03-01"), ("B", JUNE, "2026-06-11")):
        image = world.image([scene], day)
        seen = see(look(open_image(image, Opening()), cache=None, limits=Limits(), deep=DEEP), world.ledger)
        made = portrait(seen, world.index, world.ledger, Terms(), AS_OF)
        heads.append(sketch_of(letter, seen, made))
    found = compare_report(*heads).relation
    assert [each.id for each in found] == ["nothing-shared", "b-is-later"]
    assert found[1].args == {"days": 102}


def test_where_ones_own_begins_inside_a_part_its_updates_are_told_of_each_half(world: World) -> None:
    """A vendor's step on a known base, then one's own: each with its own days, flaws and steps."""
    installed = status(("curl", "1.0-1", ""))
    vendor = {"usr/bin/curl": b"curl", "var/lib/dpkg/status": MARCH["var/lib/dpkg/status"] + installed}
    own = {"srv/app": b"1"}
    steps = [
        {"created_by": "/bin/sh -c #(nop) ADD file:1 in /", "created": "2026-03-01T00:00:00Z"},
        {"created_by": "RUN apt-get install -y curl", "created": "2026-04-10T00:00:00Z"},
        {"created_by": "RUN pip install app==1", "created": "2026-05-01T00:00:00Z"},
    ]
    image = open_image(world.image([MARCH, vendor, own], "2026-05-01", history=steps), Opening())
    seen = see(look(image, cache=None, limits=Limits(), deep=DEEP), world.ledger)
    whole = portrait(seen, world.index, world.ledger, Terms(), AS_OF)
    cut = portrait(seen, world.index, world.ledger, Terms(mine="2"), AS_OF)
    assert [(each.stratum, each.created) for each in whole.updates.parts] == [
        ("debian:12.8", "2026-03-01"),
        ("application", "2026-05-01"),
    ]
    told = [(each.stratum, each.side.value, each.created) for each in cut.updates.parts]
    assert told == [
        ("debian:12.8", "system", "2026-03-01"),
        ("layer 1", "system", "2026-04-10"),
        ("application", "application", "2026-05-01"),
    ]
    asked = [str(note.args.get("names", note.args)) for note in whole.updates.notes if "unpinned" in note.id]
    left = [note for note in cut.updates.notes if "unpinned" in note.id]
    assert "curl" in "".join(asked)
    assert not left  # the step that pins nothing is the vendor's
    for language in ("en", "zh"):
        assert write_whole_report(cut, language)
        assert write_report_page(cut, language)
