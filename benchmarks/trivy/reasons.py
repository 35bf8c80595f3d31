"""Why Seamline and Trivy differ: a closed list. A difference that none of it fits is unexplained.

Who is right about a flaw is told by the ecosystem's own tool; the reason only says what the two do otherwise.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchmarks.accuracy.truth import Fact
from benchmarks.trivy.images import Beside
from benchmarks.trivy.matches import Told
from benchmarks.trivy.secrets import Sought
from benchmarks.trivy.verdicts import Verdict
from packaging.version import InvalidVersion, Version

REASONS = {
    "other branch": "Seamline. The version ends one range of the record and lies in another of its ranges. OSV calls it affected; Trivy calls every "
    "version that is named as a fix mended",
    "before zero": "Seamline. `introduced: 0` comes before every version. Trivy asks for `>= 0`, which leaves out Go's pseudo-versions (v0.0.0-DATE-HASH "
    "is a pre-release of 0.0.0)",
    "one bad version": "Seamline. One version that the record names is none by PEP 440; Trivy then drops the whole record, Seamline that version",
    "spelt as the record": "Seamline. The version itself is none to the ecosystem's order; the record lists it word for word, and that decides",
    "two numbers": "Seamline. A version of two numbers (`4.5`) is read with a nought behind it, as node-semver's coercion reads it; Trivy compares it with nothing",
    "open in Wolfi": "Seamline. Wolfi says that the flaw is not mended yet; Trivy asks every record of Wolfi for the version that mends it",
    "module without a name": "Seamline. The record speaks of a module's build and does not name the module; Trivy's form keeps modules by name",
    "several ends": "Seamline. The record gives several ends for one package, one for each of its builds. OSV calls affected what lies in any of the "
    "ranges; Trivy's form of a distribution's advisory holds one",
    "turned range": "by the letter Seamline. The record's range ends before it begins, and OSV's algorithm then calls all that follows affected; "
    "Trivy takes it for empty, which is what was meant",
    "unsorted": "Seamline. OSV has events sorted before they are read; Trivy takes them in pairs as they are written",
    "capitals": "Seamline. npm tells `jQuery` from `jquery`: two packages of two makers. Trivy makes every name lower-case",
    "no judge": "nobody: the tool takes a bound of the record for no version; Seamline tells it as a gap, Trivy compares with the bounds that it can read",
    "parent's user": "Seamline. The parent by its name (`:nonroot`, `-unprivileged`) is not root; Trivy asks for a USER in the file",
    "Windows": "Seamline. A Windows container has no root",
    "another's comment": "as wanted. A comment for hadolint or Seamline forgives; Trivy has comments of its own",
    "cache removed": "Seamline. The same step removes the cache by hand",
    "cache mount": "Seamline. The cache is a mount of the build: nothing of it is in the layer",
    "no secret": "Seamline. The variable names a file, a time to live, or is empty",
    "behind a pipe": "Seamline. sudo stands behind a pipe",
    "apt": "Seamline. `apt install` brings what is recommended as `apt-get install` does",
    "other upgrades": "as wanted. Trivy asks for `dist-upgrade` alone; Seamline for every upgrade of the base's packages, as they stop being the base's",
    "an upgrade, no list": "Seamline. `yum update` upgrades packages (SL2002 tells of it); it is no list that gets old",
    "users of its own": "Seamline. With `hostUsers: false` root inside is nobody on the node: the standards then ask neither for runAsNonRoot nor "
    "for the masks of /proc, and Kubernetes' own admission lets the pod in",
    "root by number": "Seamline. `runAsUser: 0` is root, whatever stands beside it; Trivy's check reads runAsNonRoot alone",
    "ALL in capitals": "Seamline. Kubernetes' own admission knows `ALL` alone: a pod that drops `all` is refused",
    "container's own word": "Seamline. The container says runAsNonRoot: false over its pod's true",
    "the folder, or another engine": "Seamline. The socket's folder, or containerd's socket, gives the same as /var/run/docker.sock",
    "default token": "Seamline. Kubernetes mounts the token where nobody says no",
    "field of 1.30": "Seamline. AppArmor is set by a field since Kubernetes 1.30; Trivy reads the older annotation",
    "Windows pod": "Seamline. The Pod Security Standards ask no pod of Windows (`os.name`) for capabilities, seccomp or escalation, which only Linux has",
    "a process of the node": "Seamline. The standards count `windowsOptions.hostProcess` as privileged",
    "image's user": "Seamline. The image itself starts as root, which only whoever reads the image knows",
    "privileged": "Seamline. A privileged container runs without AppArmor and seccomp, whatever its profiles say",
}  # fmt: skip
_TURNED = re.compile(r"-(alpha|beta|rc|pre)")


class Reasoned(NamedTuple):
    """A difference, in words, and the reason's name; empty where there is none."""

    who: str
    what: str
    why: str


