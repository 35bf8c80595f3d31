"""What a scan is judged by, gathered from the settings file, other tools' lists, gates and an earlier report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seamline.effects.given import read_given, shown_as
from seamline.errors import Malformed, Usage, Where
from seamline.model.evidence import Gap, Message
from seamline.model.vex import Statement
from seamline.settings.file import Settings
from seamline.settings.gates import OPTION, Gate, parse_gate
from seamline.verbs.scan import Terms
from seamline.verbs.settled import settings_of

if TYPE_CHECKING:
    from seamline.settings.ignores import Imported

_MOST_BYTES = 1 << 20
_MOST_REPORT_BYTES = 256 << 20


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What the user chose on the command line; empty where nothing was. Only what `is_gated` is judged by gates."""

    settings: str = ""
    ignore_files: tuple[str, ...] = ()
    fail_on: tuple[str, ...] = ()
    baseline: str = ""
    vex: tuple[str, ...] = ()
    is_pulled: bool = False
    mine: str = ""
    allow_stale: bool = False
    is_gated: bool = False


def gather_terms(chosen: Chosen, today: str) -> tuple[Terms, tuple[Gap, ...]]:
    """The terms, and what of other tools' lists could not be taken over.

    Raises:
        NotFound, Malformed, Usage: a file cannot be read, or says something that is not known.
    """
    settings = settings_of(chosen.settings)
    gates = _gates(chosen, settings) if chosen.is_gated else ()
    lists = [_list(name, today) for name in chosen.ignore_files]
    ignores = (*settings.ignores, *(ignore for each in lists for ignore in each.ignores))
    terms = Terms(
        settings=msgspec.structs.replace(settings, ignores=ignores),
        gates=gates,
        baseline=_baseline(chosen.baseline),
        vex=tuple(statement for name in chosen.vex for statement in _statements(name)),
        is_pulled=chosen.is_pulled,
        mine=chosen.mine,
        allow_stale=chosen.allow_stale,
    )
    return terms, tuple(_left(chosen.ignore_files, lists))


def _gates(chosen: Chosen, settings: Settings) -> tuple[Gate, ...]:
    """The gates of the command line, else those of the file.

    Raises:
        Usage, Malformed: one says something that is not known, or counts from an earlier report and none was named.
    """
    named: list[tuple[str, Where | None]] = [(text, None) for text in chosen.fail_on] or [
        (text, Where(source=settings.source, inside=f"gate.fail-on[{at}]"))
        for at, text in enumerate(settings.fail_on)
    ]
    gates = []
    for text, where in named:
        gate = parse_gate(text, where)
        if "new" in gate.conditions and not chosen.baseline:
            raise Usage(
                where or f"{OPTION} {text}",
                expected="an earlier report to count from",
                got="no --baseline",
                hint="write one with seamline scan IMAGE -f json -o FILE, then --baseline FILE",
            )
        gates.append(gate)
    return tuple(gates)


def _statements(name: str) -> Iterable[Statement]:
    from seamline.formats.vex_document import MOST_BYTES, parse_vex_document  # noqa: PLC0415 - few scans need it

    return parse_vex_document(read_given(name, MOST_BYTES), shown_as(name))


def _list(name: str, today: str) -> Imported:
    from seamline.formats.stranger import TEXT, stranger  # noqa: PLC0415 - few scans need it

    data = read_given(name, _MOST_BYTES, may_be_empty=True)
    other = stranger(data, Path(name).name)
    if other is not None and other.kind not in (TEXT, "a script"):
        raise Malformed(
            shown_as(name),
            expected="a .trivyignore or a .grype.yaml",
            got=other.kind,
            hint="check the file",
        )
    from seamline.settings.ignores import parse_ignore_list  # noqa: PLC0415 - few scans take over a list

    return parse_ignore_list(data, Path(shown_as(name)).name, today)


def _left(names: Sequence[str], lists: Iterable[Imported]) -> Iterable[Gap]:
    for name, each in zip(names, lists, strict=True):
        for rule in each.left:
            yield Gap(
                where=Where(source=shown_as(name)), message=Message("rule-not-imported", {"rule": rule})
            )


def _baseline(name: str) -> frozenset[str]:
    """The keys of what counted in an earlier report."""
    if not name:
        return frozenset()
    from seamline.formats.known_findings import parse_known_findings  # noqa: PLC0415 - few scans need it

    return parse_known_findings(read_given(name, _MOST_REPORT_BYTES), shown_as(name), _MOST_REPORT_BYTES)
