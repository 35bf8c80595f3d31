"""The pages without a mouse and without eyes: every stop of the Tab key in its order and to be seen, nothing that holds one
fast, and what axe-core finds against WCAG 2.2 at levels A and AA."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Page
from tests.render.pages import LANGUAGES, THEMES, Pages

_AXE = Path(sys.prefix) / "node" / "node_modules" / "axe-core" / "axe.min.js"
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_STOPS = "a[href], summary, .table[tabindex]"
_AT = """(() => {
    const at = document.activeElement;
    if (at === document.body || at === null) return null;
    const box = at.getBoundingClientRect(), style = getComputedStyle(at);
    return {
        index: (window.stops || []).indexOf(at), name: at.className || at.tagName,
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        inSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
})()"""


def stops(page: Page, *, unfolded: bool) -> int:
    """How many places a keyboard can go to, in the order of the page; what is folded away is none."""
    if unfolded:
        page.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    script = f"""(window.stops = [...document.querySelectorAll({_STOPS!r})].filter(each =>
        each.matches('summary') || !each.closest('details:not([open])'))).length"""
    return int(page.run(script))


def path(page: Page, most: int, *, shift: bool = False) -> list[dict[str, Any]]:
    """Where the Tab key goes until it leaves the page."""
    found = []
    for _ in range(most + 2):
        page.press("Tab", shift=shift)
        at = page.run(_AT)
        if at is None:
            break
        found.append(at)
    return found


@pytest.mark.parametrize(
    ("name", "unfolded"),
    [("report", False), ("report", True), ("compare", True), ("plain", True), ("overview", False)],
)
def test_the_tab_key_goes_everywhere_in_order_and_leaves_at_the_end(
    pages: Pages, page: Page, name: str, unfolded: bool
) -> None:
    page.go(pages.at(name))
    number = stops(page, unfolded=unfolded)
    there = path(page, number)
    assert [each["index"] for each in there] == list(range(number))
    assert [each["name"] for each in there if not (each["outlined"] and each["inSight"])] == []
    back = path(page, number, shift=True)
    assert [each["index"] for each in back[:number]] == list(reversed(range(number)))


def test_the_first_stop_skips_to_the_report_and_is_seen_when_it_is_reached(pages: Pages, page: Page) -> None:
    page.go(pages.at("report"))
    assert page.run("document.querySelector('.skip').getBoundingClientRect().right") < 0
    page.press("Tab")
    assert page.run(_AT)["name"] == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().left") >= 0
    page.press("Enter")
    assert page.run("location.hash") == "#strata"
    page.press("Tab")
    assert page.run("document.activeElement.closest('nav')") is None
    assert page.run(
        "document.querySelector('#strata').compareDocumentPosition(document.activeElement) & (4 | 16)"
    )


@pytest.mark.parametrize("key", ["Enter", " "])
def test_what_is_folded_is_opened_and_closed_by_keys_and_tells_so(pages: Pages, page: Page, key: str) -> None:
    page.go(pages.at("report"))
    page.run("document.querySelector('#weights summary').focus()")
    opened = "document.querySelector('#weights details').open"
    assert not page.run(opened)
    page.press(key)
    assert page.run(opened)
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    told = [
        {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        for node in tree
        if node.get("role", {}).get("value") in ("DisclosureTriangle", "button") and not node.get("ignored")
    ]
    assert [each.get("expanded") for each in told].count(True) == 1
    page.press("Escape")
    assert page.run(opened), "Escape is nobody's here: what was opened stays open"
    assert page.run("document.activeElement.tagName") == "SUMMARY"
    page.press(key)
    assert not page.run(opened)


def test_the_treemap_is_a_picture_with_a_name_and_a_table_behind_it(pages: Pages, page: Page) -> None:
    page.go(pages.at("large"))
    page.run("document.querySelector('#weights details').open = true")
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    pictures = [
        node["name"]["value"]
        for node in tree
        if node.get("role", {}).get("value") in ("image", "img") and not node.get("ignored")
    ]
    assert pictures == ["Every package as large as its files, coloured by side"]
    names = {node.get("name", {}).get("value") for node in tree}
    assert {"library-0", "library-499"} <= names
    page.run("document.querySelector('#weights .table').focus()")
    assert page.run(_AT_TABLE)


_AT_TABLE = "document.activeElement.matches('.table') && document.activeElement.getAttribute('aria-label')"


def axe(page: Page) -> Any:
    """What axe-core finds, folded parts opened."""
    if not _AXE.is_file():
        if os.environ.get("CI"):
            pytest.fail("axe-core is not there: script/test installs it by npm")
        pytest.skip("no axe-core: script/test installs it by npm")
    page.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.run(_AXE.read_text() + ";0")
    options = f"{{runOnly: {_LEVELS}, resultTypes: ['violations']}}"
    return page.run(
        f"axe.run(document, {options}).then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.html.slice(0, 120)).slice(0, 4)]))"
    )


@pytest.mark.parametrize(
    ("name", "language", "theme"),
    [
        *(
            (name, language, theme)
            for name in ("report", "compare")
            for language in LANGUAGES
            for theme in THEMES
        ),
        ("plain", "en", "light"),
        ("plain", "zh", "dark"),
        ("overview", "en", "dark"),
        ("overview", "zh", "light"),
    ],
)
def test_axe_finds_nothing_against_anybody(
    pages: Pages, page: Page, name: str, language: str, theme: str
) -> None:
    page.looks(theme=theme)
    page.go(pages.at(name, language))
    assert axe(page) == []


def test_axe_finds_nothing_where_500_packages_are(pages: Pages, page: Page) -> None:
    page.go(pages.at("large"))
    assert axe(page) == []


def test_axe_would_find_a_table_without_a_name_and_a_pale_text(pages: Pages, page: Page) -> None:
    page.go(pages.at("report"))
    page.run(
        "document.body.style.color = '#bbb'; document.querySelector('.map').removeAttribute('aria-label');"
        "document.documentElement.removeAttribute('lang')"
    )
    assert {"color-contrast", "html-has-lang", "role-img-alt"} <= {each for each, _ in axe(page)}
