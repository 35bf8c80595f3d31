"""Why a program that is in the image cannot be started all the same: its user may not, the kernel knows no such form, the
processor is another, the script that hands on has nothing to hand on to.

Sources: execve(2), EACCES and ENOEXEC; path_resolution(7), "Permissions"; POSIX.1-2024 XCU 2.15, `exec`.
"""

from __future__ import annotations

from collections.abc import Sequence

from seamline.expression import expression
from seamline.formats.elf import MACHINES
from seamline.formats.elf_dynamic import Dynamic
from seamline.formats.passwd import parse_group
from seamline.model.audit import RunsAs
from seamline.model.entry import Entry, path_text
from seamline.model.evidence import Message
from seamline.model.image import Config
from seamline.surface.start import program_of
from seamline.tree.tree import Tree

_OWNER, _GROUP, _OTHERS = 0o100, 0o010, 0o001
_TO_READ = 2
_RUN_BESIDE = {"amd64": ("386",), "arm64": ("arm",)}
"""What a processor runs besides its own."""
_HANDS_ON = expression(rb'(?m)^[ \t]*exec[ \t]+"?\$@"?[ \t]*$')
_CHANGES_WORDS = expression(
    rb"(?m)(?:^|[\s;&|])(?:set[ \t]+--|shift\b|source[ \t]|\.[ \t]+\S|(?:export[ \t]+)?PATH=|eval\b)"
)


def not_allowed(
    program: Entry, user: RunsAs, groups: bytes, tree: Tree, *, is_script: bool
) -> Message | None:
    """What keeps `user` from running `program`: a folder above that it may not enter, or the file itself, which a
    script's interpreter must read too. None where it may, for root, and for a user that nobody knows. `groups` is the
    text of etc/group."""
    if not user.uid:
        return None
    member = {
        user.gid,
        *(each.gid for each in parse_group(groups) if user.name and user.name in each.members),
    }
    parts = program.path.split(b"/")
    above = (tree.at(b"/".join(parts[:at])) for at in range(1, len(parts)))
    stops = next((each for each in above if each is not None and not _may(each, user, member)), None)
    if stops is None and not _may(program, user, member):
        stops = program
    if stops is None and is_script and not _may(program, user, member, _TO_READ):
        stops = program
    if stops is None:
        return None
    args = {"path": path_text(stops.path), "user": user.written, "mode": f"{stops.mode & 0o7777:04o}"}
    return Message("start-not-allowed", {**args, "owner": f"{stops.uid}:{stops.gid}"})


def _may(entry: Entry, user: RunsAs, member: set[int | None], shift: int = 0) -> bool:
    """Whether the bit of execution, or another of the three by `shift`, holds for a user."""
    if entry.uid == user.uid:
        return bool(entry.mode & _OWNER << shift)
    if entry.gid in member:
        return bool(entry.mode & _GROUP << shift)
    return bool(entry.mode & _OTHERS << shift)


def no_form(
    program: Entry, fact: Dynamic | None, interpreter: bytes | None, architecture: str
) -> Message | None:
    """What the kernel answers "exec format error" to: a script without a first line that begins with `#!` (`interpreter`, None
    for what is no script), and a program of another processor."""
    path = path_text(program.path)
    if interpreter == b"":
        return Message("start-without-form", {"program": path})
    machine = MACHINES.get(fact.machine, "") if fact is not None else ""
    if not machine or architecture.startswith(machine) or machine in _RUN_BESIDE.get(architecture, ()):
        return None
    return Message("start-for-other-processor", {"program": path, "machine": machine, "own": architecture})


def hands_on_to_nothing(words: Sequence[str], text: bytes, config: Config, tree: Tree) -> Message | None:
    """The program that a start script hands on to (`exec "$@"`) and that is not in the image. None where it is there, and
    where the script may change its words or its PATH before."""
    following = words[1] if len(words) > 1 else "-"
    if following.startswith("-") or "$" in following:
        return None
    if not _HANDS_ON.search(text) or _CHANGES_WORDS.search(text):
        return None
    if program_of((following,), config, tree) is not None:
        return None
    return Message("start-hands-on", {"script": words[0], "program": following})
