"""Records of one's own beside the fetched ones: a part of the database that no update touches."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from seamline.advisories.compile import compile_record
from seamline.advisories.ecosystems import base_of
from seamline.effects.progress import Meter, Say, Tell, silent
from seamline.errors import NotFound, SeamlineError, counted
from seamline.formats.osv import OsvRecord, parse_osv
from seamline.model.advisory import EcosystemState, Manifest
from seamline.places.advisory_folder import records_at
from seamline.stores.advisory_index import IMPORTED, AdvisoryIndex, file_name
from seamline.stores.generations import Generations, Made
from seamline.stores.index_rows import compiled_rows
from seamline.stores.index_writer import write_index
from seamline.stores.sorted_rows import Sorter
from seamline.versions.orders import ecosystem_named, ecosystem_near, order_of

_HELD_BYTES = 16 << 20
_MOST_TOLD = 5


def import_records(
    place: Generations,
    path: Path,
    *,
    now: str,
    replace: bool = False,
    say: Say = silent,
    meter: Meter = silent,
) -> Manifest:
    """Adds OSV records of one's own: a file with one record, a list of them or one a line, a folder, a zip or tar archive. One
    of an id that is known already takes its place, also that of a fetched record. `replace`: what was imported before goes.

    Raises:
        NotFound, Malformed, Bomb: nothing can be read from there.
        OSError: the disk is full or may not be written.
    """
    with place.locked(say):
        own = _Own(place.folder, say)
        try:
            with AdvisoryIndex(place.current) as old:
                own.take(path, partial(meter, f"{path.name}: reading"))
                kept = [each for each in old.manifest.ecosystems if each.ecosystem != IMPORTED]
                write = partial(own.write, old=None if replace else old, source=str(path), now=now)
                return place.write("osv", [*kept, Made(file_name(IMPORTED), write)])
        finally:
            own.rows.close()


class _Own:
    """What is learnt of records while they stream by."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.rows = Sorter(folder, _HELD_BYTES)
        self._say = say
        self._ids: set[str] = set()
        self._strange: dict[str, str] = {}
        self._unreadable = self._beside = 0
        self._newest = ""

    def take(self, path: Path, tell: Tell) -> None:
        """Takes every record that speaks of a known ecosystem; names those that cannot be read.

        Raises:
            NotFound: there is none.
        """
        for name, data in records_at(path, tell):
            try:
                record = parse_osv(data, name)
            except SeamlineError as fault:
                self._unreadable += 1
                if self._unreadable <= _MOST_TOLD:
                    self._say(f"warning: left out: {fault}")
                continue
            self._take(record)
        for name, record_id in self._strange.items():
            self._say(f"warning: left out: {_strange(name, record_id)}")
        if not self._ids:
            raise self._nothing(path)

    def _nothing(self, path: Path) -> NotFound:
        if self._strange and not self._unreadable:
            return _strange(*next(iter(self._strange.items())))
        got = "mere updates, of no flaw" if self._beside else "none"
        return NotFound(
            str(path),
            expected="OSV records of known ecosystems",
            got=f"{self._unreadable} that cannot be read, and no other" if self._unreadable else got,
            hint="one JSON record a file",
        )

    def _take(self, record: OsvRecord) -> None:
        if record.id in self._ids:
            return
        named = {base_of(each.package.ecosystem) for each in record.affected or () if each.package}
        known = sorted(name for name in named if order_of(name) is not None)
        for name in sorted(named.difference(known)) if not known else ():
            self._strange.setdefault(name, record.id)
        found = [compiled for name in known if (compiled := compile_record(record, name)) is not None]
        self._beside += bool(known and not found)
        for compiled in found:
            self._ids.add(record.id)
            self._newest = max(self._newest, compiled.advisory.modified or compiled.advisory.published)
            self.rows.add(compiled_rows(compiled))

    def write(self, path: Path, *, old: AdvisoryIndex | None, source: str, now: str) -> EcosystemState:
        """The file with these records and those of before."""
        older = old.file_of(IMPORTED) if old is not None else None
        tally = write_index(path, self.rows, older, frozenset(self._ids))
        counts = (f", {len(self._ids)} new or changed" if older is not None else "") + (
            f", {self._unreadable} unreadable" if self._unreadable else ""
        )
        told = counted(tally.advisories, "advisory", "advisories")
        self._say(f"imported: {told} about {counted(tally.packages, 'package')}{counts}")
        return EcosystemState(
            ecosystem=IMPORTED,
            advisories=tally.advisories,
            packages=tally.packages,
            newest=min(self._newest, now[:10]),
            fetched=now,
            file="",
            sha256="",
            size_bytes=0,
            source=source,
            skipped=self._unreadable,
            beside=self._beside,
        )


def _strange(name: str, record: str) -> NotFound:
    meant = ecosystem_named(name) or ecosystem_near(name)
    return NotFound(
        record,
        expected="an ecosystem whose versions can be compared",
        got=repr(name),
        hint=f"OSV spells it {meant}" if meant else "as OSV spells it: Debian, PyPI, npm ...",
    )
