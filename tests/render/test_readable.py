"""The pages can be read by everybody: contrast as the browser computes it, in both themes, of text and of pictures; colours that
are told apart without red and green; landmarks with names of their own."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Page
from tests.render.pages import THEMES, Pages

_NORMAL, _LARGE, _PICTURE = 4.5, 3.0, 3.0
"""WCAG 2.1, 1.4.3 Contrast (Minimum) and 1.4.11 Non-text Contrast, level AA."""
_SCRIPT = (Path(__file__).parent / "contrast.js").read_text()


def measured(page: Page) -> list[dict[str, Any]]:
    """The pairs of ink and paper of a page."""
    pairs: list[dict[str, Any]] = page.run(_SCRIPT)
    return pairs


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["report", "compare"])
def test_every_text_stands_out_from_what_is_behind_it(
    pages: Pages, page: Page, name: str, theme: str
) -> None:
    page.looks(theme=theme)
    page.go(pages.at(name))
    pairs = measured(page)
    papers = {sum(each["paper"]) / 3 < 128 for each in pairs if each["name"].startswith(("H1", "P"))}
    assert papers == {theme == "dark"}, "the theme that was asked for is the one that is drawn"
    assert len(pairs) > 4
    assert [each for each in pairs if each["ratio"] < (_LARGE if each["large"] else _NORMAL)] == []


def test_a_pale_text_would_be_heard(pages: Pages, page: Page) -> None:
    page.go(pages.at("report"))
    page.run("document.documentElement.style.setProperty('--soft', '#b0b0b0')")
    assert min(each["ratio"] for each in measured(page)) < _NORMAL


def luminance(text: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = [int(each) / 255 for each in re.findall(r"\d+", text)[:3]]
    r, g, b = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ratio(one: float, other: float) -> float:
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_pieces_of_a_picture_stand_out_without_red_and_green(pages: Pages, page: Page, theme: str) -> None:
    """Each has a line around it that stands out from the paper; deadlines differ in lightness, and the sides in blue and orange with
    hatching on one."""
    page.looks(theme=theme)
    page.go(pages.at("report"))
    page.run(
        "document.body.insertAdjacentHTML('beforeend', ['late', 'soon', 'later', 'waiting', 'system', 'application']"
        ".map(name => `<ul class=bars><li><span class=track><i id=probe-${name} class=f-${name}></i></span></li></ul>`).join(''))"
    )

    def colour(name: str, what: str = "backgroundColor") -> str:
        return str(page.run(f"getComputedStyle(document.querySelector('#probe-{name}')).{what}"))

    paper = luminance(str(page.run("getComputedStyle(document.body).backgroundColor")))
    assert ratio(luminance(colour("late", "borderTopColor")), paper) >= _PICTURE
    lights = sorted(luminance(colour(name)) for name in ("late", "soon", "later", "waiting"))
    assert min(ratio(one, other) for one, other in pairwise(lights)) > 1.25
    assert colour("application", "backgroundImage") != colour("system", "backgroundImage") == "none"


@pytest.mark.parametrize("name", ["report", "compare", "overview"])
def test_landmarks_have_names_of_their_own_and_heads_of_columns_say_something(
    pages: Pages, name: str
) -> None:
    for language, told in (("en", "en"), ("zh", "zh-CN")):
        page = pages.at(name, language).read_text()
        assert not re.search(r"<th[^>]*></th>", page)
        assert 'role="region"' not in page, "a section is one already"
        named = re.findall(r'<(?:section|nav)[^>]* aria-label(?:ledby)?="([^"]+)"', page)
        assert len(set(named)) == len(named) > 1
        assert f'<html lang="{told}">' in page
        assert all(
            'role="img" aria-label="' in picture for picture in re.findall(r'<div class="map"[^>]*>', page)
        )
