"""SBOM files as something to judge: what they tell is installed, its sides where they tell them."""

from __future__ import annotations

from io import BufferedReader
from pathlib import Path

from seamline.effects.disk import read_regular
from seamline.formats.sbom_document import MOST_BYTES, parse_sbom_document
from seamline.model.document import SbomDocument
from seamline.model.image import Config
from seamline.model.package import Install, Side
from seamline.model.report import ImageLine
from seamline.model.seam import LayerSpan, Stratum
from seamline.verbs.stock import Stock

_HEADS = (b"{", b"<?xml", b"<bom", b"SPDXVersion:")
_MOST_BLANKS = 512


def read_document(text: str) -> Stock | None:
    """What an SBOM file tells; None where `text` names no JSON file.

    Raises:
        Malformed, Unsupported, Bomb: it is JSON, but no SBOM that can be read.
    """
    path = Path(text)
    if ":" in text.partition("/")[0] or not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(_MOST_BLANKS)
    if not _is_document(head):
        return None
    return stock_of_document(parse_sbom_document(read_regular(path, MOST_BYTES), text), text)


def read_piped(stream: BufferedReader) -> Stock | None:
    """The same of what is piped in; None, and nothing of it taken, where it is no SBOM.

    Raises: as `read_document`.
    """
    if not _is_document(stream.peek(_MOST_BLANKS)):
        return None
    return stock_of_document(parse_sbom_document(stream.read(MOST_BYTES + 1), "stdin"), "stdin")


def _is_document(head: bytes) -> bool:
    return head[:_MOST_BLANKS].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_HEADS)


def stock_of_document(document: SbomDocument, source: str) -> Stock:
    """What a document tells, one stratum for each that it names."""
    places = sorted({(install.side.value, install.stratum) for install in document.installs}) or [
        (Side.UNKNOWN.value, "")
    ]
    strata = tuple(
        Stratum(name=name or document.subject or source, extent=LayerSpan(0, 0), side=Side(side))
        for side, name in places
    )
    at = {place: number for number, place in enumerate(places)}

    def index_of(install: Install) -> int:
        return at[install.side.value, install.stratum]

    return Stock(
        image=_image(document, source),
        distribution=document.distribution,
        installs=document.installs,
        strata=strata,
        index_of=index_of,
        gaps=document.gaps,
    )


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
