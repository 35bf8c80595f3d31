"""The advisory database: updated, imported, exported, looked into."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

from seamline.advisories.compile import Compiled, compile_record
from seamline.advisories.weather import gather
from seamline.effects.disk import open_regular, read_regular
from seamline.effects.home import data_home, private_folder
from seamline.effects.wire import Wire
from seamline.errors import Malformed, NotFound, SeamlineError
from seamline.formats.end_of_life import parse_end_of_life
from seamline.formats.exploitation import parse_cve_metrics, parse_epss, parse_kev
from seamline.formats.osv import parse_osv
from seamline.model.advisory import EcosystemState, Manifest
from seamline.places.advisory_source import Export, Source, advisory_source, zip_records
from seamline.stores.advisory_index import (
    WEATHER,
    Advisories,
    AdvisoryIndex,
    Generations,
    ecosystem_rows,
    file_name,
    weather_rows,
    write_index,
)
from seamline.stores.starter_advisories import starter_advisories
from seamline.versions.orders import order_of

Say = Callable[[str], None]
STALE_DAYS = 5
_MOST_EXPORT_BYTES = 2 << 30
_ALONGSIDE = ("kev", "epss", "metrics", "ends")


def generations() -> Generations:
    """The user's own advisory database."""
    return Generations(data_home() / "advisories")


def open_database() -> Advisories:
    """The generation in place, for reading; the starter set where there is none yet."""
    index = AdvisoryIndex(generations().current)
    return index if index.manifest.ecosystems else starter_advisories()


def fetch_missing(needed: Sequence[str], address: str, wire: Wire, now: str, say: Say) -> bool:
    """Fetches the advisories that were never fetched; whether there are now more than before.

    Raises:
        SeamlineError, OSError: as `update`.
    """
    from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only fetching needs

    place = generations()
    manifest = place.manifest()
    missing = [each for each in needed if manifest.state_of(each) is None]
    if not missing:
        return False
    say(f"fetching the advisories of {', '.join(missing)} from {address} (once; then seamline db update)")
    start = time.monotonic()
    made = update(place, advisory_source(address, Http(wire)), missing, now=now, say=say)
    size = sum(state.size_bytes for state in made.ecosystems if state.ecosystem in missing)
    say(f"{size / 1e6:.1f} MB of index in {time.monotonic() - start:.0f} s")
    return True


def age_days(fetched: str, as_of: str) -> int:
    """Whole days from a moment to another (RFC 3339 both); never less than nothing."""
    try:
        return max((date.fromisoformat(as_of[:10]) - date.fromisoformat(fetched[:10])).days, 0)
    except ValueError:
        return 0


def update(
    place: Generations,
    source: Source,
    ecosystems: Sequence[str],
    *,
    now: str,
    force: bool = False,
    say: Say = lambda _: None,
) -> Manifest:
    """The database with `ecosystems` (all that it has, where none are named) made current.

    What fails for the files beside the advisories (KEV, EPSS, ends of life) is said and leaves the old ones.

    Raises:
        SeamlineError: a source cannot be had or lies; the old database stays in place.
        OSError: the disk is full or may not be written; the same.
    """
    with locked(place.folder):
        old = place.manifest()
        index = AdvisoryIndex(place.current)
        wanted = ecosystems or _usual(old, source)
        kept = {state.ecosystem: state for state in old.ecosystems} if old.kind == "osv" else {}
        made = []
        for ecosystem in wanted:
            if order_of(ecosystem) is None:
                raise NotFound(
                    ecosystem,
                    expected="an ecosystem of OSV whose versions can be compared",
                    got="another",
                    hint="spell it as OSV does: Debian, PyPI, Red Hat, crates.io",
                )
            state = None if force else kept.get(ecosystem)
            export = source.export(
                ecosystem, etag=state.etag if state else "", since=state.modified if state else ""
            )
            if export.unchanged and state is not None:
                say(f"{ecosystem}: unchanged")
                kept[ecosystem] = msgspec.structs.replace(state, fetched=now)
                continue
            kept.pop(ecosystem, None)
            made.append(_compiled(ecosystem, export, index if state else None, now, say))
        weather = _weather(source, now, say)
        if weather is not None:
            kept.pop(WEATHER, None)
            made.append(weather)
        return place.write("osv", kept.values(), made)


