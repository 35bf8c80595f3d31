"""Every word that a user reads, by id, in English and Chinese.

`{name}` stands for an argument; `{name:s}` for the s of a plural, where the argument is another number than one, `{name:v}` for
that of a verb, where it is one, `{name:is}` for is or are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from seamline.expression import expression
from seamline.model.evidence import Message
from seamline.render.layout import plain
from seamline.render.words.reading import WORDS as READING

SHELVES = (
    "reading",
    "acting",
    "scanning",
    "auditing",
    "readying",
    "paging",
    "comparing",
    "updating",
    "deciding",
    "hiding",
    "asking",
    "deploying",
    "linting",
    "lint_rules",
    "lint_own_rules",
    "starting",
    "sourcing",
)
"""The modules of words by what they tell of, what most reports need first; an id stands on one shelf only."""


def shelf(name: str) -> Mapping[str, tuple[str, str]]:
    """The words of one shelf, English and Chinese; imported when a word is first looked for there: most verbs need few."""
    words: Mapping[str, tuple[str, str]] = import_module(f"{__name__}.{name}").WORDS
    return words


@cache
def _pair(identifier: str) -> tuple[str, str]:
    for name in SHELVES:
        if (found := shelf(name).get(identifier)) is not None:
            return found
    raise KeyError(identifier)


class _Words(Mapping[str, str]):
    """Every word of one language, by id."""

    def __init__(self, column: int) -> None:
        self._column = column

    def __getitem__(self, identifier: str) -> str:
        return _pair(identifier)[self._column]

    def __iter__(self) -> Iterator[str]:
        return (identifier for name in SHELVES for identifier in shelf(name))

    def __len__(self) -> int:
        return sum(len(shelf(name)) for name in SHELVES)


ENGLISH, CHINESE = _Words(0), _Words(1)
LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "zh": CHINESE}


def word(identifier: str, language: str, **args: str | int) -> str:
    """The text of `identifier`, filled; the id itself where no language has it, so that nothing is lost."""
    return fill(identifier, args, language)


def say(message: Message, language: str) -> str:
    """A message in words."""
    return fill(message.id, message.args, language)


def fill(identifier: str, args: Mapping[str, str | int], language: str) -> str:
    """The text of `identifier` with `args` in it; an argument that the text does not use is left out. What happened on a day that
    nobody noted (an empty `day`) has words of its own where that can be."""
    if args.get("day") == "" and f"{identifier}-undated" in ENGLISH:
        identifier += "-undated"
    template = LANGUAGES[language].get(identifier) or ENGLISH.get(identifier)
    if template is None:
        shown = plain(", ".join(f"{name} {value}" for name, value in args.items()))
        return f"{identifier.replace('-', ' ')}: {shown}" if shown else identifier.replace("-", " ")
    if language == "zh":
        from seamline.render.words.spacing import fill_chinese  # noqa: PLC0415 - English needs none of it

        return fill_chinese(template, lambda name: plain(str(_told(name, args[name], language))))
    return template.format_map(
        {name: _Argument(_told(name, value, language)) for name, value in args.items()}
    )


_OWNERS = {pair[0]: name for name, pair in READING.items() if name.startswith("owner-")}
"""The owners that nobody has named: words, while the name of a team is the same in every language."""


NOBODY = READING["owner-unknown"][0]
"""The owner of what no team is named for, as reports carry it."""


def owner_name(owner: str, language: str) -> str:
    """An owner as a reader of a language calls it."""
    return ", ".join(_plainly(_OWNERS.get(each, ""), language, each) for each in owner.split(", "))


_LAYERS = expression(r"layers? (\d+(?:-\d+)?)")


def part_name(name: str, language: str) -> str:
    """A part of an image as a reader of a language calls it: a base by its own name, the rest in words."""
    if numbered := _LAYERS.fullmatch(name):
        return fill("part-layers" if "-" in name else "part-layer", {"layers": numbered[1]}, language)
    return _plainly(f"part-{name.replace(' ', '-')}", language, name)


def rung_name(rung: str, language: str) -> str:
    """A kind of evidence as a reader of a language calls it."""
    return _plainly(f"rung-{rung.replace(' ', '-')}", language, rung)


def _plainly(identifier: str, language: str, otherwise: str) -> str:
    """A word of what is read in every image; what is none is an image's own name, and looked for on no other shelf."""
    return LANGUAGES[language][identifier] if identifier in READING else otherwise


def secret_name(what: str, name: str, language: str) -> str:
    """The kind of a secret, or the place of one, as a reader of a language calls it; `what` is kind or place."""
    pair = shelf("hiding").get(f"secret-{what}-{name.replace(' ', '-')}")
    return name if pair is None else pair[language == "zh"]


_SECRET_TOLD = expression(
    r"(?:^|(?<=, ))([a-z-]+) (?:(environment|label|history|build argument|start command) )?"
)


def secrets_told(places: str, language: str) -> str:
    """A list of secrets, `npm-token /root/.npmrc:1, url-password history RUN`, as a reader of a language calls them."""
    return _SECRET_TOLD.sub(
        lambda found: " ".join(
            (
                secret_name("kind", found[1], language),
                *([secret_name("place", found[2], language)] if found[2] else ()),
                "",
            )
        ),
        places,
    )


def setting_told(setting: str, language: str) -> str:
    """What a deployment says or leaves out, as a reader of a language calls it."""
    from seamline.render.words.deployed_settings import setting_in  # noqa: PLC0415 - only deployments need it

    return setting_in(language, setting)


_NAMED = {
    "owner": owner_name,
    "then": owner_name,
    "how": rung_name,
    "base": part_name,
    "part": part_name,
    "places": secrets_told,
    "setting": setting_told,
}
"""Arguments that are words of ours and not an image's."""


def _told(name: str, value: str | int, language: str) -> str | int:
    return _NAMED[name](value, language) if name in _NAMED and isinstance(value, str) else value


_FORMS = {"s": ("", "s"), "v": ("s", ""), "is": ("is", "are")}
"""What goes by a number: for one, for any other."""


class _Argument:
    """One argument as a template shows it: an image's own words never drive the terminal."""

    __slots__ = ("_value",)

    def __init__(self, value: str | int) -> None:
        self._value = value

    def __format__(self, form: str) -> str:
        if form in _FORMS:
            return _FORMS[form][str(self._value) != "1"]
        return plain(str(self._value))
