"""Rules of our own, with numbers that stay: what CIS has no number for, and what only the seam can tell.

Where dockle has the same, its number stands among the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from seamline.audit.case import Case
from seamline.audit.rule import Decide, Judged, Rule, by_part, told
from seamline.audit.starting import can_start
from seamline.audit.steps import in_history, upgrades_all
from seamline.model.audit import Account, Verdict
from seamline.model.evidence import Message

_CONFIG, _NIST_SECRETS = "NIST 800-190 4.1.2", "NIST 800-190 4.1.4"
_SENSITIVE = (
    "/",
    "/dev",
    "/proc",
    "/sys",
    "/etc",
    "/usr",
    "/boot",
    "/lib",
    "/var/run/docker.sock",
    "/run/docker.sock",
)
_NOBODYS = 65532
"""What a user without a number is told to be: `nonroot` of distroless images."""
_DATABASES = (
    "package-database-cut",
    "package-database-deleted",
    "package-database-emptied",
    "package-lists-emptied",
)


def _passes_or(case: Case, evidence: list[Judged]) -> Iterator[Judged]:  # noqa: ARG001 - reads as the others
    yield from evidence or [Judged(verdict=Verdict.PASS)]


def _numeric_user(case: Case) -> Iterator[Judged]:
    """A name is resolved by files that the image may change; Kubernetes cannot tell that it is not root."""
    written = case.runs_as.written.partition(":")[0]
    part = case.setter("user")
    if not written or case.runs_as.is_root:
        yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("runs-as-root"), stratum=part)
    elif written.isascii() and written.isdigit():
        yield Judged(verdict=Verdict.PASS, stratum=part)
    else:
        uid = case.runs_as.uid if case.runs_as.uid is not None else _NOBODYS
        mend = Message("mend-numeric-user", {"uid": uid})
        yield Judged(
            verdict=Verdict.FAIL, evidence=told("user-by-name", user=written), stratum=part, mend=mend
        )


def _system_run(case: Case) -> Iterator[Judged]:
    """A workload whose image has no application side: a base run as if it were a service."""
    if not case.workloads:
        yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-deployment", {}))
    for workload in case.workloads:
        if not case.is_base:
            yield Judged(verdict=Verdict.PASS, is_deployed=True)
        elif workload.role == "ephemeral":  # a debugging container is meant to be a mere system
            yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("is-for-debugging"))
        else:
            evidence = told("system-image-run", where=workload.where, image=case.image.reference)
            mend = Message("mend-system-run", {})
            yield Judged(verdict=Verdict.FAIL, evidence=evidence, is_deployed=True, mend=mend)


def _base_with_application(case: Case) -> Iterator[Judged]:
    """A base that carries what belongs to an application: its users inherit it, and infrastructure must keep it."""
    if not case.is_base:
        yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("is-no-base"))
    elif case.content:
        yield Judged(
            verdict=Verdict.FAIL,
            evidence=case.content,
            stratum=case.top,
            mend=Message("mend-base-content", {}),
        )
    else:
        yield Judged(verdict=Verdict.PASS)


def _unaccounted(case: Case) -> Iterator[Judged]:
    parts = dict.fromkeys(program.stratum for program in case.unaccounted)
    found = []
    for part in parts:
        programs = [program for program in case.unaccounted if program.stratum == part]
        paths = ", ".join("/" + program.path for program in programs[:6])
        evidence = told("programs-unaccounted", number=len(programs), paths=paths)
        found.append(
            Judged(
                verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-unaccounted", {})
            )
        )
    yield from _passes_or(case, found)


def _database(case: Case) -> Iterator[Judged]:
    """A package database that a layer emptied or deleted: scanners then see nothing to judge."""
    found = [
        Judged(
            verdict=Verdict.FAIL,
            evidence=told(gap.message.id, **dict(gap.message.args)),
            stratum=case.part_of_layer(gap.where.layer),
            mend=Message("mend-database", {}),
        )
        for gap in case.gaps
        if gap.message.id in _DATABASES
    ]
    yield from _passes_or(case, found)


def _security_source(case: Case) -> Iterator[Judged]:
    """Package sources without one that security updates come by, or with snapshots of some day alone: an upgrade then mends
    nothing, or nothing newer. busybox's dpkg and rpm
    (`detail` names it) unpack files and know no sources."""
    if not any(line.kind == "package manager" and not line.detail for line in case.surface):
        yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("no-package-manager"))
    elif any(source.security and not source.expired and not source.frozen for source in case.sources):
        yield Judged(verdict=Verdict.PASS)
    else:
        days = [source.frozen for source in case.sources if source.security and source.frozen[:1].isdecimal()]
        message = "sources-frozen" if days else "sources-without-security" if case.sources else "no-sources"
        path = case.sources[0].path if case.sources else ""
        lowest = case.strata[0].name if case.strata else ""
        part = case.sources_gone_by or case.part_of_file(path) or lowest
        yield Judged(
            verdict=Verdict.FAIL,
            evidence=told(message, number=len(case.sources), day=max(days, default="")),
            stratum=part,
            mend=Message("mend-sources", {}),
        )


def _transport(case: Case) -> Iterator[Judged]:
    found = []
    for name in ("plain", "expired"):
        sources = [source for source in case.sources if getattr(source, name)]
        for path in dict.fromkeys(source.path for source in sources):
            addresses = ", ".join(dict.fromkeys(source.address for source in sources if source.path == path))
            evidence = told(f"source-{name}", path=path, address=addresses)
            found.append(
                Judged(
                    verdict=Verdict.FAIL,
                    evidence=evidence,
                    stratum=case.part_of_file(path),
                    mend=Message("mend-sources", {}),
                )
            )
    yield from _passes_or(case, found)


def _duplicates(case: Case) -> Iterator[Judged]:
    """Two accounts with one number are one to the kernel: the doing of who added the second."""
    by_uid: dict[int, list[Account]] = {}
    for account in case.accounts:
        by_uid.setdefault(account.uid, []).append(account)
    by_part: dict[str, list[str]] = {}
    for group in by_uid.values():
        if len({each.name for each in group}) > 1:
            part = _part_of_last(group, case)
            by_part.setdefault(part, []).append(", ".join(each.name for each in group))
    for part, shared in by_part.items():
        evidence = told("uids-shared", names="; ".join(shared[:6]))
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=Message("mend-uids", {}))
    if not by_part:
        yield Judged(verdict=Verdict.PASS)


def _part_of_last(accounts: Sequence[Account], case: Case) -> str:
    """The part that added the last of some accounts, where each line's layer is known; else that of the file."""
    layers = [each.layer for each in accounts if each.layer is not None]
    part = case.part_of_layer(max(layers)) if len(layers) == len(accounts) else ""
    return part or case.part_of_file("etc/passwd")


