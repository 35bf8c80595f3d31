"""Everything about one image on one page."""

from __future__ import annotations

from seamline.model.portrait import Portrait
from seamline.render.page import overview, security, upkeep
from seamline.render.page.parts import Tongue, document

_SECTIONS = (
    ("strata", overview.strata),
    ("actions", security.actions),
    ("findings", security.findings),
    ("surface", security.surface),
    ("secrets", security.secrets),
    ("rules", security.rules),
    ("privilege", upkeep.privilege),
    ("updates", upkeep.updates),
    ("customization", upkeep.customization),
    ("weights", overview.weights),
    ("packages", upkeep.packages),
    ("not-checked", upkeep.not_checked),
)


def write_report_page(portrait: Portrait, language: str) -> bytes:
    """The page in UTF-8: opens from disk, asks for nothing."""
    tongue = Tongue(language)
    sections = [(name, tongue.word(f"page-{name}"), write(portrait, tongue)) for name, write in _SECTIONS]
    title = f"{portrait.inspect.image.reference} - Seamline"
    return document(title, sections, overview.head(portrait, tongue), tongue)
