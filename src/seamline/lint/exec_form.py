"""Whether the JSON form of a start line starts what its shell form does, as far as somebody knows it.

A shell starts more than the kernel does: what is built into it, scripts whose first line names nobody, what a profile
put on its PATH; and an ENTRYPOINT sees another first word. Source: Dockerfile reference, "Shell and exec form";
execve(2), ENOEXEC; POSIX.1-2017, Shell Command Language, 2.9.1.1 and 2.14; bash(1), INVOCATION.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.expression import expression
from seamline.formats.shell import Command, Word
from seamline.lint.parent import Parent, official_name
from seamline.lint.view import StageView, Step, View, shell_name

_OF_THE_SHELL = (
    ". : [ alias bg bind break builtin caller cd command compgen complete continue declare dirs disown echo enable eval exit"
    " export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray"
    " readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait"
)
_BUILTINS = frozenset(_OF_THE_SHELL.split())
_PLAIN_OPTION = expression(r"-[ceuxov]+|pipefail|errexit|nounset|xtrace")
_SYSTEM = frozenset(("/bin", "/sbin", "/usr/bin", "/usr/sbin"))
_MOST_FOLDERS = 64
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PASSING_ON = (
    "debian ubuntu alpine busybox fedora centos rockylinux almalinux oraclelinux amazonlinux archlinux buildpack-deps scratch"
    " python pypy golang ruby rust gcc perl openjdk node php erlang elixir haskell swift"
)
"""Official images without an ENTRYPOINT, or whose ENTRYPOINT starts whatever it is given (node, php)."""
_PASSES_ON = frozenset(_PASSING_ON.split())
BUILTIN, SCRIPT, PROFILE, ENTRYPOINT = (f"lint-shell-{name}" for name in ("builtin", "script", "profile", "entrypoint"))  # fmt: skip


def start_words(step: Step) -> tuple[Word, ...]:
    """The words of a start line that is one plain command, `exec` left out; none where a shell fills something in, joins
    commands or leads their output elsewhere."""
    if len(step.commands) != 1 or not step.is_posix:
        return ()
    command = step.commands[0]
    words = command.words[1:] if command.words[:1] and command.words[0].text == "exec" else command.words
    text = step.instruction.text
    if command.assignments or command.redirections or not command.is_plain or not words:
        return ()
    if any(_is_filled_in(word, step) for word in words) or words[0].text.startswith("-"):
        return ()
    if text[step.instruction.arguments_at :].strip() != text[command.start : command.end]:
        return ()
    return words


def _is_filled_in(word: Word, step: Step) -> bool:
    """Whether a shell makes other words of it, or JSON cannot say it."""
    has_braces = "{" in word.raw and shell_name(step.shell) in ("bash", "ksh", "zsh")
    return (
        word.globs
        or word.raw.startswith("~")
        or has_braces
        or any("\ud800" <= char <= "\udfff" for char in word.text)
    )


def why_shell(view: View, step: Step, written: Written) -> tuple[str, str] | None:
    """Why a start line of plain words may need its shell: the id of the words that say so, and what they are about; None
    where the JSON form starts the same."""
    words = start_words(step)
    if not words:
        return None
    stage, name = view.stages[step.stage], words[0].text
    profile = _profile(stage, step)
    if profile:
        return PROFILE, profile
    if step.keyword == "CMD" and _may_have_entrypoint(stage.parent):
        return ENTRYPOINT, stage.parent.reference
    if stage.parent.is_built and step.stage == view.final.stage.position:
        return None if name in stage.parent.starts else (SCRIPT, name)
    if name in _BUILTINS:
        says_more = name in ("echo", "printf") and any("\\" in word.text for word in words)
        return None if name in stage.parent.programs and not says_more else (BUILTIN, name)
    return (SCRIPT, name) if _may_lack_its_shell(view, step, name, written) else None


def _profile(stage: StageView, step: Step) -> str:
    """What a shell of this step reads before its line; empty for nothing."""
    if shell_name(step.shell) == "zsh" or not all(_PLAIN_OPTION.fullmatch(word) for word in step.shell[1:]):
        return " ".join(step.shell)
    return "BASH_ENV" if shell_name(step.shell) == "bash" and "BASH_ENV" in stage.environment else ""


def _may_have_entrypoint(parent: Parent) -> bool:
    """Whether the image below has an ENTRYPOINT of its own that looks at its words, or nobody knows."""
    return parent.has_entrypoint if parent.is_read else official_name(parent.reference) not in _PASSES_ON


def _may_lack_its_shell(view: View, step: Step, name: str, written: Written) -> bool:
    """Whether a program may be a script that only a shell starts: what a package brought never is, what the file's own
    steps wrote or copied may be."""
    folder, slash, base = name.rpartition("/")
    if (slash and folder not in _SYSTEM) or base.endswith((".sh", ".bash")):
        return True
    stage = view.stages[step.stage]
    folders = (folder,) if slash else (*_PATH, *stage.environment.get("PATH", "").split(":")[:_MOST_FOLDERS])
    return any(written.before(at, step, base, folders) for at in stage.lineage)


class Written:
    """What the steps of a file write into an image, each name and each copied folder with the first step that does."""

    def __init__(self, view: View) -> None:
        self._names: dict[tuple[int, str], int] = {}
        self._folders: dict[tuple[int, str], int] = {}
        for step in view.steps():
            if step.keyword == "RUN":
                self._take(step, (word for command in step.commands for word in _paths(command)))
            elif step.keyword in ("COPY", "ADD") and step.instruction.arguments:
                self._take(step, step.instruction.arguments)
                if step.instruction.flag("from") is None:
                    target = step.instruction.arguments[-1].rstrip("/")
                    self._folders.setdefault((step.stage, target), step.position)

    def _take(self, step: Step, paths: Iterable[str]) -> None:
        for path in paths:
            self._names.setdefault((step.stage, path.rstrip("/").rpartition("/")[2]), step.position)

    def before(self, stage: int, step: Step, base: str, folders: Iterable[str]) -> bool:
        """Whether a step of `stage` that is not behind `step` writes a file of that name, or copies something of the
        user's own into one of these folders or one above them."""
        places = [self._names.get((stage, base))]
        for folder in folders:
            while folder:
                places.append(self._folders.get((stage, folder)))
                folder = folder.rpartition("/")[0]  # noqa: PLW2901 - upward, folder by folder
        places.append(self._folders.get((stage, "")))
        return any(at is not None and (stage != step.stage or at < step.position) for at in places)


def _paths(command: Command) -> Iterator[str]:
    """The words of a command that are paths: it writes, moves, links or fetches what stands there."""
    words = (*command.arguments, *(each.target.text for each in command.redirections))
    return (word for word in words if "/" in word)
