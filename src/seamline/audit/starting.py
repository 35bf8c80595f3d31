"""What rules say of the programs that lines run: of the start, of health checks, probes and hooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seamline.audit.case import Case
from seamline.audit.rule import Judged, told
from seamline.model.audit import DeployedCheck, DeployedStart, ProgramRun, StartLine, Verdict
from seamline.model.evidence import Evidence, Message

_HOOKS = ("lifecycle.", "post_start", "pre_stop")
_SHELLS = ("sh", "bash", "ash", "dash", "busybox")


def can_start(case: Case) -> Iterator[Judged]:
    """The program that the start command names can be run, by itself and as each workload starts the image."""
    part = case.setter("entrypoint") if case.setting("entrypoint") else case.setter("command")
    start = case.start
    if not start.words:
        yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("no-start-command"), stratum=part)
    elif faults := _faults(start):
        mend = "mend-interpreter" if faults[0].id == "start-without-interpreter" else "mend-start"
        evidence = tuple(Evidence(message=each) for each in faults)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message(mend, {}))
    elif (stops := start.stopped_by) is not None:
        mend = f"mend-{stops.id}"
        yield Judged(verdict=Verdict.FAIL, evidence=(Evidence(message=stops),), stratum=part, mend=Message(mend, {}))  # fmt: skip
    elif faults := list(faults_of(each for each in start.programs if each.by)):
        evidence = tuple(Evidence(message=each) for each in faults)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-start", {}))
    elif unsure := _unsure(start.programs):
        needs = Message("needs-branch", {})
        evidence = told("start-may-not-find", program=unsure)
        yield Judged(verdict=Verdict.UNDECIDABLE, evidence=evidence, stratum=part, needs=needs)
    else:
        yield Judged(verdict=Verdict.PASS, evidence=told("starts-program", program=start.program), stratum=part)  # fmt: skip
    for deployed in case.deployed:
        yield from _deployed(deployed)


def _deployed(deployed: DeployedStart) -> Iterator[Judged]:
    """A workload's own words, and its hooks."""
    faults = list(faults_of(deployed.programs))
    evidence = told("deployed-starts", where=deployed.where, command=" ".join(deployed.words)[:120])
    if faults:
        mend = "mend-interpreter" if faults[0].id == "start-without-interpreter" else "mend-start"
        more = tuple(Evidence(message=each) for each in faults)
        yield Judged(
            verdict=Verdict.FAIL, evidence=(*evidence, *more), is_deployed=True, mend=Message(mend, {})
        )
    elif unsure := _unsure(deployed.programs):
        more = told("start-may-not-find", program=unsure)
        needs = Message("needs-branch", {})
        yield Judged(verdict=Verdict.UNDECIDABLE, evidence=(*evidence, *more), is_deployed=True, needs=needs)
    elif deployed.words:
        yield Judged(verdict=Verdict.PASS, evidence=evidence, is_deployed=True)
    hooks = [each for each in deployed.checks if each.name.startswith(_HOOKS)]
    for broken in (evidence for each in hooks if (evidence := broken_check(each, deployed.where))):
        yield Judged(verdict=Verdict.FAIL, evidence=broken, is_deployed=True, mend=Message("mend-start", {}))


def _faults(start: StartLine) -> list[Message]:
    """What keeps the start from running; where no program of the line is known, its first word is."""
    found = list(faults_of(each for each in start.programs if not each.by))
    if start.programs and (found or start.program):
        return found
    if start.lacks:
        args = {"program": start.program, "interpreter": start.lacks}
        return [Message("start-without-interpreter", args)]
    is_missing = start.missing or not start.program
    return [Message("start-not-found", {"program": start.missing or start.words[0]})] if is_missing else []


def faults_of(programs: Iterable[ProgramRun]) -> Iterator[Message]:
    """What is wrong with programs that a line comes to whatever happens, each program once; `script` is the one that runs it
    where the line itself does not."""
    told_of: set[str] = set()
    for each in programs:
        if not each.is_sure or each.name in told_of:
            continue
        told_of.add(each.name)
        by = {"script": each.by} if each.by else {}
        kind = "script" if each.by else "start"
        if not each.path:
            yield Message(f"{kind}-not-found", {"program": each.name, **by})
        elif each.lacks:
            args = {"program": each.path, "interpreter": each.lacks, **by}
            yield Message(f"{kind}-without-interpreter", args)


def _unsure(programs: Sequence[ProgramRun]) -> str:
    """The names that some condition of the line leads to, and that are not there; the conditions of scripts ask for what an image
    has, so what they do without says nothing."""
    names = (each.name for each in programs if not each.is_sure and not each.path and not each.by)
    return ", ".join(dict.fromkeys(names))


def broken_check(check: DeployedCheck, where: str) -> tuple[Evidence, ...]:
    """Why a workload's check cannot run; empty where it can."""
    return tuple(
        evidence
        for fault in faults_of(not_in_image(check.programs))
        for evidence in told(
            f"check-{fault.id}".replace("check-start-", "check-"), where=where, check=check.name, **fault.args
        )
    )


def not_in_image(programs: Sequence[ProgramRun]) -> list[ProgramRun]:
    """The programs of a check. One that a condition asks (`if ! curl ...`) is come to whatever happens: without it, and where
    the check runs nothing besides, there is no check."""
    others = (each.name.rpartition("/")[2] for each in programs if each.path)
    if any(name not in _SHELLS for name in others):
        return list(programs)
    return [msgspec.structs.replace(each, is_sure=each.is_sure or each.is_asked) for each in programs]


def health_of(case: Case, where: str) -> tuple[DeployedCheck, ...]:
    """The probes or the health check of a workload, without its hooks."""
    found = next((each for each in case.deployed if each.where == where), None)
    checks = found.checks if found is not None else ()
    return tuple(each for each in checks if not each.name.startswith(_HOOKS))


def broken_health(case: Case, where: str) -> tuple[Evidence, ...]:
    """Why the probes or the health check of a workload cannot run; empty where they can or nobody set any."""
    checks = health_of(case, where)
    return tuple(evidence for each in checks for evidence in broken_check(each, where))
