"""LABEL and MAINTAINER: what the image says about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from seamline.expression import expression
from seamline.lint.rule import CUSTOMIZATION, LOW, NEGLIGIBLE, UPDATE, Found, Rule, at_from, at_step
from seamline.lint.view import Step, View

_KEY = expression(r"[a-z](?:[a-z0-9]|[.-](?=[a-z0-9]))*[a-z0-9]|[a-z]")
_RESERVED = ("com.docker.", "io.docker.", "org.dockerproject.")
_OCI = "org.opencontainers.image."
_URL = expression(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#]+\S*")
_HASH = expression(r"[0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64}")
_SEMVER = expression(r"v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_TOLD_BY = ("source", "revision", "version", "base.name")


def bad_key(view: View) -> Iterator[Found]:
    for step in view.steps("LABEL"):
        bad = [name for name, _, _ in step.instruction.pairs if not _is_key(name.strip("\"'"))]
        if bad:
            yield at_step(step, " ".join(bad))


def _is_key(name: str) -> bool:
    return "$" in name or (bool(_KEY.fullmatch(name)) and not name.startswith(_RESERVED))


def _labels(step: Step) -> Mapping[str, str]:
    return {name.strip("\"'"): value.strip("\"'") for name, value, _ in step.instruction.pairs}


def _wrong(view: View, keys: tuple[str, ...], wrong: str) -> Iterator[Found]:
    """The standard labels whose value is not of the form that the standard gives them."""
    check = _FORMS[wrong]
    for step in view.steps("LABEL"):
        for key, value in _labels(step).items():
            if (
                key.removeprefix(_OCI) in keys
                and key.startswith(_OCI)
                and value
                and "$" not in value
                and not check(value)
            ):
                yield at_step(step, f"{key}={value}")


def empty(view: View) -> Iterator[Found]:
    for step in view.steps("LABEL"):
        bare = [key for key, value in _labels(step).items() if key.startswith(_OCI) and not value]
        if bare:
            yield at_step(step, " ".join(bare))


def no_url(view: View) -> Iterator[Found]:
    yield from _wrong(view, ("url", "source", "documentation"), "url")


def no_time(view: View) -> Iterator[Found]:
    yield from _wrong(view, ("created",), "time")


def no_hash(view: View) -> Iterator[Found]:
    yield from _wrong(view, ("revision",), "hash")


def no_version(view: View) -> Iterator[Found]:
    yield from _wrong(view, ("version",), "version")


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None and "T" in value
    except ValueError:
        return False


_FORMS: Mapping[str, Callable[[str], bool]] = {
    "url": lambda value: bool(_URL.fullmatch(value)),
    "time": _is_time,
    "hash": lambda value: bool(_HASH.fullmatch(value)),
    "version": lambda value: bool(_SEMVER.fullmatch(value)),
}


def says_nothing(view: View) -> Iterator[Found]:
    """Nobody who holds the image can tell which source and base it was built from."""
    told = {
        key.removeprefix(_OCI)
        for each in view.built
        for step in each.steps
        if step.keyword == "LABEL"
        for key in _labels(step)
    }
    if not told & set(_TOLD_BY):
        yield at_from(view.final)


def maintainer(view: View) -> Iterator[Found]:
    for step in view.steps("MAINTAINER"):
        yield at_step(step)


RULES = (
    Rule("DL3048", CUSTOMIZATION, NEGLIGIBLE, bad_key),
    Rule("DL3051", CUSTOMIZATION, NEGLIGIBLE, empty),
    Rule("DL3052", UPDATE, NEGLIGIBLE, no_url),
    Rule("DL3053", UPDATE, NEGLIGIBLE, no_time),
    Rule("DL3055", UPDATE, NEGLIGIBLE, no_hash),
    Rule("DL3056", UPDATE, NEGLIGIBLE, no_version),
    Rule("DL4000", CUSTOMIZATION, LOW, maintainer),
    Rule("SL2007", UPDATE, NEGLIGIBLE, says_nothing),
)
