"""Dockerfiles judged: read, seen with what is known of their parent, asked by every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seamline import __version__
from seamline.errors import Where
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.lint.gates import LintGate, broken
from seamline.lint.judge import judge
from seamline.lint.parent import Parent
from seamline.lint.rules.listing import BY_ID
from seamline.lint.view import StageView, View, view_of
from seamline.model.evidence import Gap, Message
from seamline.model.linting import LintFile, LintFinding, LintReport, ParentLine, RuleLine, StageLine
from seamline.render.words import word

RUNTIME = tuple(
    Message(f"lint-runtime-{name}")
    for name in ("read-only", "capabilities", "escalation", "seccomp", "limits", "volumes", "network")
)
"""What a Dockerfile cannot say, whatever is written in it."""


def read_view(data: bytes, name: str, parent: Parent | None) -> View:
    """A Dockerfile as the rules see it.

    Raises:
        Malformed: the builder would not take it.
    """
    dockerfile = parse_dockerfile(data, name)
    check_dockerfile(dockerfile)
    return view_of(dockerfile, parent)


def lint_file(view: View, foreign: Iterable[LintFinding] = ()) -> LintFile:
    """What the rules say about one file."""
    findings = tuple(_in_words(each) for each in judge(view, foreign=foreign))
    return LintFile(
        name=view.dockerfile.name,
        instructions=len(view.dockerfile.instructions),
        stages=tuple(_stage_line(each, view) for each in view.stages),
        parent=_parent_line(view.final.parent),
        findings=findings,
        gaps=tuple(_gaps(view)),
    )


def lint_report(files: Sequence[LintFile], gates: Sequence[LintGate] = ()) -> LintReport:
    """All files, the rules that they break, the gates that do not hold."""
    findings = [each for file in files for each in file.findings]
    named = dict.fromkeys(each.rule for each in findings if each.rule in BY_ID)
    return LintReport(
        files=tuple(files),
        rules=tuple(rule_line(name) for name in sorted(named)),
        runtime=RUNTIME,
        gates=tuple(gate.text for gate in gates),
        broken=tuple(broken(gates, findings)),
        seamline=__version__,
    )


def rule_line(name: str) -> RuleLine:
    """A rule in words."""
    rule = BY_ID[name]
    return RuleLine(
        id=name,
        dimension=rule.dimension,
        severity=rule.severity.value,
        title=word(f"lint-{name}", "en"),
        why=word(f"why-{name}", "en"),
        mend=word(f"mend-{name}", "en"),
    )


def _in_words(finding: LintFinding) -> LintFinding:
    if finding.title:
        return finding
    return msgspec.structs.replace(finding, title=word(f"lint-{finding.rule}", "en"))


def _stage_line(each: StageView, view: View) -> StageLine:
    stage = each.stage
    last = stage.instructions[-1] if stage.instructions else stage.first
    return StageLine(
        name=stage.label,
        base=stage.base,
        resolved=stage.resolved,
        line=stage.first.start_line,
        end_line=last.end_line,
        user=each.user,
        user_from="" if each.user_step is None else f"line {each.user_step.outer.start_line}",
        is_final=each is view.final,
    )


def _parent_line(parent: Parent) -> ParentLine:
    return ParentLine(
        reference=parent.reference,
        digest=parent.digest,
        known_from=parent.known_from,
        user=parent.user,
        distribution=parent.distribution,
        manager=parent.manager,
        libc=parent.libc,
        packages=len(parent.packages),
    )


def _gaps(view: View) -> Iterator[Gap]:
    parent = view.final.parent
    if not parent.is_read and parent.libc != "none":
        where = Where(source=view.dockerfile.name, line=view.final.stage.first.start_line)
        message = Message("lint-parent-not-read", {"reference": parent.reference})
        yield Gap(where=where, message=message)
