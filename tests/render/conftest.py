"""One browser and one set of pages for all tests of this room."""

from __future__ import annotations

from tests.browser import browser, page
from tests.render.pages import pages

__all__ = ["browser", "page", "pages"]
