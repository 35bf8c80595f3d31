"""The accounts of a root filesystem: users and groups added to what is there, as adduser would, the same every time.

Source: passwd(5), group(5), shadow(5), gshadow(5); Debian Policy 9.2.2, ranges of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from seamline.change.scripts import Account, Group
from seamline.errors import Malformed
from seamline.formats.untyped import whole

FILES = ("passwd", "group", "shadow", "gshadow")
_SYSTEM_IDS = range(100, 1000)
_FORBIDDEN = ":\n,/ "


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of each file by the name that they begin with."""

    passwd: Mapping[str, str] = {}
    group: Mapping[str, str] = {}
    shadow: Mapping[str, str] = {}
    gshadow: Mapping[str, str] = {}


def parse_accounts(texts: Mapping[str, bytes]) -> Accounts:
    """The accounts of the files of /etc that are there."""
    return Accounts(**{name: _lines(texts.get(name, b"")) for name in FILES})


def _lines(text: bytes) -> dict[str, str]:
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    return {line.partition(":")[0]: line for line in lines if line}


def write_accounts(accounts: Accounts) -> dict[str, bytes]:
    """The files of /etc."""
    return {
        name: "".join(f"{line}\n" for line in getattr(accounts, name).values()).encode(
            "utf-8", "surrogateescape"
        )
        for name in FILES
    }


def with_accounts(
    accounts: Accounts, wanted: Iterable[Account | Group], day: int, *, shadowed: bool
) -> Accounts:
    """The accounts with those that are wanted and not there yet; `day` is when their passwords were locked, in the
    shadow files where there are such.

    Raises:
        Malformed: a name or number cannot be used.
    """
    for each in wanted:
        _check(each)
        if isinstance(each, Group):
            accounts, _ = _with_group(accounts, each.name, each.gid)
        else:
            accounts = _with_user(accounts, each)
    return _shadowed(accounts, day) if shadowed else accounts


def gid_of(accounts: Accounts, name: str) -> int | None:
    """The number of a group, None where there is no such group."""
    line = accounts.group.get(name)
    return _number(line) if line is not None and _number(line) >= 0 else None


def ids_of(accounts: Accounts, name: str) -> tuple[int, int] | None:
    """The numbers of a user and its group, None where there is no such user."""
    fields = accounts.passwd.get(name, "").split(":")
    if len(fields) < 4:
        return None
    uid, gid = whole(fields[2]), whole(fields[3])
    return (uid, gid) if uid is not None and gid is not None else None


def _check(each: Account | Group) -> None:
    if not each.name or any(char in _FORBIDDEN for char in each.name):
        raise Malformed("account", expected="a name", got=repr(each.name), hint="letters, digits, - and _")
    if isinstance(each, Account):
        fields = (each.home, each.shell, each.comment)
        if any(":" in field or "\n" in field for field in fields):
            raise Malformed(
                f"user {each.name}",
                expected="fields without colons",
                got=repr(fields),
                hint="mend the recipe",
            )


def _with_group(accounts: Accounts, name: str, gid: int | None) -> tuple[Accounts, int]:
    known = accounts.group.get(name)
    if known is not None:
        found = _number(known)
        if gid is not None and gid != found:
            raise _taken(f"group {name}", f"gid {gid}", f"gid {found} already")
        return accounts, found
    taken = {_number(line): other for other, line in accounts.group.items()}
    if gid is not None and gid in taken:
        raise _taken(f"group {name}", f"a free gid, not {gid}", f"{taken[gid]} has it")
    number = gid if gid is not None else _free(taken)
    return _add(accounts, group=(name, f"{name}:*:{number}:")), number


def _with_user(accounts: Accounts, user: Account) -> Accounts:
    if user.name in accounts.passwd:
        if user.uid is not None and ids_of(accounts, user.name) != (user.uid, user.gid or user.uid):
            raise _taken(f"user {user.name}", f"uid {user.uid}", "another user of that name")
        return _in_groups(accounts, user)
    taken = {_number(line): other for other, line in accounts.passwd.items()}
    if user.uid is not None and user.uid in taken:
        raise _taken(f"user {user.name}", f"a free uid, not {user.uid}", f"{taken[user.uid]} has it")
    gids = {_number(line): name for name, line in accounts.group.items()}
    uid = user.uid if user.uid is not None else _free({**taken, **gids} if not user.group else taken)
    if not user.group and user.gid in gids:
        gid = user.gid
    else:
        wanted = user.gid if user.gid is not None else None if user.group else uid
        accounts, gid = _with_group(accounts, user.group or user.name, wanted)
    line = f"{user.name}:*:{uid}:{gid}:{user.comment}:{user.home}:{user.shell}"  # * is a password that none matches
    return _in_groups(_add(accounts, passwd=(user.name, line)), user)


def _in_groups(accounts: Accounts, user: Account) -> Accounts:
    for name in user.groups:
        accounts, _ = _with_group(accounts, name, None)
        head, _, members = accounts.group[name].rpartition(":")
        listed = [member for member in members.split(",") if member]
        if user.name not in listed:
            accounts = _add(accounts, group=(name, f"{head}:{','.join([*listed, user.name])}"))
    return accounts


def _shadowed(accounts: Accounts, day: int) -> Accounts:
    """Every account with its line in the shadow files, as `shadowconfig on` makes them."""
    shadow = dict(accounts.shadow)
    gshadow = dict(accounts.gshadow)
    passwd, group = {}, {}
    for name, line in accounts.passwd.items():
        fields = [*line.split(":"), ""]
        shadow.setdefault(name, f"{name}:{fields[1] if fields[1] != 'x' else '*'}:{day}:0:99999:7:::")
        passwd[name] = ":".join([fields[0], "x", *fields[2:-1]])
    for name, line in accounts.group.items():
        fields = [*line.split(":"), "", "", ""]
        gshadow.setdefault(name, f"{name}:{fields[1] if fields[1] != 'x' else '*'}::{fields[3]}")
        group[name] = ":".join([fields[0], "x", *fields[2:-3]])
    return Accounts(passwd=passwd, group=group, shadow=shadow, gshadow=gshadow)


def _add(accounts: Accounts, **lines: tuple[str, str]) -> Accounts:
    changed = {file: {**getattr(accounts, file), name: line} for file, (name, line) in lines.items()}
    return msgspec.structs.replace(accounts, **changed)


def _number(line: str) -> int:
    """The number in the third field, where it stands in both files; -1 for none."""
    fields = line.split(":")
    number = whole(fields[2]) if len(fields) > 2 else None
    return -1 if number is None else number


def _free(taken: Mapping[int, str]) -> int:
    return next(number for number in _SYSTEM_IDS if number not in taken)


def _taken(where: str, expected: str, got: str) -> Malformed:
    return Malformed(where, expected=expected, got=got, hint="choose another number or leave it out")
