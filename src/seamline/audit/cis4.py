"""Section 4 of the CIS Docker Benchmark, mapped: its numbers and titles, our own words and tests.

Source: numbering of CIS Docker Benchmark v1.6.0, as docker-bench-security prints it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from seamline.audit.case import Case
from seamline.audit.rule import Decide, Judged, Rule, by_part, told
from seamline.model.audit import Verdict
from seamline.model.evidence import Message, Rung
from seamline.model.package import Side
from seamline.model.secret import secret_place

BENCHMARK = "CIS Docker Benchmark v1.6.0"
_CONFIG, _PATCHES, _SECRETS, _TRUST = (f"NIST 800-190 4.1.{number}" for number in (2, 1, 4, 5))
_PROOFS = frozenset((Rung.PROVENANCE, Rung.ANNOTATION, Rung.TOOL_LABEL, Rung.LEDGER, Rung.CONTENT))
_UNNEEDED = (
    "compiler",
    "debugger",
    "editor",
    "network scanner",
    "sniffer",
    "remote shell",
    "daemon",
    "container tool",
)
_UPDATE = re.compile(
    r"\b(?:apt-get|apt|aptitude|apk|yum|dnf|microdnf|zypper)\b[^;&|]*?\b(?:update|check-update|refresh|makecache)\b"
)
_INSTALL = re.compile(
    r"\b(?:apt-get|apt|aptitude|apk|yum|dnf|microdnf|zypper)\b[^;&|]*?\b(?:install|add|upgrade|dist-upgrade|full-upgrade|in|up)\b"
)
_UNVERIFIED = re.compile(
    r"--allow-unauthenticated|--force-yes|--nogpgcheck|--no-gpg-checks?\b|--allow-untrusted|--trusted-host|strict-ssl[= ]false"
    r"|\b(?:curl|wget)\b[^;&]*\|\s*(?:sudo\s+)?(?:ba|da|a|z)?sh\b"
)


def _user(case: Case) -> Iterator[Judged]:
    """4.1: fails for root however it is written, and for a name that stands in no passwd: the runtime refuses it.

    A deployment that names a user overrides the image.
    """
    if case.workload is not None and case.workload.user is not None:
        user = case.workload.user
        verdict = Verdict.FAIL if user in ("0", "root") else Verdict.PASS
        yield Judged(verdict=verdict, evidence=told("user-deployed", user=user), is_deployed=True)
        return
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


def _trusted_base(case: Case) -> Iterator[Judged]:
    """4.2: a base that is proven, and whose keeper is known where the settings name bases."""
    parts = [part for part in case.strata if part.base is not None]
    if not parts:
        yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-base", {}), stratum=case.top)
        return
    for part in parts[-1:]:
        assert part.base is not None  # noqa: S101 - chosen so
        name = part.base.reference
        if part.confidence not in _PROOFS:
            yield Judged(
                verdict=Verdict.UNDECIDABLE,
                evidence=told("base-not-proven", base=name),
                needs=Message("needs-base", {}),
                stratum=case.top,
            )
        elif case.trusted_bases and not case.trusts(part):
            yield Judged(
                verdict=Verdict.FAIL,
                evidence=told("base-not-trusted", base=name),
                stratum=case.top,
                mend=Message("mend-base", {}),
            )
        else:
            yield Judged(
                verdict=Verdict.PASS,
                evidence=told("base-proven", base=name, how=part.confidence),
                stratum=part.name,
            )


def _unneeded(case: Case) -> Iterator[Judged]:
    """4.3: tools that serve building, debugging and going on to other hosts; a shell and a package manager are no fail."""
    yield from by_part(case, _UNNEEDED, "unneeded-tools", Message("mend-unneeded", {}), "no-unneeded-tools")


def _patches(case: Case) -> Iterator[Judged]:
    """4.4: fixes that were to be had and whose deadline has passed, told to the side that must act."""
    scan = case.scan
    if scan is None or scan.database.kind in ("none", "starter") or scan.database.missing:
        yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-advisories", {}))
        return
    late = [
        each
        for each in scan.findings
        if not each.suppressed and each.deadline is not None and each.deadline.is_overdue
    ]
    for side in Side:
        found = [each for each in late if each.side == side]
        if found:
            names = ", ".join(dict.fromkeys(each.id for each in found[:6]))
            yield Judged(
                verdict=Verdict.FAIL,
                evidence=told("patches-overdue", number=len(found), names=names),
                stratum=found[0].stratum,
                mend=Message("mend-patches", {"image": case.image.reference}),
            )
    if not late:
        yield Judged(verdict=Verdict.PASS, evidence=told("patches-in-time"))


def _content_trust(case: Case) -> Iterator[Judged]:
    """4.5: a setting of the host, and a service that ends; signatures of today's kind take its place."""
    yield Judged(
        verdict=Verdict.SUPERSEDED,
        evidence=told("content-trust-ends"),
        needs=Message("needs-signature", {"image": case.image.reference}),
    )


