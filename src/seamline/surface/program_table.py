"""The programs that an intruder uses, and what each lets them do.

What a program allows is told by its own manual; the classes follow the way an attack goes on from a foothold:
run commands, fetch tools, reach other hosts, stay, become root, read what is there.
Sources: MITRE ATT&CK for Containers v15 (T1059, T1105, T1046, T1053, T1548, T1552); each program's manual page.
"""

from __future__ import annotations

from typing import NamedTuple

from seamline.model.audit import Danger

_X, _D, _L, _P, _E, _R = (
    Danger.EXECUTE,
    Danger.DOWNLOAD,
    Danger.LATERAL,
    Danger.PERSISTENCE,
    Danger.ESCALATE,
    Danger.READ,
)


class Tool(NamedTuple):
    """One kind of program: its files' names (a trailing version such as 3.11 or -12 is taken off), what it allows."""

    kind: str
    names: frozenset[str]
    allows: tuple[Danger, ...]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOOLS = (
    Tool("shell", _names("sh bash dash ash zsh ksh mksh fish csh tcsh rbash yash"), (_X,)),
    Tool("package manager", _names("apt apt-get dpkg apk yum dnf microdnf tdnf rpm zypper pacman"), (_X, _D)),
    Tool("network client", _names("curl wget nc ncat netcat socat telnet ftp tftp lynx aria2c"), (_D, _L)),
)
