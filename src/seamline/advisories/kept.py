"""What keeps a package at its version though a source has a newer one: holds, versions that a step or apk's world names, pins.

Source: apt-mark(8), apt_preferences(5), apk-world(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from seamline.advisories.suites import kind_of, placed
from seamline.errors import Where
from seamline.model.evidence import Evidence, Message
from seamline.model.package import Install
from seamline.model.package_source import Change, Force, Keep, PackageSource
from seamline.versions.orders import ORDERS, UnreadableVersion

Kept = tuple[Evidence, Change]
_STATUS = "var/lib/dpkg/status"
_USUAL, _BACKPORTS, _INSTALLED = 500, 100, 100
"""What apt gives to a source that nothing pins, to backports, and to what is installed."""
_BOUNDS = ("=", "<", "<=", "~", "=~")


def keeping(
    install: Install, version: str, force: Force, partner: Callable[[str], Install | None]
) -> Kept | None:
    """What keeps an install from moving to a version, itself or a package that it only moves together with; None where nothing is known to."""
    kept = _keeping(install, version, force)
    if kept is not None or install.package.ecosystem != "deb":
        return kept
    for name in force.partners.get(install.package.name, ()):
        other = partner(name)
        kept = _keeping(other, version, force) if other is not None else None
        if kept is not None:
            reason, change = kept
            args = {**reason.message.args, "package": install.package.name, "other": name}
            return Evidence(message=Message("package-goes-with", args), where=reason.where), change
    return None


def _keeping(install: Install, version: str, force: Force) -> Kept | None:
    package = install.package
    if package.ecosystem == "deb" and (line := force.held.get(package.name)) is not None:
        where = Where(path=_STATUS, line=line or None, layer=force.layers.get(_STATUS))
        args: dict[str, str | int] = {"package": package.name, **placed(_STATUS, line)}
        told = Evidence(message=Message("package-on-hold", args), where=where)
        change = Change("unhold", package.name, Message("take-off-hold", {"names": package.name}))
        return told, change
    return _by_step(install, version, force) or _by_setting(install, version, force)


def _by_step(install: Install, version: str, force: Force) -> Kept | None:
    """A build step that names the version that is there: it would install that again."""
    package, step = install.package, force.step
    if package.ecosystem not in ("deb", "apk") or package.name not in step:
        return None
    named = re.findall(rf"(?<![\w.+-]){re.escape(package.name)}(?::[\w-]+)?=([\w.+:~*-]+)", step)
    if not any(fnmatchcase(package.version, each) and not fnmatchcase(version, each) for each in named):
        return None
    args: dict[str, str | int] = {
        "package": package.name,
        "version": package.version,
        "layer": install.current_layer or 0,
    }
    told = Evidence(message=Message("step-names-version", args), where=Where(layer=install.current_layer))
    change = Change(
        "version",
        package.name,
        Message("name-another-version", {**args, "fixed": version}),
        f"{package.name}={version}",
    )
    return told, change


def _by_setting(install: Install, version: str, force: Force) -> Kept | None:
    package = install.package
    for keep in force.keeps:
        if keep.kind == "version" and package.ecosystem == "deb":
            holds = keep.priority > _USUAL and _is_meant(keep, install)
            holds = holds and _is_like(package.version, keep.what) and not _is_like(version, keep.what)
        elif keep.kind == "constraint" and package.ecosystem == "apk":
            holds = package.name in keep.packages and not _is_within(version, keep.what)
        else:
            holds = False
        if holds:
            args = {"package": package.name, "what": keep.what, **placed(keep.path, keep.line)}
            told = "package-pinned" if keep.kind == "version" else "world-names-version"
            return _evidence(Message(told, args), keep, force), _unpinned(keep, package.name, version)
    return None


def _unpinned(keep: Keep, name: str, version: str) -> Change:
    args = placed(keep.path, keep.line)
    command = f"apk add '{name}>={version}'" if keep.kind == "constraint" else ""
    return Change("unpin", f"{keep.path}:{keep.line}", Message("take-away-the-pin", args), command)


def _evidence(message: Message, keep: Keep, force: Force) -> Evidence:
    where = Where(path=keep.path, line=keep.line or None, layer=force.layers.get(keep.path))
    return Evidence(message=message, where=where)


def _is_like(version: str, pattern: str) -> bool:
    """Whether a version is like that of a pin: a glob, or `/an expression/`, which nobody judges here."""
    return not pattern.startswith("/") and fnmatchcase(version, pattern)


def _is_within(version: str, bound: str) -> bool:
    """Whether apk's world lets a version be; what is no bound that is known here keeps nothing."""
    sign = bound[: len(bound) - len(bound.lstrip("=<>~"))]
    limit, order = bound[len(sign) :], ORDERS["apk"]
    if sign not in _BOUNDS:
        return True
    if "~" in sign:
        return version == limit or (version.startswith(limit) and not version[len(limit)].isdecimal())
    try:
        key, most = order(version), order(limit)
    except UnreadableVersion:
        return True
    return key == most if sign == "=" else key < most or (sign == "<=" and key == most)


