"""Names that a shell knows by itself, and programs that run another one. Sources: POSIX.1-2024 XCU 2.15; bash(1), "Shell builtin
commands"; the manuals of the wrappers.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

SHELLS = frozenset(("sh", "bash", "ash", "dash", "ksh", "zsh"))
ASKING = frozenset(
    ("[", "[[", "test", "command", "type", "which", "hash", "grep", "pgrep", "cmp", "diff", "false")
)
ENDS = frozenset(("exit", "return", "false"))
SETS = frozenset(("export", "readonly", "declare", "local", "typeset"))
_BUILTIN = (
    ": . [ [[ alias bg bind break builtin caller case cd command compgen complete continue declare dirs disown "
    "echo enable esac eval exec exit export false fc fg getopts hash help history jobs kill let local logout "
    "mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap "
    "true type typeset ulimit umask unalias unset wait"
)
BUILTIN = frozenset(_BUILTIN.split())


class Wrapper(msgspec.Struct, frozen=True):
    """A program that runs another one: its options that take a value, and how many words come before the other."""

    valued: frozenset[str] = frozenset()
    operands: int = 0


def _valued(text: str, operands: int = 0) -> Wrapper:
    return Wrapper(frozenset(text.split()), operands)


WRAPPERS: Mapping[str, Wrapper] = {
    "catatonit": Wrapper(), "docker-init": _valued("-e -p"), "dumb-init": _valued("-r --rewrite"), "tini": _valued("-e -p"),
    "tini-static": _valued("-e -p"), "env": _valued("-u --unset -C --chdir -a --argv0"), "nice": _valued("-n --adjustment"),
    "ionice": _valued("-c -n"), "nohup": Wrapper(), "setsid": Wrapper(), "stdbuf": _valued("-i -o -e"),
    "timeout": _valued("-k -s --kill-after --signal", 1), "gosu": _valued("", 1), "su-exec": _valued("", 1),
    "s6-setuidgid": _valued("", 1), "chpst": _valued("-u -U -e -/ -n -l -L -m -d -o -p -f -c"),
    "setpriv": _valued("--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits"),
    "runuser": _valued("-u --user -g --group -G"), "sudo": _valued("-u -g -h -p -C"), "catchsegv": Wrapper(),
}  # fmt: skip


def behind(words: list[str | None], wrapper: Wrapper, *, is_env: bool = False) -> list[str | None]:
    """What a wrapper runs: the words behind its options, their values, and its own operands."""
    at, operands = 0, wrapper.operands
    while at < len(words):
        word = words[at]
        if word is None:
            return []
        if word == "--" and operands == wrapper.operands:
            return words[at + 1 + operands :]
        if word.startswith("-") and len(word) > 1 and operands == wrapper.operands:
            at += 2 if word in wrapper.valued else 1
        elif is_env and "=" in word:
            at += 1
        elif operands:
            operands -= 1
            at += 1
        else:
            break
    return words[at:]
