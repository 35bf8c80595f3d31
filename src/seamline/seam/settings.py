"""Settings of the configuration and who set each: the same value in a base's own configuration, else the build step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from seamline.errors import Where
from seamline.model.image import Config, Image
from seamline.model.package import Side
from seamline.model.seam import Author, Setting, Stratum
from seamline.seam.history import Step
from seamline.seam.kept import is_same

_Key = tuple[str, str]
_WRITTEN_OUT = ("user", "entrypoint", "command", "stop-signal")
"""The settings whose step says the whole value."""
_ESCAPED = {"\\u0026": "&", "\\u003c": "<", "\\u003e": ">"}
"""How encoding/json writes these in the steps of Docker's elder builder."""
_VERBS = {
    "env": "ENV",
    "user": "USER",
    "entrypoint": "ENTRYPOINT",
    "command": "CMD",
    "label": "LABEL",
    "port": "EXPOSE",
    "healthcheck": "HEALTHCHECK",
    "volume": "VOLUME",
    "workdir": "WORKDIR",
    "stop-signal": "STOPSIGNAL",
}


def settings_of(
    image: Image, strata: Sequence[Stratum], steps: Sequence[Step], authors: Sequence[Author]
) -> tuple[Setting, ...]:
    """Every setting with the stratum that set it; of unknown side where neither a base nor history tells."""
    bases = [(stratum, _values(stratum.base.config)) for stratum in strata if stratum.base is not None]
    by_name = {stratum.name: stratum for stratum in strata}
    found = []
    for (kind, key), value in _values(image.config).items():
        holder = next((stratum for stratum, values in bases if is_same(values.get((kind, key)), value)), None)
        step = None if holder else _last_step(kind, key, steps)
        author = authors[step.index] if step is not None else None
        if step is not None and author is not None:
            holder = by_name.get(author.stratum)
            holder = holder or (_only(strata) if author.side == Side.UNKNOWN else None)
            if holder is not None and not _is_of(step, holder, kind, value):
                holder, step, author = _only_above(holder, strata), None, None
        elif holder is None:
            holder = _only(strata)
        side = holder.side if holder else author.side if author else Side.UNKNOWN
        found.append(
            Setting(
                kind=kind,
                key=key,
                value=value,
                side=side,
                stratum=holder.name if holder else "",
                where=Where(source=f"history line {step.index}" if step else "configuration"),
            )
        )
    return tuple(found)


def _only(strata: Sequence[Stratum]) -> Stratum | None:
    """The stratum that sets what no base sets: the topmost, where all below it are bases with known settings."""
    lower = [stratum.base.config if stratum.base else Config() for stratum in strata[:-1]]
    if not strata or Config() in lower:
        return None
    return strata[-1]


def _is_of(step: Step, holder: Stratum, kind: str, value: str) -> bool:
    """Whether the value can be what `step` set: a base whose configuration is known (it has another value, or the
    step would not have been asked) set something else, and so did a step that writes another value out. buildah and
    kaniko change settings without a step."""
    if holder.base is not None and holder.base.config != Config():
        return False
    if kind not in _WRITTEN_OUT or "$" in step.text:
        return True
    text = step.text.replace('\\"', '"')
    for escaped, plain in _ESCAPED.items():
        text = text.replace(escaped, plain)
    return all(word in text for word in value.split())


def _only_above(holder: Stratum, strata: Sequence[Stratum]) -> Stratum | None:
    """The one stratum that could have set without a step what `holder` set otherwise: itself where it is the topmost, the
    next where that is the topmost; None where several could."""
    at = strata.index(holder)
    return strata[-1] if at >= len(strata) - 2 else None


def _values(config: Config) -> dict[_Key, str]:
    return {(kind, key): value for kind, key, value in _each(config)}


def _each(config: Config) -> Iterator[tuple[str, str, str]]:
    for pair in config.env:
        name, _, value = pair.partition("=")
        yield "env", name, value
    single: Mapping[str, str] = {
        "user": config.user,
        "entrypoint": _words(config.entrypoint),
        "command": _words(config.command),
        "healthcheck": _words(config.healthcheck),
        "workdir": config.working_dir,
        "stop-signal": config.stop_signal,
    }
    for kind, value in single.items():
        if value:
            yield kind, "", value
    for name, value in config.labels.items():
        yield "label", name, value
    for port in config.exposed_ports:
        yield "port", port, port
    for volume in config.volumes:
        yield "volume", volume, volume


def _words(words: Sequence[str] | None) -> str:
    return " ".join(words) if words else ""


def _last_step(kind: str, key: str, steps: Sequence[Step]) -> Step | None:
    """The last step that sets this, as far as the text of a step shows."""
    wanted = key.partition("/")[0]
    pattern = re.compile(rf"(?<![\w.-]){re.escape(wanted)}(?![\w.-])")
    for step in reversed(steps):
        if step.verb == _VERBS[kind] and (not key or pattern.search(step.text)):
            return step
    return None
