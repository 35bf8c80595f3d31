"""yum, dnf and zypper in RUN."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from seamline.expression import expression
from seamline.lint.caches import keeps_cache
from seamline.lint.installs import Call
from seamline.lint.rule import CUSTOMIZATION, LOW, MEDIUM, UPDATE, Found, Rule, at_command, run_calls
from seamline.lint.view import Step, View

_VERSION = expression(r".+-[0-9].*|.+[=:<>].*|.+\.rpm")
_CLEANS = {
    "yum": ("clean",),
    "dnf": ("clean",),
    "zypper": ("clean", "cc"),
}
_CACHES = {"yum": "/var/cache/yum", "dnf": "/var/cache/dnf", "zypper": "/var/cache/zypp"}


def no_version(manager: str) -> Callable[[View], Iterable[Found]]:
    def check(view: View) -> Iterator[Found]:
        for step, call in run_calls(view, manager):
            if not call.installs:
                continue
            loose = [word.text for word in call.packages if word.is_plain and not _is_pinned(word.text)]
            if loose:
                yield at_command(view, step, call.command, " ".join(loose))

    return check


def _is_pinned(text: str) -> bool:
    return bool(_VERSION.fullmatch(text)) or text.startswith(("/", "@", "./"))


def cache_left(manager: str) -> Callable[[View], Iterable[Found]]:
    """What was fetched to install stays in the layer."""

    def check(view: View) -> Iterator[Found]:
        for step, call in run_calls(view, manager):
            if call.installs and not _cleans(step, call):
                yield at_command(view, step, call.command)

    return check


def _cleans(step: Step, call: Call) -> bool:
    cache = _CACHES[call.manager.name]
    if keeps_cache(step, cache, "/var/cache/libdnf5"):
        return True
    return any(
        (
            command.name in call.manager.programs
            and any(word in _CLEANS[call.manager.name] for word in command.arguments)
        )
        or (command.name == "rm" and any(word.startswith(cache) for word in command.arguments))
        for command in step.commands
    )


def distribution_upgrade(view: View) -> Iterator[Found]:
    for step, call in run_calls(view, "zypper"):
        if call.verb in ("dup", "dist-upgrade"):
            yield at_command(view, step, call.command)


RULES = (
    Rule("DL3032", CUSTOMIZATION, LOW, cache_left("yum")),
    Rule("DL3033", UPDATE, MEDIUM, no_version("yum")),
    Rule("DL3035", UPDATE, MEDIUM, distribution_upgrade),
    Rule("DL3036", CUSTOMIZATION, LOW, cache_left("zypper")),
    Rule("DL3037", UPDATE, MEDIUM, no_version("zypper")),
    Rule("DL3040", CUSTOMIZATION, LOW, cache_left("dnf")),
    Rule("DL3041", UPDATE, MEDIUM, no_version("dnf")),
)
