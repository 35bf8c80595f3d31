"""Section 4 of the CIS Docker Benchmark, mapped: its numbers and titles, our own words and tests.

Source: numbering of CIS Docker Benchmark v1.6.0, as docker-bench-security prints it.
"""

from __future__ import annotations

from collections.abc import Iterator

from seamline.audit.case import Case
from seamline.audit.rule import Judged, Rule, told
from seamline.model.audit import Verdict
from seamline.model.evidence import Message

BENCHMARK = "CIS Docker Benchmark v1.6.0"
_MOST_PATHS = 6


def _user(case: Case) -> Iterator[Judged]:
    """4.1: fails for root however it is written, and for a name that stands in no passwd: the runtime refuses it."""
    who, part = case.runs_as, case.setter("user")
    mend = Message("mend-user", {})
    if who.uid is None:
        evidence = told("user-unknown", user=who.written)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
    elif who.is_root:
        evidence = told("user-is-root", user=who.written) if who.written else told("user-not-set")
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
    else:
        evidence = told("user-is", user=who.written, uid=who.uid)
        yield Judged(verdict=Verdict.PASS, evidence=evidence, stratum=part)


def _healthcheck(case: Case) -> Iterator[Judged]:
    """4.6: a health check that is there and not switched off."""
    check = case.config.healthcheck
    if check and check[0] != "NONE":
        yield Judged(verdict=Verdict.PASS, stratum=case.setter("healthcheck"))
        return
    mend = Message("mend-healthcheck", {})
    yield Judged(
        verdict=Verdict.FAIL,
        evidence=told("no-healthcheck-set"),
        stratum=case.setter("healthcheck"),
        mend=mend,
    )


def _setuid(case: Case) -> Iterator[Judged]:
    """4.8: setuid, setgid and file capabilities of the final tree, told to the part that brought them."""
    found = case.surface_of("setuid file", "setgid file", "file capability")
    for part, lines in found.items():
        paths = ", ".join("/" + line.path for line in lines[:_MOST_PATHS])
        more = max(len(lines) - _MOST_PATHS, 0)
        evidence = told("privileged-files", number=len(lines), paths=paths, more=more)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-setuid", {}))
    if not found:
        yield Judged(verdict=Verdict.PASS, evidence=told("no-privileged-files"))


RULES = (
    Rule(
        id="CIS-4.1",
        title="Ensure that a user for the container has been created",
        severity="high",
        decide=_user,
        benchmark=BENCHMARK,
        tags=("NIST 800-190 4.1.2", "NSA/CISA non-root", "PSS restricted runAsNonRoot"),
    ),
    Rule(
        id="CIS-4.6",
        title="Ensure that HEALTHCHECK instructions have been added to container images",
        severity="low",
        decide=_healthcheck,
        benchmark=BENCHMARK,
    ),
    Rule(
        id="CIS-4.8",
        title="Ensure setuid and setgid permissions are removed",
        severity="medium",
        decide=_setuid,
        benchmark=BENCHMARK,
        tags=("NIST 800-190 4.1.2", "NSA/CISA escalation"),
    ),
)
