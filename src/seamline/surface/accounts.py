"""The accounts of an image, and who it runs as, resolved as a container runtime resolves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from seamline.formats.passwd import PasswdLine, parse_group, parse_passwd, parse_shadow
from seamline.formats.sudoers import parse_doas, parse_sudoers
from seamline.formats.untyped import whole
from seamline.model.audit import Account, Danger, RunsAs, SurfaceLine
from seamline.model.entry import Entry
from seamline.surface.placed import Placed

T = TypeVar("T")

_MOST_ID = (1 << 31) - 1
_NO_LOGIN = ("nologin", "false", "true", "sync", "halt", "shutdown", "git-shell")
_EVERYONE = ("ALL", "%ALL")


Earlier = Mapping[bytes, Sequence[tuple[int, bytes]]]
"""The texts of a file by layer, bottom first."""
_PASSWD, _SHADOW = b"etc/passwd", b"etc/shadow"


def accounts_of(texts: Mapping[bytes, bytes], earlier: Earlier | None = None) -> tuple[Account, ...]:
    """The accounts of `etc/passwd`, with what `etc/shadow` says of their passwords, and the layer from which each line stands as it
    is where the texts of the layers are given."""
    shadow = parse_shadow(texts.get(_SHADOW, b""))
    states = [(layer, frozenset(parse_passwd(text))) for layer, text in (earlier or {}).get(_PASSWD, ())]
    found = []
    for line in parse_passwd(texts.get(_PASSWD, b"")):
        layer = _since(states, lambda lines, line=line: line in lines)  # type: ignore[misc]
        found.append(_account(line, shadow, layer))
    return tuple(found)


def _since(states: Sequence[tuple[int, T]], holds: Callable[[T], bool]) -> int | None:
    """The layer from which on something holds up to the top; None where it does not hold there."""
    found = None
    for layer, state in reversed(states):
        if not holds(state):
            break
        found = layer
    return found


def _account(line: PasswdLine, shadow: Mapping[str, str], layer: int | None) -> Account:
    state = shadow.get(line.name, "none") if line.password == "shadowed" else line.password  # noqa: S105 - a state
    return Account(
        name=line.name,
        uid=line.uid,
        gid=line.gid,
        home=line.home,
        shell=line.shell,
        password=state,
        layer=layer,
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
    number = whole(text)
    return number if number is not None and number <= _MOST_ID else None


def account_lines(
    placed: Placed, accounts: Iterable[Account], texts: Mapping[bytes, bytes], earlier: Earlier
) -> Iterator[SurfaceLine]:
    """Accounts that let somebody in or up: a login shell that is there with a password, no password at all, another name
    for uid 0, sudo and doas rules. Who added an account writes the whole file: each line is of the layer from which it stands so."""
    entry = placed.tree.resolve(b"etc/passwd")
    rows = parse_passwd(texts.get(b"etc/passwd", b""))
    shadowed = {row.name for row in rows if row.password == "shadowed"}  # noqa: S105 - a state
    shadow = placed.tree.resolve(_SHADOW)
    states = [(layer, parse_shadow(text)) for layer, text in earlier.get(_SHADOW, ())]
    for account in accounts if entry is not None else ():
        assert entry is not None  # noqa: S101 - told by the loop
        # whoever wrote the password answers for it
        told = _of_layer(entry, account.layer)
        if shadow is not None and account.name in shadowed:
            state = account.password
            since = _since(states, lambda each, a=account, s=state: each.get(a.name, "none") == s)  # type: ignore[misc]
            told = _of_layer(shadow, since)
        shell = placed.tree.resolve(account.shell.lstrip("/").encode())
        can_log_in = shell is not None and account.shell.rpartition("/")[2] not in _NO_LOGIN
        detail = f"uid {account.uid}, {account.shell}"
        if account.password == "empty" and can_log_in:  # noqa: S105 - a state
            yield placed.line(
                told, "account without password", (Danger.ESCALATE,), name=account.name, detail=detail
            )
        elif can_log_in and account.password == "hashed":  # noqa: S105 - a state
            yield placed.line(
                told, "account that can log in", (Danger.LATERAL,), name=account.name, detail=detail
            )
        if account.uid == 0 and account.name != "root":
            yield placed.line(
                _of_layer(entry, account.layer),
                "second name of root",
                (Danger.ESCALATE,),
                name=account.name,
                detail=detail,
            )
    yield from _sudo(placed, accounts, texts, earlier)


def _of_layer(entry: Entry, layer: int | None) -> Entry:
    """The entry as the doing of a layer below the one that wrote it last."""
    is_below = layer is not None and layer < entry.origin_layer
    return msgspec.structs.replace(entry, origin_layer=layer) if is_below else entry


def _sudo(
    placed: Placed, accounts: Iterable[Account], texts: Mapping[bytes, bytes], earlier: Earlier
) -> Iterator[SurfaceLine]:
    """Rules by which somebody who is in this image becomes somebody else; root and groups without members do not count."""
    groups = {each.name: each for each in parse_group(texts.get(b"etc/group", b""))}
    primary = {account.gid for account in accounts if account.uid}
    for path, text in sorted(texts.items()):
        entry = placed.tree.resolve(path)
        if entry is None or not (path.startswith(b"etc/sudoers") or path == b"etc/doas.conf"):
            continue
        parse = parse_doas if path == b"etc/doas.conf" else parse_sudoers
        states = [(layer, tuple(parse(each))) for layer, each in earlier.get(path, ())]
        for rule in parse(text):
            group = groups.get(rule.who.lstrip("%"))
            is_empty = rule.who.startswith("%") and (
                group is None or not (group.members or group.gid in primary)
            )
            if rule.who == "root" or (is_empty and rule.who not in _EVERYONE):
                continue
            detail = rule.what if rule.free else f"{rule.what} (password)"
            since = _since(states, lambda each, rule=rule: rule in each)  # type: ignore[misc]
            yield placed.line(
                _of_layer(entry, since), "sudo rule", (Danger.ESCALATE,), name=rule.who, detail=detail
            )
