"""Secrets of an image's own configuration are never repeated: whatever report shows it, shows `[secret]` in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from seamline.model.image import Image
from seamline.seam.history import steps_told

_BLOT = "[secret]"
T = TypeVar("T", bound=msgspec.Struct)
_ARGUMENTS = re.compile(r"^(?:RUN )?\|\d{1,3} ")
"""Docker writes `|2 A=1 B=2 /bin/sh -c ...` of a step with two arguments."""


def configured_secrets(image: Image) -> tuple[str, ...]:
    """The values of secrets in environment, labels, commands and history, the longest first."""
    from seamline.catalog.secret_filter import filter_for  # noqa: PLC0415 - 30 ms that an SBOM or a folder need not wait for
    from seamline.catalog.secrets import secrets_in  # noqa: PLC0415 - as above

    texts = [each.text.encode("utf-8", "surrogateescape") for each in configured_texts(image)]
    by = filter_for(sum(map(len, texts)))
    values = {
        found.value.decode("utf-8", "surrogateescape")
        for text in texts
        for found in secrets_in(text, b"", bytes(16), is_setting=True, by=by)
    }
    return tuple(sorted(values, key=len, reverse=True))


def blotted(report: T, values: Sequence[str]) -> T:
    """The same report without these values, wherever one of its texts has them: a secret is told by its place alone."""
    if not values:
        return report
    plain = _without(msgspec.to_builtins(report), values)
    return msgspec.convert(plain, type(report))


def _without(value: Any, values: Sequence[str]) -> Any:
    match value:
        case str():
            for secret in values:
                value = value.replace(secret, _BLOT)
            return value
        case dict():
            return {_without(name, values): _without(each, values) for name, each in value.items()}
        case list() | tuple():
            return [_without(each, values) for each in value]
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
