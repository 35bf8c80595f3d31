"""The pages that the browser is shown: of an application, of its base, of an image with 500 packages and of one in which nothing
was found; each compared, and all side by side."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from seamline.compare.sketch import outline
from seamline.model.portrait import Portrait
from seamline.render.page.compare import write_compare_page, write_overview_page
from seamline.render.page.report import write_report_page
from seamline.verbs.compare import overview_report
from seamline.verbs.demo import write_demo
from tests.layouts import write_layout
from tests.portraits import comparison_of, portrait_of
from tests.scenes import File

LANGUAGES, THEMES = ("en", "zh"), ("light", "dark")
NAMES = ("report", "large", "plain", "compare", "overview")


class Pages:
    """Every page in a folder, `NAME.LANGUAGE.html`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        made = write_demo(folder / "demo")
        plain = write_layout(folder / "plain", [{"srv/app": File(b"#!/bin/true\n", 0o755)}])
        names = (made.base, made.application, plain)
        base, shop, alone = map(portrait_of, names)
        compared = comparison_of(made.base, made.application)
        self.large = grown(shop)
        for language in LANGUAGES:
            self._put("report", language, write_report_page(shop, language))
            self._put("large", language, write_report_page(self.large, language))
            self._put("plain", language, write_report_page(alone, language))
            self._put("compare", language, write_compare_page(compared, language))
            several = overview_report([outline(each) for each in (base, shop, self.large, alone)])
            self._put("overview", language, write_overview_page(several, language))

    def at(self, name: str, language: str = "en") -> Path:
        return self.folder / f"{name}.{language}.html"

    def _put(self, name: str, language: str, page: bytes) -> None:
        self.at(name, language).write_bytes(page)


def grown(shop: Portrait) -> Portrait:
    """The demo's application with 500 packages, as large images have them, and each with a file's weight."""
    line, weight = shop.packages[0], shop.customization.weights[0]
    packages = tuple(msgspec.structs.replace(line, name=f"library-{at}", key=str(at)) for at in range(500))
    weights = tuple(
        msgspec.structs.replace(weight, package=f"library-{at}", size_bytes=1000 * (at + 1))
        for at in range(500)
    )
    custom = msgspec.structs.replace(shop.customization, weights=weights)
    return msgspec.structs.replace(shop, packages=packages, customization=custom)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return Pages(tmp_path_factory.mktemp("pages"))
