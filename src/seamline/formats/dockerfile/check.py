"""Whether the builder would take an instruction: its flags, its number of words, its values.

Source: Dockerfile reference; BuildKit, frontend/dockerfile/instructions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from seamline.errors import Malformed, Where
from seamline.expression import expression
from seamline.formats.dockerfile.checks import parse_checks
from seamline.formats.dockerfile.mounts import parse_mount
from seamline.formats.dockerfile.parse import heredoc_of
from seamline.formats.dockerfile.values import Dockerfile, Instruction
from seamline.formats.dockerfile.words import BadWords

_TEXT, _TRUTH, _MANY = "text", "truth", "many"
_FLAGS: Mapping[str, Mapping[str, str]] = {
    "ADD": {
        "chown": _TEXT,
        "chmod": _TEXT,
        "link": _TRUTH,
        "keep-git-dir": _TRUTH,
        "checksum": _TEXT,
        "unpack": _TRUTH,
        "exclude": _MANY,
    },
    "COPY": {
        "chown": _TEXT,
        "chmod": _TEXT,
        "from": _TEXT,
        "link": _TRUTH,
        "exclude": _MANY,
        "parents": _TRUTH,
    },
    "FROM": {"platform": _TEXT},
    "HEALTHCHECK": {
        "interval": _TEXT,
        "timeout": _TEXT,
        "start-period": _TEXT,
        "start-interval": _TEXT,
        "retries": _TEXT,
    },
    "RUN": {"mount": _MANY, "network": _TEXT, "security": _TEXT, "device": _MANY},
}
_STAGE = expression(r"[a-z][a-z0-9-_.]*", re.ASCII)
_DURATION = expression(r"[+-]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_PART = expression(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 0.001, "s": 1, "m": 60, "h": 3600}
_MANY_WORDS = "at least one word"
_ONE_WORD = "one word"


def check_dockerfile(dockerfile: Dockerfile) -> None:
    """Nothing where the builder takes every instruction.

    Raises:
        Malformed: it refuses one.
    """
    for directive in dockerfile.directives:
        if directive.name == "check":
            try:
                parse_checks(directive.value)
            except BadWords as fault:
                at = Where(source=dockerfile.name, line=directive.line)
                raise Malformed(at, expected=fault.expected, got=fault.got, hint=fault.hint) from fault
    seen_from = False
    for each in dockerfile.instructions:
        where = Where(source=dockerfile.name, line=each.start_line)
        try:
            _check(each)
        except BadWords as fault:
            raise Malformed(where, expected=fault.expected, got=fault.got, hint=fault.hint) from fault
        if each.keyword == "FROM":
            seen_from = True
        elif not seen_from and each.keyword != "ARG":
            raise Malformed(where, expected="FROM first", got=each.keyword, hint="start a stage with FROM")
    if not seen_from:
        raise Malformed(dockerfile.name, expected="a stage", got="none", hint="start a stage with FROM")


def _check(instruction: Instruction) -> None:
    if instruction.keyword != "STOPSIGNAL" and not _takes_nothing(instruction):
        _check_flags(instruction)
    _CHECKS[instruction.keyword](instruction)


def _takes_nothing(instruction: Instruction) -> bool:
    """HEALTHCHECK NONE leaves its flags unread."""
    return instruction.keyword == "HEALTHCHECK" and instruction.arguments[:1] in (("NONE",), ("none",))


def _check_flags(instruction: Instruction) -> None:
    known = _FLAGS.get(instruction.keyword, {})
    used: set[str] = set()
    for flag in instruction.flags:
        name, equals, value = flag[2:].partition("=")
        kind = known.get(name)
        if kind is None:
            raise BadWords(f"a flag of {instruction.keyword}", f"--{name[:40]}")
        if name in used and kind != _MANY:
            raise BadWords(f"one --{name}", "another one", "leave one of them out")
        used.add(name)
        if kind == _TRUTH and (equals or value) and value.lower() not in ("true", "false"):
            raise BadWords(f"--{name} true or false", repr(value[:40]))
        if kind != _TRUTH and not equals:
            raise BadWords(f"a value of --{name}", "none")


def _at_least_one(instruction: Instruction) -> None:
    if not instruction.arguments:
        raise BadWords(f"{_MANY_WORDS} after {instruction.keyword}", "none")


def _exactly_one(instruction: Instruction) -> None:
    if len(instruction.arguments) != 1:
        raise BadWords(f"{_ONE_WORD} after {instruction.keyword}", str(len(instruction.arguments) or "none"))


def _anything(instruction: Instruction) -> None:
    """CMD, ENTRYPOINT: nothing at all resets them."""


def _named(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if any(not name for name, _, _ in instruction.pairs):
        raise BadWords(f"a name before = after {instruction.keyword}", "none")


def _copied(instruction: Instruction) -> None:
    if len(instruction.arguments) < 2:
        raise BadWords(f"a source and a destination after {instruction.keyword}", "fewer words")
    try:
        heredoc = heredoc_of(instruction.arguments[-1])
    except Malformed:
        heredoc = None
    if heredoc is not None:
        raise BadWords("a path as destination", "a heredoc")


def _stage(instruction: Instruction) -> None:
    words = instruction.arguments
    if len(words) == 3 and words[1].lower() == "as":
        if not _STAGE.fullmatch(words[2].lower()):
            raise BadWords("a stage name of letters, digits, - _ .", repr(words[2][:40]))
    elif len(words) != 1:
        raise BadWords("FROM image or FROM image AS name", " ".join(words)[:80] or "none")


def _health(instruction: Instruction) -> None:
    _at_least_one(instruction)
    kind, rest = instruction.arguments[0].upper(), instruction.arguments[1:]
    if kind == "NONE":
        if rest:
            raise BadWords("nothing after HEALTHCHECK NONE", rest[0][:40])
        return
    if kind != "CMD":
        raise BadWords("HEALTHCHECK CMD or NONE", kind[:40])
    if not rest:
        raise BadWords("a command after HEALTHCHECK CMD", "none")
    for name in ("interval", "timeout", "start-period", "start-interval"):
        value = instruction.flag(name)
        if value and not _DURATION.fullmatch(value):
            raise BadWords(f"a time such as 30s for --{name}", repr(value[:40]))
        if value and not _is_long_enough(value):
            raise BadWords(f"0 or at least 1ms for --{name}", repr(value[:40]))
    retries = instruction.flag("retries")
    if retries and not re.fullmatch(r"\+?[0-9]{1,10}", retries):
        raise BadWords("a number for --retries", repr(retries[:40]))


def _is_long_enough(duration: str) -> bool:
    """Whether a time is none or at least a millisecond."""
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))
    return seconds == 0 or (seconds >= 0.001 and not duration.startswith("-"))


def _volume(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if any(not word.strip() for word in instruction.arguments):
        raise BadWords("a path after VOLUME", "an empty one")


def _shell(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if not instruction.is_json:
        raise BadWords('a JSON form after SHELL, such as ["/bin/bash", "-c"]', "something else")


def _run(instruction: Instruction) -> None:
    for value in instruction.flag_values("mount"):
        parse_mount(value)
    network, security = instruction.flag("network"), instruction.flag("security")
    if network is not None and network not in ("default", "none", "host"):
        raise BadWords("--network default, none or host", repr(network[:40]))
    if security is not None and security not in ("sandbox", "insecure"):
        raise BadWords("--security sandbox or insecure", repr(security[:40]))


def _onbuild(instruction: Instruction) -> None:
    _at_least_one(instruction)
    if instruction.inner is not None and instruction.inner.keyword in ("ONBUILD", "MAINTAINER", "FROM"):
        raise BadWords("an instruction that ONBUILD may start", instruction.inner.keyword)


_CHECKS: Mapping[str, Callable[[Instruction], None]] = {
    "ADD": _copied,
    "ARG": _named,
    "CMD": _anything,
    "COPY": _copied,
    "ENTRYPOINT": _anything,
    "ENV": _named,
    "EXPOSE": _at_least_one,
    "FROM": _stage,
    "HEALTHCHECK": _health,
    "LABEL": _named,
    "MAINTAINER": _exactly_one,
    "ONBUILD": _onbuild,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _exactly_one,
    "USER": _exactly_one,
    "VOLUME": _volume,
    "WORKDIR": _exactly_one,
}
