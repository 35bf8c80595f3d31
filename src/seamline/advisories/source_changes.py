"""What to change so that an image's sources offer a fix: switch on, move, add; with the command that does it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from shlex import quote

from seamline.advisories.ecosystems import codename_of
from seamline.advisories.suites import placed
from seamline.model.evidence import Message
from seamline.model.package import Distribution
from seamline.model.package_source import Change, PackageSource

_STAMP = "000000Z"
_KEYRINGS = {
    "debian": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "ubuntu": "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
}
_SUITES = {"debian": ("{}-security",), "ubuntu": ("{}-updates", "{}-security")}
_SECURITY = "http://security.debian.org/debian-security"
"""Where Debian itself keeps its security suites. Source: https://www.debian.org/security/"""


def enabled(source: PackageSource) -> Change:
    """A source that is switched off, switched on."""
    path, name = f"/{source.path}", source.suite
    match source.manager:
        case "zypper":
            command = f"zypper modifyrepo --enable {quote(name)}"
        case "dnf":
            command = f"dnf config-manager --set-enabled {quote(name)}"
        case _:
            command = f"sed -i '/^Enabled:/d' {quote(path)}"
    args: dict[str, str | int] = {"suite": name, **placed(source.path, source.line)}
    return Change("enable", f"{source.path}:{name}", Message("enable-the-source", args), command)


def moved(sources: Sequence[PackageSource], today: str) -> Change:
    """Snapshots, moved on to a day."""
    days = sorted({each.frozen for each in sources})
    paths = sorted({f"/{each.path}" for each in sources})
    stamp = today.replace("-", "") + "T" + _STAMP
    edits = " ".join(f"-e 's/{day.replace('-', '')}T[0-9]*Z/{stamp}/g'" for day in days)
    args: dict[str, str | int] = {
        "day": days[0],
        "today": today,
        **placed(sources[0].path, sources[0].line),
    }
    command = f"sed -i {edits} {' '.join(map(quote, paths))}"
    return Change("move", " ".join(paths), Message("move-the-snapshot", args), command)


def added(source: PackageSource, distribution: Distribution) -> Change:
    """The suites that a release's fixes come by, beside one that has its packages."""
    codename = codename_of(distribution)
    suites = [each.format(codename) for each in _SUITES.get(distribution.id, ())]
    args: dict[str, str | int] = {
        "suites": ", ".join(suites),
        **placed(source.path, source.line),
    }
    if not suites:
        return Change("add", source.path, Message("add-a-live-source", args))
    address = _security_of(source) if distribution.id == "debian" else source.address
    components = " ".join(source.components) or "main"
    key = f"[signed-by={_KEYRINGS[distribution.id]}] "
    lines = "\\n".join(f"deb {key}{address} {suite} {components}" for suite in suites)
    command = f"printf '{lines}\\n' > /etc/apt/sources.list.d/security.list"
    return Change("add", " ".join(suites), Message("add-the-suite", args), command)


def _security_of(source: PackageSource) -> str:
    """The security archive beside a mirror of Debian, as those keep it; Debian's own beside others and beside snapshots."""
    address = source.address.rstrip("/")
    return f"{address}-security" if address.endswith("/debian") and not source.frozen else _SECURITY


def branched(sources: Sequence[PackageSource], distribution: Distribution) -> Change:
    """Alpine's repositories, set to the branch of the image's own release."""
    own = "v" + ".".join(distribution.version_id.split(".")[:2])
    found = (re.search(r"/(v\d+\.\d+)/", each.address) for each in sources)
    olds = sorted({match[1] for match in found if match is not None} - {own})
    edits = " ".join(f"-e 's#/{old}/#/{own}/#'" for old in olds)
    args: dict[str, str | int] = {
        "own": own,
        "branch": ", ".join(olds),
        **placed(sources[0].path, sources[0].line),
    }
    command = f"sed -i {edits} /etc/apk/repositories" if olds else ""
    return Change("branch", own, Message("set-the-branch", args), command)
