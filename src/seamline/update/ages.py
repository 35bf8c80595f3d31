"""How old each part of an image is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from seamline.model.report import InspectReport, StratumLine
from seamline.model.update import PartAge


def ages(report: InspectReport, owner_of: Callable[[StratumLine], str]) -> tuple[PartAge, ...]:
    """The parts bottom up, each with the day it was made and its age on the report's day."""
    top = report.strata[-1].name if report.strata else ""
    return tuple(
        _age(stratum, report, owner_of(stratum), is_top=stratum.name == top) for stratum in report.strata
    )


def _age(stratum: StratumLine, report: InspectReport, owner: str, *, is_top: bool) -> PartAge:
    base = stratum.base
    created = (base.created if base else report.image.config.created if is_top else "")[:10]
    return PartAge(
        stratum=stratum.name,
        side=stratum.side,
        owner=owner,
        created=created,
        age_days=days_between(created, report.as_of[:10]),
        reference=base.reference if base else "",
    )


def days_between(earlier: str, later: str) -> int | None:
    """Whole days between two dates; None where one is no date."""
    try:
        return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
    except ValueError:
        return None
