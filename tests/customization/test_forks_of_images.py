"""A base of one's own that was made from a public one, as whole images on a ledger: upstream, what was missed, what diverges,
what must be carried through the next update."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.model.customization import Changes, Fork
from seamline.verbs.forked import forked
from seamline.verbs.inspect import see
from tests.portraits import seen_of
from tests.scenes import File, Link, Whiteout
from tests.verbs.test_scan import status
from tests.verbs.test_updates_of_images import APRIL, AS_OF, JUNE, MARCH, World

CONFIG = {
    "Cmd": ["bash"],
    "Env": ["PATH=/usr/bin:/bin", "COMPANY=1"],
    "Labels": {"org.example.team": "platform"},
}
STATUS = "var/lib/dpkg/status"
OWN = {
    STATUS: MARCH[STATUS] + status(("tzdata", "tzdata", "2026a-0"), ("curl", "curl", "8.0-1")),
    "etc/company.conf": b"proxy = none\n",
    "etc/os-release": MARCH["etc/os-release"] + b"# company\n",
    "bin/bash": File(b"\x7fELF", 0o755),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.base([MARCH], "2026-03-01", "debian:12", "debian:12.8")
    return made


def fork(world: World, *, as_of: str = AS_OF) -> Fork:
    image = world.image([MARCH, OWN], "2026-03-20", config=CONFIG)
    seen = see(seen_of(image).looked, world.ledger)
    found = forked(seen, world.ledger, as_of)
    assert found is not None
    return found


def test_the_record_names_its_upstream_by_tag_and_digest(world: World) -> None:
    (known,) = world.ledger.every()
    found = fork(world)
    assert (found.upstream, found.digest, found.created) == ("debian:12.8", known.digest, "2026-03-01")
    assert (found.missed, found.missed_days) == ((), 0)


def test_it_counts_what_diverges_and_lists_what_must_be_carried(world: World) -> None:
    found = fork(world)
    assert isinstance(found.packages, Changes)
    assert isinstance(found.files, Changes)
    assert (found.packages.added, found.packages.removed) == (2, 0)
    assert (found.files.added, found.files.replaced) == (
        2,
        2,
    )  # its own two; the database and os-release of the base
    carried = {each for each in found.carry if not each.startswith("setting env PATH")}
    assert carried >= {
        "package curl",
        "package tzdata",
        "file /etc/company.conf",
        "changed-file /etc/os-release",
        "setting env COMPANY",
        "setting label org.example.team",
    }
    assert not [each for each in carried if "dpkg" in each], "an installation makes it again"


def test_it_tells_which_upstream_images_came_since_and_drops_what_the_newest_has_itself(world: World) -> None:
    newest = {**JUNE, STATUS: JUNE[STATUS] + status(("tzdata", "tzdata", "2026b-0"))}
    world.base([APRIL], "2026-04-02", "debian:12", "debian:12.9")
    world.base([newest], "2026-06-11", "debian:12", "debian:12.10")
    found = fork(world)
    assert (found.missed, found.missed_days, found.newest) == (
        ("debian:12.9", "debian:12.10"),
        102,
        "debian:12.10",
    )
    assert "package tzdata" not in found.carry
    assert "package curl" in found.carry
    before = fork(world, as_of="2026-05-01T00:00:00Z")
    assert before.missed == ("debian:12.9",), "what came after the day of judgement does not count"


def test_what_must_be_carried_is_what_no_installation_makes_again(tmp_path: Path) -> None:
    lists = {
        "var/lib/dpkg/info/login.list": b"/usr/bin/login\n",
        "var/lib/dpkg/info/base-files.list": b"/etc/issue\n",
    }
    base = {
        STATUS: MARCH[STATUS] + status(("login", "shadow", "4.13-1"), ("base-files", "base-files", "12.4")),
        "etc/os-release": MARCH["etc/os-release"],
        "etc/issue": b"Debian",
        "etc/motd": b"hello",
        "usr/bin/login": b"1",
        "usr/share/base": b"1",
        **lists,
    }
    own = {
        "etc/issue": b"Acme",
        "etc/motd": Whiteout(),
        "etc/ssl/certs/0a.0": Link("x.pem"),
        "etc/hosts": b"",
        "etc/passwd-": b"",
        "usr/share/acme/a": b"1",
        "usr/share/acme/b": b"2",
        "bin/bash": File(b"\x7fELF", 0o755),
    }
    without = {
        STATUS: MARCH[STATUS] + status(("base-files", "base-files", "12.4")),
        "usr/bin/login": Whiteout(),
        "var/lib/dpkg/info/login.list": Whiteout(),
    }
    world = World(tmp_path)
    world.base([base], "2026-03-01", "debian:12")
    image = world.image([base, without, own], "2026-03-20", config=CONFIG)
    found = forked(see(seen_of(image).looked, world.ledger), world.ledger, AS_OF)
    assert found is not None
    assert [each for each in found.carry if not each.startswith("setting")] == [
        "removed-package login",
        "file /bin/bash",
        "folder /usr/share/acme/ (2)",
        "changed-file /etc/issue",
        "removed-file /etc/motd",
    ]


def test_an_application_is_no_fork(world: World) -> None:
    image = world.image(
        [MARCH, {"srv/app": b"1", "bin/bash": b"1"}], "2026-03-20", config={"Entrypoint": ["/srv/app"]}
    )
    seen = see(seen_of(image).looked, world.ledger)
    assert forked(seen, world.ledger, AS_OF) is None


def test_what_is_known_as_a_base_is_a_fork_whatever_lies_in_it(world: World) -> None:
    scene = [MARCH, {"srv/app": b"1", "bin/bash": b"1"}]
    config = {"Entrypoint": ["/srv/app"]}
    image = world.image(scene, "2026-03-20", config=config)
    seen = see(seen_of(image).looked, world.ledger)
    assert forked(seen, world.ledger, AS_OF) is None
    world.base(scene, "2026-03-20", "registry.test/team/base:1", owner="platform")
    found = forked(see(seen_of(image).looked, world.ledger), world.ledger, AS_OF)
    assert found is not None
    assert found.upstream == "debian:12.8"
