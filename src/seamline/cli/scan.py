"""`seamline scan IMAGE|SBOM...`"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import msgspec

from seamline.cli.judging import GATES, TERMS, add_options, stocks, tell_broken
from seamline.cli.language import choose_language
from seamline.cli.looking import gaps_exit, session_of
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import FEWEST_COLUMNS, Writer, check_number, emit, headed, terminal_columns
from seamline.cli.scan_forms import FORMS, further_writers
from seamline.effects.wire import Wire
from seamline.errors import SeamlineError, Usage
from seamline.model.advisory import Severity, Status
from seamline.model.evidence import Message
from seamline.model.finding import Finding, ScanReport
from seamline.model.package import Side
from seamline.settings.file import Settings, side_named
from seamline.stores.advisory_index import Advisories
from seamline.verbs.database import open_database
from seamline.verbs.scan import Terms, needed_ecosystems, scan_report
from seamline.verbs.stock import Stock, sbom_of
from seamline.verbs.terms import Chosen, gather_terms

_TOLD = "table (default), json, SARIF, CycloneDX, GitLab, JUnit, Markdown, CSV; openvex: what you decided."
_GATE_EXIT = 1
_LEFT_OUT = "findings-not-shown"
_SHOWN = (
    click.option("--side", metavar="SIDE", default="", help="Only this side: system, application, unknown."),
    click.option("--severity", metavar="LIST", default="", help="Only these: CRITICAL,HIGH ..."),
    click.option("--only-fixed", "--ignore-unfixed", is_flag=True, help="Only what has a fix."),
    click.option("--all", "every", is_flag=True, help="Every finding, not only the worst."),
    click.option(
        "--for", "team", metavar="TEAM", default="", help="One team's part, as a ticket in Markdown."
    ),
    click.option("--show-suppressed", is_flag=True, help="Also what does not count, and why."),
)
_SHOWN_NAMES = ("side", "severity", "only_fixed", "every", "team", "show_suppressed")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What of a scan the user wants to see; gates are judged on all of it."""

    side: str
    severity: str
    only_fixed: bool
    every: bool
    team: str
    show_suppressed: bool


@click.command()
@add_options(_SHOWN)
@add_options((*TERMS, *GATES))
@image_options(FORMS, _TOLD)
@reading_options
def scan(common: Common, asked: Asked, **chosen: Any) -> int:
    """Every known flaw with its side, owner and deadline, and what mends it.

    \b
    seamline scan nginx:1.27
    seamline scan nginx:1.27 --side application --severity CRITICAL,HIGH --only-fixed
    seamline scan shop.cdx.json                  an SBOM: CycloneDX, SPDX, Syft or our own
    seamline scan registry.example/shop --fail-on app=high,fixable --fail-on kev
    """
    shown = Shown(**{name: chosen.pop(name) for name in _SHOWN_NAMES})
    keep = _filter(shown)
    terms, left = gather_terms(Chosen(settings=common.settings, **chosen, is_gated=True), common.as_of[:10])
    found = list(stocks(asked.images, asked.from_file, common))
    check_number(asked.outputs, len(found))
    index = _advisories(found, common)
    known = session_of(common.of_one_platform()).known
    whole = [scan_report(stock, index, known, terms, common.as_of) for stock in found]
    whole = [msgspec.structs.replace(report, gaps=(*report.gaps, *left)) for report in whole]
    reports = [_kept(report, keep) for report in whole]
    shown = msgspec.structs.replace(shown, team=_team(shown.team, whole))
    emit(asked.outputs, _writers(reports, found, shown, common, terms))
    return _exit(whole, common)


def _advisories(stocks: Sequence[Stock], common: Common) -> Advisories:
    """The advisories; what was never fetched of those that are needed is fetched first, unless `--offline`."""
    needed = sorted({each for stock in stocks for each in needed_ecosystems(stock.installs)})
    if not common.offline and needed:
        from seamline.places.advisory_source import OSV  # noqa: PLC0415 - together 20 ms
        from seamline.verbs.database_update import fetch_missing  # noqa: PLC0415

        wire = Wire(insecure=common.insecure, ca_file=common.ca_file, attempts=2)
        address = os.environ.get("SEAMLINE_ADVISORIES") or OSV
        try:
            fetch_missing(needed, address, wire, common.as_of, _say)
        except SeamlineError as fault:
            _say(f"warning: {fault}")
    return open_database()


def _say(line: str) -> None:
    from seamline.render.words.progress import progress_in  # noqa: PLC0415 - few scans fetch

    sys.stderr.write(f"seamline: {progress_in(choose_language(), line)}\n")


