"""Gates of a lint: what may not be found. `high`, `security=medium`, `DL3008`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from seamline.errors import Usage
from seamline.lint.builder_checks import RULES as CHECKED
from seamline.lint.rules.listing import BY_ID
from seamline.model.advisory import Severity
from seamline.model.linting import BrokenLintGate, Dimension, LintFile, LintFinding

_LEVELS = {severity.value: severity for severity in Severity if severity != Severity.UNKNOWN}
_DIMENSIONS = {dimension.value: dimension for dimension in Dimension}


class LintGate(msgspec.Struct, frozen=True, kw_only=True):
    """One demand: no finding of `dimension` (None: any) that is as bad as `level`, or no finding of `rule`."""

    text: str
    dimension: Dimension | None = None
    level: Severity | None = None
    rule: str = ""


def parse_lint_gate(text: str) -> LintGate:
    """The gate of `[dimension=]severity|any` or of a rule's id.

    Raises:
        Usage: a word in it is unknown.
    """
    if text.upper() in BY_ID:
        return LintGate(text=text, rule=text.upper())
    name, equals, rest = text.lower().partition("=")
    word = rest if equals else name
    if (equals and name not in (*_DIMENSIONS, "any")) or word not in (*_LEVELS, "any"):
        raise Usage(
            f"--fail-on {text}",
            expected="[security|update|customization=]severity, or the id of a rule",
            got=repr(text),
            hint="for example --fail-on high --fail-on DL3002",
        )
    return LintGate(text=text, dimension=_DIMENSIONS.get(name) if equals else None, level=_LEVELS.get(word))


def broken(gates: Iterable[LintGate], findings: Iterable[LintFinding]) -> Iterator[BrokenLintGate]:
    """The gates that do not hold."""
    counted = [each for each in findings if not each.ignored]
    for gate in gates:
        number = sum(_meets(gate, each) for each in counted)
        if number:
            yield BrokenLintGate(gate=gate.text, number=number)


def broken_checks(files: Iterable[LintFile]) -> Iterator[BrokenLintGate]:
    """Files that say `# check=error=true` and have findings of rules that mean the same as a check of the builder's."""
    for file in files:
        number = sum(each.rule in CHECKED and not each.ignored for each in file.findings)
        if file.checks_are_errors and number:
            yield BrokenLintGate(gate=f"{file.name}: # check=error=true", number=number)


def _meets(gate: LintGate, finding: LintFinding) -> bool:
    if gate.rule:
        return finding.rule == gate.rule
    if gate.dimension is not None and finding.dimension != gate.dimension:
        return False
    return gate.level is None or Severity(finding.severity).rank <= gate.level.rank
