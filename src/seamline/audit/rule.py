"""What a rule is: it looks at a case and says, side by side, what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from seamline.audit.case import Case, Step
from seamline.model.audit import RuleLine, SurfaceLine, Verdict
from seamline.model.evidence import Evidence, Message
from seamline.model.package import Side

_MOST_NAMES = 6
_BUSYBOX = ("busybox", "toybox")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a rule. `stratum` names the part whose doing decided it, empty where nobody's did; `needs` is the
    input that would decide an undecidable one, `mend` what would turn a fail into a pass; `is_deployed` where the
    deployment decided, `is_built` where the application's build did though no part of the image is its own: both are the
    application team's doing."""

    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    stratum: str = ""
    needs: Message | None = None
    mend: Message | None = None
    is_deployed: bool = False
    is_built: bool = False


Decide = Callable[[Case], Iterable[Judged]]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `title` is the English one, `render/` has the Chinese; `severity` of a fail is high, medium or low;
    `benchmark` names the list and version that the number is from; `tags` are its places in other lists."""

    id: str
    title: str
    severity: str
    decide: Decide
    benchmark: str = ""
    tags: tuple[str, ...] = ()


def judge(rules: Iterable[Rule], case: Case) -> Iterator[RuleLine]:
    """The verdicts of all rules, in their order."""
    for rule in rules:
        for judged in rule.decide(case):
            part = case.part(judged.stratum)
            is_nobodys = judged.verdict == Verdict.FAIL and part is None and bool(case.strata)
            side, owner = (Side.UNKNOWN.value, case.nobody) if is_nobodys else ("", "")
            if judged.is_deployed or (judged.is_built and part is None):
                side, owner = Side.APPLICATION.value, case.deployer
            elif part is not None:
                side, owner = part.side.value, case.owner_of(part)
            yield RuleLine(
                id=rule.id,
                title=rule.title,
                verdict=judged.verdict,
                severity=rule.severity,
                evidence=judged.evidence,
                benchmark=rule.benchmark,
                side=side,
                owner=owner,
                stratum=judged.stratum,
                needs=judged.needs,
                mend=judged.mend,
                tags=rule.tags,
            )


def by_part(
    case: Case, kinds: Sequence[str], message: str, mend: Message, none: str, *, applets: bool = True
) -> Iterator[Judged]:
    """A rule that things of some kinds break, each part that brought any on its own; without any it passes. Without
    `applets`, what is only another name of a busybox does not count."""
    found = {
        part: kept
        for part, lines in case.surface_of(*kinds).items()
        if (kept := [line for line in lines if applets or line.detail not in _BUSYBOX])
    }
    for part, lines in found.items():
        names = ", ".join(dict.fromkeys(map(_shown, lines[:_MOST_NAMES])))
        more = f" (+{len(lines) - _MOST_NAMES})" if len(lines) > _MOST_NAMES else ""
        evidence = told(message, number=len(lines), paths=names + more)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
    if not found:
        yield Judged(verdict=Verdict.PASS, evidence=told(none))


def _shown(line: SurfaceLine) -> str:
    """Its path; the applet's name where the path is of the busybox that holds it."""
    return f"/{line.path}" if line.path.endswith(line.name.lstrip("/")) else f"/{line.path} {line.name}"


def told_of(by: Step, identifier: str, /, **args: str | int) -> tuple[Evidence, ...]:
    """One reason that a step gives, with the line where it is written."""
    return (Evidence(message=Message(identifier, args), where=by.where),)


def told(identifier: str, **args: str | int) -> tuple[Evidence, ...]:
    """One reason, as evidence."""
    return (Evidence(message=Message(identifier, args)),)
