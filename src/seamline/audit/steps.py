"""What build steps did, as the history tells them: package lists fetched alone, ADD, signatures waived, upgrades of everything.

A step that the history does not tell (squashed, committed, made by a builder that knows no Dockerfile) decides nothing: there a
rule without a fail is undecidable, never passed. A known base's own steps are its keeper's to tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from seamline.audit.case import Case, Step
from seamline.audit.rule import Judged, told, told_of
from seamline.expression import expression
from seamline.model.audit import Verdict
from seamline.model.evidence import Message

_MOST_SHOWN = 120
_UPDATE = expression(
    r"(?<![\w-])(?:apt-get|apt|aptitude|apk)\b[^;&|\n]*?(?<![\w-])update(?![\w-])"
    r"|(?<![\w-])(?:yum|dnf|microdnf|zypper)\b[^;&|\n]*?(?<![\w-])(?:check-update|makecache|refresh|ref)(?![\w-])"
)
_INSTALL = expression(
    r"(?<![\w-])(?:apt-get|apt|aptitude|apk|yum|dnf|microdnf|zypper)\b[^;&|\n]*?(?<![\w-])"
    r"(?:install|reinstall|add|upgrade|dist-upgrade|full-upgrade|safe-upgrade|build-dep|source|download|in|up|dup|update)(?![\w-])"
)
_UPGRADE = expression(
    r"(?<![\w-])(?:apt-get|apt|aptitude)\b[^;&|\n]*?(?<![\w-])(?:upgrade|dist-upgrade|full-upgrade|safe-upgrade)(?![\w-])"
    r"|(?<![\w-])apk\b[^;&|\n]*?(?<![\w-])upgrade(?![\w-])"
    r"|(?<![\w-])zypper\b[^;&|\n]*?(?<![\w-])(?:up|update|dup|dist-upgrade)(?=\s*(?:[;&|\n#]|$)|\s+-)"
    r"|(?<![\w-])(?:yum|dnf|microdnf|tdnf)\b[^;&|\n]*?(?<![\w-])(?:update|upgrade|distro-sync)(?:\s+-[\w=,.-]+)*\s*(?:[;&|\n#]|$)"
)
_UNVERIFIED = expression(
    r"--allow-unauthenticated|--allow-insecure-repositories|--force-yes|--nogpgcheck|--no-gpg-checks?\b|--allow-untrusted"
    r"|--trusted-host|strict-ssl[= ]false|--nosignature|gpgcheck=(?:0|false)|sslverify=(?:0|false)|--no-check-certificate"
    r"|\bcurl\b[^;&|\n]*\s(?:--insecure\b|-[a-jl-zA-Z]*k[a-zA-Z]*\b)"
    r"|\b(?:curl|wget)\b[^;\n|]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:/\w[\w/]*/)?(?:ba|da|a|z|k)?sh\b"
    r"|\b(?:ba|da|a|z|k)?sh\s+(?:-\w+\s+)?[\"']?(?:\$\(|<\(|`)\s*(?:curl|wget)\b"
)
_ARCHIVE = expression(r"\.(?:tar|tgz|tbz2?|txz|tzst|tar\.(?:gz|bz2|xz|zst|lz|lzma|Z))$", re.IGNORECASE)
_ADDRESS = expression(r"^(?:https?|ftp)://|^git@|\.git(?:#\S*)?$")


def update_alone(step: Step) -> bool:
    """Package lists fetched in a step that installs nothing. yum's and dnf's `update` is an upgrade."""
    lists = _UPDATE.search(step.text)
    rest = _UPDATE.sub(" ", step.text)
    return step.verb == "RUN" and lists is not None and not _INSTALL.search(rest + "\n" + _joined(step.text))


def _joined(text: str) -> str:
    """Calls that fetch the lists and install at once: `apk --update add`, `apk add --update`."""
    found = re.search(r"(?<![\w-])apk\b[^;&|\n]*?(?<![\w-])add(?![\w-])", text)
    return found.group() if found else ""


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
    return step.verb == "RUN" and _UNVERIFIED.search(step.text) is not None


def upgrades_all(step: Step) -> bool:
    """A step that upgrades every package; one that names packages does not."""
    return step.verb == "RUN" and _UPGRADE.search(step.text) is not None


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
