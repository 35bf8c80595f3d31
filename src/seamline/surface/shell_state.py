"""What holds at one command of a shell's text: folder, variables, arguments, and whether something decides on getting there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from seamline.expression import expression
from seamline.formats.shell import Command, Word
from seamline.formats.untyped import whole
from seamline.model.image import Config
from seamline.surface.shell_table import ASKING

_VARIABLE = expression(r"\$(?:\{([A-Za-z_]\w*|[0-9])\}|([A-Za-z_]\w*|[0-9]))")
_ASSIGNMENT = expression(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_ALL_ARGUMENTS = frozenset(('"$@"', "$@", '"${@}"', "${@}", "$*", '${1+"$@"}'))
_SELF = r"\"?\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?\})\"?"
_OWN_FOLDER = expression(
    rf"\$\(\s*(?:cd\s+\"?)?\$\(\s*dirname\s+(?:--\s+)?{_SELF}\s*\)\"?\s*(?:>\s*/dev/null\s*(?:2>&1\s*)?)?&&\s*pwd(?:\s+-P)?\s*\)"
    rf"|\$\(\s*dirname\s+(?:--\s+)?{_SELF}\s*\)|\$\{{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}}"
)
"""The folder of the script that is read, as scripts ask for it."""
_STOPS = expression(r"-[A-Za-z]*e[A-Za-z]*")
_Kept = tuple[Any, ...]


class State:
    """One text as it goes on. `own` is the path of the script that it is, empty for a line; `arguments` are what it is given, None
    where nobody knows or somebody may give others."""

    def __init__(self, config: Config, own: str = "", arguments: Sequence[str | None] | None = None) -> None:
        self.config = config
        self.own = own
        self.arguments = tuple(arguments) if arguments else None
        self.is_folder_known = True
        self.is_path_known = True
        self.is_open = False
        """Whether a file that was not read may have defined functions."""
        self.stops = False
        """Whether a command that fails ends the text (`set -e`)."""
        self.functions: frozenset[str] = frozenset()
        self._variables: dict[str, str | None] = dict(pair.partition("=")[::2] for pair in config.env)
        self._asked = False
        self.is_conditional = False
        self.is_asked = False
        """Whether the command is a condition that is met whatever happens."""
        self._depth = 0
        self._outer: list[tuple[int, _Kept]] = []

    def begin(self, command: Command) -> None:
        """Goes on to a command; what a group or substitution changes ends with it."""
        if command.depth > self._depth:
            self._outer.append((self._depth, self._kept()))
        while self._outer and self._outer[-1][0] >= command.depth:
            self._go_back(self._outer.pop()[1])
        self._depth = command.depth
        if command.joined not in ("&&", "|"):
            self._asked = False
        blocks = {"if", "elif", "then", "f"} & set(command.blocks)
        is_behind = command.joined == "||" or (command.joined == "&&" and self._asked)
        self.is_conditional = bool(blocks) or is_behind
        self.is_asked = blocks == {"if"} and not is_behind
        self._asked = self._asked or command.name in ASKING or command.joined == "||"

    def _kept(self) -> _Kept:
        known = (self.is_folder_known, self.is_path_known)
        return (self.config, *known, dict(self._variables), self.arguments, self.functions)

    def _go_back(self, kept: _Kept) -> None:
        self.config, self.is_folder_known, self.is_path_known, self._variables = kept[:4]
        self.arguments, self.functions = kept[4:]

    def begin_file(self) -> State:
        """Another text that goes on from here, as `.` reads it."""
        below = State(self.config, self.own, self.arguments)
        below._go_back(self._kept())
        below.stops, below.is_open = self.stops, self.is_open
        return below

    def end_file(self, below: State) -> None:
        """Goes on with what the other text leaves."""
        self._go_back(below._kept())
        self.stops, self.is_open = below.stops, below.is_open

    def set(self, word: Word) -> None:
        """An assignment, as it stands alone or behind `export`; on a condition nobody knows what holds."""
        match = _ASSIGNMENT.fullmatch(word.text)
        if match is None:
            return
        value = self._filled(match[2]) if not word.is_plain else match[2]
        value = None if self.is_conditional else value
        if match[1] == "PATH":
            self._take_path(value)
        self._variables[match[1]] = value

    def forget(self, words: Sequence[str | None]) -> None:
        """Variables that somebody else sets: `read`, `unset`."""
        self._variables |= {word: None for word in words if word}

    def _take_path(self, path: str | None) -> None:
        if path is None:
            self.is_path_known = False
            return
        rest = tuple(pair for pair in self.config.env if not pair.startswith("PATH="))
        self.config = msgspec.structs.replace(self.config, env=(*rest, f"PATH={path}"))
        self.is_path_known = True

    def set_options(self, words: Sequence[str | None]) -> None:
        """`set`: what ends the text, and other arguments for it."""
        at = 0
        while at < len(words) and (word := words[at]) is not None and word[:1] in ("-", "+") and word != "--":
            takes = word[-1:] == "o"
            named = words[at + 1] if takes and at + 1 < len(words) else ""
            if _STOPS.fullmatch(word) or (word.startswith("-") and named == "errexit"):
                self.stops = self.stops or not self.is_conditional
            at += 2 if takes else 1
        if words[at : at + 1] == ["--"] or at < len(words):
            rest = words[at + 1 :] if words[at] == "--" else words[at:]
            self.arguments = None if self.is_conditional else tuple(rest) or None

    def shift(self, words: Sequence[str | None]) -> None:
        """`shift [N]`."""
        number = whole(words[0] or "") if words else 1
        is_known = number is not None and not self.is_conditional
        if self.arguments is not None:
            self.arguments = self.arguments[number:] or None if is_known else None

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
        if word.raw in _ALL_ARGUMENTS:
            return self.arguments or (None,)
        text = self._filled(word.text)
        if text is None or word.raw[:1] == '"':
            return (text,)
        return text.split() or (None,)

    def _filled(self, text: str) -> str | None:
        """The text with the variables in it that are known; None where another or a command stands in it."""
        if self.own and "$" in text:
            folder = posixpath.dirname(self.own)
            text = _OWN_FOLDER.sub(lambda _: folder, text)
        values = {
            name: self._value(name) for each in _VARIABLE.finditer(text) if (name := each[1] or each[2])
        }
        rest = _VARIABLE.sub("", text)
        if "$" in rest or "`" in rest or None in values.values():
            return None
        return _VARIABLE.sub(lambda found: values[found[1] or found[2]] or "", text)

    def _value(self, name: str) -> str | None:
        if not name.isdigit():
            return self._variables.get(name)
        if name == "0":
            return self.own or None
        at = int(name) - 1
        return self.arguments[at] if self.arguments is not None and at < len(self.arguments) else None
