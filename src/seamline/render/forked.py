"""A fork record in words."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.customization import Changes, Fork
from seamline.render.layout import left, plain, wrapped
from seamline.render.words import word

_LABEL = 14
_MOST_CARRIED = 12


def fork_lines(fork: Fork, language: str) -> Iterator[tuple[str, str]]:
    """(label, text): what it was made from, what it missed, what diverges, what must be carried."""
    digest = f" @{fork.digest}" if fork.digest else ""
    yield word("fork-upstream", language), f"{fork.upstream}{digest} {fork.created}".rstrip()
    if fork.missed:
        missed = ", ".join(fork.missed[-6:])
        args: dict[str, str | int] = {"number": len(fork.missed), "days": fork.missed_days, "names": missed}
        yield word("fork-missed", language), word("fork-missed-images", language, **args)
    else:
        yield word("fork-missed", language), word("fork-nothing-missed", language)
    parts = [
        _diverged(each, language) for each in (fork.packages, fork.files, fork.settings) if each is not None
    ]
    yield word("fork-diverges", language), word("comma", language).join(parts)
    yield from _carried(fork, language)


def _carried(fork: Fork, language: str) -> Iterator[tuple[str, str]]:
    """What must be carried, a line a kind; an empty label goes on with the one before."""
    kinds: dict[str, list[str]] = {}
    for each in fork.carry:
        kind, _, name = each.partition(" ")
        kinds.setdefault(kind, []).append(plain(name))
    label = word("fork-carry", language)
    for kind, names in kinds.items():
        more = f" (+{len(names) - _MOST_CARRIED})" if len(names) > _MOST_CARRIED else ""
        shown = word("comma", language).join(names[:_MOST_CARRIED]) + more
        yield label, f"{word(f'fork-{kind}', language)}{word('colon', language)}{shown}"
        label = ""
    if fork.carry_more:
        yield "", word("fork-more", language, number=fork.carry_more)


def _diverged(each: Changes, language: str) -> str:
    args: dict[str, str | int] = {"added": each.added, "replaced": each.replaced, "removed": each.removed}
    return f"{word(f'change-{each.kind}', language)} {word('fork-counts', language, **args)}"


def write_fork(fork: Fork, language: str, columns: int) -> Iterator[str]:
    """The lines of a terminal."""
    yield word("fork", language)
    for label, text in fork_lines(fork, language):
        for at, line in enumerate(wrapped(plain(text).split(), columns - _LABEL - 2)):
            yield f" {left('' if at else label, _LABEL)} {line}"
