"""What hooks of a compose service may do in its container: Compose runs each as `docker exec` does, with its user and rights.

Source: Compose specification, services, post_start, pre_stop; numbers of the CIS Docker Benchmark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seamline.audit.case import Case
from seamline.audit.questions import host
from seamline.audit.rule import Decide, Judged, told
from seamline.formats.compose.hooks import INSIDE
from seamline.model.audit import Verdict
from seamline.model.workload import Check


def in_hooks(breaks: Callable[[Check], bool], setting: str) -> Decide:
    """A rule of `docker exec`: a hook that breaks it fails; what people run by hand only a log can tell."""

    def decide(case: Case) -> Iterator[Judged]:
        found = [
            f"{workload.where}.{hook.name}"
            for workload in case.workloads
            for hook in workload.checks
            if hook.name.startswith(INSIDE) and breaks(hook)
        ]
        for where in found:
            evidence = told("deployed-so", where=where, setting=setting)
            yield Judged(verdict=Verdict.FAIL, evidence=evidence, is_deployed=True)
        if not found:
            yield from host("needs-log")(case)

    return decide


def is_roots(hook: Check) -> bool:
    """Whether it names the superuser as its own user."""
    user = hook.user.partition(":")[0]
    return user == "root" or (user.isdecimal() and int(user[:9]) == 0)
