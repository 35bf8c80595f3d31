"""What is judged, whether it was read in an image or told by an SBOM."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from seamline import __version__
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Install
from seamline.model.report import ImageLine, SbomReport
from seamline.model.seam import Stratum
from seamline.verbs.inspect import Seen, image_line, package_line


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged: the installs, the strata that they belong to, and what could not be read. Of an image, or of an
    SBOM that tells about one."""

    image: ImageLine
    distribution: Distribution | None
    installs: tuple[Install, ...]
    strata: tuple[Stratum, ...]
    index_of: Callable[[Install], int]
    gaps: tuple[Gap, ...]


def stock_of(seen: Seen) -> Stock:
    """What an image holds."""
    catalog = seen.looked.catalog
    return Stock(
        image=image_line(seen),
        distribution=catalog.distribution,
        installs=tuple(catalog.installs),
        strata=seen.seam.strata,
        index_of=seen.seam.index_of_install,
        gaps=seen.looked.gaps,
    )


def sbom_of(stock: Stock, as_of: str) -> SbomReport:
    """Everything inside, as an SBOM."""
    return SbomReport(
        image=stock.image,
        distribution=stock.distribution,
        packages=tuple(package_line(each, stock.strata[stock.index_of(each)]) for each in stock.installs),
        gaps=stock.gaps,
        as_of=as_of,
        seamline=__version__,
    )
