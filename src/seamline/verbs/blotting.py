"""Secrets of an image's own configuration are never repeated: whatever report shows it, shows `[secret]` in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from seamline.model.image import Image
from seamline.seam.history import steps_of

_BLOT = "[secret]"
T = TypeVar("T", bound=msgspec.Struct)
_ARGUMENTS = re.compile(r"^(?:RUN )?\|\d{1,3} ")
"""Docker writes `|2 A=1 B=2 /bin/sh -c ...` of a step with two arguments."""


def configured_secrets(image: Image) -> tuple[str, ...]:
    """The values of secrets in environment, labels, commands and history, the longest first."""
    from seamline.catalog.secret_filter import filter_for  # noqa: PLC0415 - 30 ms that an SBOM or a folder need not wait for
    from seamline.catalog.secrets import secrets_in  # noqa: PLC0415 - as above

    texts = [text.encode("utf-8", "surrogateescape") for _, _, text, _ in configured_texts(image)]
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


def configured_texts(image: Image) -> Iterator[tuple[str, str, str, int | None]]:
    """(place, name, text, layer) of everything in the configuration that a secret may stand in."""
    config = image.config
    for pair in config.env:
        yield "environment", pair.partition("=")[0], pair, None
    for name, value in config.labels.items():
        yield "label", name, f"{name}={value}", None
    for words in (config.entrypoint, config.command, config.healthcheck):
        if words:
            yield "start command", words[0], " ".join(words), None
    for step in steps_of(config, len(image.layers)):
        given = _ARGUMENTS.match(step.text)
        arguments, _, run = step.text.partition(" /bin/") if given else ("", "", step.text)
        for pair in arguments.split(" ") if given else ():
            if "=" in pair:
                yield "build argument", pair.partition("=")[0], pair, step.position
        yield "history", step.verb, run, step.position
