"""Every program that a start line runs: behind wrappers, in the line of `sh -c` and the lines in that, command by command.

A line is read, not run. What the shell makes up itself (a variable that nobody sets, a pattern) is not judged, and of a
program that only some condition leads to nobody can say that it is run. Sources: POSIX.1-2024 XCU 2.9, 2.15; the manuals of
the wrappers.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

import msgspec

from seamline.formats.shell import Command, Word, commands, functions
from seamline.model.entry import Entry
from seamline.model.image import Config
from seamline.surface.start import MOST_CHARACTERS, executable, named
from seamline.tree.tree import Tree

SHELLS = frozenset(("sh", "bash", "ash", "dash", "ksh", "zsh"))
_MOST_DEPTH = 8
_MOST_OTHERS = 8
_MOST_PROGRAMS = 64
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_ASKING = frozenset(
    ("[", "[[", "test", "command", "type", "which", "hash", "grep", "pgrep", "cmp", "diff", "false")
)
_ENDS = frozenset(("exit", "return", "false"))
_SETS = frozenset(("export", "readonly", "declare", "local", "typeset"))
_BUILTIN = frozenset(
    [
        ":",
        ".",
        "[",
        "[[",
        "alias",
        "bg",
        "bind",
        "break",
        "builtin",
        "caller",
        "case",
        "cd",
        "command",
        "compgen",
        "complete",
        "continue",
        "declare",
        "dirs",
        "disown",
        "echo",
        "enable",
        "esac",
        "eval",
        "exec",
        "exit",
        "export",
        "false",
        "fc",
        "fg",
        "getopts",
        "hash",
        "help",
        "history",
        "jobs",
        "kill",
        "let",
        "local",
        "logout",
        "mapfile",
        "popd",
        "printf",
        "pushd",
        "pwd",
        "read",
        "readarray",
        "readonly",
        "return",
        "set",
        "shift",
        "shopt",
        "source",
        "suspend",
        "test",
        "times",
        "trap",
        "true",
        "type",
        "typeset",
        "ulimit",
        "umask",
        "unalias",
        "unset",
        "wait",
    ]
)


class _Wrapper(msgspec.Struct, frozen=True):
    """A program that runs another one: its options that take a value, and how many words come before the other."""

    valued: frozenset[str] = frozenset()
    operands: int = 0


def _valued(text: str, operands: int = 0) -> _Wrapper:
    return _Wrapper(frozenset(text.split()), operands)


_WRAPPERS: Mapping[str, _Wrapper] = {
    "catatonit": _Wrapper(), "docker-init": _valued("-e -p"), "dumb-init": _valued("-r --rewrite"), "tini": _valued("-e -p"),
    "tini-static": _valued("-e -p"), "env": _valued("-u --unset -C --chdir -a --argv0"), "nice": _valued("-n --adjustment"),
    "ionice": _valued("-c -n"), "nohup": _Wrapper(), "setsid": _Wrapper(), "stdbuf": _valued("-i -o -e"),
    "timeout": _valued("-k -s --kill-after --signal", 1), "gosu": _valued("", 1), "su-exec": _valued("", 1),
    "s6-setuidgid": _valued("", 1), "chpst": _valued("-u -U -e -/ -n -l -L -m -d -o -p -f -c"),
    "setpriv": _valued("--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits"),
    "runuser": _valued("-u --user -g --group -G"), "sudo": _valued("-u -g -h -p -C"), "catchsegv": _Wrapper(),
}  # fmt: skip


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """One program that a line runs, as it is named there, and the file that this is: None where it is not in the image.
    `is_sure` where the line comes to it whatever happens; `is_read` where a shell reads the file, whatever its first line says. `config` has the folder
    and the variables that hold there."""

    name: str
    entry: Entry | None
    config: Config
    is_sure: bool = True
    is_read: bool = False


def programs_run(words: Sequence[str], config: Config, tree: Tree) -> list[Ran]:
    """The programs in the order of the line, at most 64; none where there are no words."""
    reader = _Reader(tree)
    reader.words(list(words), config, sure=True, depth=0)
    return reader.found[:_MOST_PROGRAMS]


class _Reader:
    """One reading of a line, with the programs that it met."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._does_without = False
        self.found: list[Ran] = []

    def words(self, words: Sequence[str | None], config: Config, *, sure: bool, depth: int) -> None:
        """The words of one command as they are run; None for one that is not known."""
        words = list(words)
        while words and words[0] is not None and len(self.found) < _MOST_PROGRAMS and depth < _MOST_DEPTH:
            first, name = words[0], words[0].rpartition("/")[2]
            self._add(first, executable(first, config, self._tree), config, sure=sure)
            if name == "busybox" and len(words) > 1:
                words, name = words[1:], words[1] or ""
            if name in SHELLS:
                self._shell(words[1:], config, sure=sure, depth=depth)
                return
            if name not in _WRAPPERS:
                return
            words = _behind(words[1:], _WRAPPERS[name], is_env=name == "env")

    def _add(self, name: str, entry: Entry | None, config: Config, *, sure: bool) -> None:
        if entry is not None or not self._does_without:
            self.found.append(Ran(name=name, entry=entry, config=config, is_sure=sure))

    def _read(self, name: str, config: Config, *, sure: bool) -> None:
        entry = named(name, config, self._tree) or executable(name, config, self._tree)
        if entry is not None or not self._does_without:
            self.found.append(Ran(name=name, entry=entry, config=config, is_sure=sure, is_read=True))

    def _shell(self, words: Sequence[str | None], config: Config, *, sure: bool, depth: int) -> None:
        """`-c LINE`, else the script that it reads."""
        at, has_line = 0, False
        while (
            at < len(words) and (word := words[at]) is not None and word[:1] in ("-", "+") and len(word) > 1
        ):
            has_line = has_line or (not word.startswith("--") and "c" in word[1:])
            takes = word in ("--rcfile", "--init-file") or (word[1] not in "-+" and word[-1] in "oO")
            at += 2 if takes else 1
        rest = words[at] if at < len(words) else None
        if rest is None or rest == "-":
            return
        if has_line:
            self.line(rest, config, sure=sure, depth=depth + 1)
        elif any(word and "s" in word and word.startswith("-") for word in words[:at]):
            return
        else:
            self._read(rest, config, sure=sure)

    def line(self, text: str, config: Config, *, sure: bool, depth: int) -> None:
        """Every command of a line for a shell. What the line does without (it asks first, or goes on otherwise) is none of
        its programs where it is not there."""
        if depth >= _MOST_DEPTH or len(text) > MOST_CHARACTERS:
            return
        found, own = commands(text), functions(text)
        asked = _asked_for(found)
        state = _State(config)
        for at, command in enumerate(found):
            if len(self.found) >= _MOST_PROGRAMS:
                return
            state.begin(command)
            outer = self._does_without
            self._does_without = outer or command.name in asked or self._has_other(found, at, state)
            here = sure and not state.is_conditional and not self._does_without
            ends = self._command(command, state, own, sure=here, depth=depth)
            self._does_without = outer
            if ends and here:
                return

    def _command(
        self, command: Command, state: _State, own: frozenset[str], *, sure: bool, depth: int
    ) -> bool:
        """One simple command; whether the line ends with it."""
        if not command.words:
            for each in command.assignments:
                state.set(each)
            return False
        words = [each for word in command.words for each in state.expanded(word)]
        name = words[0]
        if name is None or name in own or command.words[0].globs:
            return False
        if name in _BUILTIN:
            return self._builtin(name, words[1:], command, state, sure=sure, depth=depth)
        config = state.config_with(command.assignments)
        if config is not None and (state.is_folder_known or not _is_relative(name)):
            self.words(words, config, sure=sure, depth=depth)
        return False

    def _builtin(
        self,
        name: str,
        words: Sequence[str | None],
        command: Command,
        state: _State,
        *,
        sure: bool,
        depth: int,
    ) -> bool:
        if name == "cd":
            state.go(words)
        elif name in _SETS:
            for each in command.words[1:]:
                state.set(each)
        elif name in ("exec", "command") and words and words[0] not in ("-v", "-V"):
            rest = _behind(list(words), _Wrapper(frozenset(("-a",))))
            config = state.config_with(command.assignments)
            if rest and rest[0] not in _BUILTIN and config is not None and state.is_folder_known:
                self.words(rest, config, sure=sure, depth=depth)
            return name == "exec" and bool(rest) and not command.blocks
        elif name in (".", "source") and words and words[0] is not None and state.is_folder_known:
            self._read(words[0], state.config, sure=sure)
        elif name == "eval" and all(word is not None for word in words):
            self.line(" ".join(word or "" for word in words), state.config, sure=sure, depth=depth + 1)
        return name in ("exit", "return") and not command.blocks

    def _has_other(self, found: Sequence[Command], at: int, state: _State) -> bool:
        """Whether a command is followed by `||` and something that does better than fail."""
        others = []
        for each in found[at + 1 : at + 1 + _MOST_OTHERS]:
            if each.joined != "||":
                break
            others.append(each)
        return any(not self._is_dead(each, state) for each in others)

    def _is_dead(self, command: Command, state: _State) -> bool:
        if command.name in _ENDS:
            return command.name == "false" or command.arguments[:1] not in ((), ("0",))
        names = state.expanded(command.words[0]) if command.words else ()
        name = names[0] if names else None
        return (
            name is not None and name not in _BUILTIN and executable(name, state.config, self._tree) is None
        )