def _usual(old: Manifest, source: Source) -> Sequence[str]:
    """What the database has already, else all that the source has and that can be compared."""
    named = (
        [state.ecosystem for state in old.ecosystems if state.ecosystem != WEATHER]
        if old.kind == "osv"
        else []
    )
    return named or [each for each in source.ecosystems() if order_of(each) is not None]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One update at a time; the second waits for the first."""
    private_folder(folder)
    with (folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


Made = tuple[EcosystemState, Callable[[Path], None]]


def _compiled(ecosystem: str, export: Export, old: AdvisoryIndex | None, now: str, say: Say) -> Made:
    """The state and the writer of one ecosystem; records that cannot be read are counted, not fatal."""
    gathered = _Gathered(ecosystem, now)
    try:
        fresh = list(gathered.compiled(export.records()))
    finally:
        if export.archive is not None:
            export.archive.close()
    if old is not None and export.changed:
        replaced = {each.rpartition("/")[2].removesuffix(".json") for each, _ in export.changed}
        fresh += [each for each in old.every(ecosystem) if each.advisory.id not in replaced]
    rows, advisories, packages, newest = ecosystem_rows(fresh)
    say(
        f"{ecosystem}: {advisories} advisories about {packages} packages"
        + (f", {gathered.skipped} unreadable" if gathered.skipped else "")
    )
    previous = old.manifest.state_of(ecosystem) if old is not None else None
    state = EcosystemState(
        ecosystem=ecosystem,
        advisories=advisories,
        packages=packages,
        newest=min(newest, now[:10]),
        modified=max(gathered.modified, previous.modified if previous else ""),
        fetched=now,
        file=file_name(ecosystem),
        sha256="",
        size_bytes=0,
        source=export.source,
        etag=export.etag,
        skipped=gathered.skipped,
    )
    return state, lambda path: write_index(path, rows)


class _Gathered:
    """What is learnt while the records of an ecosystem stream by."""

    def __init__(self, ecosystem: str, now: str) -> None:
        self.skipped = 0
        self.modified = ""
        self._ecosystem = ecosystem
        self._now = now

    def compiled(self, records: Iterable[tuple[str, bytes]]) -> Iterator[Compiled]:
        for name, data in records:
            try:
                record = parse_osv(data, name)
            except SeamlineError:
                self.skipped += 1
                continue
            if record.modified <= self._now:  # one record from the future must not hide what comes until then
                self.modified = max(self.modified, record.modified)
            compiled = compile_record(record, self._ecosystem)
            if compiled is not None:
                yield compiled


def _weather(source: Source, now: str, say: Say) -> Made | None:
    found: dict[str, bytes] = {}
    for what in _ALONGSIDE:
        try:
            data = source.alongside(what)
        except SeamlineError as fault:
            say(f"{what}: {fault}")
            return None
        if data is not None:
            found[what] = data
    if not found:
        return None
    weather = gather(
        parse_kev(found["kev"]) if "kev" in found else {},
        parse_epss(found["epss"]) if "epss" in found else {},
        parse_cve_metrics(found["metrics"]) if "metrics" in found else {},
    )
    cycles = parse_end_of_life(found["ends"]) if "ends" in found else {}
    rows = weather_rows(weather, cycles)
    say(f"exploited, likely and ended: {len(weather)} CVEs, {len(cycles)} products")
    state = EcosystemState(
        ecosystem=WEATHER,
        advisories=len(weather),
        packages=len(cycles),
        newest=max((each.kev_added for each in weather.values()), default=""),
        fetched=now,
        file=file_name(WEATHER),
        sha256="",
        size_bytes=0,
        source=source.address,
    )
    return state, lambda path: write_index(path, rows)


def import_records(place: Generations, path: Path, *, now: str, say: Say = lambda _: None) -> Manifest:
    """Adds OSV records of one's own: a file with one record or a list of them, a folder, or a zip archive. A record that
    is there already is replaced.

    Raises:
        NotFound, Malformed: nothing can be read from there.
    """

    def records() -> Iterator[tuple[str, bytes]]:
        if path.is_dir():
            yield from ((each.name, read_regular(each, 64 << 20)) for each in sorted(path.rglob("*.json")))
            return
        with open_regular(path) as stream:
            head = stream.read(4)
            stream.seek(0)
            if head == b"PK\x03\x04":
                yield from zip_records(stream, str(path))
            else:
                yield from _single(stream.read(256 << 20), path)

    given = list(records())
    ecosystems = sorted(
        {
            affected.package.ecosystem.partition(":")[0]
            for name, data in given
            for affected in parse_osv(data, name).affected or ()
            if affected.package is not None and order_of(affected.package.ecosystem) is not None
        }
    )
    if not ecosystems:
        raise NotFound(
            str(path), expected="OSV records of known ecosystems", got="none", hint="one JSON record a file"
        )
    with locked(place.folder):
        old = place.manifest()
        index = AdvisoryIndex(place.current)
        kept = {state.ecosystem: state for state in old.ecosystems} if old.kind == "osv" else {}
        made = []
        for ecosystem in ecosystems:
            state = kept.pop(ecosystem, None)
            export = Export(source=str(path), etag=state.etag if state else "", changed=tuple(given))
            made.append(_compiled(ecosystem, export, index if state else None, now, say))
        return place.write("osv", kept.values(), made)


def _single(data: bytes, path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        found = msgspec.json.decode(data, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
        raise Malformed(
            str(path),
            expected="an OSV record or a list of them",
            got=str(fault)[:100],
            hint="one JSON record a file",
        ) from fault
    if isinstance(found, list):
        yield from ((f"{path.name}[{at}]", bytes(each)) for at, each in enumerate(found))
    else:
        yield path.name, data
