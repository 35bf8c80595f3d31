"""How a container starts and is watched: CMD, ENTRYPOINT, HEALTHCHECK, EXPOSE, ENV, VOLUME."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from seamline.lint.exec_form import Written, why_shell
from seamline.lint.quoted_lists import quoted_list
from seamline.lint.rule import (
    CUSTOMIZATION,
    HIGH,
    LOW,
    MEDIUM,
    NEGLIGIBLE,
    SECURITY,
    Found,
    Rule,
    at_command,
    at_from,
    at_step,
)
from seamline.lint.view import Step, View

_MOST_PORT = 65_535


def impossible_port(view: View) -> Iterator[Found]:
    for step in view.steps("EXPOSE"):
        bad = [
            word
            for word in step.instruction.arguments
            if any(
                number.isdecimal() and int(number[:9]) > _MOST_PORT
                for number in word.partition("/")[0].split("-")
            )
        ]
        if bad:
            yield at_step(step, " ".join(bad))


def more_than_one(keyword: str) -> Callable[[View], Iterable[Found]]:
    """Only the last of them holds."""

    def check(view: View) -> Iterator[Found]:
        for each in view.stages:
            found = [step for step in each.steps if step.keyword == keyword and not step.is_trigger]
            for step in found[1:]:
                yield at_step(step)

    return check


def shell_form(view: View) -> Iterator[Found]:
    """A shell stands between the engine's signals and the program."""
    found = [
        step
        for step in view.steps("CMD", "ENTRYPOINT")
        if not step.instruction.is_json and step.instruction.arguments
    ]
    written = Written(view) if found else None
    for step in found:
        yield at_step(step, advice=why_shell(view, step, written) if written else None)


def wrong_quotes(view: View) -> Iterator[Found]:
    """A list that was meant as JSON: a shell, or the list of paths, gets its brackets, quotes and commas."""
    for step in view.steps():
        found = quoted_list(step)
        if found is not None:
            yield at_step(step, " ".join(found.words))


def no_health_check(view: View) -> Iterator[Found]:
    """Nothing tells a hanging service from a working one."""
    final = view.final
    checked = any(step.keyword == "HEALTHCHECK" for each in view.built for step in each.steps)
    if not checked and not final.parent.has_healthcheck:
        yield at_from(final)


def own_variable(view: View) -> Iterator[Found]:
    """The words of one ENV see what held before it."""
    for step in view.steps("ENV"):
        known = step.variables
        names: set[str] = set()
        for name, value, _ in step.instruction.pairs:
            used = set(re.findall(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)", value))
            mine = {each for each in used if each in names and each not in known}
            if mine:
                yield at_step(step, " ".join(sorted(mine)))
            names.add(name)


def build_setting_kept(view: View) -> Iterator[Found]:
    """A setting for the build alone follows the container through its life."""
    for step in view.steps("ENV"):
        if any(name == "DEBIAN_FRONTEND" for name, _, _ in step.instruction.pairs):
            yield at_step(step, "DEBIAN_FRONTEND")


def written_after_volume(view: View) -> Iterator[Found]:
    """What a step writes below a volume that was declared before it is thrown away by classic builders."""
    for each in view.stages:
        volumes: list[str] = []
        for step in each.steps:
            if step.keyword == "VOLUME":
                volumes += [word.rstrip("/") for word in step.instruction.arguments]
            elif step.keyword in ("COPY", "ADD"):
                target = step.instruction.arguments[-1].rstrip("/")
                if _below(target, volumes):
                    yield at_step(step, target)
            elif step.keyword == "RUN":
                yield from _writes_below(view, step, volumes)


def _writes_below(view: View, step: Step, volumes: list[str]) -> Iterator[Found]:
    for command in step.commands:
        paths = [word for word in command.arguments if _below(word, volumes)]
        paths += [each.target.text for each in command.redirections if _below(each.target.text, volumes)]
        if paths and (
            command.name in ("mkdir", "chown", "chmod", "touch", "cp", "mv", "rm", "install")
            or command.redirections
        ):
            yield at_command(view, step, command, " ".join(paths))


def _below(path: str, folders: list[str]) -> bool:
    return any(folder and (path == folder or path.startswith(f"{folder}/")) for folder in folders)


def sensitive_volume(view: View) -> Iterator[Found]:
    """A folder of the system as a volume: its files stop being the image's, and updates of them are hidden."""
    for step in view.steps("VOLUME"):
        found = [word for word in step.instruction.arguments if word.rstrip("/") in _SYSTEM]
        if found:
            yield at_step(step, " ".join(found))


_SYSTEM = frozenset(
    (
        "",
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/proc",
        "/sbin",
        "/sys",
        "/usr",
        "/var",
        "/root",
        "/var/run/docker.sock",
    )
)


def no_effect(view: View) -> Iterator[Found]:
    """TZ without tzdata: only with what is known of the parent's packages."""
    final = view.final
    if not final.parent.is_read or not final.parent.packages or "tzdata" in final.parent.packages:
        return
    installed = any(
        "tzdata" in step.instruction.text
        for each in view.built
        for step in each.steps
        if step.keyword in ("RUN", "COPY")
    )
    for each in view.built:
        for step in each.steps:
            zone = (
                {name: value for name, value, _ in step.instruction.pairs}.get("TZ", "")
                if step.keyword == "ENV"
                else ""
            )
            if zone and zone.strip("\"'") not in ("UTC", "Etc/UTC") and not installed:
                yield at_step(step, f"TZ={zone}")


def relative_workdir(view: View) -> Iterator[Found]:
    """Where it leads is the parent's choice, or that of a line far above."""
    for step in view.steps("WORKDIR"):
        path = step.instruction.arguments[0].strip("\"'")
        if not path.startswith(("/", "$")) and not re.match(r"[A-Za-z]:", path):
            yield at_step(step, path)


RULES = (
    Rule("DL3000", CUSTOMIZATION, LOW, relative_workdir),
    Rule("DL3011", CUSTOMIZATION, MEDIUM, impossible_port),
    Rule("DL3012", CUSTOMIZATION, MEDIUM, more_than_one("HEALTHCHECK")),
    Rule("DL3025", CUSTOMIZATION, LOW, shell_form),
    Rule("DL3044", CUSTOMIZATION, MEDIUM, own_variable),
    Rule("DL3057", SECURITY, LOW, no_health_check),
    Rule("DL4003", CUSTOMIZATION, MEDIUM, more_than_one("CMD")),
    Rule("DL4004", CUSTOMIZATION, MEDIUM, more_than_one("ENTRYPOINT")),
    Rule("SL1016", SECURITY, MEDIUM, sensitive_volume),
    Rule("SL3005", CUSTOMIZATION, NEGLIGIBLE, build_setting_kept),
    Rule("SL3007", CUSTOMIZATION, MEDIUM, written_after_volume),
    Rule("SL3008", CUSTOMIZATION, MEDIUM, no_effect),
    Rule("SL3016", CUSTOMIZATION, HIGH, wrong_quotes),
)
