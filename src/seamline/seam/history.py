"""Build history read against the layers: which step made which layer, and where one build ended and the next began.

Sources: OCI image-spec 1.1 config.md "history"; what Docker, BuildKit, buildah, kaniko, Bazel, apko, ko and jib
write into `created_by`, `comment` and `author`, as seen in published images.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from seamline.expression import expression
from seamline.model.image import Config, History, Image

_NOP = expression(r"^(?:/bin/sh -c )?#\(nop\)\s*")
_VERB = expression(
    r"^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\s"
)
_FROM = expression(r"^FROM (?![0-9a-f]{12,64}$)([^\s]+)$")
"""What buildah says of the image that it began from. With layers kept (podman's default) each step says so of the one
before, which has no name but its id: that is the same build going on."""
_DEBIAN = expression(r"# debian\.sh --arch '([\w-]+)' .*?'([\w.-]+)' '@(\d+)'")
_MINIROOTFS = expression(r"alpine-minirootfs-(\d[\w.]*)-(\w+)\.tar")
_APKO_ALONE = "This is an apko single-layer image"
_KANIKO = "kaniko"
_TOOLS = (
    ("created_by", "bazel build", "bazel"),
    ("created_by", "apko", "apko"),
    ("created_by", "kaniko", "kaniko"),
    ("created_by", "KIWI ", "kiwi"),
    ("created_by", "jib-", "jib"),
    ("created_by", "ko build ko://", "ko"),
    ("author", "Bazel", "bazel"),
    ("author", "Jib", "jib"),
    ("author", "kaniko", "kaniko"),
    ("author", "apko", "apko"),
    ("author", "github.com/ko-build/ko", "ko"),
    ("author", "github.com/google/ko", "ko"),
    ("comment", "buildkit", "buildkit"),
    ("comment", "buildah", "buildah"),
    ("comment", "mirror", "mirror"),
)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One build step. `layers_below` counts the layers there were before it; `position` is the layer it made.

    `built_on` is the image of buildah's FROM, `is_kept` tells that it names the step before; `made_up` marks a layer that came without a step of its own, `whole` one
    that is a build by itself.
    """

    index: int
    verb: str
    text: str
    layers_below: int
    position: int | None
    tool: str
    built_on: str = ""
    is_kept: bool = False
    made_up: bool = False
    whole: bool = False


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A base that a history line names without its digest. `references` are the tags that such a line can stand in."""

    name: str
    references: tuple[str, ...]
    line: str


def steps_of(config: Config, layers: int) -> tuple[Step, ...]:
    """The steps, each with its layer; empty where history and layers do not add up.

    kaniko tells of its own layers whatever its base tells of: where it alone speaks, the layers below are the base's.
    """
    steps: list[Step] = []
    lines = sum(not line.empty_layer for line in config.history)
    is_kanikos = all(line.author == _KANIKO for line in config.history)
    below = layers - lines if is_kanikos and 0 < lines < layers else 0
    for index, line in enumerate(config.history):
        steps.append(_step(index, line, below))
        below += not line.empty_layer
    return tuple(steps) if below == layers else ()


def steps_told(config: Config, layers: int) -> tuple[Step, ...]:
    """The steps, without their layers where history and layers do not add up."""
    steps = steps_of(config, layers)
    if steps or not config.history:
        return steps
    told = (_step(index, line, 0) for index, line in enumerate(config.history))
    return tuple(msgspec.structs.replace(each, position=None) for each in told)


def steps_in(image: Image) -> tuple[Step, ...]:
    """The steps of an image; empty where its history does not fit its layers."""
    return steps_of(image.config, len(image.layers))


def _step(index: int, line: History, below: int) -> Step:
    text = _NOP.sub("", line.created_by.strip())
    verb = _VERB.match(text)
    from_line = _FROM.match(line.comment.strip())
    return Step(
        index=index,
        verb=verb.group(1) if verb else "RUN",
        text=text,
        layers_below=below,
        position=None if line.empty_layer else below,
        tool=_tool(line),
        built_on=from_line.group(1) if from_line else "",
        is_kept=from_line is None and line.comment.startswith("FROM "),
        whole=line.comment == _APKO_ALONE,
        made_up=not text and line.comment == "buildkit.exporter.image.v0",
    )


def _tool(line: History) -> str:
    for field, start, tool in _TOOLS:
        if getattr(line, field).startswith(start):
            return tool
    return ""


def builds_end(steps: Sequence[Step]) -> tuple[int, ...]:
    """Depths at which one build ended and another went on, lowest first: after a CMD, at buildah's `FROM`, where
    another tool takes over. A CMD amid one Dockerfile looks the same, so these are hints only."""
    top = max((step.layers_below + (step.position is not None) for step in steps), default=0)
    depths = {step.layers_below for step in steps if step.verb == "CMD"}
    depths |= {step.layers_below for step in steps if step.built_on}
    depths |= set(_changes_of_tool(steps))
    depths |= {step.layers_below for step in steps[:1]}
    return tuple(sorted(depth for depth in depths if 0 < depth < top))


def _changes_of_tool(steps: Sequence[Step]) -> Iterator[int]:
    """bazel, apko, ko, jib and kaniko mark each of their steps; another mark above is another build, and so is apko's own above
    itself where each of the two says that it is an image of one layer."""
    whole_builds = ("bazel", "apko", "ko", "jib", "kiwi", _KANIKO)
    for before, after in pairwise(steps):
        other = before.tool != after.tool and (before.tool in whole_builds or after.tool in whole_builds)
        if other or after.whole:
            yield after.layers_below


def named_in_history(steps: Sequence[Step]) -> Named | None:
    """The distribution image that the first layer's own step names: `debian.sh ... '@date'`, alpine-minirootfs."""
    first = next((step for step in steps if step.position == 0), None)
    if first is None:
        return None
    if found := _DEBIAN.search(first.text):
        dated = f"debian:{found.group(2)}-{_day(int(found.group(3)))}"
        full = f"docker.io/library/{dated}"
        # the full and the slim image are made by the same line
        return Named(name=dated, references=(f"{full}-slim", full), line=found.group())
    if found := _MINIROOTFS.search(first.text):
        name = f"alpine:{found.group(1)}"
        return Named(name=name, references=(f"docker.io/library/{name}",), line=found.group())
    return None


def _day(seconds: int) -> str:
    """The day of a Unix time, as official tags write it: 20241202."""
    from time import gmtime, strftime  # noqa: PLC0415 - rarely needed

    try:
        return strftime("%Y%m%d", gmtime(seconds))
    except (OverflowError, OSError, ValueError):
        return str(seconds)
