"""What maintainer scripts would do, read from their text: nothing is ever run.

Only commands whose words stand in the script as they are can be read; one that the shell would have to make up first is
left alone. Source: Debian Policy 6; update-alternatives(1), adduser(8), useradd(8), groupadd(8).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import msgspec

from seamline.formats.shell import commands
from seamline.formats.untyped import whole

_ADDUSER_VALUES = frozenset(("--home", "--uid", "--gid", "--shell", "--gecos", "--comment", "--ingroup"))
_USERADD_VALUES = {"-d": "--home", "-u": "--uid", "-g": "--ingroup", "-s": "--shell", "-c": "--comment"}
_USERADD_LONG = {"--home-dir": "--home", "--gid": "--ingroup"}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One `update-alternatives --install`: the link, the name of the choice, what it would lead to. `slaves` are
    (link, name, path) that follow it."""

    link: str
    name: str
    path: str
    priority: int
    slaves: tuple[tuple[str, str, str], ...] = ()


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A user that somebody asks for; `group` of the same name where it is empty."""

    name: str
    uid: int | None = None
    gid: int | None = None
    group: str = ""
    home: str = "/nonexistent"
    shell: str = "/usr/sbin/nologin"
    comment: str = ""
    makes_home: bool = False
    groups: tuple[str, ...] = ()


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group that somebody asks for."""

    name: str
    gid: int | None = None


Effect = Choice | Account | Group


def effects_of(script: bytes) -> Iterator[Effect]:
    """What the known commands of a script would do, in their order."""
    for command in commands(script.decode("utf-8", "replace")):
        if not command.is_plain or any("$" in word or "`" in word for word in command.arguments):
            continue  # also where the shell would take the sign as it is: no real name has one
        name, arguments = command.name, command.arguments
        if name == "update-alternatives":
            yield from _choice(arguments)
        elif name == "adduser":
            yield from _adduser(arguments)
        elif name in ("addgroup", "groupadd"):
            yield from _addgroup(arguments)
        elif name == "useradd":
            yield from _useradd(arguments)


def sysusers_of(text: bytes) -> Iterator[Effect]:
    """The users and groups of a sysusers.d file. Source: sysusers.d(5)."""
    for line in text.decode("utf-8", "replace").split("\n"):
        fields = [*_words(line.partition("#")[0]), "", "", "", "", "", ""]
        kind, name, number, comment, home, shell = (("" if f == "-" else f) for f in fields[:6])
        if not name or "%" in name or kind not in ("u", "u!", "g"):
            continue
        uid, _, gid = number.partition(":")
        if kind == "g":
            yield Group(name=name, gid=_number(uid))
        else:
            yield Account(
                name=name,
                uid=_number(uid),
                gid=_number(gid),
                group="" if gid.isdecimal() else gid,
                home=home or "/",
                shell=shell or "/usr/sbin/nologin",
                comment=comment,
            )


def _words(line: str) -> list[str]:
    """The words of a line, quotes taken off; none where one stays open."""
    try:
        return shlex.split(line)
    except ValueError:
        return []


def _choice(arguments: Sequence[str]) -> Iterator[Choice]:
    if "--install" not in arguments:
        return
    at = arguments.index("--install")
    link, name, path, priority = [*arguments[at + 1 : at + 5], "", "", "", ""][:4]
    if not (link and name and path and (rank := whole(priority.removeprefix("-"))) is not None):
        return
    slaves = [
        (arguments[i + 1], arguments[i + 2], arguments[i + 3])
        for i in range(at + 5, len(arguments) - 3)
        if arguments[i] == "--slave" and all(arguments[i + 1 : i + 4])
    ]
    yield Choice(
        link=link,
        name=name,
        path=path,
        priority=-rank if priority.startswith("-") else rank,
        slaves=tuple(slaves),
    )


def _options(arguments: Sequence[str], values: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """The options with their values ("" for those without one), and the names that are left over."""
    options: dict[str, str] = {}
    rest: list[str] = []
    waiting = iter(arguments)
    for word in waiting:
        name, equals, value = word.partition("=")
        if name in values:
            options[name] = value if equals else next(waiting, "")
        elif word.startswith("-"):
            options[word] = ""
        elif word:
            rest.append(word)
    return options, rest


def _adduser(arguments: Sequence[str]) -> Iterator[Effect]:
    options, names = _options(arguments, _ADDUSER_VALUES)
    if "--system" not in options or not names:
        return
    own = "--group" in options
    yield Account(
        name=names[0],
        uid=_number(options.get("--uid", "")),
        gid=_number(options.get("--gid", "")),
        group=options.get("--ingroup", "" if own else "nogroup"),
        home=options.get("--home") or "/nonexistent",
        shell=options.get("--shell") or "/usr/sbin/nologin",
        comment=(options.get("--gecos") or options.get("--comment") or "").rstrip(","),
        makes_home="--home" in options and "--no-create-home" not in options,
    )


def _addgroup(arguments: Sequence[str]) -> Iterator[Group]:
    options, names = _options(arguments, frozenset(("--gid", "-g")))
    if names:
        yield Group(name=names[0], gid=_number(options.get("--gid") or options.get("-g", "")))


def _useradd(arguments: Sequence[str]) -> Iterator[Account]:
    spelt = [_USERADD_VALUES.get(word, _USERADD_LONG.get(word, word)) for word in arguments]
    options, names = _options(spelt, _ADDUSER_VALUES)
    if names:
        yield Account(
            name=names[0],
            uid=_number(options.get("--uid", "")),
            group=options.get("--ingroup", ""),
            home=options.get("--home") or "/nonexistent",
            shell=options.get("--shell") or "/usr/sbin/nologin",
            comment=options.get("--comment", ""),
            makes_home="-m" in options or "--create-home" in options,
        )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 10 else None  # a number of 32 bits
