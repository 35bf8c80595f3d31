"""COPY and ADD: what comes into the image, and from where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.formats.dockerfile.parse import heredoc_of
from seamline.lint.installs import calls
from seamline.lint.rule import (
    CUSTOMIZATION,
    HIGH,
    LOW,
    MEDIUM,
    SECURITY,
    UPDATE,
    Found,
    Rule,
    at_command,
    at_step,
)
from seamline.lint.view import Step, View

_ARCHIVE = expression(r"(?i).*\.(?:tar|tgz|tbz2?|txz|tzst|tar\.[a-z0-9]+|gz|bz2|xz|zst|lzma|tb2|tz2|z)")
_GIT = expression(r"(?i)git(?:@|://)|https?://[^?#]*\.git/?(?:[?#]|$)")
_REMOTE = expression(r"(?i)https?://.*|git://.*|git@.*|.*\.git(?:#.*)?")


def sources_of(step: Step) -> tuple[str, ...]:
    """What a COPY or ADD takes, without the heredocs."""
    return tuple(word for word in step.instruction.arguments[:-1] if not _is_heredoc(word))


def _is_heredoc(word: str) -> bool:
    try:
        return heredoc_of(word) is not None
    except Malformed:
        return False


def is_remote(word: str) -> bool:
    """Whether ADD would fetch it."""
    return bool(_REMOTE.fullmatch(word))


def add_for_copy(view: View) -> Iterator[Found]:
    """ADD of what is neither fetched nor unpacked."""
    for step in view.steps("ADD"):
        sources = sources_of(step)
        plain = [
            word
            for word in sources
            if not is_remote(word.strip("\"'")) and not _ARCHIVE.fullmatch(word.strip("\"'"))
        ]
        if plain:
            yield at_step(step, " ".join(plain))


def unchecked_fetch(view: View) -> Iterator[Found]:
    """What is fetched may be another thing tomorrow; --checksum (for git a tag or commit) would tell."""
    for step in view.steps("ADD"):
        sources = [word.strip("\"'") for word in sources_of(step)]
        loose = [word for word in sources if is_remote(word) and not _names_revision(word)]
        if loose and step.instruction.flag("checksum") is None:
            yield at_step(step, " ".join(loose))


def _names_revision(word: str) -> bool:
    """Whether an address of git names what to take of it, and no branch that moves. Source: Dockerfile reference, "ADD"."""
    if not _GIT.match(word):
        return False
    address, _, fragment = word.partition("#")
    asked = dict(pair.partition("=")[::2] for pair in address.partition("?")[2].split("&"))
    if any(asked.get(name) for name in ("tag", "commit", "checksum")):
        return True
    revision = asked.get("ref", "") if "?" in address else fragment.partition(":")[0]
    return revision.removeprefix("refs/heads/") == revision and revision not in ("", "main", "master", "HEAD")


def unknown_stage(view: View) -> Iterator[Found]:
    """By its name or its number, from 0."""
    known: set[str] = set()
    for at, stage in enumerate(view.stages):
        for step in stage.steps:
            source = step.instruction.flag("from") if step.keyword == "COPY" else None
            if source is None or step.is_trigger:
                continue
            if source.isdecimal():
                is_above = int(source[:6]) < at
                yield from () if is_above else (at_step(step, source),)
            elif source.lower() not in known and not re.search(r"[:/@]", source):
                yield at_step(step, source)
        known.add(stage.stage.name)


def unpinned_image(view: View) -> Iterator[Found]:
    """COPY --from an image by its tag alone."""
    for step in view.steps("COPY"):
        source = step.instruction.flag("from") or ""
        if re.search(r"[:/]", source) and "@" not in source and "$" not in source:
            yield at_step(step, source)


def relative_target(view: View) -> Iterator[Found]:
    """Where a relative path leads is the parent's choice until WORKDIR is set."""
    for step in view.steps("COPY", "ADD"):
        target = step.instruction.arguments[-1].strip("\"'")
        if step.workdir == "" and not target.startswith(("/", "$")) and not re.match(r"[A-Za-z]:", target):
            yield at_step(step, target)


def whole_filesystem(view: View) -> Iterator[Found]:
    """Everything of another stage, its tools and leftovers too, and every ownership record with it."""
    for step in view.steps("COPY"):
        target = step.instruction.arguments[-1]
        everything = any(word in ("/", "/*", "/.", "/./") for word in sources_of(step))
        if step.instruction.flag("from") is not None and everything and target in ("/", "/.", "/./"):
            yield at_step(step)


