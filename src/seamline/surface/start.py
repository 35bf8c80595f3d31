"""How an image starts: the files that its entrypoint, command and health check name, found as a runtime finds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.formats.shell import commands
from seamline.model.entry import Entry, Kind
from seamline.model.image import Config
from seamline.surface.programs import USUAL_PATH, folders_of
from seamline.tree.tree import Tree

_SHELL = ("/bin/sh", "-c")
_SHELLS = ("sh", "bash", "ash", "dash")
_WRAPPERS = (
    "tini",
    "dumb-init",
    "env",
    "gosu",
    "su-exec",
    "setpriv",
    "exec",
    "nice",
    "catatonit",
    "docker-init",
    "chpst",
)
_MOST_WORDS = 64
MOST_CHARACTERS = 64 << 10
"""The longest line of a shell that is read: nobody writes a longer one, and one can be made to take minutes."""


def path_of(config: Config) -> str:
    """The PATH that the image's processes get. Source: Docker's default where none is set."""
    return next((pair[5:] for pair in config.env if pair.startswith("PATH=")), USUAL_PATH)


def start_words(config: Config) -> tuple[str, ...]:
    """The words that an image starts with, entrypoint first."""
    return (*(config.entrypoint or ()), *(config.command or ()))


def health_words(config: Config) -> tuple[str, ...]:
    """The words of the health check as they are run; none where there is none or it is switched off.

    Source: OCI image-spec has no field; Docker's Healthcheck.Test: NONE, CMD words, CMD-SHELL line.
    """
    test = config.healthcheck or ()
    if not test or test[0] == "NONE":
        return ()
    return (*_SHELL, " ".join(test[1:])) if test[0] == "CMD-SHELL" else tuple(test[1:])


def program_of(words: Sequence[str], config: Config, tree: Tree) -> Entry | None:
    """The file that the first word runs; None where it is not there or not executable."""
    if not words:
        return None
    return executable(words[0], config, tree)


def lacking_interpreter(interpreter: bytes, argument: bytes, config: Config, tree: Tree) -> str:
    """What the first line of a script asks for and the image does not have, a carriage return at its end included; empty
    where all of it is there. Source: execve(2), "Interpreter scripts"; env(1)."""
    asked = interpreter.decode("utf-8", "surrogateescape")
    if not asked.startswith("/"):
        return ""
    if executable(asked, config, tree) is None:
        return asked
    words = argument.decode("utf-8", "surrogateescape").split(" ") if asked.endswith("/env") else []
    program = next((word for word in words if word and not word.startswith("-") and "=" not in word), "")
    return program if program and executable(program, config, tree) is None else ""


def start_files(words: Sequence[str], config: Config, tree: Tree) -> Iterator[bytes]:
    """Every file of the image that the words name, programs by PATH and others by their own path, wrappers and the text of
    `sh -c` looked through. What CMD begins with is a program too where an ENTRYPOINT hands on to it."""
    is_first = True
    handed = len(config.entrypoint or ()) if tuple(words) == start_words(config) else 0
    for at, word in enumerate(list(_flat(words))[:_MOST_WORDS]):
        entry = executable(word, config, tree) if is_first else named(word, config, tree)
        if entry is None and at and at == handed and "/" not in word:
            entry = executable(word, config, tree)
        if entry is not None:
            yield entry.path
        is_first = word.rpartition("/")[2] in _WRAPPERS or (is_first and word.startswith("-"))


def _flat(words: Sequence[str]) -> Iterator[str]:
    """The words, with the line that a shell is given taken apart."""
    shell = bool(words) and words[0].rpartition("/")[2] in _SHELLS
    for at, word in enumerate(words):
        if shell and at and _is_line_flag(words[at - 1]):
            yield from _split(word)
        else:
            yield word


def _is_line_flag(word: str) -> bool:
    """`-c`, `-ec`, `-lc`: the next word is a line to run."""
    return word.startswith("-") and word.endswith("c")


def _split(line: str) -> list[str]:
    return [word.text for command in commands(line[:MOST_CHARACTERS]) for word in command.words]


def executable(word: str, config: Config, tree: Tree) -> Entry | None:
    """The file that a word runs: by its path, else in the folders of PATH; None where none is executable."""
    candidates = (
        [_absolute(word, config)]
        if "/" in word
        else [folder + b"/" + word.encode() for folder in folders_of(path_of(config))]
    )
    for path in candidates:
        entry = tree.resolve(path)
        if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK) and entry.mode & 0o111:
            return entry
    return None


def named(word: str, config: Config, tree: Tree) -> Entry | None:
    """A further word that is a file: an absolute path, or one below the working folder."""
    if not word or word.startswith("-"):
        return None
    entry = tree.resolve(_absolute(word, config))
    return entry if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK) else None


def _absolute(word: str, config: Config) -> bytes:
    path = word if word.startswith("/") else f"{config.working_dir or '/'}/{word}"
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts).encode("utf-8", "surrogateescape")