def of_matches(found: tuple[Told, ...]) -> Iterator[Reasoned]:
    """Each record that either does not see as the ecosystem's tool does."""
    for told in found:
        for who, mine in (("Seamline", told.seamline), ("Trivy", told.trivy)):
            for kind, records in (("false", mine - told.holding), ("missed", told.holding - mine)):
                for record in sorted(records):
                    why = _why(told, record, kind) if who == "Trivy" else _unread(told, record)
                    yield Reasoned(f"{who} {kind}", f"{told.item.purl} {record}", why)


def _unread(told: Told, record: str) -> str:
    return "no judge" if any(fact.record == record for fact in told.answer.unread) else ""


def _why(told: Told, record: str, kind: str) -> str:
    fact = told.facts.get(record)
    if fact is None:
        return "capitals" if told.item.ecosystem == "npm" else ""
    if _unread(told, record):
        return "no judge"
    if kind == "false":
        return "unsorted" if any(not _is_sorted(events) for events in fact.ranges) else ""
    return _why_missed(told, fact)


def _why_missed(told: Told, fact: Fact) -> str:
    base, version = told.item.ecosystem.partition(":")[0], told.item.version
    ends = {bound for events in fact.ranges for kind, bound in events if kind == "fixed"}
    if version in ends:
        return "other branch"
    if "?" in fact.modules:
        return "module without a name"
    if base == "AlmaLinux" and len(ends) > 1:
        return "several ends"
    if base == "Wolfi" and not ends:
        return "open in Wolfi"
    if (
        base == "Go"
        and version.startswith("0.0.0-")
        and any(("introduced", "0") in events for events in fact.ranges)
    ):
        return "before zero"
    if base == "PyPI" and not _is_version(version):
        return "spelt as the record" if version in fact.versions else ""
    if base == "PyPI" and not all(map(_is_version, (*fact.versions, *ends))):
        return "one bad version"
    if base == "npm" and version.count(".") < 2:
        return "two numbers"
    if any(_is_turned(events) for events in fact.ranges):
        return "turned range"
    return ""


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _is_sorted(events: tuple[tuple[str, str], ...]) -> bool:
    """Whether beginnings and ends take turns as they are written, and none begins before the last one ended."""
    told = [each for each in events if each[0] != "limit"]
    return all(
        (one == "introduced") != (other == "introduced")
        and (one == "introduced" or not _is_before(begin, end))
        for (one, end), (other, begin) in itertools.pairwise(told)
    )


def _is_before(one: str, other: str) -> bool:
    return _is_version(one) and _is_version(other) and Version(one) < Version(other)


def _is_turned(events: tuple[tuple[str, str], ...]) -> bool:
    """Whether a range ends at a pre-release of the version that it begins with."""
    begins = {bound for kind, bound in events if kind == "introduced"}
    ends = {bound for kind, bound in events if kind == "fixed"}
    return any(_TURNED.split(end)[0] in begins for end in ends if _TURNED.search(end))


def of_image(found: Beside) -> Iterator[Reasoned]:
    """Each flaw of an image that one of the two tells of: none of them has a reason yet."""
    for difference in found.differences:
        yield Reasoned(difference.who, f"{found.image}: {' '.join(difference.flaw.key)}", "")


