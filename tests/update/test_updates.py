"""Ages, lags, what a newer base breaks, inputs without a version."""

from __future__ import annotations

from typing import Any

import pytest

from seamline.model.evidence import Message
from seamline.model.finding import Action
from seamline.model.image import Digest
from seamline.model.package import Side
from seamline.model.report import BaseLine
from seamline.model.seam import Base, Inventory
from seamline.render.updating import part_lines
from seamline.update.ages import Forecast, Part, ages, cadence, dated, forced
from seamline.update.breaks import breaks, major
from seamline.update.inputs import unpinned
from tests.audit.cases import part

TODAY = "2026-11-26"


def base(day: str, digest: str) -> Base:
    return Base(
        names=("docker.io/library/debian:12",),
        diff_ids=(Digest(digest),),
        digest=Digest(f"sha256:{digest}"),
        created=f"{day}T00:00:00Z",
    )


OLD, MIDDLE, NEW = base("2026-09-01", "a"), base("2026-10-01", "b"), base("2026-11-10", "c")
BUMP = Action(
    key="k",
    what="bump-base",
    message=Message("stand-on-newer-base", {"base": "debian:12", "digest": "sha256:c"}),
    command="FROM debian:12@sha256:c",
    owner="infrastructure",
    side=Side.SYSTEM,
    mends=("x", "y"),
    adds=("CVE-1",),
)


def system(**more: Any) -> Part:
    line = part("debian:12", Side.SYSTEM, 0, base=BaseLine(reference="debian:12", digest="sha256:a"))
    values: dict[str, Any] = {
        "line": line,
        "owner": "infrastructure",
        "is_ours": False,
        "created": OLD.created,
        "base": OLD,
    }
    return Part(**{**values, **more})


OWN = Part(
    line=part("app", Side.APPLICATION, 1), owner="app team", is_ours=True, created="2026-11-20T10:00:00Z"
)


def foretold(*actions: Action, is_judged: bool = True) -> Forecast:
    """x lies in the base, y above it."""
    return Forecast(actions=actions, places={"x": 0, "y": 1}, is_judged=is_judged)


def test_a_part_is_as_far_behind_as_the_newest_of_its_line_is_later() -> None:
    lower, upper = ages([system(later=(MIDDLE, NEW), every=(OLD, MIDDLE, NEW)), OWN], foretold(BUMP), TODAY)
    assert (lower.age_days, lower.behind_days, lower.behind, lower.cadence_days) == (86, 70, 2, 35)
    assert (lower.mends, lower.mends_below, lower.adds) == (2, 1, 1)
    assert lower.newest_created == "2026-11-10"
    assert (upper.age_days, upper.behind_days, upper.mends) == (6, None, None)


def test_the_newest_of_a_line_is_behind_by_nothing_and_an_unknown_line_by_nobody_knows() -> None:
    assert ages([system(every=(OLD,)), OWN], foretold(), TODAY)[0].behind_days == 0
    assert ages([system(base=None), OWN], foretold(), TODAY)[0].behind_days is None


def test_a_move_that_no_action_foretells_mends_nobody_knows_what() -> None:
    assert ages([system(later=(NEW,), every=(OLD, NEW)), OWN], foretold(), TODAY)[0].mends is None


def test_a_move_between_known_bases_that_no_action_foretells_mends_nothing() -> None:
    known = system(later=(NEW,), every=(OLD, NEW), is_compared=True)
    lower, _ = ages([known, OWN], foretold(), TODAY)
    assert (lower.mends, lower.adds) == (0, None)
    assert "mends nothing that is open here" in next(part_lines(lower, "en"))
    unjudged, _ = ages([known, OWN], foretold(is_judged=False), TODAY)
    assert unjudged.mends is None


def test_a_moment_that_stands_for_none_makes_nothing_old() -> None:
    assert [dated(day) for day in ("1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1980-01-01", "")] == [
        ""
    ] * 4
    undated = system(created="1970-01-01T00:00:00Z", later=(NEW,), every=(base("1970-01-01", "a"), NEW))
    lower, _ = ages([undated, OWN], foretold(), TODAY)
    assert (lower.created, lower.age_days, lower.behind_days, lower.cadence_days) == ("", None, None, None)


def test_a_base_of_others_forces_a_rebuild_of_ours_and_an_image_of_others_a_pull() -> None:
    assert forced(system(), OWN) == ("rebuild or rebase", "push", "pull", "restart")
    assert forced(OWN, OWN) == ("rebuild", "push", "pull", "restart")
    assert forced(system(), system()) == ("pull", "restart")


def test_an_update_begins_with_the_lowest_team_of_ones_own_above_what_others_made() -> None:
    platform = Part(
        line=part("own", Side.SYSTEM, 1), owner="platform", is_ours=True, created=MIDDLE.created, base=MIDDLE
    )
    assert [each.acts for each in ages([system(), platform, OWN], foretold(), TODAY)] == [
        "platform",
        "platform",
        "app team",
    ]


def test_the_cadence_is_the_median_of_the_gaps() -> None:
    assert cadence((OLD, MIDDLE, NEW)) == 35
    assert cadence((OLD,)) is None


@pytest.mark.parametrize(
    ("version", "parts", "expected"),
    [
        ("2.41-12+deb13u1", 2, "2.41"),
        ("1:3.0.17-1~deb12u2", 2, "3.0"),
        ("18.19.0+dfsg", 1, "18"),
        ("", 2, ""),
    ],
)
def test_a_major_version_is_its_first_numbers(version: str, parts: int, expected: str) -> None:
    assert major(version, parts) == expected


def test_a_newer_base_breaks_what_changes_its_major_version_or_is_gone() -> None:
    now = Inventory(
        packages=("deb/libc6=2.36-9", "deb/libssl3=3.0.17-1", "deb/perl-base=5.36.0-7", "deb/bash=5.2"),
        contents=b"",
    )
    then = Inventory(packages=("deb/libc6=2.41-12", "deb/libssl3t64=3.0.18-1"), contents=b"")
    found = {(each.name, each.now, each.then) for each in breaks("debian", now, then)}
    assert found == {("glibc", "2.36-9", "2.41-12"), ("Perl", "5.36.0-7", "")}
    assert not list(breaks("debian", now, now))


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (
            "apt-get update && apt-get install -y --no-install-recommends nginx curl=7.88 && rm -rf /x",
            "nginx",
        ),
        ("apk add --no-cache --virtual .build gcc python3~=3.12 'bash>5'", "gcc"),
        ("pip install --no-cache-dir -r requirements.txt flask requests==2.32.0", "flask"),
        ("npm install -g typescript@5 yarn", "yarn"),
        ("dnf install -y nginx-1.24.0-1.el9 vim-minimal", "vim-minimal"),
        ("apt-get install -y ./local.deb", ""),
        ("pip install .", ""),
        ("true || (apt-get update && apt-get install -y curl)", "curl"),
    ],
)
def test_inputs_without_a_version_are_told_by_name(step: str, names: str) -> None:
    assert ", ".join(str(message.args["names"]) for message in unpinned([step])) == names