def _is_meant(keep: Keep, install: Install) -> bool:
    """Whether a pin is of this package: names, globs and `src:name`; expressions between slashes are of nobody."""
    package = install.package
    source = package.source_name or package.name
    return any(
        fnmatchcase(source, pattern.removeprefix("src:"))
        if pattern.startswith("src:")
        else fnmatchcase(package.name, pattern.partition(":")[0])
        for pattern in keep.packages
        if not pattern.startswith("/")
    )


def outranked(
    install: Install, sources: Sequence[PackageSource], force: Force
) -> tuple[frozenset[PackageSource], Kept | None]:
    """The sources whose versions apt passes over, as a pin prefers the release itself or refuses them; and what says so."""
    pins = [each for each in force.keeps if each.kind == "release" and _is_meant(each, install)]
    distribution = install.package.distribution
    if not pins or distribution is None:
        return frozenset(), None
    kinds = {each: kind_of(each, distribution) for each in sources if each.manager == "apt"}
    found = {each: _pin_of(each, kind, pins) for each, kind in kinds.items()}
    matched = {each: pin for each, pin in found.items() if pin is not None}
    if len(matched) < len(found):
        return frozenset(), None
    weight = {each: _weight(pin, kinds[each]) for each, pin in matched.items()}
    best = max((weight[each] for each, kind in kinds.items() if kind == "main"), default=_INSTALLED)
    low = frozenset(each for each in kinds if weight[each] < max(best, _INSTALLED))
    deciding = next(_deciding(matched, weight, low), None)
    if not low or deciding is None:
        return frozenset(), None
    args = {"what": deciding.what, "priority": deciding.priority, **placed(deciding.path, deciding.line)}
    return low, (
        _evidence(Message("pin-outranks", args), deciding, force),
        _unpinned(deciding, install.package.name, ""),
    )


_NO_PIN = Keep(kind="", packages=(), what="", path="", line=0)


def _weight(pin: Keep, kind: str) -> int:
    usual = _BACKPORTS if kind == "backports" else _USUAL
    return usual if pin is _NO_PIN else pin.priority


def _deciding(
    matched: Mapping[PackageSource, Keep],
    weight: Mapping[PackageSource, int],
    low: Collection[PackageSource],
) -> Iterator[Keep]:
    """The pins that put sources behind: that refuse them, else that prefer others to them."""
    yield from (pin for each, pin in matched.items() if pin is not _NO_PIN and each in low)
    yield from (pin for each, pin in matched.items() if pin is not _NO_PIN and weight[each] > _USUAL)


def _pin_of(source: PackageSource, kind: str, pins: Iterable[Keep]) -> Keep | None:
    """The pin that decides on a source: of those that name packages the first, else of the others; None where one says what
    nobody can tell of a source (an archive's own word such as `stable`)."""
    for pin in sorted(pins, key=lambda each: each.packages == ("*",)):
        told = [_says(word.strip(), source, kind) for word in pin.what.split(",")]
        if None in told:
            return None
        if all(told):
            return pin
    return _NO_PIN


def _says(word: str, source: PackageSource, kind: str) -> bool | None:
    name, _, value = word.partition("=")
    own = kind in ("main", "updates", "security", "backports")
    match name:
        case "n" | "a" if "stable" not in value and "testing" not in value:
            return fnmatchcase(source.suite, value)
        case "c":
            return value in source.components
        case "host":
            return fnmatchcase(source.address.partition("//")[2].partition("/")[0], value)
        case "o" if value in ("Debian", "Ubuntu"):
            return own
        case "l" if value in ("Debian", "Debian-Security") and own:
            return (value == "Debian-Security") == (kind == "security")
    return None
