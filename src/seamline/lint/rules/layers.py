"""What stays in the layers of the image, and what comes in by upgrades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from seamline.expression import expression
from seamline.lint.installs import Call
from seamline.lint.rule import (
    CUSTOMIZATION,
    HIGH,
    LOW,
    MEDIUM,
    NEGLIGIBLE,
    SECURITY,
    UPDATE,
    Found,
    Rule,
    at_command,
    at_step,
    built_calls,
)
from seamline.lint.view import Step, View

_SYSTEM = ("apt", "apk", "yum", "dnf", "zypper")
_BUILD_TOOLS = expression(
    r"build-essential|build-base|gcc(?:-[0-9.]+)?|g\+\+(?:-[0-9.]+)?|make|cmake|clang(?:-[0-9]+)?|golang(?:-go)?|rustc|cargo|autoconf|automake|libtool|maven|gradle|.*-jdk(?:-headless)?|.*-dev|.*-devel|pkg-config|pkgconf|ninja-build|alpine-sdk|musl-dev|linux-headers.*"
)
_TOOLS = frozenset(  # programs for people in an image for a service: what an intruder would ask for
    [
        "vim",
        "vim-tiny",
        "nano",
        "emacs",
        "telnet",
        "netcat",
        "netcat-openbsd",
        "netcat-traditional",
        "nmap",
        "tcpdump",
        "strace",
        "gdb",
        "ltrace",
        "socat",
        "openssh-server",
        "openssh-client",
        "openssh",
        "ssh",
        "iputils-ping",
        "inetutils-ping",
        "dnsutils",
        "bind-tools",
        "bind-utils",
        "net-tools",
        "iproute2",
        "rsync",
        "screen",
        "tmux",
        "sudo",
        "ftp",
        "tftp",
        "lynx",
        "man-db",
        "less",
        "htop",
        "procps",
    ]
)
_SERVERS = frozenset(("openssh-server", "telnetd", "vsftpd", "rsh-server"))


def consecutive(view: View) -> Iterator[Found]:
    """Runs of RUN in the stage that becomes the image: what one leaves, the next cannot take away."""
    for each in view.stages:
        before: Step | None = None
        for step in each.steps:
            if step.is_trigger or step.keyword != "RUN":
                before = None
                continue
            if before is not None and _can_merge(before, step):
                yield at_step(step)
            before = step


def _can_merge(before: Step, step: Step) -> bool:
    """Whether each is one command, seen with the same mounts."""
    same = before.instruction.flags == step.instruction.flags
    return same and _is_one_command(before) and _is_one_command(step)


def _is_one_command(step: Step) -> bool:
    if step.instruction.is_json or step.instruction.heredocs or not step.commands:
        return False
    first = step.commands[0]
    return all(first.start <= each.start and each.end <= first.end for each in step.commands)


def upgrade(view: View) -> Iterator[Found]:
    """The base's packages are changed above the base: their next fix needs this file, not the base's maker."""
    for step, call in built_calls(view, *_SYSTEM):
        if call.upgrades and not call.packages:
            yield at_command(view, step, call.command)


def build_tools(view: View) -> Iterator[Found]:
    """Compilers and headers in the stage that becomes the image, and no step takes them out again."""
    for step, call in _installs(view):
        found = [word.text for word in call.packages if _BUILD_TOOLS.fullmatch(word.text.partition("=")[0])]
        if found and not _removes(step) and not call.has("-t", "--virtual"):
            yield at_command(view, step, call.command, " ".join(found))


def _installs(view: View) -> Iterator[tuple[Step, Call]]:
    return ((step, call) for step, call in built_calls(view, *_SYSTEM) if call.installs)


def _removes(step: Step) -> bool:
    return any(
        command.name in ("apt-get", "apt", "apk", "yum", "dnf", "microdnf")
        and {"purge", "remove", "autoremove", "del", "erase"} & set(command.arguments)
        for command in step.commands
    )


def installed_in_the_end(names: frozenset[str]) -> Callable[[View], Iterable[Found]]:
    """Packages of these names in what becomes the image."""

    def check(view: View) -> Iterator[Found]:
        for step, call in _installs(view):
            found = [word.text for word in call.packages if word.text.partition("=")[0] in names]
            if found:
                yield at_command(view, step, call.command, " ".join(found))

    return check


def removed_too_late(view: View) -> Iterator[Found]:
    """A step that only takes away what an earlier layer brought: the bytes stay."""
    for each in view.built:
        for step in each.steps:
            if step.keyword != "RUN" or not step.commands:
                continue
            if all(_only_removes(command.name, command.arguments) for command in step.commands):
                yield at_step(step)


def _only_removes(name: str, arguments: tuple[str, ...]) -> bool:
    if name in ("rm", "true", "set", "sync"):
        return True
    verbs = {"clean", "autoclean", "autoremove", "remove", "purge", "del"}
    return name in ("apt-get", "apt", "apk", "yum", "dnf", "microdnf") and bool(verbs & set(arguments))


RULES = (
    Rule("DL3059", CUSTOMIZATION, NEGLIGIBLE, consecutive),
    Rule("SL1018", SECURITY, LOW, installed_in_the_end(_TOOLS - _SERVERS)),
    Rule("SL1019", SECURITY, HIGH, installed_in_the_end(_SERVERS)),
    Rule("SL2002", UPDATE, MEDIUM, upgrade),
    Rule("SL3009", CUSTOMIZATION, MEDIUM, build_tools),
    Rule("SL3010", CUSTOMIZATION, LOW, removed_too_late),
)
