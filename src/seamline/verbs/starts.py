"""How an image is started, by itself and by each workload of its deployment, and what the lines run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seamline.catalog.elf_facts import READER as ELF
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.scripts import Script
from seamline.model.audit import DeployedCheck, DeployedStart, ProgramRun, StartLine
from seamline.model.entry import Entry
from seamline.model.evidence import Message
from seamline.model.image import Config
from seamline.model.workload import Workload
from seamline.surface.find import Ground
from seamline.surface.start import health_words, lacking_interpreter, program_of, start_words
from seamline.surface.start_line import Ran, programs_run
from seamline.surface.unstartable import hands_on_to_nothing, no_form, not_allowed
from seamline.verbs.inspect import Seen


def start_line(seen: Seen, ground: Ground) -> StartLine:
    """The image's own start and health check."""
    config, tree = seen.looked.image.config, seen.looked.tree
    words, health = start_words(config), health_words(config)
    program, check = program_of(words, config, tree), program_of(health, config, tree)
    programs = _programs(words, config, seen)
    script = seen.looked.visible(SCRIPTS).get(program.path) if program is not None else None
    return StartLine(
        words=words,
        program=_text(program.path) if program is not None else "",
        files=tuple(map(_text, ground.start)),
        health_words=health,
        health_program=_text(check.path) if check is not None else "",
        missing=next((each.name for each in programs[1:] if each.is_sure and not each.path), ""),
        lacks=programs[0].lacks if programs else "",
        stopped_by=_stopped_by(seen, ground, program, script) if program is not None else None,
        programs=programs,
        health_programs=_programs(health, config, seen),
    )


def deployed_starts(seen: Seen, workloads: Iterable[Workload]) -> Iterator[DeployedStart]:
    """How each workload starts the image and looks after it. What has no words of its own starts as the image does."""
    for workload in workloads:
        config = deployed_config(seen.looked.image.config, workload)
        words = start_words(config) if _has_own_words(workload) else ()
        yield DeployedStart(
            where=workload.where,
            words=words,
            programs=_programs(words, config, seen),
            checks=tuple(
                DeployedCheck(name=each.name, words=each.words, programs=_programs(each.words, config, seen))
                for each in workload.checks
            ),
        )


def deployed_config(config: Config, workload: Workload) -> Config:
    """The configuration that a workload runs the image with: an entrypoint of its own leaves nothing of the image's command.

    Sources: Docker's `--entrypoint`; Compose specification, entrypoint; Kubernetes, "Define a Command and Arguments".
    """
    own, arguments = workload.command, workload.arguments
    command = arguments if arguments is not None else None if own is not None else config.command
    environment = dict(pair.partition("=")[::2] for pair in (*config.env, *workload.environment))
    return msgspec.structs.replace(
        config,
        entrypoint=config.entrypoint if own is None else own,
        command=command,
        env=tuple(f"{name}={value}" for name, value in environment.items()),
        working_dir=workload.working_folder or config.working_dir,
    )


def started_files(seen: Seen, workloads: Iterable[Workload]) -> set[bytes]:
    """The files that the start of the image and of its workloads runs, canonical."""
    config, tree = seen.looked.image.config, seen.looked.tree
    lines = [(start_words(config), config), (health_words(config), config)]
    for workload in workloads:
        own = deployed_config(config, workload)
        lines += [(start_words(own), own), *((each.words, own) for each in workload.checks)]
    found = (each.entry for words, own in lines for each in programs_run(words, own, tree))
    return {tree.canonical(entry.path) for entry in found if entry is not None}


def _has_own_words(workload: Workload) -> bool:
    return workload.command is not None or workload.arguments is not None


def _programs(words: Sequence[str], config: Config, seen: Seen) -> tuple[ProgramRun, ...]:
    return tuple(_run(each, seen) for each in programs_run(words, config, seen.looked.tree))


def _run(ran: Ran, seen: Seen) -> ProgramRun:
    if ran.entry is None:
        return ProgramRun(name=ran.name, is_sure=ran.is_sure)
    script = seen.looked.visible(SCRIPTS).get(ran.entry.path)
    lacks = (
        lacking_interpreter(script.interpreter, script.argument, ran.config, seen.looked.tree)
        if script is not None and not ran.is_read
        else ""
    )
    return ProgramRun(name=ran.name, path=_text(ran.entry.path), lacks=lacks, is_sure=ran.is_sure)


def _stopped_by(seen: Seen, ground: Ground, program: Entry, script: Script | None) -> Message | None:
    looked = seen.looked
    config, fact = looked.image.config, looked.visible(ELF).get(looked.tree.canonical(program.path))
    groups, is_script = ground.texts.get(b"etc/group", b""), script is not None
    text = script.text if script is not None else b""
    return (
        no_form(program, fact, script.interpreter if script else None, looked.image.platform.architecture)
        or not_allowed(program, ground.runs_as, groups, looked.tree, is_script=is_script)
        or hands_on_to_nothing(start_words(config), text, config, looked.tree)
    )


def _text(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
