"""Secrets of an image's own configuration are never repeated: whatever report shows it, shows `[secret]` in their place, and
`[not shown]` in that of a value that may be none but whose name asks for secrecy."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from seamline.expression import expression
from seamline.model.image import Config, Image
from seamline.seam.history import steps_told

_BLOT, _HIDDEN = "[secret]", "[not shown]"
_LONG = 8
"""From so many characters on a value that only its name hides is blotted out wherever it stands."""
T = TypeVar("T", bound=msgspec.Struct)
_ARGUMENTS = expression(r"^(?:RUN )?\|\d{1,3} ")
"""Docker writes `|2 A=1 B=2 /bin/sh -c ...` of a step with two arguments."""


class Blots(msgspec.Struct, frozen=True, kw_only=True):
    """What no report says: `secrets` wherever they stand, the longest first; `hidden` values, which only their name makes
    one's own business, behind what stands before them; `named` the same by name, for reports that keep the two apart."""

    secrets: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    named: frozenset[tuple[str, str]] = frozenset()

    def without(self, text: str) -> str:
        """The text with a blot in the place of each."""
        for secret in self.secrets:
            text = text.replace(secret, _BLOT)
        for before, value in self.hidden:
            text = text.replace(before + value, before + _HIDDEN)
        return text


def blots_of(image: Image) -> Blots:
    """What of environment, labels, commands and history is a secret, or stands under a name that asks for secrecy."""
    return _blots_of(tuple(configured_texts(image)))


@lru_cache(8)
def _blots_of(texts: tuple[Told, ...]) -> Blots:
    """The same for what a configuration tells; a run asks for it again and again."""
    from seamline.catalog.secret_filter import filter_for  # noqa: PLC0415 - 30 ms that an SBOM or a folder need not wait for
    from seamline.catalog.secret_names import asks_for_secrecy, hidden_pairs, may_be_shown  # noqa: PLC0415 - as above
    from seamline.catalog.secrets import secrets_in  # noqa: PLC0415 - as above

    by = filter_for(sum(len(each.text) for each in texts))
    secrets: set[str] = set()
    hidden: set[tuple[str, str]] = set()
    named: set[tuple[str, str]] = set()
    for told in texts:
        data = told.text.encode("utf-8", "surrogateescape")
        for found in secrets_in(data, b"", bytes(16), is_setting=True, by=by):
            secrets |= set(_spellings(found.value.decode("utf-8", "surrogateescape")))
        hidden |= set(hidden_pairs(told.text))
        name, equals, value = told.text.partition("=")
        is_pair = bool(equals) and told.kind in ("env", "label")
        if is_pair and asks_for_secrecy(name) and not may_be_shown(value):
            named.add((name, value))
            hidden.add((f"{name}=", value))
            secrets |= set(_spellings(value)) if len(value) >= _LONG else set()
    return Blots(
        secrets=tuple(sorted(secrets, key=lambda each: (-len(each), each))),
        hidden=tuple(sorted(hidden, key=lambda each: (-len(each[1]), each))),
        named=frozenset(named),
    )


def _spellings(value: str) -> Iterator[str]:
    """A value as histories and commands may write it: as it is, in JSON, in a shell's quotes. Source: encoding/json."""
    yield value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    yield escaped
    yield escaped.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    yield value.replace("'", "'\\''")


def blotted(report: T, blots: Blots) -> T:
    """The same report without what `blots` names, wherever one of its texts has it: a secret is told by its place alone."""
    if blots == Blots():
        return report
    plain = _without(msgspec.to_builtins(report), blots)
    return msgspec.convert(plain, type(report))


def without_secrets(config: Config, image: Image) -> Config:
    """An image's configuration as the known bases keep it: in the place of each secret that it holds, that one stood there."""
    return blotted(config, blots_of(image))


def _without(value: Any, blots: Blots) -> Any:
    match value:
        case str():
            return blots.without(value)
        case {"key": str(name), "value": str(given)} | {"name": str(name), "value": str(given)} if (
            name,
            given,
        ) in blots.named:
            return {each: _HIDDEN if each == "value" else _without(of, blots) for each, of in value.items()}
        case dict():
            return {_without(name, blots): _without(each, blots) for name, each in value.items()}
        case list() | tuple():
            return [_without(each, blots) for each in value]
    return value


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One text of the configuration. `kind` is that of its setting; `line` its line of the history, `layer` the layer that
    this made."""

    place: str
    name: str
    text: str
    kind: str = ""
    line: int | None = None
    layer: int | None = None


def configured_texts(image: Image) -> Iterator[Told]:
    """Everything in the configuration that a secret may stand in; the history too where it does not fit the layers."""
    config = image.config
    for pair in config.env:
        yield Told(place="environment", kind="env", name=pair.partition("=")[0], text=pair)
    for name, value in config.labels.items():
        yield Told(place="label", kind="label", name=name, text=f"{name}={value}")
    starts = {"entrypoint": config.entrypoint, "command": config.command, "healthcheck": config.healthcheck}
    for kind, words in starts.items():
        if words:
            yield Told(place="start command", kind=kind, name=words[0], text=" ".join(words))
    for step in steps_told(config, len(image.layers)):
        given = _ARGUMENTS.match(step.text)
        arguments, _, run = step.text.partition(" /bin/") if given else ("", "", step.text)
        for pair in arguments.split(" ") if given else ():
            if "=" in pair:
                name = pair.partition("=")[0]
                yield Told(place="build argument", name=name, text=pair, line=step.index, layer=step.position)
        yield Told(place="history", name=step.verb, text=run, line=step.index, layer=step.position)