def _healthcheck(case: Case) -> Iterator[Judged]:
    """4.6: a health check that is set, not switched off, and whose program is in the image; Kubernetes has probes."""
    if case.workload is not None and case.workload.form == "kubernetes":
        verdict = Verdict.PASS if case.workload.has_probe else Verdict.FAIL
        yield Judged(
            verdict=verdict,
            evidence=told("probe" if case.workload.has_probe else "no-probe"),
            is_deployed=True,
        )
        return
    words, part = case.start.health_words, case.setter("healthcheck")
    mend = Message("mend-healthcheck", {})
    if not words:
        yield Judged(verdict=Verdict.FAIL, evidence=told("no-healthcheck-set"), stratum=part, mend=mend)
    elif not case.start.health_program:
        evidence = told("healthcheck-cannot-run", program=words[0])
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
    else:
        yield Judged(
            verdict=Verdict.PASS,
            evidence=told("healthcheck-runs", program=case.start.health_program),
            stratum=part,
        )


def _update_alone(case: Case) -> Iterator[Judged]:
    """4.7: package lists fetched in a step that installs nothing: a later step then installs from an old list."""
    yield from _in_history(
        case,
        lambda verb, text: verb == "RUN" and bool(_UPDATE.search(text)) and not _INSTALL.search(text),
        "update-alone",
        Message("mend-update", {}),
    )


def _setuid(case: Case) -> Iterator[Judged]:
    """4.8: setuid, setgid and file capabilities of the final tree, told to the part that brought them."""
    kinds = ("setuid file", "setgid file", "file capability")
    yield from by_part(case, kinds, "privileged-files", Message("mend-setuid", {}), "no-privileged-files")


def _add(case: Case) -> Iterator[Judged]:
    """4.9: ADD where COPY would do; the import of a base's root filesystem is what ADD is for."""
    yield from _in_history(case, lambda verb, _: verb == "ADD", "add-used", Message("mend-add", {}))


def _secrets(case: Case) -> Iterator[Judged]:
    """4.10: secrets anywhere in the image, in layers below a deletion too: whoever pulls it has them all."""
    for part in dict.fromkeys(line.stratum for line in case.secrets):
        found = [line for line in case.secrets if line.stratum == part]
        places = dict.fromkeys(f"{line.kind} {secret_place(line)}" for line in found)
        shown = ", ".join(list(places)[:6]) + (f" (+{len(places) - 6})" if len(places) > 6 else "")
        evidence = told("secrets-found", number=len(found), places=shown)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-secrets", {}))
    if not case.secrets:
        yield Judged(verdict=Verdict.PASS, evidence=told("no-secrets"))


