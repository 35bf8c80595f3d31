"""The native programs and libraries of an application: how they were hardened, and whether they find what they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seamline.catalog.elf_facts import READER as ELF
from seamline.catalog.ld_cache import READER as LD_CACHE
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.formats.elf import MACHINES
from seamline.formats.elf_dynamic import Dynamic
from seamline.model.binary import BinaryLine
from seamline.model.entry import path_text
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.purl import install_key
from seamline.model.workload import Workload
from seamline.surface.closure import closure, weight
from seamline.surface.linking import Libraries
from seamline.surface.programs import folders_of
from seamline.surface.start import path_of, program_of, start_words
from seamline.surface.unmet import unmet_by
from seamline.verbs.gists import Gist
from seamline.verbs.inspect import Seen
from seamline.verbs.look import Looked
from seamline.verbs.starts import started_files, started_paths


class Native(msgspec.Struct, frozen=True, array_like=True):
    """An ELF file that no package brought as it is, or that is started: what it lacks if it is the application's."""

    path: bytes
    is_package: bool
    is_started: bool
    soft: tuple[str, ...]
    unmet: tuple[Message, ...]
    packer: str


class Natives(msgspec.Struct, frozen=True, array_like=True):
    """The native programs of an image as it starts: those that lack something, by path; what the closure of its start takes, in
    bytes; and what the ELF files that are started say of themselves; the paths of all programs among ELF files."""

    lacking: tuple[Native, ...]
    needed_bytes: int | None
    started: dict[bytes, Dynamic]
    programs: frozenset[bytes]


def libraries_of(looked: Looked) -> Libraries:
    """The image's libraries, as its loaders find them."""
    path = next((pair[16:] for pair in looked.image.config.env if pair.startswith("LD_LIBRARY_PATH=")), "")
    return Libraries(
        looked.tree,
        looked.visible(ELF),
        looked.visible(TEXTS),
        path,
        looked.visible(LD_CACHE).get(b"etc/ld.so.cache", ()),
    )


def binary_lines(seen: Seen, workloads: Sequence[Workload] = ()) -> tuple[BinaryLine, ...]:
    """The application's ELF files that lack something or cannot be seen, by path. What a package of a distribution brought unaltered is that
    package's, and what is built for another machine is never loaded here. What `workloads` start is looked for in the records
    of ELF files."""
    found = (
        _lacking(seen.looked, libraries_of(seen.looked), workloads)
        if workloads
        else seen.looked.gist(NATIVES).lacking
    )
    return tuple(_lines(seen, found))


def _lines(seen: Seen, found: Iterable[Native]) -> Iterator[BinaryLine]:
    for each in found:
        entry = seen.looked.tree.at(each.path)
        assert entry is not None  # noqa: S101 - it was found there
        stratum = seen.seam.stratum_of(entry)
        is_own = not each.is_package and stratum.side == Side.APPLICATION
        soft = each.soft if is_own else ()
        if (is_own or each.is_started) and (soft or each.unmet or each.packer):
            yield BinaryLine(
                path=path_text(each.path),
                side=stratum.side,
                stratum=stratum.name,
                layer=entry.layer,
                soft=soft,
                unmet=each.unmet,
                packer=each.packer,
            )


def _natives(looked: Looked) -> Natives:
    libraries, config, tree = libraries_of(looked), looked.image.config, looked.tree
    program = program_of(start_words(config), config, tree)
    started = _started(looked, ()) | ({tree.canonical(program.path)} if program is not None else set())
    return Natives(
        lacking=tuple(_lacking(looked, libraries, ())),
        needed_bytes=_needed_bytes(looked, libraries),
        started={path: libraries.facts[path] for path in sorted(started & libraries.facts.keys())},
        programs=frozenset(path for path, fact in libraries.facts.items() if fact.is_program),
    )


NATIVES: Gist[Looked, Natives] = Gist(
    name="natives",
    record=Natives,
    make=_natives,
    of=(ELF,),
    beside=(TEXTS, SCRIPTS, LD_CACHE),
    is_of_config=True,
)
"""The native programs of an image, as its own configuration starts it."""


def _started(looked: Looked, workloads: Sequence[Workload]) -> set[bytes]:
    started = {looked.tree.canonical(path) for path in started_paths(looked)}
    return started | started_files(looked, workloads)


def _lacking(looked: Looked, libraries: Libraries, workloads: Sequence[Workload]) -> Iterator[Native]:
    tree, catalog = looked.tree, looked.catalog
    started = _started(looked, workloads)
    current = {install_key(install): install.current_layer or 0 for install in catalog.installs}
    machine = looked.image.platform.architecture
    also = "386" if machine == "amd64" else ""
    for path, fact in sorted(libraries.facts.items()):
        entry = tree.at(path)
        if entry is None or MACHINES.get(fact.machine, machine) not in (machine, also):
            continue
        owner = catalog.suppliers.get(path)
        is_package = owner is not None and entry.origin_layer <= current.get(owner, -1)
        if is_package and path not in started:
            continue
        soft = tuple(_soft(fact)) if not is_package and not fact.packer else ()
        unmet = () if _is_for_another(fact, path, libraries) else tuple(unmet_by(libraries, path))
        if soft or unmet or fact.packer:
            yield Native(path, is_package, path in started, soft, unmet, fact.packer)


def _soft(fact: Dynamic) -> Iterator[str]:
    """The protections that are not there. Go and Rust check memory themselves: they are asked for no stack protector, and a
    static Go program, which has no table that a loader writes to, for neither RELRO nor PIE."""
    if fact.language == "go" and not fact.is_dynamic:
        return
    if fact.is_program and not fact.is_pie:
        yield "PIE"
    if not fact.relro:
        yield "RELRO"
    if not fact.is_guarded and not fact.language and fact.is_program:
        yield "stack protector"
    if not fact.has_noexec_stack:
        yield "non-executable stack"


def _is_for_another(fact: Dynamic, path: bytes, libraries: Libraries) -> bool:
    """Whether a library among a package's prebuilt ones is for another C library than the image's."""
    if fact.is_program or b"node_modules/" not in path:
        return False
    return any(
        name.startswith(("libc.musl", "libc.so")) and libraries.find(name, path) is None
        for name in fact.needed
    )


def needed_bytes(seen: Seen) -> int | None:
    """What the start command's closure takes, in bytes; None where that cannot be told."""
    return seen.looked.gist(NATIVES).needed_bytes


def fact_of(seen: Seen, path: bytes) -> Dynamic | None:
    """What the ELF file at `path` says of itself, if it is one that the image starts."""
    return seen.looked.gist(NATIVES).started.get(seen.looked.tree.canonical(path))


def _needed_bytes(looked: Looked, libraries: Libraries) -> int | None:
    config = looked.image.config
    scripts = {
        path: (script.interpreter, script.argument, script.text)
        for path, script in looked.visible(SCRIPTS).items()
    }
    start = started_paths(looked)
    paths = closure(looked.tree, libraries, start, scripts, folders_of(path_of(config)))
    return None if paths is None else weight(looked.tree, paths)
