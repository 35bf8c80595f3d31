"""HTML as text: elements that escape what they hold. Source: WHATWG HTML, the void elements and escaping."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from seamline.render.layout import plain


class Markup(str):
    """Text that is HTML already; all other text is escaped where it is put in."""

    __slots__ = ()


_VOID = frozenset(("meta", "link", "br", "hr", "img"))
Child = Markup | str | int | None
Attribute = str | float | bool | None


def tag(name: str, *children: Child | Iterable[Child], **attributes: Attribute) -> Markup:
    """One element. An attribute `class_` is written `class`, `aria_label` `aria-label`; None and False leave it out."""
    head = "".join(
        f" {_name(key)}" if value is True else f' {_name(key)}="{escape(str(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{head}>" if name in _VOID else f"<{name}{head}>{join(children)}</{name}>")


def join(children: Iterable[Child | Iterable[Child]]) -> Markup:
    """What stands side by side."""
    return Markup("".join(map(_text, children)))


def _text(child: Child | Iterable[Child]) -> str:
    match child:
        case None:
            return ""
        case Markup():
            return child
        case str():
            return escape(plain(child))
        case int():
            return str(child)
    return "".join(map(_text, child))


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
