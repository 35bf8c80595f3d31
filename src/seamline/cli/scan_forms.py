"""The forms of a scan. Each is imported when it is asked for: a run writes one or two of them."""

from __future__ import annotations

# ruff: noqa: PLC0415 - together they cost a third of a warm scan's start
from collections.abc import Callable, Mapping, Sequence

import msgspec

from seamline.cli.output import Writer
from seamline.model.finding import ScanReport
from seamline.model.report import SbomReport

FORMS = ("table", "json", "sarif", "cyclonedx-json", "gitlab", "junit", "markdown", "csv", "openvex")


def further_writers(
    reports: Sequence[ScanReport],
    sboms: Callable[[], Sequence[SbomReport]],
    language: str,
    *,
    every: bool,
) -> Mapping[str, Writer]:
    """What writes every form that asks for nothing but the reports, and in one for the SBOMs beside them."""
    return {
        "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        "sarif": lambda: _sarif(reports),
        "cyclonedx-json": lambda: _cyclonedx(reports, sboms()),
        "gitlab": lambda: _gitlab(reports),
        "junit": lambda: _junit(reports),
        "markdown": lambda: _markdown(reports, language, every=every),
        "csv": lambda: _csv(reports),
    }


def _sarif(reports: Sequence[ScanReport]) -> bytes:
    from seamline.render.scan_sarif import write_sarif

    return write_sarif(reports)


def _cyclonedx(reports: Sequence[ScanReport], sboms: Sequence[SbomReport]) -> bytes:
    from seamline.render.scan_cyclonedx import write_scan_cyclonedx

    return b"".join(map(write_scan_cyclonedx, reports, sboms))


def _gitlab(reports: Sequence[ScanReport]) -> bytes:
    from seamline.render.scan_gitlab import write_gitlab

    return write_gitlab(reports)


def _junit(reports: Sequence[ScanReport]) -> bytes:
    from seamline.render.scan_junit import write_junit

    return write_junit(reports)


def _markdown(reports: Sequence[ScanReport], language: str, *, every: bool) -> bytes:
    from seamline.render.scan_markdown import write_markdown

    return write_markdown(reports, language, every=every)


def _csv(reports: Sequence[ScanReport]) -> bytes:
    from seamline.render.scan_csv import write_csv

    return write_csv(reports)
