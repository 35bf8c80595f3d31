"""What build steps did, as the history tells them: package lists fetched alone, ADD, signatures waived, upgrades of everything.

A step that the history does not tell (squashed, committed, made by a builder that knows no Dockerfile) decides nothing: there a
rule without a fail is undecidable, never passed. A known base's own steps are its keeper's to tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from seamline.audit.case import Case, Step
from seamline.audit.rule import Judged, told, told_of
from seamline.expression import expression
from seamline.model.audit import Verdict
from seamline.model.evidence import Message

_MOST_SHOWN = 120
_COMMAND_END = expression(r"[;&|\n]")
_PIPE_END = expression(r"[;|\n]")
_LAST = r"(?=\s*(?:#|$)|\s+-)"  # options may follow, packages none


class _Call(NamedTuple):
    """A tool, and what it is told to do somewhere behind in the same command."""

    tool: re.Pattern[str]
    verb: re.Pattern[str]


def _call(tools: str, verbs: str, last: str = "") -> _Call:
    return _Call(
        expression(rf"(?<![\w-])(?:{tools})\b"), expression(rf"(?<![\w-])(?:{verbs})(?![\w-]){last}")
    )


_UPDATES = (
    _call("apt-get|apt|aptitude|apk", "update"),
    _call("yum|dnf|microdnf|zypper", "check-update|makecache|refresh|ref"),
)
_INSTALLS = (
    _call(
        "apt-get|apt|aptitude|apk|yum|dnf|microdnf|zypper",
        "install|reinstall|add|upgrade|dist-upgrade|full-upgrade|safe-upgrade|build-dep|source|download|in|up|dup|update",
    ),
)
_ADD = _call("apk", "add")
_UPGRADES = (
    _call("apt-get|apt|aptitude", "upgrade|dist-upgrade|full-upgrade|safe-upgrade"),
    _call("apk", "upgrade"),
    _call("zypper", "up|update|dup|dist-upgrade", _LAST),
    _call("yum|dnf|microdnf|tdnf", "update|upgrade|distro-sync", r"(?:\s+-[\w=,.-]+)*\s*(?:#|$)"),
)
_UNVERIFIED = expression(
    r"--allow-unauthenticated|--allow-insecure-repositories|--force-yes|--nogpgcheck|--no-gpg-checks?\b|--allow-untrusted"
    r"|--trusted-host|strict-ssl[= ]false|--nosignature|gpgcheck=(?:0|false)|sslverify=(?:0|false)|--no-check-certificate"
    r"|\b(?:ba|da|a|z|k)?sh\s+(?:-\w+\s+)?[\"']?(?:\$\(|<\(|`)\s*(?:curl|wget)\b"
)
_INSECURE = _Call(expression(r"\bcurl\b"), expression(r"\s(?:--insecure\b|-[a-jl-zA-Z]*k[a-zA-Z]*\b)"))
_FETCHER = expression(r"\b(?:curl|wget)\b")
_PIPED_SHELL = expression(r"\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:/\w[\w/]*/)?(?:ba|da|a|z|k)?sh\b")
_ARCHIVE = expression(r"\.(?:tar|tgz|tbz2?|txz|tzst|tar\.(?:gz|bz2|xz|zst|lz|lzma|Z))$", re.IGNORECASE)
_ADDRESS = expression(r"^(?:https?|ftp)://|^git@|\.git(?:#\S*)?$")


def _calls(text: str, call: _Call) -> Iterator[tuple[int, int]]:
    """Where a tool is told so, from its name to the end of the verb. Nothing is read twice, however long a step is: what stands
    behind any tool of a command stands behind its first."""
    at = 0
    while tool := call.tool.search(text, at):
        end = _COMMAND_END.search(text, tool.end())
        at = end.start() if end is not None else len(text)
        if verb := call.verb.search(text, tool.end(), at):
            yield tool.start(), verb.end()
            at = verb.end()


def _has(text: str, calls: Iterable[_Call]) -> bool:
    return any(True for call in calls for _ in _calls(text, call))


def _without(text: str, calls: Iterable[_Call]) -> str:
    for call in calls:
        kept, at = [], 0
        for start, end in _calls(text, call):
            kept.append(text[at:start])
            at = end
        text = " ".join([*kept, text[at:]])
    return text


def update_alone(step: Step) -> bool:
    """Package lists fetched in a step that installs nothing. yum's and dnf's `update` is an upgrade."""
    if step.verb != "RUN" or not _has(step.text, _UPDATES):
        return False
    # `apk --update add` and `apk add --update` fetch the lists and install at once
    return not _has(_without(step.text, _UPDATES), _INSTALLS) and not _has(step.text, (_ADD,))


def add_for_copy(step: Step) -> bool:
    """ADD of what COPY would take as well, or of an address without a checksum; an archive is what ADD unpacks."""
    if step.verb != "ADD":
        return False
    words = step.text.split("#")[0].split()[1:]
    if any(word.startswith("--checksum=") for word in words):
        return False
    sources = [word for word in words if not word.startswith("--")][:-1]
    return not sources or not all(_ARCHIVE.search(each) and not _ADDRESS.search(each) for each in sources)


def waives_signatures(step: Step) -> bool:
    """A step that installs what nobody verified, or runs a script as it is fetched."""
    if step.verb != "RUN":
        return False
    text = step.text
    return _UNVERIFIED.search(text) is not None or _has(text, (_INSECURE,)) or _is_piped_to_shell(text)


def _is_piped_to_shell(text: str) -> bool:
    """Whether what curl or wget fetches goes into a shell."""
    at = 0
    while fetcher := _FETCHER.search(text, at):
        end = _PIPE_END.search(text, fetcher.end())
        if end is None:
            return False
        if _PIPED_SHELL.match(text, end.start()):
            return True
        at = end.end()
    return False


def upgrades_all(step: Step) -> bool:
    """A step that upgrades every package; one that names packages does not."""
    return step.verb == "RUN" and _has(step.text, _UPGRADES)


def in_history(
    case: Case, breaks: Callable[[Step], bool], message: str, mend: Message, passes: str = ""
) -> Iterator[Judged]:
    """A rule about build steps: fails by part, then what nobody can tell, else a pass."""
    steps = [step for step in case.steps if not step.is_root]
    broken = [step for step in steps if breaks(step)]
    for part in dict.fromkeys(step.stratum for step in broken):
        found = [step for step in broken if step.stratum == part]
        text = " ".join(found[0].text.split())[:_MOST_SHOWN]
        evidence = told_of(found[0], message, number=len(found), step=text)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=part, mend=mend)
    silent = untold(case)
    if silent is not None:
        yield Judged(
            verdict=Verdict.UNDECIDABLE, stratum=silent or case.top, needs=Message("needs-dockerfile", {})
        )
    elif not broken:
        yield Judged(verdict=Verdict.PASS, evidence=told(passes) if passes else ())


def untold(case: Case) -> str | None:
    """The part that made a layer of which the history does not say how; empty where nothing is told at all, None where
    everything is."""
    if not case.steps:
        return ""
    silent = (step.stratum for step in case.steps if not step.is_told)
    return next((name for name in silent if (part := case.part(name)) is None or part.base is None), None)
