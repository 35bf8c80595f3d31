"""`seamline scan IMAGE|SBOM...`"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import click
import msgspec

from seamline.cli.looking import gaps_exit, see_each, session_of
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import emit, headed
from seamline.errors import Usage
from seamline.model.advisory import Severity, Status
from seamline.model.finding import Finding, ScanReport
from seamline.render.scan import write_scan
from seamline.render.words import word
from seamline.settings.file import side_named
from seamline.verbs.database import open_database
from seamline.verbs.documents import read_document
from seamline.verbs.scan import Stock, scan_report, stock_of
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("table", "json")
_GATE_EXIT = 1
TERMS = (
    click.option("--settings", metavar="FILE", default="", envvar="SEAMLINE_SETTINGS", help="The settings; default: the nearest seamline.toml."),
    click.option("--ignore-file", "ignore_files", multiple=True, metavar="FILE", help="A .trivyignore or .grype.yaml to take over."),
    click.option("--vex", multiple=True, metavar="FILE", help="OpenVEX, CSAF or CycloneDX statements (may be repeated)."),
    click.option("--fail-on", multiple=True, metavar="GATE", help="Exit 1 on app=high, system=kev, any=overdue ... (may be repeated)."),
    click.option("--baseline", metavar="REPORT", default="", help="An earlier JSON report; the condition `new` counts from it."),
    click.option("--pulled", "is_pulled", is_flag=True, help="The image is somebody else's build: pull a newer one, don't rebuild."),
    click.option("--allow-stale", is_flag=True, help="Let gates hold on a starter, stale or missing database."),
)  # fmt: skip
_FILTERS = (
    click.option("--side", metavar="SIDE", default="", help="Only this side: system, application, unknown."),
    click.option("--severity", metavar="LIST", default="", help="Only these: CRITICAL,HIGH ..."),
    click.option("--only-fixed", "--ignore-unfixed", is_flag=True, help="Only what has a fix."),
    click.option("--all", "every", is_flag=True, help="Every finding, not only the worst."),
    click.option("--show-suppressed", is_flag=True, help="Also what does not count, and why."),
)


def add_options(options: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Adds options to a command, in their order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.command()
@add_options(_FILTERS)
@add_options(TERMS)
@image_options(_FORMS, "table (default) or json.")
@reading_options
def scan(
    common: Common,
    asked: Asked,
    side: str,
    severity: str,
    only_fixed: bool,
    every: bool,
    show_suppressed: bool,
    **terms: Any,
) -> int:
    """Every known flaw with its side, owner and deadline, and what mends it.

    \b
    seamline scan nginx:1.27
    seamline scan nginx:1.27 --side application --severity CRITICAL,HIGH --only-fixed
    seamline scan shop.cdx.json                  an SBOM: CycloneDX, SPDX, Syft or our own
    seamline scan registry.example/shop --fail-on app=high,fixable --fail-on kev
    """
    keep = _filter(side, severity, only_fixed=only_fixed)
    judged, left = gather_terms(Chosen(**terms), common.as_of[:10])
    index = open_database()
    known = session_of(common.of_one_platform()).known
    reports = [
        _kept(scan_report(stock, index, known, judged, common.as_of), keep)
        for stock in _stocks(asked, common)
    ]
    reports = [msgspec.structs.replace(report, gaps=(*report.gaps, *left)) for report in reports]
    emit(
        asked.outputs,
        {
            "table": lambda: headed(
                reports,
                lambda report: write_scan(
                    report, common.language, every=every, show_suppressed=show_suppressed
                ),
            ),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )
    return _exit(reports, common)


def _stocks(asked: Asked, common: Common) -> Iterator[Stock]:
    """What every argument holds: an SBOM is known by its form, all else is an image."""
    for text in asked.images:
        document = read_document(text)
        if document is not None:
            yield document
        else:
            yield from (stock_of(seen) for seen in see_each([text], None, common))
    if asked.from_file is not None or not asked.images:
        yield from (stock_of(seen) for seen in see_each([], asked.from_file, common))


def _exit(reports: Iterable[ScanReport], common: Common) -> int:
    """1 where a gate does not hold, told on standard error; else as gaps say."""
    reports = list(reports)
    for report in reports:
        for broken in report.broken:
            reason = f"gate-{broken.why}" if broken.why else "gate-broken"
            told = word(
                reason,
                common.language,
                gate=broken.gate,
                number=len(broken.keys),
                unknown=len(broken.unknown_side),
            )
            sys.stderr.write(f"seamline: {report.image.reference}: {told}\n")
    if any(report.broken for report in reports):
        return _GATE_EXIT
    return gaps_exit(any(report.gaps for report in reports), common)


Keep = Callable[[Finding], bool]


def _filter(side: str, severity: str, *, only_fixed: bool) -> Keep:
    """Which findings to show; gates are judged before.

    Raises:
        Usage: a side or severity that there is not.
    """
    wanted_side = side_named(side)
    if side and wanted_side is None:
        raise Usage(
            "--side", expected="system, application or unknown", got=repr(side), hint="for example --side app"
        )
    words = {each.strip().lower() for each in severity.split(",") if each.strip()}
    unknown = sorted(words - {each.value for each in Severity})
    if unknown:
        raise Usage(
            "--severity",
            expected=", ".join(each.value for each in Severity),
            got=", ".join(unknown),
            hint="for example --severity CRITICAL,HIGH",
        )
    return lambda finding: (
        (wanted_side is None or finding.side == wanted_side)
        and (not words or finding.severity in words)
        and (not only_fixed or finding.status == Status.FIXED.value)
    )


def _kept(report: ScanReport, keep: Keep) -> ScanReport:
    """The report with the findings to show, and the actions that mend any of them."""
    findings = tuple(filter(keep, report.findings))
    keys = {each.key for each in findings}
    actions = tuple(
        msgspec.structs.replace(action, mends=tuple(key for key in action.mends if key in keys))
        for action in report.actions
        if keys.intersection(action.mends)
    )
    return msgspec.structs.replace(report, findings=findings, actions=actions)