def whole_context(view: View) -> Iterator[Found]:
    """Everything that lies beside the Dockerfile, `.git` and `.env` too where no .dockerignore stands."""
    for step in view.steps("COPY", "ADD") if view.has_ignore_file is False else ():
        if step.instruction.flag("from") is None and any(
            word in (".", "./", "*", "./*") for word in sources_of(step)
        ):
            yield at_step(step)


def sources_before_dependencies(view: View) -> Iterator[Found]:
    """Each change of the sources installs all dependencies anew, and each build takes what is new today."""
    for each in view.stages:
        copied: Step | None = None
        for step in each.steps:
            if step.keyword == "COPY" and step.instruction.flag("from") is None:
                if any(word in (".", "./", "*") for word in sources_of(step)):
                    copied = copied or step
            elif step.keyword == "RUN" and copied is not None and _installs_project(step):
                yield at_step(copied)
                break


def _installs_project(step: Step) -> bool:
    for call in calls(step, "pip", "npm", "yarn"):
        whole = call.has("-r", "--requirement") or not call.packages or call.packages[0].text in (".", "./")
        if (call.installs and whole) or call.verb in ("ci", "clean-install"):
            return True
    return any(
        command.name in ("bundle", "composer", "poetry") and "install" in command.arguments
        for command in step.commands
    )


def world_writable(view: View) -> Iterator[Found]:
    for step in view.steps("COPY", "ADD"):
        mode = step.instruction.flag("chmod") or ""
        if is_world_writable(mode):
            yield at_step(step, mode)
    for step in view.steps("RUN"):
        for command in step.commands:
            modes = [word for word in command.arguments if not word.startswith("-") or "w" in word][:1]
            if command.name == "chmod" and modes and is_world_writable(modes[0]):
                yield at_command(view, step, command, " ".join(command.arguments))


def is_world_writable(mode: str) -> bool:
    """Whether everybody may write with this mode, and no sticky bit keeps files apart. Source: chmod(1)."""
    if mode.isdecimal():
        sticky = len(mode) > 3 and int(mode[-4]) & 1
        return bool(int(mode[-1]) & 2) and not sticky
    return any(
        re.match(r"(?:[ugo]*[ao][ugoa]*|)[+=][rXxst]*w", part)
        and not part.startswith(("u+", "g+"))
        and part[0] not in "+="
        for part in mode.split(",")
        if part
    )


def setuid(view: View) -> Iterator[Found]:
    for step in view.steps("RUN"):
        for command in step.commands:
            if command.name == "chmod" and any(_sets_uid(word) for word in command.arguments):
                yield at_command(view, step, command, " ".join(command.arguments))


def _sets_uid(mode: str) -> bool:
    if re.fullmatch(r"[0-7]{4,5}", mode):
        return bool(int(mode[-4]) & 6)
    return bool(re.fullmatch(r"[ug]+[+=][rwx]*s[rwx]*", mode))


def owner_changed_later(view: View) -> Iterator[Found]:
    """Changing the owner of what an earlier layer brought writes every file again."""
    for each in view.stages:
        folders: set[str] = set()
        for step in each.steps:
            if step.keyword in ("COPY", "ADD"):
                target = step.instruction.arguments[-1]
                folders.add((target if target.startswith("/") else step.workdir or "/").rstrip("/") or "/")
            elif step.keyword == "RUN":
                for command in step.commands:
                    recursive = any(
                        word in ("-R", "--recursive") or re.fullmatch(r"-[a-zA-Z]*R[a-zA-Z]*", word)
                        for word in command.arguments
                    )
                    paths = [word.rstrip("/") for word in command.arguments if word.startswith("/")]
                    if (
                        command.name in ("chown", "chgrp", "chmod")
                        and recursive
                        and any(path in folders for path in paths)
                    ):
                        yield at_command(view, step, command)


RULES = (
    Rule("DL3020", SECURITY, LOW, add_for_copy),
    Rule("DL3022", UPDATE, MEDIUM, unknown_stage),
    Rule("DL3045", CUSTOMIZATION, LOW, relative_target),
    Rule("DL3067", CUSTOMIZATION, MEDIUM, whole_filesystem),
    Rule("SL1005", SECURITY, HIGH, unchecked_fetch),
    Rule("SL1007", SECURITY, HIGH, world_writable),
    Rule("SL1009", SECURITY, HIGH, setuid),
    Rule("SL1017", SECURITY, MEDIUM, whole_context),
    Rule("SL2005", UPDATE, LOW, unpinned_image),
    Rule("SL3002", CUSTOMIZATION, LOW, sources_before_dependencies),
    Rule("SL3006", CUSTOMIZATION, LOW, owner_changed_later),
)
