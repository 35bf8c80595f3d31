"""apt-get in RUN."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamline.formats.shell import Word
from seamline.lint.caches import keeps_cache
from seamline.lint.installs import Call, calls
from seamline.lint.rule import (
    CUSTOMIZATION,
    LOW,
    MEDIUM,
    NEGLIGIBLE,
    SECURITY,
    UPDATE,
    Found,
    Rule,
    at_command,
    at_step,
    run_calls,
    run_commands,
)
from seamline.lint.view import Step, View

LISTS, ARCHIVES = "/var/lib/apt/lists", "/var/cache/apt/archives"
_REFUSALS = ("apt::install-recommends=false", "apt::install-recommends=0", "apt::install-recommends=no")

_REFRESHES = frozenset(("check-update", "makecache", "refresh", "ref"))
_FETCHES = {"apt": {"update"}, "apk": {"update"}, "yum": _REFRESHES, "dnf": _REFRESHES, "zypper": _REFRESHES}
"""What only fetches package lists. The `update` of yum, dnf and zypper is an upgrade."""


def _installs(view: View) -> Iterator[tuple[Step, Call]]:
    return ((step, call) for step, call in run_calls(view, "apt") if call.installs)


def is_pinned(word: Word) -> bool:
    """A version, a release, a file; what the shell fills in is not judged."""
    return any(sign in word.text for sign in "=/") or word.text.endswith(".deb") or not word.is_plain


def no_version(view: View) -> Iterator[Found]:
    for step, call in _installs(view):
        loose = [word.text for word in call.packages if not is_pinned(word)]
        if loose:
            yield at_command(view, step, call.command, " ".join(loose))


def refuses_recommended(call: Call) -> bool:
    """Whether an install is told to leave recommended packages out."""
    options = [
        value.lower().replace(" ", "") for name in ("-o", "--option") for value in call.valued.get(name, ())
    ]
    options += [given[2:].lower() for given in call.options if given.startswith("-o")]
    return call.has("--no-install-recommends") or any(option in _REFUSALS for option in options)


def recommends(view: View) -> Iterator[Found]:
    for step, call in _installs(view):
        if not refuses_recommended(call):
            yield at_command(view, step, call.command)


def removes_lists(step: Step) -> bool:
    """Whether a step removes the package lists, or never keeps them in the layer."""
    return keeps_cache(step, LISTS) or any(
        command.name == "rm" and any(word.startswith(LISTS) for word in command.arguments)
        for command in step.commands
    )


def lists_left(view: View) -> Iterator[Found]:
    """The lists that an update fetched stay in a layer of the image."""
    for step in (step for each in view.built for step in each.steps if step.keyword == "RUN"):
        updates = [call for call in calls(step, "apt") if call.verb == "update"]
        if updates and not removes_lists(step):
            yield at_step(step)


def removes_archives(step: Step) -> bool:
    """Whether a step removes the packages that it fetched, or never keeps them in the layer."""
    made = list(calls(step, "apt"))
    told = any(
        re.search(r"(?i)keep-downloaded-packages=(?:0|no|false)", word.text)
        for call in made
        for word in call.command.words
    )
    return (
        told
        or keeps_cache(step, ARCHIVES)
        or any(call.verb == "clean" for call in made)
        or any(
            command.name == "rm" and any(word.startswith("/var/cache/apt") for word in command.arguments)
            for command in step.commands
        )
    )


def fetches(step: Step) -> bool:
    """Whether apt-get fetches packages in it; `apt` itself never keeps them."""
    return any(
        call.program == "apt-get" and (call.installs or call.upgrades or call.verb == "dist-upgrade")
        for call in calls(step, "apt")
    )


def archives_left(view: View) -> Iterator[Found]:
    """The packages that an install fetched stay in a layer, where the base's apt is known to keep them and no step above
    sets it up otherwise."""
    for each in view.built:
        for step in each.steps if each.parent.keeps_archives else ():
            if "apt.conf" in step.instruction.text:
                return
            if step.keyword == "RUN" and fetches(step) and not removes_archives(step):
                yield at_step(step)


def apt_itself(view: View) -> Iterator[Found]:
    for step, command in run_commands(view):
        if command.name == "apt":
            yield at_command(view, step, command)


def update_alone(view: View) -> Iterator[Found]:
    """Lists in a layer of their own grow old in the build cache, and the next layer installs by them."""
    for step in view.steps("RUN"):
        for manager, fetches in _FETCHES.items():
            verbs = {call.verb for call in calls(step, manager)}
            if verbs and verbs <= fetches:
                yield at_step(step)


def trusts_for_all(view: View) -> Iterator[Found]:
    """A key that apt-key adds is believed for every source there is."""
    for step, command in run_commands(view):
        if command.name == "apt-key" and command.arguments[:1] in (("add",), ("adv",)):
            yield at_command(view, step, command)


RULES = (
    Rule("DL3008", UPDATE, MEDIUM, no_version),
    Rule("DL3009", CUSTOMIZATION, LOW, lists_left),
    Rule("DL3015", CUSTOMIZATION, NEGLIGIBLE, recommends),
    Rule("DL3027", CUSTOMIZATION, NEGLIGIBLE, apt_itself),
    Rule("SL1010", SECURITY, LOW, trusts_for_all),
    Rule("SL3017", CUSTOMIZATION, LOW, archives_left),
    Rule("SL2003", UPDATE, MEDIUM, update_alone),
)
