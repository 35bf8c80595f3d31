"""Who a container runs as."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from seamline.lint.rule import (
    CUSTOMIZATION,
    HIGH,
    LOW,
    MEDIUM,
    SECURITY,
    Found,
    Rule,
    at_command,
    at_from,
    at_step,
    run_commands,
)
from seamline.lint.starters import low_ports, needs_root
from seamline.lint.view import View, program

_HIGH_UID_DIGITS = 5


def is_root(user: str) -> bool:
    """Whether a USER is root: by name or number, whatever its group. Source: OCI image-spec, config, "User"."""
    name = user.partition(":")[0]
    return name == "root" or (name.isdecimal() and int(name[:12]) == 0)


def root_at_the_end(view: View) -> Iterator[Found]:
    for each in view.stages:
        step = each.user_step
        if step is not None and step.stage == each.stage.position and is_root(each.user):
            yield at_step(step, each.user, needs_root(view) if each is view.final else None)


def root_by_default(view: View) -> Iterator[Found]:
    """Nobody in the file says who the container runs as, and its parent is root or nobody knows."""
    final = view.final
    if view.is_windows:  # there is no root; ContainerUser is what nanoserver starts as
        return
    if final.user_step is None and (not final.user or is_root(final.user)):
        named = final.stage.resolved if final.stage.parent is None else final.parent.reference
        yield at_from(final, named, needs_root(view))


def name_for_a_number(view: View) -> Iterator[Found]:
    """Kubernetes' runAsNonRoot cannot tell whether a name is root."""
    for step in view.steps("USER"):
        name = step.instruction.arguments[0].partition(":")[0]
        if not name.isdecimal() and "$" not in name and not is_root(name):
            yield at_step(step, step.instruction.arguments[0])


def sudo(view: View) -> Iterator[Found]:
    for step, command in run_commands(view):
        if command.name == "sudo":
            yield at_command(view, step, command)


def sudo_rules(view: View) -> Iterator[Found]:
    """A rule that lets somebody become root without a password, or sudo itself in the image."""
    for step, command in run_commands(view):
        if any("NOPASSWD" in word.text for word in command.words):
            yield at_command(view, step, command, "NOPASSWD")


def sparse_log(view: View) -> Iterator[Found]:
    """useradd writes lastlog and faillog up to a high number: a sparse file that layers store in full."""
    for step, command in run_commands(view):
        name, arguments = program(command)
        if name != "useradd" or any(_is_short(word, "l") or word == "--no-log-init" for word in arguments):
            continue
        number = next((b for a, b in itertools.pairwise(arguments) if a in ("-u", "--uid")), "")
        number = number or next((word[6:] for word in arguments if word.startswith("--uid=")), "")
        if number.isdecimal() and len(number) > _HIGH_UID_DIGITS:
            yield at_command(view, step, command, number)


def _is_short(word: str, letter: str) -> bool:
    return word.startswith("-") and not word.startswith("--") and letter in word[1:]


def low_port(view: View) -> Iterator[Found]:
    """An ordinary user may not listen below 1024 without a capability (unless the host says otherwise)."""
    final = view.final
    if not final.user or is_root(final.user):
        return
    for each in view.built:
        for step in each.steps:
            if step.keyword == "EXPOSE":
                yield from (at_step(step, word) for word in low_ports(step))


def password_set(view: View) -> Iterator[Found]:
    for step, command in run_commands(view):
        if program(command)[0] in ("chpasswd", "passwd"):
            yield at_command(view, step, command)


RULES = (
    Rule("DL3002", SECURITY, HIGH, root_at_the_end),
    Rule("DL3004", SECURITY, MEDIUM, sudo),
    Rule("DL3046", CUSTOMIZATION, LOW, sparse_log),
    Rule("DL3066", SECURITY, LOW, name_for_a_number),
    Rule("SL1001", SECURITY, HIGH, root_by_default),
    Rule("SL1011", SECURITY, HIGH, sudo_rules),
    Rule("SL1012", SECURITY, MEDIUM, password_set),
    Rule("SL3001", CUSTOMIZATION, LOW, low_port),
)
