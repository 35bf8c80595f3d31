"""FROM: which image a stage stands on, and how firmly it is named."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.lint.rule import CUSTOMIZATION, LOW, MEDIUM, NEGLIGIBLE, UPDATE, Found, Rule, at_from
from seamline.lint.view import StageView, View


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
    for each in view.stages:
        platform = each.stage.platform
        if platform and "$" not in platform:
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


RULES = (
    Rule("DL3006", UPDATE, MEDIUM, no_tag),
    Rule("DL3007", UPDATE, MEDIUM, latest),
    Rule("DL3029", CUSTOMIZATION, LOW, fixed_platform),
    Rule("DL3065", CUSTOMIZATION, NEGLIGIBLE, redundant_platform),
    Rule("SL2001", UPDATE, LOW, no_digest),
    Rule("SL2008", UPDATE, MEDIUM, unknown_base),
)
