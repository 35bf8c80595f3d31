"""FROM: which image a stage stands on, and how firmly it is named."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.lint.rule import CUSTOMIZATION, HIGH, LOW, MEDIUM, NEGLIGIBLE, UPDATE, Found, Rule, at_from
from seamline.lint.view import StageView, View
from seamline.model.advisory import Cycle
from seamline.model.day import noted


def on_images(view: View) -> Iterator[StageView]:
    """The stages that stand on an image whose name is known."""
    for each in view.stages:
        name = each.stage.resolved
        if each.stage.parent is None and name and name.lower() != "scratch" and "$" not in name:
            yield each


def tag_of(reference: str) -> str:
    """The tag in a reference; empty where it has none."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[2]


def no_tag(view: View) -> Iterator[Found]:
    for each in on_images(view):
        name = each.stage.resolved
        if "@" not in name and not tag_of(name) and not name.endswith(":"):
            yield at_from(each, name)


def latest(view: View) -> Iterator[Found]:
    for each in on_images(view):
        name = each.stage.resolved
        if tag_of(name) == "latest" and "@" not in name:
            yield at_from(each, name)


def no_digest(view: View) -> Iterator[Found]:
    """A tag alone names another image tomorrow."""
    for each in on_images(view):
        name = each.stage.resolved
        if "@" not in name and tag_of(name) not in ("", "latest"):
            yield at_from(each, name)


def fixed_platform(view: View) -> Iterator[Found]:
    """One processor for every image; a stage that is named for it means it so. Source: BuildKit, validations.go."""
    for each in view.stages:
        platform = each.stage.platform
        deliberate = any(part in each.stage.name for part in platform.split("/")[:2] if part)
        if platform and "$" not in platform and not deliberate:
            yield at_from(each, platform)


def redundant_platform(view: View) -> Iterator[Found]:
    for each in view.stages:
        if each.stage.platform in ("$TARGETPLATFORM", "${TARGETPLATFORM}"):
            yield at_from(each, each.stage.platform)


def unknown_base(view: View) -> Iterator[Found]:
    """A name with a variable in it that has no default: the file alone does not say what it builds on."""
    for each in view.stages:
        name = each.stage.resolved
        if not name.strip(":@/") or name.endswith((":", "@", "/")):
            yield at_from(each, each.stage.base)


def support_ended(view: View) -> Iterator[Found]:
    """No flaw that is found from now on is mended there."""
    for each, cycle in _ended(view):
        if not cycle.extended_ends or cycle.extended_ends < view.today:
            yield at_from(each, _told(cycle, max(cycle.ends, cycle.extended_ends)))


def support_is_extended(view: View) -> Iterator[Found]:
    """Debian's LTS, Ubuntu's Pro and their like: fewer packages, or for those who pay."""
    for each, cycle in _ended(view):
        if cycle.extended_ends >= view.today:
            yield at_from(each, f"{_told(cycle, cycle.ends)} (LTS/ESM: {cycle.extended_ends})")


def _ended(view: View) -> Iterator[tuple[StageView, Cycle]]:
    for each in on_images(view):
        for cycle in view.support(each.stage.resolved) if view.support is not None else ():
            if cycle.ends and cycle.ends < view.today:
                yield each, cycle


def _told(cycle: Cycle, day: str) -> str:
    """`python 3.7: 2023-06-27`; without the day where nobody noted it."""
    named = f"{cycle.product} {cycle.cycle}"
    return f"{named}: {day}" if noted(day) else named


RULES = (
    Rule("DL3006", UPDATE, MEDIUM, no_tag),
    Rule("DL3007", UPDATE, MEDIUM, latest),
    Rule("DL3029", CUSTOMIZATION, LOW, fixed_platform),
    Rule("DL3065", CUSTOMIZATION, NEGLIGIBLE, redundant_platform),
    Rule("SL2001", UPDATE, LOW, no_digest),
    Rule("SL2008", UPDATE, MEDIUM, unknown_base),
    Rule("SL2009", UPDATE, HIGH, support_ended),
    Rule("SL2010", UPDATE, LOW, support_is_extended),
)
