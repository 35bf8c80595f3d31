"""SBOM files as something to judge: what they tell is installed, its sides where they tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from seamline.effects.disk import read_regular, spelt
from seamline.effects.given import STDIN, is_piped, passing, read_given, shown_as
from seamline.formats.sbom_document import MOST_BYTES, parse_sbom_document
from seamline.model.document import SbomDocument
from seamline.model.image import Config
from seamline.model.package import Install, Side
from seamline.model.report import ImageLine
from seamline.model.seam import ContentSpan, LayerSpan, Stratum
from seamline.verbs.stock import Stock

_HEADS = (b"{", b"<?xml", b"<bom", b"SPDXVersion:")
_MOST_BLANKS = 512
_GRYPE = "sbom:"
"""How Grype wants an SBOM to be named."""
_Place = tuple[Side, str]
_BOTTOM_UP = (Side.SYSTEM, Side.UNKNOWN, Side.APPLICATION)


def read_document(text: str) -> Stock | None:
    """What an SBOM tells, a file or piped in; None, and nothing of it taken, where `text` names something else.

    Raises:
        Malformed, Unsupported, Bomb: it looks like one, but cannot be read.
    """
    if is_piped(text):
        return _read_piped(text)
    if text.startswith(_GRYPE):
        text = text.removeprefix(_GRYPE)
        if is_piped(text):
            return _piped(text)
    elif ":" in text.partition("/")[0] or not Path(text).is_file() or not _begins_a_document(Path(text)):
        return None
    path = Path(text)
    return stock_of_document(parse_sbom_document(read_regular(path, MOST_BYTES), text), spelt(text))


def _read_piped(text: str) -> Stock | None:
    return _piped(text) if _is_document(passing(text).peek(_MOST_BLANKS)) else None


def _piped(text: str) -> Stock:
    source = shown_as(text)
    stock = stock_of_document(parse_sbom_document(read_given(text, MOST_BYTES), source), source)
    # whoever asks on pipes it in again
    return msgspec.structs.replace(stock, image=msgspec.structs.replace(stock.image, given=STDIN))


def _begins_a_document(path: Path) -> bool:
    with path.open("rb") as file:
        return _is_document(file.read(_MOST_BLANKS))


def _is_document(head: bytes) -> bool:
    start = head[:_MOST_BLANKS].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(_HEADS) or (start.startswith(b"#") and b"\nSPDXVersion:" in start)


def stock_of_document(document: SbomDocument, source: str) -> Stock:
    """What a document tells, one stratum for each that it names: the system's first, as they stand in an image."""
    held = Counter((install.side, install.stratum) for install in document.installs)
    lowest = {
        (each.side, each.stratum): each.current_layer or 0
        for each in sorted(document.installs, key=lambda each: each.current_layer or 0, reverse=True)
    }
    places = sorted(held, key=lambda place: (_BOTTOM_UP.index(place[0]), lowest[place], place[1])) or [
        (Side.UNKNOWN, "")
    ]
    spans = _spans(document, places)
    places = sorted(places, key=lambda place: spans[place].first) if spans else places
    strata = tuple(
        Stratum(
            name=place[1] or document.subject or source,
            extent=spans[place] if spans else ContentSpan(held[place], 0),
            side=place[0],
        )
        for place in places
    )
    at = {place: number for number, place in enumerate(places)}

    def index_of(install: Install) -> int:
        return at[install.side, install.stratum]

    return Stock(
        image=_image(document, source),
        distribution=document.distribution,
        installs=document.installs,
        strata=strata,
        index_of=index_of,
        gaps=document.gaps,
    )


def _spans(document: SbomDocument, places: Sequence[_Place]) -> Mapping[_Place, LayerSpan]:
    """The layers of each stratum, one run on top of the other; none where a package's layer is not told, or where strata share
    layers, as those of a squashed image do."""
    layers: dict[_Place, list[int]] = {place: [] for place in places}
    for install in document.installs:
        if install.current_layer is None:
            return {}
        layers[install.side, install.stratum].append(install.current_layer)
    if not all(layers.values()):
        return {}
    runs = sorted((min(found), max(found), place) for place, found in layers.items())
    if any(above[0] <= below[1] for below, above in pairwise(runs)):
        return {}
    top = max(document.layers - 1, runs[-1][1])
    firsts = [0, *(below[1] + 1 for below in runs[:-1])]
    lasts = [*(run[1] for run in runs[:-1]), top]
    ends = zip(runs, firsts, lasts, strict=True)
    return {place: LayerSpan(first, last) for (_, _, place), first, last in ends}


def _image(document: SbomDocument, source: str) -> ImageLine:
    return ImageLine(
        reference=document.subject or source,
        place=f"sbom-{document.form}",
        digest=None,
        index_digest=None,
        platform="",
        platforms=(),
        names=(),
        artifact_type="",
        config=Config(),
        annotations={},
        layers=(),
        attachments=(),
        given=source,
    )
