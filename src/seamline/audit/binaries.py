"""Rules about what is in files: package files that were altered, native programs and what they lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.audit.case import Case
from seamline.audit.rule import Judged, Rule, told
from seamline.model.audit import Verdict
from seamline.model.binary import BinaryLine
from seamline.model.evidence import Evidence, Message

_MOST_NAMES = 6


def _altered(case: Case) -> Iterator[Judged]:
    """A package's file with another content than the package's: nobody's updates carry that change. What a package lets its
    users change is their configuration, and no fail."""
    lines = [line for line in case.altered if not line.is_configuration]
    for part in dict.fromkeys(line.stratum for line in lines):
        found = [f"/{line.path} ({line.package})" for line in lines if line.stratum == part]
        evidence = told("files-altered", number=len(found), paths=_listed(found))
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-altered", {}))
    if not lines:
        yield Judged(verdict=Verdict.PASS, evidence=told("no-files-altered"))


def _hardened(case: Case) -> Iterator[Judged]:
    lines = [line for line in case.binaries if line.soft]
    for part in dict.fromkeys(line.stratum for line in lines):
        found = [f"/{line.path} ({', '.join(line.soft)})" for line in lines if line.stratum == part]
        evidence = told("programs-soft", number=len(found), paths=_listed(found))
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-soft", {}))
    packed = list(_packed(case))
    yield from packed
    if not lines and not packed:
        yield Judged(verdict=Verdict.PASS, evidence=told("no-programs-soft"))


def _linked(case: Case) -> Iterator[Judged]:
    lines = [line for line in case.binaries if line.unmet]
    for part in dict.fromkeys(line.stratum for line in lines):
        found = [line for line in lines if line.stratum == part]
        evidence = tuple(_unmet(found[:_MOST_NAMES]))
        more = (
            told("programs-unmet-more", number=len(found) - _MOST_NAMES) if len(found) > _MOST_NAMES else ()
        )
        mend = Message("mend-unmet", {})
        yield Judged(verdict=Verdict.FAIL, evidence=(*evidence, *more), stratum=part, mend=mend)
    packed = list(_packed(case))
    yield from packed
    if not lines and not packed:
        yield Judged(verdict=Verdict.PASS, evidence=told("no-programs-unmet"))


def _packed(case: Case) -> Iterator[Judged]:
    """Programs that show nothing of themselves: what they were built with and what they need is nobody's to tell."""
    lines = [line for line in case.binaries if line.packer]
    for part in dict.fromkeys(line.stratum for line in lines):
        found = [f"/{line.path} ({line.packer})" for line in lines if line.stratum == part]
        yield Judged(
            verdict=Verdict.UNDECIDABLE,
            evidence=told("programs-packed", number=len(found), paths=_listed(found)),
            stratum=part,
            needs=Message("needs-unpacked", {}),
        )


def _unmet(lines: Sequence[BinaryLine]) -> Iterator[Evidence]:
    for line in lines:
        for message in line.unmet[:_MOST_NAMES]:
            yield Evidence(message=Message(message.id, {**message.args, "program": line.path}))


def _listed(names: Sequence[str]) -> str:
    more = f" (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


RULES = (
    Rule(id="SL-0021", title="Package files are as their packages made them", severity="medium", decide=_altered, tags=("NIST 800-190 4.1.1",)),
    Rule(id="SL-0022", title="The application's programs are hardened", severity="low", decide=_hardened, tags=("NIST 800-190 4.1.2",)),
    Rule(id="SL-0023", title="Programs find their loader and libraries", severity="high", decide=_linked),
)  # fmt: skip
