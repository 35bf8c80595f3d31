"""Section 4 of the CIS Docker Benchmark, mapped: its numbers and titles, our own words and tests.

Source: numbering of CIS Docker Benchmark v1.6.0, as docker-bench-security prints it.
"""

from __future__ import annotations

from collections.abc import Iterator

from seamline.audit.case import Case
from seamline.audit.health import is_checked
from seamline.audit.rule import Decide, Judged, Rule, by_part, told
from seamline.audit.steps import add_for_copy, in_history, update_alone, waives_signatures
from seamline.audit.users import user_is_no_root
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
    """4.3: tools that serve building, debugging and going on to other hosts; a shell and a package manager are no fail, nor
    are the applets of a busybox: they come in one program, which is needed or not as a whole."""
    mend = Message("mend-unneeded", {})
    yield from by_part(case, _UNNEEDED, "unneeded-tools", mend, "no-unneeded-tools", applets=False)


def _patches(case: Case) -> Iterator[Judged]:
    """4.4: fixes that were to be had and whose deadline has passed, told to the side that must act. One such fix is enough
    to fail; that there is none takes advisories that are whole."""
    scan = case.scan
    late = [
        each
        for each in (scan.findings if scan is not None else ())
        if not each.suppressed and each.deadline is not None and each.deadline.is_overdue
    ]
    if not late and (scan is None or scan.database.kind in ("none", "starter") or scan.database.missing):
        yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-advisories", {}))
        return
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
        needs=Message("needs-signature", {"image": case.image.reference}) if case.has_configuration else None,
    )


def _update_alone(case: Case) -> Iterator[Judged]:
    """4.7: package lists fetched in a step that installs nothing: a later step then installs from an old list."""
    yield from in_history(case, update_alone, "update-alone", Message("mend-update", {}))


def _setuid(case: Case) -> Iterator[Judged]:
    """4.8: setuid, setgid and file capabilities of the final tree, told to the part that brought them."""
    kinds = ("setuid file", "setgid file", "file capability")
    yield from by_part(case, kinds, "privileged-files", Message("mend-setuid", {}), "no-privileged-files")


def _add(case: Case) -> Iterator[Judged]:
    """4.9: ADD where COPY would do; the import of a base's root filesystem is what ADD is for."""
    yield from in_history(case, add_for_copy, "add-used", Message("mend-add", {}))


def _secrets(case: Case) -> Iterator[Judged]:
    """4.10: secrets anywhere in the image, in layers below a deletion too: whoever pulls it has them all."""
    for part, side in dict.fromkeys((line.stratum, line.side) for line in case.secrets):
        found = [line for line in case.secrets if (line.stratum, line.side) == (part, side)]
        places = dict.fromkeys(f"{line.kind} {secret_place(line)}" for line in found)
        shown = ", ".join(list(places)[:6]) + (f" (+{len(places) - 6})" if len(places) > 6 else "")
        evidence = told("secrets-found", number=len(found), places=shown)
        yield Judged(
            verdict=Verdict.FAIL,
            evidence=evidence,
            stratum=part,
            mend=Message("mend-secrets", {}),
            is_built=side == Side.APPLICATION,
        )
    if not case.secrets:
        yield Judged(verdict=Verdict.PASS, evidence=told("no-secrets"))


def _verified(case: Case) -> Iterator[Judged]:
    """4.11: sources whose signatures nobody asks for, and steps that waived them."""
    mend = Message("mend-unsigned", {})
    unsigned = [source for source in case.sources if source.unsigned]
    by_file = {source.waived_by or source.path: source for source in reversed(unsigned)}
    for path, source in sorted(by_file.items()):
        yield Judged(
            verdict=Verdict.FAIL,
            evidence=told("source-unsigned", path=path, address=source.address),
            stratum=case.part_of_file(path),
            mend=mend,
        )
    waived = in_history(case, waives_signatures, "step-unverified", mend, "all-verified")
    yield from (each for each in waived if not (unsigned and each.verdict == Verdict.PASS))


def _signed(case: Case) -> Iterator[Judged]:
    """4.12: a provenance whose signature was verified is the record that this asks for."""
    proven = [part for part in case.strata if part.confidence == Rung.PROVENANCE]
    if proven:
        yield Judged(verdict=Verdict.PASS, evidence=told("signed-provenance"), stratum=proven[0].name)
    else:
        needs = Message("needs-signature", {"image": case.image.reference})
        bare = Message("needs-image", {})
        yield Judged(verdict=Verdict.UNDECIDABLE, needs=needs if case.has_configuration else bare)


def _rule(number: int, title: str, severity: str, decide: Decide, *tags: str) -> Rule:
    return Rule(
        id=f"CIS-4.{number}", title=title, severity=severity, decide=decide, benchmark=BENCHMARK, tags=tags
    )


RULES = (
    _rule(1, "Ensure that a user for the container has been created", "high", user_is_no_root, _CONFIG, "NSA/CISA non-root", "PSS restricted runAsNonRoot", "CIS-DI-0001"),
    _rule(2, "Ensure that containers use only trusted base images", "medium", _trusted_base, _TRUST),
    _rule(3, "Ensure that unnecessary packages are not installed in the container", "low", _unneeded, _CONFIG),
    _rule(4, "Ensure images are scanned and rebuilt to include security patches", "high", _patches, _PATCHES, "NIST 800-190 4.2.2"),
    _rule(5, "Ensure Content trust for Docker is Enabled", "low", _content_trust, _TRUST, "CIS-DI-0005"),
    _rule(6, "Ensure that HEALTHCHECK instructions have been added to container images", "low", is_checked, _CONFIG, "CIS-DI-0006"),
    _rule(7, "Ensure update instructions are not used alone in the Dockerfile", "medium", _update_alone, _PATCHES, "CIS-DI-0007"),
    _rule(8, "Ensure setuid and setgid permissions are removed", "medium", _setuid, _CONFIG, "NSA/CISA escalation", "CIS-DI-0008"),
    _rule(9, "Ensure that COPY is used instead of ADD in Dockerfiles", "low", _add, _CONFIG, "CIS-DI-0009"),
    _rule(10, "Ensure secrets are not stored in Dockerfiles", "high", _secrets, _SECRETS, "NSA/CISA secrets", "CIS-DI-0010"),
    _rule(11, "Ensure only verified packages are installed", "high", _verified, _TRUST),
    _rule(12, "Ensure all signed artifacts are validated", "medium", _signed, _TRUST),
)  # fmt: skip
