"""What a scan is judged by, gathered from the settings file, other tools' lists, gates and an earlier report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from seamline.effects.disk import read_regular
from seamline.effects.settings_files import nearest_settings
from seamline.errors import Malformed, Where
from seamline.formats.json_document import parse_json
from seamline.formats.vex_document import MOST_BYTES as VEX_BYTES
from seamline.formats.vex_document import parse_vex_document
from seamline.model.evidence import Gap, Message
from seamline.settings.file import Settings, parse_settings
from seamline.settings.gates import parse_gate
from seamline.settings.ignores import Imported, parse_grype_yaml, parse_trivyignore
from seamline.verbs.scan import Terms

_MOST_BYTES = 1 << 20
_MOST_REPORT_BYTES = 256 << 20


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What the user chose on the command line; empty where nothing was."""

    settings: str = ""
    ignore_files: tuple[str, ...] = ()
    fail_on: tuple[str, ...] = ()
    baseline: str = ""
    vex: tuple[str, ...] = ()
    is_pulled: bool = False
    mine: str = ""
    allow_stale: bool = False


class _Known(msgspec.Struct, frozen=True):
    key: str


class _Earlier(msgspec.Struct, frozen=True):
    findings: tuple[_Known, ...]


def gather_terms(chosen: Chosen, today: str) -> tuple[Terms, tuple[Gap, ...]]:
    """The terms, and what of other tools' lists could not be taken over.

    Raises:
        NotFound, Malformed, Usage: a file cannot be read, or says something that is not known.
    """
    path = Path(chosen.settings) if chosen.settings else nearest_settings(Path.cwd())
    settings = parse_settings(read_regular(path, _MOST_BYTES), str(path)) if path is not None else Settings()
    lists = [_list(Path(name), today) for name in chosen.ignore_files]
    ignores = (*settings.ignores, *(ignore for each in lists for ignore in each.ignores))
    terms = Terms(
        settings=msgspec.structs.replace(settings, ignores=ignores),
        gates=tuple(map(parse_gate, chosen.fail_on or settings.fail_on)),
        baseline=_baseline(chosen.baseline),
        vex=tuple(
            s for name in chosen.vex for s in parse_vex_document(read_regular(Path(name), VEX_BYTES), name)
        ),
        is_pulled=chosen.is_pulled,
        mine=chosen.mine,
        allow_stale=chosen.allow_stale,
    )
    return terms, tuple(_left(chosen.ignore_files, lists))


def _list(path: Path, today: str) -> Imported:
    data = read_regular(path, _MOST_BYTES)
    parse = parse_grype_yaml if "grype" in path.name else parse_trivyignore
    return parse(data, path.name, today)


def _left(names: Sequence[str], lists: Iterable[Imported]) -> Iterable[Gap]:
    for name, each in zip(names, lists, strict=True):
        for rule in each.left:
            yield Gap(where=Where(source=name), message=Message("rule-not-imported", {"rule": rule}))


def _baseline(name: str) -> frozenset[str]:
    """The keys of an earlier report: one document, or one a line."""
    if not name:
        return frozenset()
    data = read_regular(Path(name), _MOST_REPORT_BYTES)
    keys: set[str] = set()
    for line in data.splitlines():
        if line.strip():
            try:
                keys |= {each.key for each in parse_json(line, _Earlier, name, _MOST_REPORT_BYTES).findings}
            except Malformed as fault:
                raise Malformed(
                    name,
                    expected="a report of scan -f json",
                    got=fault.got,
                    hint="write it with seamline scan IMAGE -f json -o FILE",
                ) from fault
    return frozenset(keys)
