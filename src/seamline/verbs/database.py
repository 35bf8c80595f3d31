"""The advisory database: updated, imported, exported, looked into."""

from __future__ import annotations

import fcntl
import hashlib
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

import msgspec

from seamline.advisories.compile import Compiled, compile_record
from seamline.advisories.match import match
from seamline.advisories.ratings import severity_of
from seamline.advisories.weather import gather
from seamline.effects.disk import open_regular, read_regular
from seamline.effects.home import data_home, private_folder
from seamline.errors import Bomb, Lying, Malformed, NotFound, SeamlineError
from seamline.formats.end_of_life import parse_end_of_life
from seamline.formats.exploitation import parse_cve_metrics, parse_epss, parse_kev
from seamline.formats.osv import parse_osv
from seamline.model.advisory import EcosystemState, LookupLine, Manifest
from seamline.model.package import Install, Package
from seamline.places.advisory_source import Export, Source, zip_records
from seamline.stores.advisory_index import (
    MANIFEST,
    WEATHER,
    AdvisoryIndex,
    Generations,
    ecosystem_rows,
    file_name,
    weather_rows,
    write_index,
)
from seamline.versions.orders import order_of

Say = Callable[[str], None]
STALE_DAYS = 5
_MOST_EXPORT_BYTES = 2 << 30
_ALONGSIDE = ("kev", "epss", "metrics", "ends")


def generations() -> Generations:
    """The user's own advisory database."""
    return Generations(data_home() / "advisories")


def open_database() -> AdvisoryIndex:
    """The generation in place, for reading."""
    return AdvisoryIndex(generations().current)


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
    with _locked(place.folder):
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
def _locked(folder: Path) -> Iterator[None]:
    """One update at a time; the second waits for the first."""
    private_folder(folder)
    with (folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


Made = tuple[EcosystemState, Callable[[Path], None]]


def _compiled(ecosystem: str, export: Export, old: AdvisoryIndex | None, now: str, say: Say) -> Made:
    """The state and the writer of one ecosystem; records that cannot be read are counted, not fatal."""
    gathered = _Gathered(ecosystem, now)
    fresh = list(gathered.compiled(export.records()))
    if export.archive is not None:
        export.archive.close()
    elif old is not None and export.changed:
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


def export_database(place: Generations) -> Iterator[bytes]:
    """The ready index as one tar: the manifest first, with the SHA-256 of every file that follows.

    Raises:
        NotFound: there is none yet.
    """
    index = AdvisoryIndex(place.current)
    if not index.manifest.ecosystems:
        raise NotFound("advisories", expected="a database", got="none", hint="make one: seamline db update")
    folder = place.current.resolve()
    for name in (MANIFEST, *(state.file for state in index.manifest.ecosystems)):
        path = folder / name
        header = tarfile.TarInfo(name)
        header.size = path.stat().st_size
        yield header.tobuf(tarfile.USTAR_FORMAT)
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                yield chunk
        yield bytes(-header.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def is_export(stream: BinaryIO) -> bool:
    """Whether a file begins as `export_database` begins."""
    head = stream.read(tarfile.BLOCKSIZE)
    stream.seek(0)
    return head.startswith(MANIFEST.encode() + b"\0") and head[257:262] == b"ustar"


def adopt(place: Generations, stream: BinaryIO, where: str) -> Manifest:
    """Puts an exported database in place, every file proven by its SHA-256.

    Raises:
        Malformed, Lying, Bomb: the archive is damaged, or a file is another than the manifest says.
    """
    with _locked(place.folder):
        try:
            with tarfile.open(fileobj=stream, mode="r:") as archive:
                manifest = _manifest_in(archive, where)
                made = [(state, _proven(archive, state, where)) for state in manifest.ecosystems]
                return place.write(manifest.kind, (), made)
        except (tarfile.TarError, EOFError) as fault:
            raise Malformed(
                where,
                expected="an exported database",
                got=str(fault)[:100],
                hint="write it anew: seamline db export FILE",
            ) from fault


def _manifest_in(archive: tarfile.TarFile, where: str) -> Manifest:
    member = archive.next()
    file = archive.extractfile(member) if member is not None and member.name == MANIFEST else None
    data = file.read(16 << 20) if file is not None else b""
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as fault:
        raise Malformed(
            where,
            expected="a manifest first",
            got=str(fault)[:100],
            hint="write it anew: seamline db export FILE",
        ) from fault


def _proven(archive: tarfile.TarFile, state: EcosystemState, where: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        if state.file != file_name(state.ecosystem) or state.size_bytes > _MOST_EXPORT_BYTES:
            raise Bomb(
                where, expected="files of an index", got=state.file[:80], hint="this is not what it is named"
            )
        member = archive.getmember(state.file) if state.file in archive.getnames() else None
        file = archive.extractfile(member) if member is not None else None
        digest = hashlib.sha256()
        with path.open("wb") as target:
            while file is not None and (chunk := file.read(1 << 20)):
                digest.update(chunk)
                target.write(chunk)
        if digest.hexdigest() != state.sha256:
            raise Lying(
                f"{where}: {state.file}",
                expected=f"SHA-256 {state.sha256}",
                got=digest.hexdigest(),
                hint="the archive is damaged or was tampered with: copy it again",
            )

    return write


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
    with _locked(place.folder):
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


def look_up(index: AdvisoryIndex, package: Package | None, name: str) -> tuple[LookupLine, ...]:
    """The flaws of a package at its version, or every record that has the id or alias `name`."""
    if package is not None:
        install = Install(package=package, proofs=(), origin_layer=0, current_layer=0, found_by="lookup")
        found = match([install], index.affected, index.advisory).flaws
        return tuple(
            LookupLine(
                id=flaw.id,
                aliases=flaw.aliases,
                advisories=tuple(sorted(advisory.id for advisory in flaw.advisories)),
                ecosystem=flaw.hits[0].subject.ecosystem,
                package=flaw.hits[0].subject.name,
                severity=severity_of([s for a in flaw.advisories for s in a.scores])[0].value,
                status=flaw.status.value,
                fixed_in=flaw.fixed_in,
                summary=next((a.summary for a in flaw.advisories if a.summary), ""),
            )
            for flaw in found
        )
    return tuple(_named(index, name))


def _named(index: AdvisoryIndex, name: str) -> Iterator[LookupLine]:
    for state in index.manifest.ecosystems:
        for each in index.named(state.ecosystem, name) if state.ecosystem != WEATHER else ():
            advisory = index.advisory(state.ecosystem, each)
            if advisory is not None:
                yield LookupLine(
                    id=advisory.id,
                    aliases=tuple(sorted({*advisory.aliases, *advisory.covers})),
                    advisories=(advisory.id,),
                    ecosystem=state.ecosystem,
                    package="",
                    severity=severity_of(advisory.scores)[0].value,
                    status="withdrawn" if advisory.withdrawn else "",
                    fixed_in=(),
                    summary=advisory.summary,
                )
