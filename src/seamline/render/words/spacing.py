"""How Chinese text and what stands in it meet: one space between Han and Latin letters, digits and signs; none between Han
and Han, none beside full-width punctuation. Templates follow it as they stand, and whatever is filled in follows it too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from seamline.expression import expression

_PLACE = expression(r"(?<!\{)\{(\w+)(?::(\w*))?\}(?!\})")
_HAN = expression(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_WIDE = expression(r"[\u3000-\u303f\uff00-\uffef\u2018-\u201d\u2026\u2014]")
_CLOSES, _OPENS = frozenset(",.;:!?)]}%"), frozenset("([{")


@lru_cache(4096)
def _pieces(template: str) -> tuple[str, ...]:
    """A template as its own text and the names that it asks for, in turn; the form of each name behind it. Braces that are
    doubled stand for themselves, as in str.format."""
    pieces = _PLACE.split(template)
    pieces[::3] = [text.replace("{{", "{").replace("}}", "}") for text in pieces[::3]]
    return tuple(pieces)


def fill_chinese(template: str, told: Callable[[str], str]) -> str:
    """The template with what `told` gives for each name, set as Chinese is."""
    pieces = _pieces(template)
    text = pieces[0]
    for at in range(1, len(pieces), 3):
        value = told(pieces[at]) if pieces[at + 1] is None else ""
        text = joined(joined(text, value), pieces[at + 2])
    return text


def joined(before: str, after: str) -> str:
    """Two texts with what belongs between them. Several blanks are columns and stay."""
    if not before or not after:
        return before + after
    left, right = before.rstrip(" "), after.lstrip(" ")
    blanks = len(before) - len(left) + len(after) - len(right)
    if blanks > 1 or not left or not right:
        return before + after
    one, other = left[-1], right[0]
    if _WIDE.match(one) or _WIDE.match(other):
        return left + right
    if _HAN.match(one) and _HAN.match(other):
        return left + right
    if _HAN.match(one):
        return left + right if other in _CLOSES or other.isspace() else f"{left} {right}"
    if _HAN.match(other):
        return left + right if one in _OPENS or one.isspace() else f"{left} {right}"
    return before + after
