"""Rules that one question about each workload decides, and those that only the host can."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seamline.audit.case import Case
from seamline.audit.rule import Decide, Judged, told
from seamline.audit.starting import broken_health
from seamline.model.audit import Verdict
from seamline.model.evidence import Message
from seamline.model.workload import Workload

Answer = tuple[Verdict | None, str, dict[str, str | int]]
"""The verdict (None: not to be told from the deployment), the message that says why, its arguments."""
Question = Callable[[Workload, Case], Answer]


def asks(
    question: Question, kubernetes: bool = True, needs: str = "needs-cluster", *, windows: bool = True
) -> Decide:
    """A rule that one question about a workload decides; `kubernetes` False where a pod has no such setting, `windows` False
    where a container of Windows has none. `needs` is what decides where the deployment does not."""

    def decide(case: Case) -> Iterator[Judged]:
        if not case.workloads:
            yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-deployment", {}))
        for workload in case.workloads:
            if workload.form == "kubernetes" and not kubernetes:
                yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("not-on-kubernetes"))
                continue
            if workload.is_windows and not windows:
                yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("not-on-windows"))
                continue
            verdict, message, args = question(workload, case)
            told_of = broken_health(case, workload.where) if message == "broken-check" else ()
            yield Judged(
                verdict=verdict or Verdict.UNDECIDABLE,
                evidence=told_of or told(message, where=workload.where, **args),
                needs=Message(needs, {}) if verdict is None else None,
                is_deployed=True,
                mend=Message("mend-check", {}) if told_of else None,
            )

    return decide


def host(needs: str) -> Decide:
    """A rule that no file decides: only the host or its logs can tell."""

    def decide(case: Case) -> Iterator[Judged]:
        if case.workload is not None and case.workload.form == "kubernetes" and needs == "needs-host":
            yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("not-on-kubernetes"))
        else:
            yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message(needs, {}))

    return decide


def said(holds: bool | None, **args: str | int) -> Answer:
    verdict = {True: Verdict.PASS, False: Verdict.FAIL, None: None}[holds]
    return verdict, "deployed-so" if args else "deployed-not-said", args
