"""The native programs and libraries of an application: how they were hardened, and whether they find what they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.catalog.elf_facts import READER as ELF
from seamline.catalog.ld_cache import READER as LD_CACHE
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.formats.elf import MACHINES
from seamline.formats.elf_dynamic import Dynamic
from seamline.model.binary import BinaryLine
from seamline.model.package import Side
from seamline.model.purl import install_key
from seamline.model.workload import Workload
from seamline.surface.closure import closure, weight
from seamline.surface.linking import Libraries
from seamline.surface.programs import folders_of
from seamline.surface.start import path_of
from seamline.surface.unmet import unmet_by
from seamline.verbs.inspect import Seen
from seamline.verbs.starts import started_files, started_paths


def libraries_of(seen: Seen) -> Libraries:
    """The image's libraries, as its loaders find them."""
    looked = seen.looked
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
    package's, and what is built for another machine is never loaded here."""
    libraries, tree, catalog = libraries_of(seen), seen.looked.tree, seen.looked.catalog
    started = {tree.canonical(path) for path in started_paths(seen)}
    started |= started_files(seen, workloads)
    current = {install_key(install): install.current_layer or 0 for install in catalog.installs}
    machine = seen.looked.image.platform.architecture
    lines = []
    for path, fact in sorted(libraries.facts.items()):
        entry = tree.at(path)
        if entry is None or MACHINES.get(fact.machine, machine) not in (
            machine,
            "386" if machine == "amd64" else "",
        ):
            continue
        owner, stratum = catalog.suppliers.get(path), seen.seam.stratum_of(entry)
        is_package = owner is not None and entry.origin_layer <= current.get(owner, -1)
        is_own = not is_package and stratum.side == Side.APPLICATION
        if not is_own and path not in started:
            continue
        soft = tuple(_soft(fact)) if is_own and not fact.packer else ()
        unmet = () if _is_for_another(fact, path, libraries) else tuple(unmet_by(libraries, path))
        if soft or unmet or fact.packer:
            name = path.decode("utf-8", "backslashreplace")
            lines.append(
                BinaryLine(
                    path=name,
                    side=stratum.side,
                    stratum=stratum.name,
                    layer=entry.layer,
                    soft=soft,
                    unmet=unmet,
                    packer=fact.packer,
                )
            )
    return tuple(lines)


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
    looked, config = seen.looked, seen.looked.image.config
    scripts = {
        path: (script.interpreter, script.argument, script.text)
        for path, script in looked.visible(SCRIPTS).items()
    }
    start = started_paths(seen)
    paths = closure(looked.tree, libraries_of(seen), start, scripts, folders_of(path_of(config)))
    return None if paths is None else weight(looked.tree, paths)
