"""The advisory database made current, a file an ecosystem: fetched while the one before is indexed, put in place whole."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from seamline.effects.ahead import ahead
from seamline.effects.progress import Meter, Say, silent
from seamline.effects.wire import Wire
from seamline.errors import Malformed, NotFound, SeamlineError
from seamline.model.advisory import EcosystemState, Manifest
from seamline.places.advisory_export import Export
from seamline.places.advisory_source import Source, advisory_source
from seamline.stores.advisory_index import (
    BESIDE,
    NO_ECOSYSTEMS,
    AdvisoryIndex,
    AnotherFormat,
    ecosystems_before,
)
from seamline.stores.generations import Generations, Made, Part
from seamline.verbs.advisories_beside import beside
from seamline.verbs.advisory_intake import Context, made_of_export
from seamline.verbs.database import generations
from seamline.versions.orders import ECOSYSTEMS, ecosystem_named, ecosystem_near, order_of


class Updated(NamedTuple):
    """The database in place, and what of it could not be made current (the older files stay)."""

    manifest: Manifest
    faults: tuple[SeamlineError, ...] = ()


def fetch_missing(
    needed: Sequence[str], address: str, wire: Wire, now: str, say: Say, meter: Meter = silent
) -> bool:
    """Fetches the advisories that were never fetched; whether there are now more than before.

    Raises:
        SeamlineError, OSError: as `update`.
    """
    from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only fetching needs

    place = generations()
    known = place.manifest()
    missing = [each for each in needed if known.state_of(each) is None]
    if not missing:
        return False
    source = advisory_source(address, Http(wire))
    sizes = [source.size_bytes(each) for each in missing]
    total = f" {sum(filter(None, sizes)) / 1e6:.1f} MB" if any(sizes) else ""
    say(
        f"fetching the advisories of {', '.join(missing)}:{total} from {address} (once; later: seamline db update)"
    )
    start = time.monotonic()
    made = update(place, source, missing, now=now, say=say, meter=meter).manifest
    size = sum(state.size_bytes for state in made.ecosystems if state.ecosystem in missing)
    say(f"{size / 1e6:.1f} MB of index in {time.monotonic() - start:.0f} s")
    return True


def update(
    place: Generations,
    source: Source,
    ecosystems: Sequence[str],
    *,
    now: str,
    force: bool = False,
    say: Say = silent,
    meter: Meter = silent,
) -> Updated:
    """The database with `ecosystems` (all that it has, or that the source has, where none are named) made current.

    What fails for some is told and leaves their old files; so does what fails beside the advisories (KEV, EPSS, ends of life).
    What another version of Seamline wrote is made anew.

    Raises:
        SeamlineError: nothing at all could be made current; the old database stays in place.
        OSError: the disk is full or may not be written; the same.
    """
    names = (each.strip() for text in ecosystems for each in text.split(","))
    ecosystems = tuple(dict.fromkeys(map(_spelt, names)))
    with place.locked(say):
        wanted, readable = _readable(place, ecosystems, say, force=force)
        with readable as old:
            run = _Run(source, Context(now, say, old, force), meter)
            manifest = place.write("osv", run.parts(wanted))
        place.tidy()
    return Updated(manifest, tuple(run.faults))


def _spelt(text: str) -> str:
    """An ecosystem as OSV spells it."""
    name, colon, _ = text.partition(":")
    ecosystem = ecosystem_named(name)
    if ecosystem and not colon:
        return ecosystem
    near = ecosystem or ecosystem_near(name)
    raise NotFound(
        f"--ecosystem {text}",
        expected=f"one of {', '.join(ECOSYSTEMS)}",
        got=f"a release of {ecosystem}, which is fetched with all others" if ecosystem else repr(text),
        hint=f"did you mean {near}?" if near else "for example --ecosystem Debian",
    )


def _readable(
    place: Generations, ecosystems: Sequence[str], say: Say, *, force: bool
) -> tuple[Sequence[str], AdvisoryIndex]:
    """What to make current, and the generation in place: one that knows nothing where it is of another format, or is damaged
    and to be made anew."""
    nothing = place.folder / "none"
    try:
        return ecosystems, AdvisoryIndex(place.current)
    except AnotherFormat as fault:
        say(f"made anew, with what it had but not what was imported by hand: {fault}")
        return ecosystems or ecosystems_before(place.current), AdvisoryIndex(nothing)
    except Malformed as fault:
        if not force:
            raise
        say(f"made anew: {fault}")
        return ecosystems, AdvisoryIndex(nothing)


class _Run:
    """One update."""

    def __init__(self, source: Source, context: Context, meter: Meter) -> None:
        self.faults: list[SeamlineError] = []
        self._source = source
        self._context = context
        self._meter = meter
        manifest = context.old.manifest if context.old is not None else Manifest()
        self._kept = {state.ecosystem: state for state in manifest.ecosystems}
        self._succeeded = self._is_alone = False

    def parts(self, ecosystems: Sequence[str]) -> Iterator[Part]:
        """The files of the new generation, one at a time: the next is fetched while one is written."""
        wanted = ecosystems or self._usual()
        self._is_alone = len(wanted) == 1
        with closing(ahead(self._exports(wanted), 1)) as exports:
            for ecosystem, export in exports:
                yield from self._part(ecosystem, export)
        for name in BESIDE:
            part = beside(name, self._source, self._context)
            if part is not None:
                self._kept.pop(name, None)
                yield part
        yield from self._kept.values()
        if wanted and not self._succeeded:
            raise self.faults[-1]

    def _usual(self) -> Sequence[str]:
        """What the database has already, else all that the source has and that can be compared."""
        named = [name for name in self._kept if name not in NO_ECOSYSTEMS]
        if named and not self._source.tells_all:
            return named
        there = [each for each in self._source.ecosystems() if order_of(each) is not None]
        if not named:
            return there
        lacking = [name for name in named if name not in there]
        if len(lacking) == len(named):
            raise self._nothing_of(lacking)
        if lacking:
            self.faults.append(self._nothing_of(lacking))
            told = ", ".join(lacking)
            self._context.say(
                f"warning: left as they were, for {self._source.address} has none of them: {told}"
            )
        return [name for name in named if name in there]

    def _nothing_of(self, names: Sequence[str]) -> NotFound:
        return NotFound(
            self._source.address,
            expected=f"what the database has: {', '.join(names)}",
            got="nothing of it",
            hint="others are added with seamline db update -e NAME",
        )

    def _exports(self, wanted: Sequence[str]) -> Generator[tuple[str, Export | SeamlineError]]:
        for ecosystem in wanted:
            state = None if self._context.force else self._kept.get(ecosystem)
            # a newest record that lies ahead of the clock would hide all that comes until then
            since = state.modified if state is not None and state.modified <= self._context.now else ""
            tell = partial(self._meter, f"{ecosystem}: fetching")
            try:
                yield (
                    ecosystem,
                    self._source.export(ecosystem, etag=state.etag if state else "", since=since, tell=tell),
                )
            except SeamlineError as fault:
                yield ecosystem, fault

    def _part(self, ecosystem: str, export: Export | SeamlineError) -> Iterator[Part]:
        if isinstance(export, SeamlineError):
            self._failed(ecosystem, export)
            return
        state = self._kept.get(ecosystem)
        if export.is_unchanged and state is not None:
            self._succeeded = True
            self._context.say(f"{ecosystem}: unchanged")
            fetched = min(self._context.now, export.served or self._context.now)
            self._kept[ecosystem] = msgspec.structs.replace(state, fetched=fetched)
            return
        made = made_of_export(
            ecosystem, export, self._context, partial(self._meter, f"{ecosystem}: indexing")
        )
        yield Made(made.file, partial(self._write, ecosystem, made))

    def _write(self, ecosystem: str, made: Made, path: Path) -> EcosystemState | None:
        """The new state; None where the records were no good, which leaves the old file."""
        try:
            state = made.write(path)
        except SeamlineError as fault:
            self._failed(ecosystem, fault)
            return None
        self._succeeded = True
        self._kept.pop(ecosystem, None)
        return state

    def _failed(self, ecosystem: str, fault: SeamlineError) -> None:
        self.faults.append(fault)
        if not self._is_alone:  # else the fault itself ends the run
            self._context.say(f"warning: {ecosystem} is left as it was: {fault}")
