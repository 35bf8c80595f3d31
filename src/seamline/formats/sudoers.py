"""sudo and doas rules: who may become whom. Source: sudoers(5), doas.conf(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from seamline.expression import expression

_RULE = expression(r"^(?P<who>[^\s=#@][^=]*?)\s+\S+\s*=\s*(?P<what>.+)$")
_NOT_RULES = ("Defaults", "User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias")


class SudoRule(msgspec.Struct, frozen=True):
    """One rule: who (`%wheel` is a group), the commands as written, and whether no password is asked."""

    who: str
    what: str
    free: bool


def parse_sudoers(data: bytes) -> Iterator[SudoRule]:
    """The rules of one sudoers file; includes are files of their own."""
    text = re.sub(r"\\\r?\n", " ", data.decode("utf-8", "replace"))
    for line in text.splitlines():
        rule = _RULE.match(line.strip())
        if rule is not None and not line.startswith(_NOT_RULES):
            yield SudoRule(rule["who"].strip(), rule["what"].strip(), "NOPASSWD:" in rule["what"])


def parse_doas(data: bytes) -> Iterator[SudoRule]:
    """The permits of a doas.conf."""
    for line in data.decode("utf-8", "replace").splitlines():
        words = line.split()
        if words[:1] == ["permit"]:
            rest = [word for word in words[1:] if word not in ("nopass", "persist", "keepenv")]
            who = rest[0].replace(":", "%", 1) if rest else ""
            yield SudoRule(who, " ".join(rest[1:]) or "ALL", "nopass" in words)
