"""A Dockerfile mended, rule after rule: each sees what those before it left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec

from seamline.errors import SeamlineError
from seamline.lint.mending.edit import Edit, Means, applied
from seamline.lint.mending.listing import FIXERS
from seamline.lint.pragmas import ignores_of
from seamline.lint.rule import Found
from seamline.lint.rules.listing import BY_ID
from seamline.lint.view import View

_ROUNDS = 3  # what one fixer makes, another may have to look at


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """One finding that was mended: its rule, and its line in the file as it was when it was its turn."""

    rule: str
    line: int
    detail: str


def mend(view: View, means: Means, again: Callable[[bytes], View]) -> tuple[str, tuple[Mended, ...]]:
    """The source without what can be mended, and what was; `again` sees a changed source as `view` was seen, and raises where
    it is no Dockerfile any more (its last line went on past its end, say): such a mend takes a person, and is left."""
    done: list[Mended] = []
    for _ in range(_ROUNDS):
        before = view.dockerfile.text
        for rule in FIXERS:
            edits: list[Edit] = []
            mended: list[Mended] = []
            for found, own in mendable(view, rule, means):
                edits += own
                mended.append(Mended(rule=rule, line=found.line, detail=found.detail))
            if edits:
                source = applied(view.dockerfile.text, edits)
                with suppress(SeamlineError):
                    view = again(source.encode("utf-8", "surrogateescape"))
                    done += mended
        if view.dockerfile.text == before:
            break
    return view.dockerfile.text, tuple(done)


def mendable(view: View, rule: str, means: Means) -> Iterator[tuple[Found, tuple[Edit, ...]]]:
    """The findings of a rule that can be mended, each with its edits; what a comment or the settings forgive is left."""
    if rule in means.left:
        return
    places = dict.fromkeys(BY_ID[rule].check(view))
    if not places:
        return
    ignores = ignores_of(view.dockerfile)
    mender = FIXERS[rule](view, means)
    for found in places:
        if not ignores.covers(rule, view.dockerfile.start_of(found.line)):
            edits = tuple(mender(found))
            if edits:
                yield found, edits