def _volumes(case: Case) -> Iterator[Judged]:
    bad = [volume for volume in case.config.volumes if (volume.rstrip("/") or "/") in _SENSITIVE]
    if bad:
        yield Judged(
            verdict=Verdict.FAIL,
            evidence=told("volume-sensitive", paths=", ".join(bad)),
            stratum=case.setter("volume"),
            mend=Message("mend-sensitive-volume", {}),
        )
    else:
        yield Judged(verdict=Verdict.PASS)


def _tag(case: Case) -> Iterator[Judged]:
    """`latest` names another image tomorrow; an image that the deployment builds has no tag of anybody's."""
    names = tuple(dict.fromkeys(each.image for each in case.workloads if not each.built))
    if not names and (case.workloads or case.image.place != "registry"):
        yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("not-from-registry"))
    for name in names or (
        () if case.workloads or case.image.place != "registry" else (case.image.reference,)
    ):
        if full_name_tag(name) == "latest":
            mend = Message("mend-tag", {})
            yield Judged(
                verdict=Verdict.FAIL, evidence=told("tag-moves", name=name), is_deployed=True, mend=mend
            )
        else:
            yield Judged(verdict=Verdict.PASS, evidence=told("tag-told", name=name), is_deployed=True)


def full_name_tag(name: str) -> str:
    """The tag that a reference means; empty where a digest says it."""
    return "" if "@" in name else name.rpartition("/")[2].partition(":")[2] or "latest"


