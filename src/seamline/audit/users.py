"""Who a container runs as: the image's own user, or the one that its deployment names, resolved as a runtime does."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.audit.case import Case
from seamline.audit.rule import Judged, told
from seamline.formats.untyped import whole
from seamline.model.audit import Verdict
from seamline.model.evidence import Message
from seamline.model.workload import Workload

_HIGHEST_UID = (1 << 31) - 1


def user_is_no_root(case: Case) -> Iterator[Judged]:
    """CIS 4.1: fails for root however it is written, and for a name that stands in no passwd: the runtime refuses it.

    A deployment that names a user overrides the image.
    """
    named = [each for each in case.workloads if each.user is not None]
    for workload in named:
        yield _deployed(case, workload)
    if len(named) < len(case.workloads) or not case.workloads:
        yield _without_one(case) or _of_image(case)


def _without_one(case: Case) -> Judged | None:
    """What a user is not asked of: a root filesystem, whose user is set when it becomes an image or is run; a base that
    leaves it open, as images on it install packages first and name theirs last."""
    if not case.has_configuration:
        return Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-configuration", {}))
    if case.is_base and not case.runs_as.written and not case.workloads:
        return Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("base-leaves-user-open"))
    return None


def _deployed(case: Case, workload: Workload) -> Judged:
    written = workload.user or ""
    uid = uid_of(case, written)
    args: dict[str, str | int] = {"user": written, "where": workload.where}
    if uid is None:
        evidence = told("user-deployed-unknown", **args)
    elif uid == 0:
        evidence = told("user-deployed-root", **args)
    else:
        evidence = told("user-deployed", **args)
    verdict = Verdict.PASS if uid else Verdict.FAIL
    mend = Message("mend-user-deployed", {}) if verdict == Verdict.FAIL else None
    return Judged(verdict=verdict, evidence=evidence, is_deployed=True, mend=mend)


def uid_of(case: Case, written: str) -> int | None:
    """The number of a user as a runtime finds it: by name first, then as a number; None for a name that is nobody's, and for a
    number that no user can have.

    Source: moby/sys/user GetExecUser.
    """
    found = next((account.uid for account in case.accounts if account.name == written), None)
    number = whole(written) if found is None else found
    return number if number is not None and number <= _HIGHEST_UID else None


def _of_image(case: Case) -> Judged:
    who, part = case.runs_as, case.setter("user")
    mend = Message("mend-user", {})
    if who.uid is None:
        evidence = told("user-unknown", user=who.written)
    elif who.is_root:
        evidence = told("user-is-root", user=who.written) if who.written else told("user-not-set")
    elif who.gid is None:
        evidence = told("group-unknown", user=who.written, group=who.written.partition(":")[2])
    else:
        evidence = told("user-is", user=who.written, uid=who.uid)
        return Judged(verdict=Verdict.PASS, evidence=evidence, stratum=part)
    return Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