FILES: Mapping[tuple[str, str], str] = {
    ("DS-0017", "centos-yum"): "an upgrade, no list",
    ("DS-0024", "centos-yum"): "other upgrades",
    ("DS-0024", "opensuse-zypper"): "other upgrades",
    ("DS-0024", "ubuntu-tools"): "other upgrades",
    ("DS-0024", "DL3035-broken"): "other upgrades",
    ("DS-0024", "SL2002-broken"): "other upgrades",
    ("DS-0002", "go-distroless"): "parent's user",
    ("DS-0002", "nginx-built"): "parent's user",
    ("DS-0002", "windows-escape"): "Windows",
    ("DS-0001", "ignored"): "another's comment",
    ("DS-0010", "ignored"): "another's comment",
    ("DS-0029", "ignored"): "another's comment",
    ("DS-0025", "php-fpm-alpine"): "cache removed",
    ("DS-0029", "ubuntu-tools"): "apt",
    ("DS-0029", "DL3027-broken"): "apt",
    ("DS-0019", "DL3040-kept"): "cache mount",
    ("DS-0031", "DL3064-kept"): "no secret",
    ("DS-0010", "SL1006-broken"): "behind a pipe",
    ("KSV-0002", "a deployment that keeps none"): "privileged",
    ("KSV-0002", "init containers count, other images do not, a job has no probe"): "privileged",
    ("KSV-0002", "a pod that breaks CIS-5.5 alone"): "privileged",
    ("KSV-0030", "a pod that breaks CIS-5.5 alone"): "privileged",
    ("KSV-0002", "a pod that breaks CIS-5.2 alone"): "field of 1.30",
    ("KSV-0036", "a deployment that keeps none"): "default token",
    ("KSV-0036", "init containers count, other images do not, a job has no probe"): "default token",
    ("KSV-0036", "the tag latest is always asked for by Kubernetes"): "default token",
    ("KSV-0036", "an unpinned seccomp profile of a pod"): "default token",
    ("KSV-0105", "init containers count, other images do not, a job has no probe"): "image's user",
    ("KSV-0105", "the tag latest is always asked for by Kubernetes"): "image's user",
    ("KSV-0105", "an unpinned seccomp profile of a pod"): "image's user",
    ("KSV-0012", "a container that may run as root though its pod may not"): "container's own word",
    ("KSV-0012", "a pod that breaks CIS-4.1 alone"): "users of its own",
    ("KSV-0012", "root among users of its own"): "users of its own",
    ("KSV-0012", "root among the node's users"): "root by number",
    ("KSV-0026", "procMount unmasked among users of its own"): "users of its own",
    ("KSV-0106", "a pod drops all in lower case"): "ALL in capitals",
    ("KSV-0006", "the socket's folder is mounted"): "the folder, or another engine",
    ("KSV-0006", "containerd's socket is mounted"): "the folder, or another engine",
    ("KSV-0001", "a pod of Windows is not asked what only Linux has"): "Windows pod",
    ("KSV-0030", "a pod of Windows is not asked what only Linux has"): "Windows pod",
    ("KSV-0106", "a pod of Windows is not asked what only Linux has"): "Windows pod",
    ("KSV-0001", "a container of Windows that runs on the node"): "Windows pod",
    ("KSV-0030", "a container of Windows that runs on the node"): "Windows pod",
    ("KSV-0106", "a container of Windows that runs on the node"): "Windows pod",
    ("KSV-0036", "a pod of Windows is not asked what only Linux has"): "default token",
    ("KSV-0105", "a pod of Windows is not asked what only Linux has"): "image's user",
    ("KSV-0036", "a container of Windows that runs on the node"): "default token",
    ("KSV-0105", "a container of Windows that runs on the node"): "image's user",
    ("KSV-0017", "a container of Windows that runs on the node"): "a process of the node",
}
"""By Trivy's first check and the file."""


def of_verdicts(found: list[Verdict]) -> Iterator[Reasoned]:
    """Each file on which the two judge differently."""
    for each in found:
        if each.seamline != each.trivy:
            who = "Seamline" if each.seamline else "Trivy"
            what = f"{each.file}: {', '.join(each.checks)} ({', '.join(each.rules)})"
            yield Reasoned(who, what, FILES.get((each.checks[0], each.file), ""))


def of_secrets(found: list[Sought]) -> Iterator[Reasoned]:
    """What Seamline misses of what was planted, and what it tells of where nothing was."""
    for each in found:
        if bool(each.kind) != each.seamline:
            yield Reasoned("Seamline", f"{each.place}: {each.path}", "")
