"""Every program that a start line runs: behind wrappers, in the line of `sh -c`, in the scripts that it names and those that they
name, command by command.

A text is read, not run. What the shell makes up itself (a variable that nobody sets, a pattern) is not judged, and of a
program that only some condition leads to nobody can say that it is run. What is too long to be read is told. Sources:
POSIX.1-2024 XCU 2.9, 2.15; the manuals of the wrappers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from seamline.expression import expression
from seamline.formats.shell import Command, taken_apart
from seamline.model.entry import Entry, Kind
from seamline.model.evidence import Message
from seamline.model.image import Config
from seamline.surface.shell_state import State
from seamline.surface.shell_table import ASKING, BUILTIN, ENDS, SETS, SHELLS, WRAPPERS, Wrapper, behind
from seamline.surface.start import MOST_CHARACTERS, executable, named
from seamline.tree.tree import Tree

_MOST_DEPTH = 8
_MOST_OTHERS = 8
_MOST_PROGRAMS = 128
_MOST_READ = 4 * MOST_CHARACTERS
"""The characters of all texts behind one line together: a variable can hold a text and be read again and again."""
_PATH = expression(r"(?<![\w.$}])/(?:[\w.+-]+/)*[\w.+-]+")
_OF_HOOKS = expression(rb"[\w.+-]*(?:\.d|entrypoint[\w.+-]*)")
"""Folders whose scripts are run one after another: `/docker-entrypoint.d`, `/docker-entrypoint-initdb.d`, `/etc/cont-init.d`."""
_SOURCED = (b".sh", b".envsh")


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """One program that a line runs, as it is named there, and the file that this is: None where it is not in the image.
    `is_sure` where the line comes to it whatever happens, `is_asked` where it does so to decide on how it goes on;
    `is_read` where a shell reads the file, whatever its first line says. `config` has the folder and the variables that hold
    there; `by` is the script that names it, empty where the line itself does."""

    name: str
    entry: Entry | None
    config: Config
    is_sure: bool = True
    is_asked: bool = False
    is_read: bool = False
    by: bytes = b""


class Unread(msgspec.Struct, frozen=True):
    """What of a line was not read, and why: in the script `path`, or in the line itself where that is empty."""

    path: bytes
    why: Message


class LineRead(msgspec.Struct, frozen=True):
    """What was made of a line: its programs in their order, at most 128, and what was not read."""

    programs: tuple[Ran, ...]
    unread: tuple[Unread, ...] = ()


def programs_run(
    words: Sequence[str], config: Config, tree: Tree, scripts: Mapping[bytes, bytes] | None = None
) -> LineRead:
    """The programs of a line; none where there are no words. `scripts` has the texts of shell scripts by canonical path:
    they are read further, each once."""
    reader = _Reader(tree, scripts or {})
    reader.words(list(words), config, sure=True, depth=0)
    if len(reader.found) > _MOST_PROGRAMS:
        reader.leave("line-too-many-programs", most=_MOST_PROGRAMS)
    return LineRead(tuple(reader.found[:_MOST_PROGRAMS]), tuple(reader.unread))


class _Reader:
    """One reading of a line, with the programs that it met."""

    def __init__(self, tree: Tree, scripts: Mapping[bytes, bytes]) -> None:
        self._tree, self._scripts = tree, scripts
        self._does_without = False
        self._is_strict = True
        self._is_asked = False
        self._left = _MOST_READ
        self._by = b""
        self._met: set[bytes] = set()
        self.found: list[Ran] = []
        self.unread: list[Unread] = []

    def leave(self, why: str, **args: int) -> None:
        """Notes that something is not read, once."""
        found = Unread(self._by, Message(why, args))
        if found not in self.unread:
            self.unread.append(found)

    @property
    def _is_full(self) -> bool:
        return len(self.found) > _MOST_PROGRAMS

    def words(self, words: Sequence[str | None], config: Config, *, sure: bool, depth: int) -> None:
        """The words of one command as they are run; None for one that is not known."""
        words = list(words)
        while words and words[0] is not None and not self._is_full and depth <= _MOST_DEPTH:
            first, name = words[0], words[0].rpartition("/")[2]
            entry = executable(first, config, self._tree)
            self._add(first, entry, config, sure=sure)
            if entry is not None and self._follow(entry, words[1:], config, sure=sure, depth=depth):
                return
            if name == "busybox" and len(words) > 1:
                words, name = words[1:], words[1] or ""
            if name in SHELLS:
                self._shell(words[1:], config, sure=sure, depth=depth)
                return
            if name not in WRAPPERS:
                return
            words = behind(words[1:], WRAPPERS[name], is_env=name == "env")

    def _add(
        self, name: str, entry: Entry | None, config: Config, *, sure: bool, is_read: bool = False
    ) -> None:
        if entry is not None or not self._does_without:
            is_sure = sure and (entry is not None or self._is_strict)
            found = Ran(name=name, entry=entry, config=config, is_sure=is_sure, is_asked=self._is_asked, is_read=is_read, by=self._by)  # fmt: skip
            self.found.append(found)

    def _follow(
        self, entry: Entry, words: Sequence[str | None], config: Config, *, sure: bool, depth: int
    ) -> bool:
        """Whether a file is a script whose text is there; then what that runs, once."""
        path = self._tree.canonical(entry.path)
        if path not in self._scripts:
            return False
        if path not in self._met:
            own = "/" + path.decode("utf-8", "surrogateescape")
            self._in_script(path, State(config, own, words), sure=sure, depth=depth)
        return True

    def _in_script(self, path: bytes, state: State, *, sure: bool, depth: int) -> bool:
        """The text of one script; whether it ends what reads it."""
        self._met.add(path)
        entry = self._tree.at(path)
        is_cut = entry is not None and entry.size_bytes > MOST_CHARACTERS
        text = self._scripts[path].decode("utf-8", "replace")
        head = text.partition("\n")[0].split()
        if head and head[0].startswith("#!"):
            state.set_options([each for each in head[1:] if each.startswith("-")])
        kept = self._by, self._is_strict, self._is_asked
        self._by, self._is_asked = path, False
        if is_cut:
            self.leave("line-too-long", most=MOST_CHARACTERS >> 10)
        ends = self._text(text, state, sure=sure, depth=depth + 1)
        self._by, self._is_strict, self._is_asked = kept
        return ends

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
            self._text(rest, State(config, "", words[at + 2 :]), sure=sure, depth=depth + 1)
        elif any(word and "s" in word and word.startswith("-") for word in words[:at]):
            return
        else:
            entry = named(rest, config, self._tree) or executable(rest, config, self._tree)
            self._add(rest, entry, config, sure=sure, is_read=True)
            if entry is not None:
                self._follow(entry, words[at + 1 :], config, sure=sure, depth=depth)

    def _text(self, text: str, state: State, *, sure: bool, depth: int) -> bool:
        """Every command of a text for a shell; whether it ends there whatever happens. What the text does without (it asks first,
        or goes on otherwise) is none of its programs where it is not there."""
        if depth > _MOST_DEPTH:
            self.leave("line-too-deep", most=_MOST_DEPTH)
            return False
        if len(text) > min(MOST_CHARACTERS, self._left):
            self.leave("line-too-long", most=MOST_CHARACTERS >> 10)
            return False
        self._left -= len(text)
        found, own = taken_apart(text)
        state.functions |= own
        ends = self._commands(found, state, sure=sure, depth=depth)
        self._folders(text, state.config, depth=depth)
        return ends

    def _commands(self, found: Sequence[Command], state: State, *, sure: bool, depth: int) -> bool:
        """One after another; whether they end the text."""
        asked = _asked_for(found)
        for at, command in enumerate(found):
            if self._is_full:
                return False
            state.begin(command)
            outer = self._does_without
            self._does_without = outer or command.name in asked or self._has_other(found, at, state)
            here = sure and not state.is_conditional and not self._does_without and state.is_path_known
            self._is_strict = not self._by or state.stops or at == len(found) - 1
            self._is_asked = sure and state.is_asked
            ends = self._command(command, state, sure=here, depth=depth)
            self._does_without = outer
            if ends and here:
                return True
        return False

    def _command(self, command: Command, state: State, *, sure: bool, depth: int) -> bool:
        """One simple command; whether the text ends with it."""
        if not command.words:
            for each in command.assignments:
                state.set(each)
            return False
        words = [each for word in command.words for each in state.expanded(word)]
        name = words[0]
        if name is None or name in state.functions or command.words[0].globs:
            return False
        if name in BUILTIN:
            return self._builtin(name, words[1:], command, state, sure=sure, depth=depth)
        if state.is_folder_known or not _is_relative(name):
            self._run(words, command, state, sure=sure, depth=depth)
        return False

    def _run(
        self, words: Sequence[str | None], command: Command, state: State, *, sure: bool, depth: int
    ) -> None:
        """A command that is none of the shell's own. Where its PATH is not known, or a file that was not read may have a function of
        that name (which `exec` never runs), nothing can be missing."""
        is_by_name = bool(words) and "/" not in (words[0] or "")
        has_path = any(each.text.startswith("PATH=") for each in command.assignments)
        is_found_by_path = is_by_name and (has_path or not state.is_path_known)
        may_be_function = is_by_name and state.is_open and command.name != "exec"
        outer = self._does_without
        self._does_without = outer or is_found_by_path or may_be_function
        self.words(words, state.config, sure=sure and not is_found_by_path, depth=depth)
        self._does_without = outer

    def _builtin(
        self,
        name: str,
        words: Sequence[str | None],
        command: Command,
        state: State,
        *,
        sure: bool,
        depth: int,
    ) -> bool:
        if name in SETS:
            for each in command.words[1:]:
                state.set(each)
        elif name in ("exec", "command") and words and words[0] not in ("-v", "-V"):
            rest = behind(list(words), Wrapper(frozenset(("-a",))))
            self._is_strict = self._is_strict or name == "exec"
            if rest and rest[0] not in BUILTIN and state.is_folder_known:
                self._run(rest, command, state, sure=sure, depth=depth)
            return name == "exec" and bool(rest) and not command.blocks
        elif name in (".", "source"):
            return self._source(words, state, sure=sure, depth=depth) and not command.blocks
        elif name == "eval" and all(word is not None for word in words):
            below = state.begin_file()
            self._text(" ".join(word or "" for word in words), below, sure=sure, depth=depth + 1)
            state.end_file(below)
        else:
            _in_state(name, words, state)
        return name in ("exit", "return") and not command.blocks

    def _source(self, words: Sequence[str | None], state: State, *, sure: bool, depth: int) -> bool:
        """A file that goes on in the same shell; whether it ends that."""
        word = words[0] if words else None
        if word is None or not state.is_folder_known:
            state.is_open = True
            return False
        entry = named(word, state.config, self._tree) or executable(word, state.config, self._tree)
        self._add(word, entry, state.config, sure=sure, is_read=True)
        if entry is None:
            return False
        path = self._tree.canonical(entry.path)
        if path not in self._scripts or path in self._met:
            state.is_open = state.is_open or path not in self._met
            return False
        below = state.begin_file()
        ends = self._in_script(path, below, sure=sure, depth=depth)
        state.end_file(below)
        return ends

    def _folders(self, text: str, config: Config, *, depth: int) -> None:
        """The scripts of the folders of hooks that a text names: which of them are run its loop decides."""
        for path in dict.fromkeys(_PATH.findall(text)):
            folder = self._tree.resolve(path.strip("/").encode("utf-8", "surrogateescape"))
            if folder is None or folder.kind != Kind.DIRECTORY or not _is_of_hooks(folder.path):
                continue
            for name in sorted(self._tree.names(folder.path)):
                entry = self._tree.resolve(folder.path + b"/" + name)
                is_script = entry is not None and self._tree.canonical(entry.path) in self._scripts
                if entry is not None and is_script and (entry.mode & 0o111 or name.endswith(_SOURCED)):
                    shown = "/" + entry.path.decode("utf-8", "surrogateescape")
                    self._add(shown, entry, config, sure=False, is_read=True)
                    self._follow(entry, (), config, sure=False, depth=depth)

    def _has_other(self, found: Sequence[Command], at: int, state: State) -> bool:
        """Whether a command is followed by `||` and something that does better than fail."""
        others = []
        for each in found[at + 1 : at + 1 + _MOST_OTHERS]:
            if each.joined != "||":
                break
            others.append(each)
        return any(not self._is_dead(each, state) for each in others)

    def _is_dead(self, command: Command, state: State) -> bool:
        if command.name in ENDS:
            return command.name == "false" or command.arguments[:1] not in ((), ("0",))
        names = state.expanded(command.words[0]) if command.words else ()
        name = names[0] if names else None
        return name is not None and name not in BUILTIN and executable(name, state.config, self._tree) is None


def _in_state(name: str, words: Sequence[str | None], state: State) -> None:
    """What a builtin changes for the commands behind it."""
    if name == "cd":
        state.go([None] if state.is_conditional else words)
    elif name == "set":
        state.set_options(words)
    elif name == "shift":
        state.shift(words)
    elif name in ("read", "unset", "getopts", "mapfile", "readarray"):
        state.forget(words)


def _is_of_hooks(path: bytes) -> bool:
    return _OF_HOOKS.fullmatch(path.rpartition(b"/")[2]) is not None


def _asked_for(found: Sequence[Command]) -> frozenset[str]:
    """The names that a line asks for before it runs them: `command -v X`, `[ -x X ]`."""
    return frozenset(
        word.rpartition("/")[2] for command in found if command.name in ASKING for word in command.arguments
    )


def _is_relative(name: str) -> bool:
    return "/" in name and not name.startswith("/")
