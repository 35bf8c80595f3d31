"""How an image is started, by itself and by each workload of its deployment, and what the lines run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.scripts import Script
from seamline.errors import Where
from seamline.formats.elf_dynamic import Dynamic
from seamline.model.audit import DeployedCheck, DeployedStart, ProgramRun, StartLine
from seamline.model.entry import Entry, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.image import Config
from seamline.model.workload import Check, Workload
from seamline.surface.find import Ground
from seamline.surface.start import health_words, lacking_interpreter, program_of, start_files, start_words
from seamline.surface.start_line import LineRead, Ran, programs_run
from seamline.surface.unstartable import hands_on_to_nothing, no_form, not_allowed
from seamline.verbs.inspect import Seen
from seamline.verbs.look import Looked

FactOf = Callable[[bytes], Dynamic | None]


def start_line(seen: Seen, ground: Ground, fact_of: FactOf) -> StartLine:
    """The image's own start and health check. `fact_of` tells what an ELF file that is started says of itself."""
    config, tree = seen.looked.image.config, seen.looked.tree
    words, health = start_words(config), health_words(config)
    files = start_files(words, config, tree)
    program, check = program_of(words, config, tree), program_of(health, config, tree)
    programs = _programs(words, config, seen)
    script = seen.looked.visible(SCRIPTS).get(program.path) if program is not None else None
    return StartLine(
        words=words,
        program=path_text(program.path) if program is not None else "",
        files=tuple(map(path_text, files)),
        health_words=health,
        health_program=path_text(check.path) if check is not None else "",
        missing=next(
            (each.name for each in programs[1:] if each.is_sure and not each.path and not each.by), ""
        ),
        lacks=programs[0].lacks if programs else "",
        stopped_by=_stopped_by(seen, ground, program, script, fact_of(program.path))
        if program is not None
        else None,
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
                DeployedCheck(
                    name=each.name,
                    words=each.words,
                    programs=_programs(each.words, _of_check(config, each), seen),
                )
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


def started_files(looked: Looked, workloads: Iterable[Workload]) -> set[bytes]:
    """The files that the start of the image and of its workloads runs, canonical."""
    lines = (_read(words, own, looked) for _, words, own in _lines(looked, workloads))
    found = (each.entry for line in lines for each in line.programs)
    return {looked.tree.canonical(entry.path) for entry in found if entry is not None}


def started_paths(looked: Looked, *, sure: bool = False) -> tuple[bytes, ...]:
    """The files that the image's start command names, then those that its scripts come to; only those that they come to
    whatever happens where `sure`."""
    config, tree = looked.image.config, looked.tree
    words = start_words(config)
    met = _read(words, config, looked).programs
    behind = (each.entry.path for each in met if each.entry is not None and (each.is_sure or not sure))
    return tuple(dict.fromkeys((*start_files(words, config, tree), *behind)))


def unread_lines(seen: Seen, workloads: Iterable[Workload]) -> Iterator[Gap]:
    """What was not read of the lines that start the image and look after it, and of the scripts behind them."""
    for name, words, config in _lines(seen.looked, workloads):
        for each in _read(words, config, seen.looked).unread:
            where = Where(path=path_text(each.path)) if each.path else Where(source=name)
            yield Gap(where=where, message=each.why)


def _lines(looked: Looked, workloads: Iterable[Workload]) -> Iterator[tuple[str, Sequence[str], Config]]:
    """Every line by its name, its words, and the configuration that holds for it."""
    config = looked.image.config
    yield "ENTRYPOINT, CMD", start_words(config), config
    yield "HEALTHCHECK", health_words(config), config
    for workload in workloads:
        own = deployed_config(config, workload)
        if _has_own_words(workload):
            yield workload.where, start_words(own), own
        for each in workload.checks:
            yield f"{workload.where} {each.name}", each.words, _of_check(own, each)


def _of_check(config: Config, check: Check) -> Config:
    """The configuration that a command besides the start is run with: a hook may have a folder and variables of its own."""
    if not check.working_folder and not check.environment:
        return config
    environment = dict(pair.partition("=")[::2] for pair in (*config.env, *check.environment))
    env = tuple(f"{name}={value}" for name, value in environment.items())
    return msgspec.structs.replace(config, env=env, working_dir=check.working_folder or config.working_dir)


def _has_own_words(workload: Workload) -> bool:
    return workload.command is not None or workload.arguments is not None


def _programs(words: Sequence[str], config: Config, seen: Seen) -> tuple[ProgramRun, ...]:
    return tuple(_run(each, seen) for each in _read(words, config, seen.looked).programs)


def _read(words: Sequence[str], config: Config, looked: Looked) -> LineRead:
    """What a line runs, with the scripts of the image read further; read once."""
    key = (tuple(words), config.env, config.working_dir)
    found = looked.lines_read.get(key)
    if not isinstance(found, LineRead):
        texts = {path: each.text for path, each in looked.visible(SCRIPTS).items() if each.text}
        found = looked.lines_read[key] = programs_run(words, config, looked.tree, texts)
    return found


def _run(ran: Ran, seen: Seen) -> ProgramRun:
    by = path_text(ran.by)
    if ran.entry is None:
        return ProgramRun(name=ran.name, is_sure=ran.is_sure, is_asked=ran.is_asked, by=by)
    script = seen.looked.visible(SCRIPTS).get(ran.entry.path)
    lacks = (
        lacking_interpreter(script.interpreter, script.argument, ran.config, seen.looked.tree)
        if script is not None and not ran.is_read
        else ""
    )
    return ProgramRun(name=ran.name, path=path_text(ran.entry.path), lacks=lacks, is_sure=ran.is_sure, by=by)


def _stopped_by(
    seen: Seen, ground: Ground, program: Entry, script: Script | None, fact: Dynamic | None
) -> Message | None:
    looked = seen.looked
    config = looked.image.config
    groups, is_script = ground.texts.get(b"etc/group", b""), script is not None
    text = script.text if script is not None else b""
    return (
        no_form(program, fact, script.interpreter if script else None, looked.image.platform.architecture)
        or not_allowed(program, ground.runs_as, groups, looked.tree, is_script=is_script)
        or hands_on_to_nothing(start_words(config), text, config, looked.tree)
    )
