"""docs/reference/lint-rules.md, out of the very rules: `script/make-lint-rules` writes it, a test compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from seamline.render.words import word

_HEAD = """# Rules of `seamline lint`

Written by `script/make-lint-rules` from the rules themselves. `DL` rules carry hadolint's ids, so that its comments and
lists go on working; the words are ours. `SL` rules are ours. *fix* marks what `--fix` mends. Severities are ours: by what
an image built so costs in security, update or customization.

| rule | dimension | severity | fix | what | why | mend |
|---|---|---|---|---|---|---|
"""
_LEFT = """
## Rules of hadolint that are not asked here

| rule | why not |
|---|---|
"""
_CHECKS = """
## BuildKit's own checks

`docker build --check` asks them. What a file says to them holds here too, for the rules that mean the same: `# check=skip=NAME`
(or `skip=all`) at the top of the file or right above an instruction leaves them out, `# check=error=true` at the top ends with
exit code 1 when one speaks. Ours differ where they know more: DL3064 passes over `KEY_FILE` and `TOKEN_TTL`, DL3025 also speaks
below a SHELL, SL3014 is silent where a default stands (`${NAME:-default}`) and where the parent was not read.

| check | rules here, or why none |
|---|---|
"""
_RUNTIME = """
## What no Dockerfile can settle

Set when the container is run, and named at the end of each report: {runtime}.
"""

RuleRow = tuple[str, str, str, bool]
"""Id, dimension, severity, whether `--fix` mends it."""


def write_reference(
    rules: Sequence[RuleRow],
    left_out: Mapping[str, str],
    equal: Mapping[str, tuple[str, ...]],
    without: Mapping[str, str],
    runtime: Sequence[str],
) -> str:
    """The page; `equal` and `without` are BuildKit's checks with the rules that mean the same, or the reason for none;
    `runtime` are ids of words."""
    lines = [_HEAD, *(f"{line}\n" for line in _rows(rules)), _LEFT]
    lines += [f"| {name} | {why} |\n" for name, why in sorted(left_out.items())]
    checks = {name: ", ".join(rules) for name, rules in equal.items()} | dict(without)
    lines += [_CHECKS, *(f"| {name} | {told} |\n" for name, told in sorted(checks.items()))]
    lines.append(_RUNTIME.format(runtime="; ".join(word(each, "en") for each in runtime)))
    return "".join(lines)


def _rows(rules: Sequence[RuleRow]) -> Iterator[str]:
    for name, dimension, severity, fixes in rules:
        cells = [word(f"{kind}-{name}", "en").replace("|", "\\|") for kind in ("lint", "why", "mend")]
        yield f"| {name} | {dimension} | {severity} | {'fix' if fixes else ''} | {' | '.join(cells)} |"
