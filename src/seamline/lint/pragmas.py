"""Comments that say what does not count: `# hadolint ignore=DL3008`, `# seamline global ignore=SL1001,DL3002`,
`# check=skip=JSONArgsRecommended` for the rules that mean the same as a check of BuildKit's.

Source: hadolint, README, "Inline ignores"; a pragma stands above the instruction that it is about.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping

import msgspec

from seamline.expression import expression
from seamline.formats.dockerfile.values import Dockerfile
from seamline.lint.builder_checks import skipped_at, skipped_everywhere

_PRAGMA = expression(r"(?:hadolint|seamline)\s+(global\s+)?ignore\s*=\s*([A-Za-z0-9_,\s-]+?)\s*(?:#.*)?")


class Ignores(msgspec.Struct, frozen=True):
    """The rules that do not count anywhere, and those that do not count in the instruction that starts on a line."""

    everywhere: frozenset[str]
    at_line: Mapping[int, frozenset[str]]

    def covers(self, rule: str, line: int) -> bool:
        return rule in self.everywhere or rule in self.at_line.get(line, ())


def ignores_of(dockerfile: Dockerfile) -> Ignores:
    """What the comments of a Dockerfile ask for."""
    everywhere = set(skipped_everywhere(dockerfile))
    at_line: dict[int, frozenset[str]] = dict(skipped_at(dockerfile))
    starts = [each.start_line for each in dockerfile.instructions]
    for line, is_global, rules in _pragmas(dockerfile):
        if is_global:
            everywhere |= rules
            continue
        at = bisect.bisect_right(starts, line)
        if at < len(starts):
            below = starts[at]
            at_line[below] = at_line.get(below, frozenset()) | rules
    return Ignores(frozenset(everywhere), at_line)


def _pragmas(dockerfile: Dockerfile) -> Iterator[tuple[int, bool, frozenset[str]]]:
    for line, comment in dockerfile.comments:
        match = _PRAGMA.fullmatch(comment)
        if match:
            yield line, bool(match[1]), frozenset(rule.strip().upper() for rule in match[2].split(","))