def _writers(
    reports: Sequence[ScanReport],
    stocks: Sequence[Stock],
    shown: Shown,
    common: Common,
    terms: Terms,
) -> Mapping[str, Writer]:
    language = common.language
    part = [_part_of(shown.team, report) for report in reports] if shown.team else reports

    def table(report: ScanReport) -> str:
        if shown.team:
            from seamline.render.ticket import write_ticket  # noqa: PLC0415 - one form a run

            return write_ticket(report, shown.team, language, every=shown.every)
        from seamline.render.scan import write_scan  # noqa: PLC0415 - as above

        return write_scan(
            report,
            language,
            every=shown.every,
            show_suppressed=shown.show_suppressed,
            columns=terminal_columns(FEWEST_COLUMNS),
        )

    told = {
        "table": lambda: headed(reports, table),
        "openvex": lambda: _decisions(part, terms, common.as_of),
        **further_writers(
            part,
            lambda: [sbom_of(each, common.as_of) for each in stocks],
            language,
            every=shown.every,
        ),
    }
    return {**told, "markdown": told["table"]} if shown.team else told


def _part_of(team: str, report: ScanReport) -> ScanReport:
    """The report with what a team owns or what its acts mend, for forms that are no ticket."""
    mended = {key for action in report.actions if action.owner == team for key in action.mends}
    return _kept(report, lambda finding: finding.owner == team or finding.key in mended)


def _decisions(reports: Sequence[ScanReport], terms: Terms, as_of: str) -> bytes:
    """What the user decided about every image, as one OpenVEX document."""
    from seamline.formats.vex_document import write_openvex  # noqa: PLC0415 - few scans need it
    from seamline.render.gaps import how_judged  # noqa: PLC0415
    from seamline.verbs.decisions import decided_statements  # noqa: PLC0415 - as above

    ignores = terms.settings.ignores
    told = [each for report in reports for each in decided_statements(report, ignores)]
    author = next((team.name for team in terms.settings.teams), "") or "the keeper of this image"
    return write_openvex(told, author=author, as_of=as_of, tooling=how_judged(reports))


def _exit(reports: Sequence[ScanReport], common: Common) -> int:
    """1 where a gate does not hold, told on standard error; else as gaps say."""
    for report in reports:
        tell_broken(report, common.language)
    if any(report.broken for report in reports):
        return _GATE_EXIT
    return gaps_exit(any(report.gaps for report in reports), common)


def _filter(shown: Shown) -> Callable[[Finding], bool]:
    """Which findings to show.

    Raises:
        Usage: a side or severity that there is not.
    """
    side = side_named(shown.side)
    if shown.side and side is None:
        raise Usage(
            "--side",
            expected="system, application or unknown",
            got=repr(shown.side),
            hint="for example --side app",
        )
    words = {each.strip().lower() for each in shown.severity.split(",") if each.strip()}
    unknown = sorted(words - {each.value for each in Severity})
    if unknown or (shown.severity and not words):
        raise Usage(
            "--severity",
            expected=", ".join(each.value for each in Severity),
            got=", ".join(unknown) or repr(shown.severity),
            hint="for example --severity CRITICAL,HIGH",
        )
    return lambda finding: (
        (side is None or finding.side == side)
        and (not words or finding.severity in words)
        and (not shown.only_fixed or finding.status == Status.FIXED.value)
    )


def _team(team: str, reports: Sequence[ScanReport]) -> str:
    """The team as reports carry it: owners that nobody has named may be called as any language shows them.

    Raises:
        Usage: nobody is called so.
    """
    if not team:
        return team
    from seamline.render.ticket import owners_in  # noqa: PLC0415 - few scans need it
    from seamline.render.words import LANGUAGES, owner_name  # noqa: PLC0415 - as above

    told = {owner for report in reports for owner in owners_in(report)}
    known = sorted(told | {Settings().owner_of(side) for side in Side})
    shown = {owner_name(owner, language): owner for language in LANGUAGES for owner in known}
    team = team if team in known else shown.get(team, team)
    if team not in known:
        raise Usage(
            "--for",
            expected=", ".join(known) or "a team of the settings",
            got=repr(team),
            hint="docs/reference/seamline-toml.md",
        )
    return team


def _kept(report: ScanReport, keep: Callable[[Finding], bool]) -> ScanReport:
    """The report with the findings to show, and the actions that mend any of them."""
    findings = tuple(filter(keep, report.findings))
    keys = {each.key for each in findings}
    actions = tuple(
        msgspec.structs.replace(action, mends=tuple(key for key in action.mends if key in keys))
        for action in report.actions
        if keys.intersection(action.mends) or not action.mends
    )
    before = [int(note.args["number"]) for note in report.notes if note.id == _LEFT_OUT]
    hidden = len(report.findings) - len(findings) + sum(before)
    told = (Message(_LEFT_OUT, {"number": hidden}),) if hidden else ()
    notes = (*told, *(note for note in report.notes if note.id != _LEFT_OUT))
    return msgspec.structs.replace(report, findings=findings, actions=actions, notes=notes)
