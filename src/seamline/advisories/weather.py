"""What the world does with CVEs, gathered from its sources into one value a CVE."""

from __future__ import annotations

from collections.abc import Mapping

from seamline.advisories.ratings import base_score
from seamline.formats.exploitation import Exploited, Metrics
from seamline.model.advisory import Score, Weather


def gather(
    kev: Mapping[str, Exploited], epss: Mapping[str, tuple[float, float]], metrics: Mapping[str, Metrics]
) -> dict[str, Weather]:
    """Everything known, by CVE."""
    nobody = Exploited("")
    return {
        cve: Weather(
            epss=epss.get(cve, (-1.0, -1.0))[0],
            percentile=epss.get(cve, (-1.0, -1.0))[1],
            kev_added=kev.get(cve, nobody).dateAdded,
            kev_due=kev.get(cve, nobody).dueDate,
            scores=_scores(metrics.get(cve)),
        )
        for cve in sorted({*kev, *epss, *metrics})
    }


def _scores(metrics: Metrics | None) -> tuple[Score, ...]:
    if metrics is None:
        return ()
    vectors = (("CVSS_V3", metrics.cvss3), ("CVSS_V4", metrics.cvss4))
    return tuple(Score(kind, vector, base_score(kind, vector)) for kind, vector in vectors if vector)
