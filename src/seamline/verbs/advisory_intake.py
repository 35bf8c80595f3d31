"""Records of a source -> one file of the advisory index: compiled one by one, whatever cannot be read counted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from seamline.advisories.compile import compile_record
from seamline.advisories.interpreters import as_program
from seamline.effects.progress import Say, Tell
from seamline.errors import Malformed, SeamlineError, counted
from seamline.formats.osv import OsvRecord, parse_osv
from seamline.model.advisory import EcosystemState
from seamline.places.advisory_export import Export, Record
from seamline.stores.advisory_index import INTERPRETERS, AdvisoryIndex, file_name
from seamline.stores.generations import Made
from seamline.stores.index_rows import compiled_rows
from seamline.stores.index_writer import write_index
from seamline.stores.sorted_rows import Sorter

_LEAST_SHARE = 2
"""An export that shrank below one part in so many is no export."""


class Intake:
    """What is learnt while the records of an ecosystem stream by."""

    is_recount = False
    """Whether what could not be read is counted anew, though other rows are carried over."""

    def __init__(self, ecosystem: str, folder: Path, now: str, most_held_bytes: int | None = None) -> None:
        self.ecosystem = ecosystem
        self.rows = Sorter(folder, most_held_bytes) if most_held_bytes else Sorter(folder)
        self.ids: set[str] = set()
        self.skipped = self.beside = 0
        self.modified = ""
        self.newest = ""
        self._now = now

    def take(self, records: Iterable[Record]) -> None:
        """Takes records as they were fetched.

        Raises:
            OSError: the disk is full.
        """
        for name, data in records:
            try:
                record = parse_osv(data, name)
            except SeamlineError:
                self.skipped += 1
                continue
            self.take_record(record)

    def take_record(self, record: OsvRecord) -> None:
        """Takes one record; of two with the same id the first."""
        if record.id in self.ids:
            return
        self.ids.add(record.id)
        if record.modified <= self._now:  # one record from the future must not hide what comes until then
            self.modified = max(self.modified, record.modified)
        interpreters = self.ecosystem == INTERPRETERS
        spoken = as_program(record) if interpreters else record
        compiled = compile_record(spoken, "Bitnami" if interpreters else self.ecosystem)
        if compiled is None:
            self.skipped += interpreters  # commits alone
            self.beside += not interpreters
            return
        told = (compiled.advisory.modified, compiled.advisory.published)
        self.newest = max(self.newest, next((day for day in told if day and day <= self._now), ""))
        self.rows.add(compiled_rows(compiled))


class Context(msgspec.Struct, frozen=True):
    """What making a file needs beside its export. `old` is None where nothing is to be carried over."""

    now: str
    say: Say
    old: AdvisoryIndex | None = None
    force: bool = False


def made_of_export(ecosystem: str, export: Export, context: Context, tell: Tell) -> Made:
    """The file of one ecosystem."""

    def write(path: Path) -> EcosystemState:
        intake = Intake(ecosystem, path.parent, context.now)
        try:
            intake.take(export.records(tell))
            return finished(path, intake, export, context)
        finally:
            intake.rows.close()
            if export.archive is not None:
                export.archive.close()

    return Made(file_name(ecosystem), write)


def finished(path: Path, intake: Intake, export: Export, context: Context) -> EcosystemState:
    """Writes what was taken in, and tells what it is.

    Raises:
        Malformed: the source gives nothing that can be read, or a fraction of what it gave before.
        OSError: the disk is full.
    """
    ecosystem = intake.ecosystem
    previous = context.old.manifest.state_of(ecosystem) if context.old is not None else None
    older = context.old.file_of(ecosystem) if context.old is not None and export.is_partial else None
    replaced = frozenset(intake.ids)
    tally = write_index(path, intake.rows, older, replaced)
    if not export.is_partial:
        _check(intake, export, tally.advisories, previous if not context.force else None)
    before = previous if previous is not None and export.is_partial else None
    skipped = intake.skipped + (before.skipped if before is not None and not intake.is_recount else 0)
    beside = intake.beside + (before.beside if before is not None else 0)
    context.say(
        f"{ecosystem}: {counted(tally.advisories, 'advisory', 'advisories')} about {counted(tally.packages, 'package')}"
        + (f", {len(replaced)} new or changed" if older is not None else "")
        + (f", {skipped} unreadable" if skipped else "")
        + (f", {beside} about no flaw in it" if beside else "")
    )
    known = before.modified if before is not None else ""
    modified = max(moment for moment in ("", intake.modified, export.newest, known) if moment <= context.now)
    return EcosystemState(
        ecosystem=ecosystem,
        advisories=tally.advisories,
        packages=tally.packages,
        newest=min(max(intake.newest, previous.newest if older and previous else ""), context.now[:10]),
        modified=modified,
        fetched=min(context.now, export.served or context.now),
        file="",
        sha256="",
        size_bytes=0,
        source=export.source,
        etag=export.etag,
        skipped=skipped,
        beside=beside,
    )


def _check(intake: Intake, export: Export, advisories: int, previous: EcosystemState | None) -> None:
    if intake.skipped and not advisories:
        raise Malformed(
            export.source,
            expected="OSV records",
            got=f"{intake.skipped} that cannot be read, and no other",
            hint="download it again",
        )
    if previous is not None and advisories * _LEAST_SHARE < previous.advisories:
        raise Malformed(
            export.source,
            expected=f"about as many advisories as before ({previous.advisories})",
            got=f"{advisories}",
            hint="a broken export? if it is right: seamline db update --force",
        )
