"""Every word that a user reads, by id, in English and Chinese.

`{name}` stands for an argument; `{name:s}` for the s of a plural, where the argument is another number than one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from seamline.model.evidence import Message
from seamline.render.layout import plain
from seamline.render.words.acting import WORDS as ACTING
from seamline.render.words.asking import WORDS as ASKING
from seamline.render.words.auditing import WORDS as AUDITING
from seamline.render.words.comparing import WORDS as COMPARING
from seamline.render.words.deciding import WORDS as DECIDING
from seamline.render.words.deploying import WORDS as DEPLOYING
from seamline.render.words.lint_own_rules import WORDS as LINT_OWN_RULES
from seamline.render.words.lint_rules import WORDS as LINT_RULES
from seamline.render.words.linting import WORDS as LINTING
from seamline.render.words.paging import WORDS as PAGING
from seamline.render.words.reading import WORDS as READING
from seamline.render.words.readying import WORDS as READYING
from seamline.render.words.scanning import WORDS as SCANNING
from seamline.render.words.starting import WORDS as STARTING
from seamline.render.words.updating import WORDS as UPDATING

SHELVES = (
    READING,
    SCANNING,
    ACTING,
    DECIDING,
    AUDITING,
    DEPLOYING,
    ASKING,
    COMPARING,
    LINTING,
    LINT_RULES,
    LINT_OWN_RULES,
    PAGING,
    READYING,
    STARTING,
    UPDATING,
)
"""The words by what they tell of, in reading order; an id stands on one shelf only."""
ENGLISH = {identifier: pair[0] for shelf in SHELVES for identifier, pair in shelf.items()}
CHINESE = {identifier: pair[1] for shelf in SHELVES for identifier, pair in shelf.items()}
LANGUAGES = {"en": ENGLISH, "zh": CHINESE}


def word(identifier: str, language: str, **args: str | int) -> str:
    """The text of `identifier`, filled; the id itself where no language has it, so that nothing is lost."""
    return fill(identifier, args, language)


def say(message: Message, language: str) -> str:
    """A message in words."""
    return fill(message.id, message.args, language)


def fill(identifier: str, args: Mapping[str, str | int], language: str) -> str:
    """The text of `identifier` with `args` in it; an argument that the text does not use is left out."""
    template = LANGUAGES[language].get(identifier) or ENGLISH.get(identifier)
    if template is None:
        shown = plain(", ".join(f"{name} {value}" for name, value in args.items()))
        return f"{identifier.replace('-', ' ')}: {shown}" if shown else identifier.replace("-", " ")
    return template.format_map(
        {name: _Argument(_told(name, value, language)) for name, value in args.items()}
    )


_OWNERS = {pair[0]: name for name, pair in READING.items() if name.startswith("owner-")}
"""The owners that nobody has named: words, while the name of a team is the same in every language."""


NOBODY = READING["owner-unknown"][0]
"""The owner of what no team is named for, as reports carry it."""


def owner_name(owner: str, language: str) -> str:
    """An owner as a reader of a language calls it."""
    return ", ".join(LANGUAGES[language].get(_OWNERS.get(each, ""), each) for each in owner.split(", "))


_LAYERS = re.compile(r"layers? (\d+(?:-\d+)?)")


def part_name(name: str, language: str) -> str:
    """A part of an image as a reader of a language calls it: a base by its own name, the rest in words."""
    if numbered := _LAYERS.fullmatch(name):
        return fill("part-layers" if "-" in name else "part-layer", {"layers": numbered[1]}, language)
    return LANGUAGES[language].get(f"part-{name.replace(' ', '-')}", name)


def rung_name(rung: str, language: str) -> str:
    """A kind of evidence as a reader of a language calls it."""
    return LANGUAGES[language].get(f"rung-{rung.replace(' ', '-')}", rung)


_NAMED = {"owner": owner_name, "then": owner_name, "how": rung_name}
"""Arguments that are words of ours and not an image's."""


def _told(name: str, value: str | int, language: str) -> str | int:
    return _NAMED[name](value, language) if name in _NAMED and isinstance(value, str) else value


class _Argument:
    """One argument as a template shows it: an image's own words never drive the terminal."""

    __slots__ = ("_value",)

    def __init__(self, value: str | int) -> None:
        self._value = value

    def __format__(self, form: str) -> str:
        if form == "s":
            return "" if str(self._value) == "1" else "s"
        return plain(str(self._value))
