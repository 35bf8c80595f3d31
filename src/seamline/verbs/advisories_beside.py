"""What stands beside the advisories: the weather (exploited, likely, rated, ended) and the interpreters' own lists."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import msgspec

from seamline.advisories.weather import Lists, gather
from seamline.errors import SeamlineError, counted
from seamline.formats.end_of_life import parse_end_of_life
from seamline.formats.exploitation import Exploited, parse_cve_metrics, parse_epss, parse_kev
from seamline.formats.node_core import parse_node_core
from seamline.model.advisory import EcosystemState
from seamline.places.advisory_export import Alongside, Export, archive_records
from seamline.places.advisory_source import Source
from seamline.stores.advisory_index import INTERPRETERS, WEATHER, AdvisoryIndex, file_name
from seamline.stores.generations import Made
from seamline.stores.index_rows import weather_rows
from seamline.stores.index_writer import write_index
from seamline.stores.sorted_rows import Sorter
from seamline.verbs.advisory_intake import Context, Intake, finished

_LISTS: Mapping[str, tuple[str, ...]] = {
    WEATHER: ("kev", "epss", "metrics", "ends"),
    INTERPRETERS: ("node", "cpython"),
}
T = TypeVar("T")


def beside(name: str, source: Source, context: Context) -> Made | EcosystemState | None:
    """The weather's or the interpreters' file; None where the source has nothing of it. A list that cannot be had or read is
    told and leaves what is known of it."""
    state = context.old.manifest.state_of(name) if context.old is not None and not context.force else None
    marks = _marks(state)
    found: dict[str, Alongside] = {}
    for what in _LISTS[name]:
        try:
            told = source.alongside(what, marks.get(what, ""))
        except SeamlineError as fault:
            context.say(f"warning: {what} is left as it was: {fault}")
            continue
        if told is not None:
            found[what] = told
    fresh = {what: each.data for what, each in found.items() if not each.is_unchanged}
    if not found or (not fresh and state is None):
        return None
    marks |= {what: each.etag for what, each in found.items()}
    if not fresh and state is not None:
        return msgspec.structs.replace(state, fetched=context.now)
    write = _write_weather if name == WEATHER else _write_interpreters

    def made(path: Path) -> EcosystemState:
        told = write(path, fresh, source, context)
        etag = msgspec.json.encode(marks, order="sorted").decode()
        return msgspec.structs.replace(told, etag=etag, source=source.address)

    return Made(file_name(name), made)


def _marks(state: EcosystemState | None) -> dict[str, str]:
    try:
        return msgspec.json.decode(state.etag, type=dict[str, str]) if state is not None else {}
    except msgspec.MsgspecError:
        return {}


def _write_weather(
    path: Path, fresh: Mapping[str, bytes], source: Source, context: Context
) -> EcosystemState:
    del source
    old = context.old if context.old is not None else AdvisoryIndex(path.parent / "none")
    known, ended = old.every_weather()
    lists = Lists(
        kev=_exploited(fresh, context),
        epss=_parsed("epss", fresh, parse_epss, context),
        metrics=_parsed("metrics", fresh, parse_cve_metrics, context),
    )
    weather = gather(lists, known)
    cycles = _parsed("ends", fresh, parse_end_of_life, context) or ended
    rows = Sorter(path.parent)
    try:
        rows.add(weather_rows(weather, cycles))
        write_index(path, rows)
    finally:
        rows.close()
    context.say(
        f"exploited, likely and ended: {counted(len(weather), 'CVE')}, {counted(len(cycles), 'product')}"
    )
    return EcosystemState(
        ecosystem=WEATHER,
        advisories=len(weather),
        packages=len(cycles),
        newest=min(max((each.kev_added for each in weather.values()), default=""), context.now[:10]),
        fetched=context.now,
        file="",
        sha256="",
        size_bytes=0,
    )


def _exploited(fresh: Mapping[str, bytes], context: Context) -> Mapping[str, Exploited] | None:
    """CISA's catalogue; what of it cannot be read is told."""
    catalogue = _parsed("kev", fresh, parse_kev, context)
    if catalogue is None:
        return None
    if catalogue.left_out:
        context.say(
            f"warning: kev: {counted(catalogue.left_out, 'entry', 'entries')} left out: no CVE is named"
        )
    if catalogue.undated:
        told = counted(catalogue.undated, "entry", "entries")
        context.say(
            f"warning: kev: {told} without a day that there is: exploited all the same, due on no day"
        )
    return catalogue.exploited


def _parsed(what: str, fresh: Mapping[str, bytes], parse: Callable[[bytes], T], context: Context) -> T | None:
    if what not in fresh:
        return None
    try:
        return parse(fresh[what])
    except SeamlineError as fault:
        context.say(f"warning: {what} is left as it was: {fault}")
        return None


def _write_interpreters(
    path: Path, fresh: Mapping[str, bytes], source: Source, context: Context
) -> EcosystemState:
    intake = Intake(INTERPRETERS, path.parent, context.now)
    try:
        for record in _parsed("node", fresh, parse_node_core, context) or ():
            intake.take_record(record)
        if "cpython" in fresh:
            intake.is_recount = (
                True  # the other list has nothing that cannot be read: it is read whole or not at all
            )
            with cast("BinaryIO", tempfile.TemporaryFile(dir=path.parent)) as archive:
                archive.write(fresh["cpython"])
                archive.flush()
                intake.take(archive_records(archive, f"{source.address}: cpython"))
        export = Export(source=source.address, is_partial=True)
        return finished(path, intake, export, context)
    finally:
        intake.rows.close()
