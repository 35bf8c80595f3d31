"""The accounts of an image, and who it runs as, resolved as a container runtime resolves it."""

from __future__ import annotations

from collections.abc import Mapping

from seamline.formats.passwd import PasswdLine, parse_group, parse_passwd, parse_shadow
from seamline.model.audit import Account, RunsAs

_MOST_ID = (1 << 31) - 1


def accounts_of(texts: Mapping[bytes, bytes]) -> tuple[Account, ...]:
    """The accounts of `etc/passwd`, with what `etc/shadow` says of their passwords."""
    shadow = parse_shadow(texts.get(b"etc/shadow", b""))
    return tuple(_account(line, shadow) for line in parse_passwd(texts.get(b"etc/passwd", b"")))


def _account(line: PasswdLine, shadow: Mapping[str, str]) -> Account:
    state = shadow.get(line.name, "none") if line.password == "shadowed" else line.password  # noqa: S105 - a state
    return Account(
        name=line.name, uid=line.uid, gid=line.gid, home=line.home, shell=line.shell, password=state
    )


def runs_as(user: str, texts: Mapping[bytes, bytes]) -> RunsAs:
    """Who `user` of a configuration is: `name`, `uid`, either with `:group`; nothing is root.

    A name is looked up first, then read as a number, as runc does. Source: OCI image-spec config.md "User";
    moby/sys/user GetExecUser.
    """
    written, _, group = user.partition(":")
    accounts = parse_passwd(texts.get(b"etc/passwd", b""))
    if not written:
        line = next((each for each in accounts if each.uid == 0), None)
        uid: int | None = 0
    else:
        number = _number(written)
        line = next((each for each in accounts if each.name == written), None)
        if line is None and number is not None:
            line = next((each for each in accounts if each.uid == number), None)
        uid = line.uid if line is not None else number
    gid = _group(group, texts) if group else (line.gid if line is not None else 0)
    return RunsAs(written=user, uid=uid, gid=gid, name=line.name if line is not None else "")


def _group(group: str, texts: Mapping[bytes, bytes]) -> int | None:
    named = next((g.gid for g in parse_group(texts.get(b"etc/group", b"")) if g.name == group), None)
    return _number(group) if named is None else named


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= _MOST_ID else None
