"""What RUN does beyond package managers: downloads, pipes, programs that make no sense in a build."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamline.expression import expression
from seamline.formats.shell import Command
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
    run_commands,
)
from seamline.lint.view import Step, View, program, shell_name

_SENSELESS = frozenset(("free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"))
_INTERPRETERS = expression(r"(?:ba|da|a|k|z)?sh|python[0-9.]*|perl|ruby|node|php")
_FETCHERS = ("curl", "wget")
_KEEPERS = frozenset(("tar", "unzip", "dd", "tee", "bsdtar"))
_CHECKS = frozenset(
    (
        "sha256sum",
        "sha512sum",
        "sha1sum",
        "md5sum",
        "shasum",
        "gpg",
        "gpgv",
        "cosign",
        "minisign",
        "openssl",
        "b2sum",
        "apksigner",
        "rpmkeys",
        "gpg2",
        "sha224sum",
        "sha384sum",
    )
)
_MOVING = expression(
    r"/(?:latest|nightly)(?:/|$)|(?:raw\.githubusercontent\.com/|/raw/|/blob/|/archive/)(?:\S*/)?(?:main|master|HEAD)(?:/|\.|$)"
)
_ADDRESS = expression(r"(?:https?|ftp)://\S+")
_WITH_PIPEFAIL = frozenset(("bash", "zsh", "ksh", "ash", "busybox"))


def senseless(view: View) -> Iterator[Found]:
    for step, command in run_commands(view):
        if command.name in _SENSELESS:
            yield at_command(view, step, command, command.name)


def loud_wget(view: View) -> Iterator[Found]:
    """Its progress fills the build's log."""
    for step, command in run_commands(view):
        if command.name == "wget" and not any(_is_quiet(word) for word in command.arguments):
            yield at_command(view, step, command)


def _is_quiet(word: str) -> bool:
    long = word.startswith(("--progress", "--quiet", "--no-verbose", "--output-file", "--append-output"))
    return long or bool(re.fullmatch(r"-[a-zA-Z]*[qoa].*|-[a-zA-Z]*nv.*", word) and not word.startswith("--"))


def two_fetchers(view: View) -> Iterator[Found]:
    for each in view.stages:
        used: dict[str, tuple[Step, Command]] = {}
        for step in each.steps:
            for command in step.commands if step.keyword == "RUN" else ():
                if command.name in _FETCHERS:
                    used.setdefault(command.name, (step, command))
        if len(used) == len(_FETCHERS):
            step, command = max(used.values(), key=lambda pair: (pair[0].position, pair[1].start))
            yield at_command(view, step, command, command.name)


def shell_relinked(view: View) -> Iterator[Found]:
    for step, command in run_commands(view):
        if command.name == "ln" and command.arguments[-1:] == ("/bin/sh",):
            yield at_command(view, step, command)


def pipe_without_pipefail(view: View) -> Iterator[Found]:
    """The step succeeds although what feeds the pipe failed."""
    for step in view.steps("RUN"):
        piped = hidden_pipe(step)
        if piped is not None:
            yield at_command(view, step, piped)


def hidden_pipe(step: Step) -> Command | None:
    """The first command of a RUN that a pipe feeds whose failure nobody sees."""
    if step.keyword != "RUN" or not step.is_posix or _has_pipefail(step.shell):
        return None
    set_at = next((each.start for each in step.commands if _sets_pipefail(each)), None)
    piped = next((each for each in step.commands if each.joined == "|"), None)
    return piped if piped is not None and (set_at is None or set_at > piped.start) else None


def _has_pipefail(shell: tuple[str, ...]) -> bool:
    return shell_name(shell) in _WITH_PIPEFAIL and any("pipefail" in word for word in shell[1:])


def _sets_pipefail(command: Command) -> bool:
    if command.name == "set":
        return "pipefail" in command.arguments
    return (
        shell_name(tuple(command.words[0].text.split())) in _WITH_PIPEFAIL and "pipefail" in command.arguments
        if command.words
        else False
    )


def piped_to_shell(view: View) -> Iterator[Found]:
    """What an address answers today is run at once, unread."""
    fed: dict[int, list[Command]] = {}
    before: Step | None = None
    for step, command in run_commands(view):
        if step is not before:
            fed, before = {}, step
        feeds = fed.setdefault(command.pipeline, [])
        name = program(command)[0]
        if command.joined == "|" and _INTERPRETERS.fullmatch(name) and feeds:
            yield at_command(view, step, command, " ".join(_addresses(feeds)))
        elif name in _FETCHERS:
            feeds[:] = [*feeds[-2:], command]
        elif _INTERPRETERS.fullmatch(name) or name in ("eval", "source", "."):
            inner = [each for word in command.words for each in word.inner if program(each)[0] in _FETCHERS]
            if inner:
                yield at_command(view, step, command, " ".join(_addresses(inner)))


def _addresses(found: list[Command]) -> Iterator[str]:
    for command in found:
        for word in command.arguments:
            match = _ADDRESS.search(word)
            if match:
                yield match[0]


