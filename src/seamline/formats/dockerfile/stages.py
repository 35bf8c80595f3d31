"""Stages and the variables that hold in them. Source: Dockerfile reference, "Understand how ARG and FROM interact"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seamline.errors import Malformed
from seamline.formats.dockerfile.expand import expand
from seamline.formats.dockerfile.values import Dockerfile, Instruction

PLATFORM_ARGS = (
    "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT",
    "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
)  # fmt: skip
"""What the builder itself sets, in the scope before the first FROM; a stage gets one by naming it in ARG."""
PROXY_ARGS = tuple(
    spelling for name in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY") for spelling in (name, name.lower())
)  # fmt: skip
"""What may be given to a build without any ARG."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage. `base` is the image or stage named, as it was written; `resolved` with its variables filled.

    `parent` is the position of the stage that it stands on, None where that is an image. `first` is its FROM,
    `instructions` what follows that.
    """

    position: int
    name: str
    base: str
    resolved: str
    parent: int | None
    platform: str
    first: Instruction
    instructions: tuple[Instruction, ...]

    @property
    def label(self) -> str:
        return self.name or str(self.position)


def global_args(dockerfile: Dockerfile, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables before the first FROM; `given` are build arguments, which win over defaults."""
    variables = dict.fromkeys(PLATFORM_ARGS, "") | _platform_of(given or {})
    for each in dockerfile.instructions:
        if each.keyword == "FROM":
            break
        for name, value, equals in each.pairs if each.keyword == "ARG" else ():
            if given and name in given:
                variables[name] = given[name]
            elif equals:
                variables[name] = _filled(value, variables, dockerfile.escape)
    return variables


def _platform_of(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name in PLATFORM_ARGS}


def _filled(text: str, variables: Mapping[str, str], escape: str) -> str:
    """`text` with its variables; as it is where that cannot be done."""
    try:
        return expand(text, variables, escape)
    except Malformed:
        return text


def stages(dockerfile: Dockerfile, given: Mapping[str, str] | None = None) -> tuple[Stage, ...]:
    """The stages, from the first FROM to the end. A FROM that names one above it stands on the last of that name."""
    variables = global_args(dockerfile, given)
    found: list[Stage] = []
    by_name: dict[str, int] = {}
    for first, instructions in _runs(dockerfile.instructions):
        base = first.arguments[0] if first.arguments else ""
        resolved = _filled(base, variables, dockerfile.escape)
        name = first.arguments[2].lower() if len(first.arguments) == 3 else ""
        found.append(
            Stage(
                position=len(found),
                name=name,
                base=base,
                resolved=resolved,
                parent=by_name.get(resolved.lower()),
                platform=first.flag("platform") or "",
                first=first,
                instructions=instructions,
            )
        )
        if name:
            by_name[name] = found[-1].position
    return tuple(found)


def _runs(instructions: Sequence[Instruction]) -> Iterator[tuple[Instruction, tuple[Instruction, ...]]]:
    starts = [at for at, each in enumerate(instructions) if each.keyword == "FROM"]
    for start, end in zip(starts, [*starts[1:], len(instructions)], strict=True):
        yield instructions[start], tuple(instructions[start + 1 : end])


class Scope:
    """The variables of one stage while its instructions pass, in order."""

    def __init__(
        self, inherited: Mapping[str, str], outside: Mapping[str, str], given: Mapping[str, str], escape: str
    ) -> None:
        self.environment = dict(inherited)
        self.arguments: dict[str, str] = {name: given[name] for name in PROXY_ARGS if name in given}
        self._outside, self._given, self._escape = outside, given, escape
        self._variables: dict[str, str] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What a word may name: ENV wins over ARG. The same dictionary until something changes."""
        if self._variables is None:
            self._variables = self.arguments | self.environment
        return self._variables

    def fill(self, text: str) -> str:
        """`text` with the variables that hold now; as it is where that cannot be done."""
        return _filled(text, self.variables, self._escape)

    def take(self, instruction: Instruction) -> None:
        """What an ENV or ARG changes. The words of one ENV see what held before it."""
        if instruction.keyword not in ("ENV", "ARG"):
            return
        before = self.variables
        self._variables = None
        if instruction.keyword == "ENV":
            for name, value, _ in instruction.pairs:
                self.environment[_filled(name, before, self._escape)] = _filled(value, before, self._escape)
            return
        for name, value, equals in instruction.pairs:
            if name in self._given:
                self.arguments[name] = self._given[name]
            elif equals:
                self.arguments[name] = _filled(value, before, self._escape)
            elif name in self._outside:
                self.arguments[name] = self._outside[name]