class _State:
    """What holds at one command of a line: folder, variables, and whether something decides on getting there."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.is_folder_known = True
        self._variables: dict[str, str | None] = dict(pair.partition("=")[::2] for pair in config.env)
        self._asked = False
        self.is_conditional = False
        self._depth = 0
        self._outer: list[tuple[int, Config, bool, dict[str, str | None]]] = []

    def begin(self, command: Command) -> None:
        """Goes on to a command; what a group or substitution changes ends with it."""
        if command.depth > self._depth:
            self._outer.append((self._depth, self.config, self.is_folder_known, dict(self._variables)))
        while self._outer and self._outer[-1][0] >= command.depth:
            _, self.config, self.is_folder_known, self._variables = self._outer.pop()
        self._depth = command.depth
        if command.joined not in ("&&", "|"):
            self._asked = False
        blocks = {"if", "then", "f"} & set(command.blocks)
        self.is_conditional = (
            bool(blocks) or command.joined == "||" or (command.joined == "&&" and self._asked)
        )
        self._asked = self._asked or command.name in _ASKING or command.joined == "||"

    def set(self, word: Word) -> None:
        """An assignment, as it stands alone or behind `export`."""
        match = _ASSIGNMENT.fullmatch(word.text)
        if match is None:
            return
        self._variables[match[1]] = self._filled(match[2]) if not word.is_plain else match[2]
        if match[1] == "PATH":
            self._take_path(self._variables["PATH"])

    def _take_path(self, path: str | None) -> None:
        rest = tuple(pair for pair in self.config.env if not pair.startswith("PATH="))
        self.config = msgspec.structs.replace(self.config, env=(*rest, f"PATH={path or ''}"))

    def config_with(self, assignments: Sequence[Word]) -> Config | None:
        """The configuration that a command gets; None where its PATH is not known."""
        if self._variables.get("PATH", "") is None or any(
            each.text.startswith("PATH=") for each in assignments
        ):
            return None
        return self.config

    def go(self, words: Sequence[str | None]) -> None:
        """`cd`: without a word to the home, whose place no line tells."""
        at = next(
            (word for word in words if word != "--" and (word is None or not word.startswith("-"))), None
        )
        if at is None or at == "-" or (not self.is_folder_known and not at.startswith("/")):
            self.is_folder_known = False
            return
        folder = posixpath.normpath(posixpath.join(self.config.working_dir or "/", at))
        self.config = msgspec.structs.replace(self.config, working_dir=folder)
        self.is_folder_known = True

    def expanded(self, word: Word) -> Sequence[str | None]:
        """What the shell makes of a word: several where a variable holds several, None where nobody knows."""
        if word.is_plain:
            return (word.text,)
        text = self._filled(word.text)
        if text is None or word.raw[:1] == '"':
            return (text,)
        return text.split() or (None,)

    def _filled(self, text: str) -> str | None:
        """The text with the variables in it that are known; None where another or a command stands in it."""
        names = [found[1] or found[2] for found in _VARIABLE.finditer(text)]
        rest = _VARIABLE.sub("", text)
        if "$" in rest or "`" in rest or any(self._variables.get(name) is None for name in names):
            return None
        return _VARIABLE.sub(lambda found: self._variables[found[1] or found[2]] or "", text)


def _asked_for(found: Sequence[Command]) -> frozenset[str]:
    """The names that a line asks for before it runs them: `command -v X`, `[ -x X ]`."""
    return frozenset(
        word.rpartition("/")[2] for command in found if command.name in _ASKING for word in command.arguments
    )


def _is_relative(name: str) -> bool:
    return "/" in name and not name.startswith("/")


def _behind(words: list[str | None], wrapper: _Wrapper, *, is_env: bool = False) -> list[str | None]:
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