_UNVERIFIED = (
    (("curl",), expression(r"-[a-zA-Z]*k[a-zA-Z]*|--insecure")),
    (("wget",), expression(r"--no-check-certificate")),
    (("apt-get", "apt"), expression(r"--allow-unauthenticated|--force-yes|--allow-insecure-repositories|(?i:-?o?\s*(?:acquire::allowinsecurerepositories|apt::get::allowunauthenticated)=(?:true|1))")),
    (("apk",), expression(r"--allow-untrusted")),
    (("yum", "dnf", "microdnf", "tdnf", "zypper"), expression(r"--nogpgcheck|--no-gpg-checks")),
    (("pip", "pip3", "python3", "python"), expression(r"--trusted-host(?:=.*)?")),
    (("npm", "yarn", "pnpm"), expression(r"strict-ssl=false|--strict-ssl=false|--no-strict-ssl")),
    (("git",), expression(r"(?i)http\.sslverify=false")),
)  # fmt: skip


def verification_off(view: View) -> Iterator[Found]:
    """Certificates or signatures are not looked at: whoever stands between may send anything."""
    for step, command in run_commands(view):
        name, arguments = program(command)
        for names, pattern in _UNVERIFIED:
            found = [word for word in arguments if name in names and pattern.fullmatch(word)]
            if found:
                yield at_command(view, step, command, " ".join(found))
        if any("[trusted=yes]" in word.text.replace(" ", "") for word in command.words):
            yield at_command(view, step, command, "[trusted=yes]")
    for step in view.steps("ENV"):
        off = [name for name, value, _ in step.instruction.pairs if (name, value.strip("\"'")) in _SWITCHES]
        if off:
            yield at_step(step, " ".join(off))


_SWITCHES = frozenset(
    (("NODE_TLS_REJECT_UNAUTHORIZED", "0"), ("GIT_SSL_NO_VERIFY", "1"), ("GIT_SSL_NO_VERIFY", "true"), ("PYTHONHTTPSVERIFY", "0"), ("GONOSUMCHECK", "1"), ("GOINSECURE", "*"), ("GONOSUMDB", "*"), ("GOFLAGS", "-insecure"))
)  # fmt: skip


def unchecked_download(view: View) -> Iterator[Found]:
    """A file is fetched in a step that compares it with nothing."""
    for step in view.steps("RUN"):
        if any(program(each)[0] in _CHECKS for each in step.commands):
            continue
        pipes = _pipes(step)
        for command in step.commands:
            if program(command)[0] in _FETCHERS and _saves(command, *pipes[command.pipeline]):
                yield at_command(view, step, command, " ".join(_addresses([command])))


def _pipes(step: Step) -> dict[int, tuple[int, int]]:
    """For each pipeline the places of its last command, and of its last one that keeps what it reads (-1: none)."""
    pipes: dict[int, tuple[int, int]] = {}
    for each in step.commands:
        last, keeps = pipes.get(each.pipeline, (-1, -1))
        pipes[each.pipeline] = (max(last, each.place), each.place if each.name in _KEEPERS else keeps)
    return pipes


def _saves(command: Command, last: int, keeps: int) -> bool:
    """Whether what is fetched stays or is unpacked, and is not only looked at."""
    name, arguments = program(command)
    if not any(_ADDRESS.search(word) or "$" in word for word in arguments):
        return False
    if last > command.place:
        return keeps > command.place
    if name == "wget":
        return not any(word == "--spider" for word in arguments)
    saved = any(re.fullmatch(r"-[a-zA-Z]*[oO].*|--output.*|--remote-name.*", word) for word in arguments)
    return (saved and "/dev/null" not in arguments) or any(
        each.operator.endswith((">", ">>")) and each.target.text != "/dev/null"
        for each in command.redirections
    )


def moving_source(view: View) -> Iterator[Found]:
    """A clone of a branch, or an address with `latest` in it: another thing tomorrow."""
    for step, command in run_commands(view):
        name, arguments = program(command)
        if name == "git" and "clone" in arguments:
            checks_out = any(
                each.name == "git" and {"checkout", "reset", "switch"} & set(each.arguments)
                for each in step.commands
            )
            if not checks_out and not any(
                word in ("-b", "--branch") or word.startswith(("--branch=", "--revision"))
                for word in arguments
            ):
                yield at_command(view, step, command)
        elif name in _FETCHERS:
            moving = [word for word in arguments if _ADDRESS.search(word) and _MOVING.search(word)]
            if moving:
                yield at_command(view, step, command, " ".join(moving))


def insecure_step(view: View) -> Iterator[Found]:
    for step in view.steps("RUN"):
        flags = [
            f"--{name}={step.instruction.flag(name)}"
            for name, value in (("security", "insecure"), ("network", "host"))
            if step.instruction.flag(name) == value
        ]
        if flags:
            yield at_step(step, " ".join(flags))


RULES = (
    Rule("DL3001", CUSTOMIZATION, NEGLIGIBLE, senseless),
    Rule("DL3047", CUSTOMIZATION, NEGLIGIBLE, loud_wget),
    Rule("DL4001", SECURITY, LOW, two_fetchers),
    Rule("DL4005", CUSTOMIZATION, LOW, shell_relinked),
    Rule("DL4006", SECURITY, MEDIUM, pipe_without_pipefail),
    Rule("SL1006", SECURITY, HIGH, piped_to_shell),
    Rule("SL1008", SECURITY, HIGH, verification_off),
    Rule("SL1014", SECURITY, MEDIUM, unchecked_download),
    Rule("SL1015", SECURITY, MEDIUM, insecure_step),
    Rule("SL2006", UPDATE, MEDIUM, moving_source),
)
