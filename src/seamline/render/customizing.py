"""What may be set when an image is run, and what it needs, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.model.portrait import Portrait
from seamline.render.layout import megabytes
from seamline.render.words import word


def run_time(portrait: Portrait, language: str) -> Iterator[tuple[str, str]]:
    """(label, text): who it runs as, the paths that it writes, its ports, volumes and templates."""
    config, ready = portrait.inspect.image.config, portrait.audit.readiness
    yield word("indicator-runs-as", language), _who(portrait, language)
    if ready is None:
        yield word("whole-writes", language), word("measured-unknown", language)
    else:
        yield word("whole-writes", language), _named((each.path for each in ready.writes), language)
    yield word("whole-ports", language), _named(config.exposed_ports, language)
    yield word("whole-volumes", language), _named(config.volumes, language)
    templates = (f"/{each}" for each in portrait.customization.templates)
    yield word("whole-templates", language), _named(templates, language)


def needed(portrait: Portrait, language: str) -> str:
    """What the closure of the start command takes, out of all."""
    found = portrait.customization
    if found.needed_bytes is None:
        return word("whole-needed-unknown", language)
    args = {"mb": megabytes(found.needed_bytes), "of": megabytes(found.total_bytes)}
    return word("measured-needed", language, **args)


def _who(portrait: Portrait, language: str) -> str:
    who = portrait.audit.runs_as
    if who.uid is None:
        told = word("measured-unknown", language)
        return f"{who.written}{word('colon', language)}{told}" if who.written else told
    if who.is_root:
        return word("measured-root", language)
    uid = word("measured-uid", language, uid=who.uid)
    return f"{who.name} ({uid})" if who.name else uid


def _named(names: Iterable[str], language: str) -> str:
    return word("comma", language).join(names) or word("nothing", language)
