"""What a rule is: it looks at a case and says, side by side, what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from seamline.audit.case import Case
from seamline.model.audit import RuleLine, Verdict
from seamline.model.evidence import Evidence, Message


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a rule. `stratum` names the part whose doing decided it, empty where nobody's did; `needs` is the
    input that would decide an undecidable one, `mend` what would turn a fail into a pass."""

    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    stratum: str = ""
    needs: Message | None = None
    mend: Message | None = None


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
            yield RuleLine(
                id=rule.id,
                title=rule.title,
                verdict=judged.verdict,
                severity=rule.severity,
                evidence=judged.evidence,
                benchmark=rule.benchmark,
                side=part.side.value if part is not None else "",
                owner=case.owner_of(part) if part is not None else "",
                stratum=judged.stratum,
                needs=judged.needs,
                mend=judged.mend,
                tags=rule.tags,
            )


def told(identifier: str, **args: str | int) -> tuple[Evidence, ...]:
    """One reason, as evidence."""
    return (Evidence(message=Message(identifier, args)),)