def _verified(case: Case) -> Iterator[Judged]:
    """4.11: sources whose signatures nobody asks for, and steps that waived them."""
    mend = Message("mend-unsigned", {})
    unsigned = [source for source in case.sources if source.unsigned]
    for path in dict.fromkeys(source.path for source in unsigned):
        args = {"path": path, "address": next(each.address for each in unsigned if each.path == path)}
        yield Judged(
            verdict=Verdict.FAIL,
            evidence=told("source-unsigned", **args),
            stratum=case.part_of_file(path),
            mend=mend,
        )
    waived = [step for step in case.steps if step.verb == "RUN" and _UNVERIFIED.search(step.text)]
    for part in dict.fromkeys(step.stratum for step in waived):
        text = next(step.text for step in waived if step.stratum == part)
        yield Judged(
            verdict=Verdict.FAIL, evidence=told("step-unverified", step=text[:120]), stratum=part, mend=mend
        )
    if not unsigned and not waived:
        if case.steps:
            yield Judged(verdict=Verdict.PASS, evidence=told("all-verified"))
        else:
            yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-dockerfile", {}))


def _signed(case: Case) -> Iterator[Judged]:
    """4.12: a provenance whose signature was verified is the record that this asks for."""
    proven = [part for part in case.strata if part.confidence == Rung.PROVENANCE]
    if proven:
        yield Judged(verdict=Verdict.PASS, evidence=told("signed-provenance"), stratum=proven[0].name)
    else:
        yield Judged(
            verdict=Verdict.UNDECIDABLE, needs=Message("needs-signature", {"image": case.image.reference})
        )


def _in_history(
    case: Case, breaks: Callable[[str, str], bool], message: str, mend: Message
) -> Iterator[Judged]:
    """A rule about build steps, decided from the history; without one nobody can tell."""
    if not case.steps:
        yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-dockerfile", {}))
        return
    broken = [step for step in case.steps if not step.is_root and breaks(step.verb, step.text)]
    for part in dict.fromkeys(step.stratum for step in broken):
        found = [step for step in broken if step.stratum == part]
        evidence = told(message, number=len(found), step=" ".join(found[0].text.split())[:120])
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
    if not broken:
        yield Judged(verdict=Verdict.PASS)


def _rule(number: int, title: str, severity: str, decide: Decide, *tags: str) -> Rule:
    return Rule(
        id=f"CIS-4.{number}", title=title, severity=severity, decide=decide, benchmark=BENCHMARK, tags=tags
    )


RULES = (
    _rule(1, "Ensure that a user for the container has been created", "high", _user, _CONFIG, "NSA/CISA non-root", "PSS restricted runAsNonRoot", "CIS-DI-0001"),
    _rule(2, "Ensure that containers use only trusted base images", "medium", _trusted_base, _TRUST),
    _rule(3, "Ensure that unnecessary packages are not installed in the container", "low", _unneeded, _CONFIG),
    _rule(4, "Ensure images are scanned and rebuilt to include security patches", "high", _patches, _PATCHES, "NIST 800-190 4.2.2"),
    _rule(5, "Ensure Content trust for Docker is Enabled", "low", _content_trust, _TRUST, "CIS-DI-0005"),
    _rule(6, "Ensure that HEALTHCHECK instructions have been added to container images", "low", _healthcheck, _CONFIG, "CIS-DI-0006"),
    _rule(7, "Ensure update instructions are not used alone in the Dockerfile", "medium", _update_alone, _PATCHES, "CIS-DI-0007"),
    _rule(8, "Ensure setuid and setgid permissions are removed", "medium", _setuid, _CONFIG, "NSA/CISA escalation", "CIS-DI-0008"),
    _rule(9, "Ensure that COPY is used instead of ADD in Dockerfiles", "low", _add, _CONFIG, "CIS-DI-0009"),
    _rule(10, "Ensure secrets are not stored in Dockerfiles", "high", _secrets, _SECRETS, "NSA/CISA secrets", "CIS-DI-0010"),
    _rule(11, "Ensure only verified packages are installed", "high", _verified, _TRUST),
    _rule(12, "Ensure all signed artifacts are validated", "medium", _signed, _TRUST),
)  # fmt: skip
