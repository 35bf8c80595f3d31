"""What every page is made of: its frame, sections, tables, cards, and the words in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.model.evidence import Message
from seamline.model.finding import ScanReport
from seamline.model.package import Side
from seamline.render.page.charts import Bar, bars, legend
from seamline.render.page.html import Child, Markup, join, tag
from seamline.render.page.style import STYLE
from seamline.render.severity import nothing_found
from seamline.render.words import owner_name, part_name, say, word

_LONGEST_FIGURE = len("2026-11-26")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


class Tongue:
    """The words of one language, and the small marks that stand all over a page."""

    def __init__(self, language: str) -> None:
        self.language = language

    def word(self, identifier: str, **args: str | int) -> str:
        return word(identifier, self.language, **args)

    def say(self, message: Message) -> str:
        return say(message, self.language)

    def side(self, side: str) -> Markup:
        """A side in its colour, and in words."""
        return tag("span", self.word(f"side-{side}"), class_=side) if side else Markup("-")

    def part(self, name: str) -> str:
        """A part of an image, by a base's name or in words."""
        return part_name(name, self.language)

    def due(self, days_left: int | None) -> Child:
        """How late, or how many days are left."""
        if days_left is None:
            return "-"
        if days_left < 0:
            return tag("span", self.word("page-late", days=-days_left), class_="late")
        return self.word("page-left", days=days_left)

    def owner(self, owner: str) -> str:
        """A team by its name, the owners that nobody named in words."""
        return owner_name(owner, self.language) if owner else "-"

    def no_flaw(self, scan: ScanReport) -> str:
        """What it means that a scan found nothing."""
        return nothing_found(scan, self.language)

    def heading(self, identifier: str) -> str:
        """A heading that a terminal tells by capitals, as a page writes it: the first letter alone, and names of one letter."""
        text = self.word(identifier)
        words = (each if len(each) == 1 else each.lower() for each in text.split(" "))
        return text if not text.isupper() else "".join((text[0], " ".join(words)[1:]))

    def every(self, number: int, table: Markup, of: str = "") -> Markup:
        """A long table behind a summary that tells what and how many."""
        told = self.word("page-every", number=number)
        return tag("details", tag("summary", f"{of}{self.word('colon')}{told}" if of else told), table)

    def heads(self, *identifiers: str) -> tuple[str, ...]:
        return tuple(map(self.word, identifiers))


def document(title: str, sections: Sequence[tuple[str, str, Markup]], head: Markup, tongue: Tongue) -> bytes:
    """The whole page in UTF-8; `sections` are (id, heading, content) in reading order."""
    links = (tag("li", tag("a", heading, href=f"#{name}")) for name, heading, _ in sections)
    body = (
        tag(
            "section",
            tag("h2", heading, id=f"{name}-heading"),
            content,
            id=name,
            aria_labelledby=f"{name}-heading",
        )
        for name, heading, content in sections
    )
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            tag("meta", name_="color-scheme", content="light dark"),
            tag("title", title),
            tag("style", Markup(STYLE)),
        ),
        tag(
            "body",
            tag("a", tongue.word("page-skip"), href=f"#{sections[0][0]}", class_="skip"),
            tag(
                "main",
                head,
                tag("nav", tag("ul", links), aria_label=tongue.word("page-contents")),
                join(body),
            ),
        ),
        lang="zh-CN" if tongue.language == "zh" else tongue.language,
    )
    return f"<!doctype html>\n{page}\n".encode()


def rows(
    heads: Sequence[str],
    body: Iterable[Sequence[Child]],
    numbers: Sequence[int] = (),
    caption: str = "",
) -> Markup:
    """A table; the columns in `numbers` are aligned as such; `caption` tells what it shows, else its heads do."""

    def cells(kind: str, values: Sequence[Child]) -> Iterable[Markup]:
        scope = "col" if kind == "th" else None
        return (
            tag(kind, value, class_="n" if at in numbers else None, scope=scope) if value else tag("td")
            for at, value in enumerate(values)
        )

    table = tag(
        "table",
        tag("caption", caption) if caption else None,
        tag("thead", tag("tr", cells("th", heads))),
        tag("tbody", (tag("tr", cells("td", line)) for line in body)),
    )
    return tag(
        "div",
        table,
        class_="table",
        tabindex="0",
        role="group",
        aria_label=caption or ", ".join(head for head in heads if head),
    )


def side_bars(charts: Sequence[Bar], told: str, tongue: Tongue) -> Markup:
    """Bars whose pieces are sides, under what their colours stand for."""
    return join(
        (
            sides_legend((name for each in charts for name, size, _ in each.pieces if size), tongue),
            bars(charts, told),
        )
    )


def sides_legend(names: Iterable[str], tongue: Tongue) -> Markup:
    """The colours of those sides that are among `names`, each beside its word."""
    found = set(names)
    keys = ((f"f-{side.value}", tongue.word(f"side-of-{side.value}")) for side in Side)
    return legend(key for key in keys if key[0] in found)


def command(text: str) -> Markup:
    """A command, which is broken between its words alone."""
    words = (Markup(tag("span", each) + " ") for each in text.split(" "))
    return tag("code", Markup(join(words).rstrip()), class_="cmd")


def cards(values: Iterable[tuple[str, str]]) -> Markup:
    """Figures at a glance; what is told in words instead of a figure may wrap."""
    lines = (
        tag(
            "li",
            tag("b", figure, class_="told" if len(figure) > _LONGEST_FIGURE else None),
            tag("span", label),
        )
        for label, figure in values
    )
    return tag("ul", lines, class_="cards")


def listing(lines: Iterable[Child]) -> Markup:
    """A list of sentences."""
    return tag("ul", (tag("li", line) for line in lines))
