"""One page about an image: opens from disk, asks for nothing, escapes what an image says of itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from seamline.model.limits import Limits
from seamline.model.portrait import Portrait
from seamline.places.opening import Opening, open_image
from seamline.render.page.charts import Band, Bar, Tile, bars, cut, treemap
from seamline.render.page.html import Markup, tag
from seamline.render.page.report import write_report_page
from seamline.stores.shelf import Stack
from seamline.verbs.audit import DEEP
from seamline.verbs.database import open_database
from seamline.verbs.demo import write_demo
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms

_VOID = ("meta", "link", "br", "hr", "img")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Portrait:
    made = write_demo(tmp_path_factory.mktemp("demo"))
    looked = look(open_image(made.application, Opening()), cache=None, limits=Limits(), deep=DEEP)
    return portrait(see(looked, Stack(())), open_database(), Stack(()), Terms(), "2026-11-26T00:00:00Z")


class Reader(HTMLParser):
    """Checks that every element is closed in its turn, and gathers attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [value or "" for key, value in attrs if key in ("href", "src", "xlink:href", "action")]
        assert not any(key.startswith("on") for key in found)
        if name not in _VOID:
            self.open.append(name)

    def handle_endtag(self, name: str) -> None:
        assert self.open.pop() == name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_whole_and_asks_for_nothing(shop: Portrait, language: str) -> None:
    page = write_report_page(shop, language).decode()
    reader = Reader()
    reader.feed(page)
    assert not reader.open
    assert len(set(reader.ids)) == len(reader.ids)
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    assert "<script" not in page
    assert not re.search(
        r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", re.sub(r"<code[^>]*>.*?</code>", "", page)
    )


def test_no_word_of_the_page_is_missing_in_either_language(shop: Portrait) -> None:
    english, chinese = (write_report_page(shop, language).decode() for language in ("en", "zh"))
    for page in (english, chinese):
        assert not re.search(r">(?:page|card|surface|waste|knob|danger|verdict|pin|change)-[\w-]+<", page)
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", chinese)
    assert headings
    assert all(re.search("[\u4e00-\u9fff]", heading) for heading in headings)


def test_what_an_image_says_of_itself_is_escaped(shop: Portrait) -> None:
    nasty = "<script>alert(1)</script>\x1b[31m"
    image = msgspec.structs.replace(shop.inspect.image, reference=nasty)
    inspected = msgspec.structs.replace(shop.inspect, image=image)
    page = write_report_page(msgspec.structs.replace(shop, inspect=inspected), "en").decode()
    assert "<script" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "<b>", Markup("<i></i>"), title='"') == '<p title="&quot;">&lt;b&gt;<i></i></p>'


def test_the_tiles_of_a_treemap_fill_it_and_do_not_overlap() -> None:
    weights = [500.0, 300, 120, 60, 10, 5, 5]
    picture = treemap([Tile(name=str(w), side="system", weight=w, title="t") for w in weights], "told")
    place = r'style="left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%"'
    boxes = [tuple(float(number) for number in found) for found in re.findall(place, picture)]
    assert len(boxes) == len(weights)
    assert sum(w * h for _, _, w, h in boxes) == pytest.approx(100 * 100, rel=0.01)
    for at, (x, y, w, h) in enumerate(boxes):
        for a, b, c, d in boxes[at + 1 :]:
            assert x + w <= a + 0.2 or a + c <= x + 0.2 or y + h <= b + 0.2 or b + d <= y + 0.2


def test_pictures_of_nothing_are_empty_and_every_picture_says_what_it_shows() -> None:
    assert treemap([], "told") == ""
    band = Band(name="a", side="system", weight=0, note="n", is_seam=True)
    for picture in (
        cut([band], "seam", "told"),
        bars([Bar(label="x", pieces=(("f-late", 0, "none"),))], "told"),
        treemap([Tile(name="a", side="system", weight=1, title="t")], "told"),
    ):
        assert 'aria-label="told"' in picture
    assert '<span class="words">0</span>' in bars([Bar(label="x", pieces=())], "told")
