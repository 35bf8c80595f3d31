"""Whether anybody asks for a container's health, with a check that can run: rule 4.6 of the CIS Docker Benchmark.

What a deployment sets takes the place of the image's own instruction, as engines do it. Sources: docker run(1), --health-cmd;
Compose specification, healthcheck; Kubernetes, probes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from seamline.audit.case import Case
from seamline.audit.rule import Judged, told
from seamline.audit.starting import broken_health, faults_of, health_of, not_in_image
from seamline.expression import expression
from seamline.model.audit import ProgramRun, Verdict
from seamline.model.evidence import Evidence, Message
from seamline.model.workload import Workload

_HEALTHCHECK = expression(r"(?:/bin/sh -c )?(?:#\(nop\)\s*)?HEALTHCHECK\s+(.*)", re.DOTALL)
_MEND = Message("mend-check", {})


def is_checked(case: Case) -> Iterator[Judged]:
    """4.6: a health check that is set, not switched off, and whose programs are in the image."""
    of_image = not case.workloads
    for workload in case.workloads:
        if workload.role:
            yield Judged(
                verdict=Verdict.NOT_APPLICABLE, evidence=told("runs-to-an-end", where=workload.where)
            )
        elif workload.form == "kubernetes":
            yield _probes(case, workload)
        elif health_of(case, workload.where):
            yield _replaced(case, workload)
        else:
            of_image = True
    if of_image:
        yield _instruction(case)


def _probes(case: Case, pod: Workload) -> Judged:
    if broken := broken_health(case, pod.where):
        return Judged(verdict=Verdict.FAIL, evidence=broken, is_deployed=True, mend=_MEND)
    if unsure := _unsure_of(case, pod.where):
        return unsure
    if pod.has_probe:
        return Judged(verdict=Verdict.PASS, evidence=told("probe"), is_deployed=True)
    mend = Message("mend-probe", {})
    return Judged(verdict=Verdict.FAIL, evidence=told("no-probe"), is_deployed=True, mend=mend)


def _replaced(case: Case, workload: Workload) -> Judged:
    """A run line's or a service's own check, which the engine runs instead of the image's."""
    if broken := broken_health(case, workload.where):
        return Judged(verdict=Verdict.FAIL, evidence=broken, is_deployed=True, mend=_MEND)
    if unsure := _unsure_of(case, workload.where):
        return unsure
    name = health_of(case, workload.where)[0].name
    identifier = "healthcheck-replaced" if case.start.health_words else "healthcheck-deployed"
    evidence = told(identifier, where=workload.where, check=name)
    return Judged(verdict=Verdict.PASS, evidence=evidence, is_deployed=True)


def _unsure_of(case: Case, where: str) -> Judged | None:
    for check in health_of(case, where):
        name = _only_asks_for(check.programs)
        if name:
            evidence = told("check-may-not-find", where=where, check=check.name, program=name)
            needs = Message("needs-branch", {})
            return Judged(verdict=Verdict.UNDECIDABLE, evidence=evidence, is_deployed=True, needs=needs)
    return None


def _only_asks_for(programs: Sequence[ProgramRun]) -> str:
    """A program that is not there and that a check's condition asks (`if curl ...`): what follows from its absence nobody can
    tell where the check runs others besides."""
    return next((each.name for each in programs if each.is_asked and not each.path), "")


def _instruction(case: Case) -> Judged:
    """What HEALTHCHECK says; a base serves nobody, so the images on it have theirs."""
    words, part = case.start.health_words, case.setter("healthcheck")
    mend = Message("mend-healthcheck", {})
    if not case.has_configuration:
        return Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-configuration", {}))
    if not words and case.is_base and not case.workloads:
        return Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("base-serves-nobody"))
    if not words and _lost_healthcheck(case):
        evidence, mend = told("healthcheck-lost"), Message("mend-healthcheck-lost", {})
        return Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
    if not words:
        return Judged(verdict=Verdict.FAIL, evidence=told("no-healthcheck-set"), stratum=part, mend=mend)
    return _runs(case, part)


def _runs(case: Case, part: str) -> Judged:
    """Whether the programs of the image's own check are there."""
    start = case.start
    if not start.health_program:
        evidence = told("healthcheck-cannot-run", program=start.health_words[0])
        return Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-healthcheck", {}))  # fmt: skip
    if faults := tuple(faults_of(not_in_image(start.health_programs))):
        evidence = tuple(_told_of(each) for each in faults)
        return Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=_MEND)
    if name := _only_asks_for(start.health_programs):
        evidence, needs = told("healthcheck-may-not-find", program=name), Message("needs-branch", {})
        return Judged(verdict=Verdict.UNDECIDABLE, evidence=evidence, stratum=part, needs=needs)
    evidence = told("healthcheck-runs", program=start.health_program)
    return Judged(verdict=Verdict.PASS, evidence=evidence, stratum=part)


def _told_of(fault: Message) -> Evidence:
    """What is wrong with a program, told of a health check."""
    if fault.id == "start-not-found":
        return Evidence(message=Message("healthcheck-cannot-run", fault.args))
    return Evidence(message=fault)


def _lost_healthcheck(case: Case) -> bool:
    """Whether the Dockerfile or the history sets one that the image does not carry: OCI's configuration has no field."""
    if case.config.healthcheck:  # NONE
        return False
    told_of = [found[1] for line in case.config.history if (found := _HEALTHCHECK.match(line.created_by))]
    written = [step.text for step in case.steps if step.verb == "HEALTHCHECK"]
    last = next(iter((written or told_of)[-1:]), "NONE")
    return "NONE" not in last[:12]
