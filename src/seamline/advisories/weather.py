"""What the world does with CVEs, gathered from its sources into one value a CVE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from seamline.advisories.ratings import base_score
from seamline.formats.exploitation import Exploited, Metrics
from seamline.model.advisory import Score, Weather


class Lists(NamedTuple):
    """What was read anew; None for a list that was not, which keeps what is known already."""

    kev: Mapping[str, Exploited] | None = None
    epss: Mapping[str, tuple[float, float]] | None = None
    metrics: Mapping[str, Metrics] | None = None


def gather(lists: Lists, known: Mapping[str, Weather]) -> dict[str, Weather]:
    """Everything known, by CVE; what nothing is known of any more is left out."""
    nothing = Weather()
    names = {*known, *(lists.kev or ()), *(lists.epss or ()), *(lists.metrics or ())}
    made = ((cve, _told(cve, lists, known.get(cve, nothing))) for cve in sorted(names))
    return {cve: each for cve, each in made if each != nothing}


def _told(cve: str, lists: Lists, old: Weather) -> Weather:
    epss, percentile = old.epss, old.percentile
    kev, added, due, scores = old.kev, old.kev_added, old.kev_due, old.scores
    if lists.epss is not None:
        epss, percentile = lists.epss.get(cve, (-1.0, -1.0))
    if lists.kev is not None:
        entry = lists.kev.get(cve)
        kev = entry is not None
        added, due = (entry.added, entry.due) if entry is not None else ("", "")
    if lists.metrics is not None:
        scores = _scores(lists.metrics.get(cve))
    return Weather(epss=epss, percentile=percentile, kev_added=added, kev_due=due, scores=scores, kev=kev)


def _scores(metrics: Metrics | None) -> tuple[Score, ...]:
    if metrics is None:
        return ()
    vectors = (("CVSS_V3", metrics.cvss3), ("CVSS_V4", metrics.cvss4))
    return tuple(Score(kind, vector, base_score(kind, vector)) for kind, vector in vectors if vector)
