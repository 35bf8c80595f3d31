"""The advisory database: where it is, how old it is."""

from __future__ import annotations

from seamline.effects.home import data_home
from seamline.model.advisory import Manifest
from seamline.model.database import DatabaseReport
from seamline.model.day import days_between
from seamline.stores.advisory_index import Advisories, AdvisoryIndex
from seamline.stores.generations import Generations

STALE_DAYS = 5


def generations() -> Generations:
    """The user's own advisory database."""
    return Generations(data_home() / "advisories")


def open_database() -> Advisories:
    """The generation in place, for reading; the starter set where there is none yet.

    Raises:
        Malformed: the database is damaged, or of another version.
    """
    index = AdvisoryIndex(generations().current)
    if index.manifest.ecosystems:
        return index
    from seamline.stores.starter_advisories import starter_advisories  # noqa: PLC0415 - a real one takes its place

    return starter_advisories()


def age_days(fetched: str, as_of: str) -> int:
    """Whole days from a moment to another (RFC 3339 both); never less than nothing."""
    return max(days_between(fetched, as_of) or 0, 0)


def database_report(manifest: Manifest, as_of: str) -> DatabaseReport:
    """What there is at a moment (RFC 3339), and what of it is too old for a gate to hold on."""
    return DatabaseReport(
        as_of=as_of,
        kind=manifest.kind if manifest.ecosystems else "none",
        format=manifest.format,
        ecosystems=manifest.ecosystems,
        stale=tuple(
            each.ecosystem for each in manifest.ecosystems if age_days(each.fetched, as_of) > STALE_DAYS
        ),
    )