def _left(*kinds: str) -> Decide:
    def decide(case: Case) -> Iterator[Judged]:
        found = []
        for part in dict.fromkeys(file.stratum for file in case.files if file.kind in kinds):
            files = [file for file in case.files if file.kind in kinds and file.stratum == part]
            args: dict[str, str | int] = {
                "number": len(files),
                "paths": ", ".join("/" + file.path for file in files[:6]),
                "mb": f"{sum(file.size_bytes for file in files) / 1e6:.1f}",
            }
            found.append(
                Judged(
                    verdict=Verdict.FAIL,
                    evidence=told("files-left", **args),
                    stratum=part,
                    mend=Message("mend-left", {}),
                )
            )
        yield from _passes_or(case, found)

    return decide


def _surface(*kinds: str, message: str = "surface-found", mend: str = "mend-surface") -> Decide:
    return lambda case: by_part(case, kinds, message, Message(mend, {}), "nothing-of-the-kind")


def _autostart(case: Case) -> Iterator[Judged]:
    """Cron jobs count only where something runs them."""
    has_cron = any(line.kind == "daemon" and "cron" in line.name for line in case.surface)
    jobs = ("cron job",) if has_cron else ()
    kinds = ("enabled unit", "boot script", "preloaded library", "startup file", "authorized key", *jobs)
    yield from by_part(case, kinds, "surface-found", Message("mend-surface", {}), "nothing-of-the-kind")


def _upgrade(case: Case) -> Iterator[Judged]:
    """An upgrade of everything in an application's build: the base should bring it, and the build cannot be repeated."""
    yield from in_history(case, upgrades_all, "upgrade-in-build", Message("mend-upgrade", {}))


def _rule(
    number: int, title: str, severity: str, decide: Callable[[Case], Iterator[Judged]] | Decide, *tags: str
) -> Rule:
    return Rule(id=f"SL-{number:04}", title=title, severity=severity, decide=decide, tags=tags)


RULES = (
    _rule(1, "The user is named by number", "low", _numeric_user, "PSS restricted runAsNonRoot"),
    _rule(2, "The start command can run", "high", can_start),
    _rule(3, "No system image runs as an application", "medium", _system_run, _CONFIG),
    _rule(4, "A base carries no application", "medium", _base_with_application, _CONFIG),
    _rule(5, "Every program is accounted for", "medium", _unaccounted, "NIST 800-190 4.1.3"),
    _rule(6, "The package database is whole", "high", _database, "NIST 800-190 4.1.1"),
    _rule(7, "Security updates have a source", "medium", _security_source, "NIST 800-190 4.1.1"),
    _rule(8, "Package sources are encrypted and current", "low", _transport),
    _rule(9, "No account is without a password", "high", _surface("account without password", mend="mend-password"), "DKL-LI-0001"),
    _rule(10, "No two accounts share a number", "medium", _duplicates, "DKL-LI-0002"),
    _rule(11, "Nobody can become root by sudo or another name", "medium", _surface("sudo rule", "second name of root", mend="mend-second-root"), "DKL-DI-0001"),
    _rule(12, "No sensitive folder is a volume", "high", _volumes, "DKL-DI-0002"),
    _rule(13, "The tag does not move", "low", _tag, "DKL-DI-0006"),
    _rule(14, "No build files or version control are left", "low", _left("build file", "version control"), "DKL-LI-0003"),
    _rule(15, "No package caches or lists are left", "low", _left("package cache", "package list"), "DKL-DI-0004", "DKL-DI-0005"),
    _rule(16, "The base is not upgraded in place", "low", _upgrade, "DKL-DI-0003"),
    _rule(17, "The user cannot rewrite what is run", "high", _surface("writable folder on PATH", "writable library folder", "writable start script", mend="mend-rewritable"), _CONFIG),
    _rule(18, "Nothing is writable for everyone", "medium", _surface("world-writable file", "world-writable folder", mend="mend-writable"), _CONFIG),
    _rule(19, "Nothing starts by itself besides the start command", "low", _autostart),
    _rule(20, "Account files are for root alone", "high", _surface("readable account file", mend="mend-account-file"), _NIST_SECRETS),
)  # fmt: skip
