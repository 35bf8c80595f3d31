"""What differs from one portrait to another: packages, findings, surface, settings, files, bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from seamline.compare.files import Files
from seamline.compare.security import findings_of
from seamline.model.comparison import Delta, DeltaLine, MajorChange, PackageChange, SizeChange
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.report import PackageLine

_MOST = 40
_SIDES = (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN)
_MAJOR = (
    ("glibc", r"glibc"), ("musl", r"musl"), ("OpenSSL", r"openssl(?:[\d.]+)?|openssl-libs"), ("gcc runtime", r"gcc-\d+|gcc"),
    ("systemd", r"systemd"), ("Perl", r"perl"), ("Python", r"python3?(?:\.\d+)?|python\d+-defaults"), ("Node.js", r"node|nodejs"),
    ("Java", r"openjdk-\d+.*|java|temurin.*"), ("Go", r"go|golang.*|stdlib"), ("Ruby", r"ruby[\d.]*"), ("PHP", r"php[\d.]*"), (".NET", r"dotnet.*"),
    ("nginx", r"nginx"), ("Apache httpd", r"apache2|httpd"), ("PostgreSQL", r"postgresql-?[\d.]*"), ("MySQL", r"mysql.*|mariadb.*"), ("Redis", r"redis|valkey"),
    ("zlib", r"zlib"), ("curl", r"curl"), ("apt", r"apt"), ("bash", r"bash"), ("busybox", r"busybox"), ("coreutils", r"coreutils"),
)  # fmt: skip
"""What much else stands on, by the name of its source package, in the order of how much that is."""
_REVISION = re.compile(r"^(?:\d+:)?(.+?)(?:[-+~](?:\d+.*|r\d+|dfsg.*|ds.*|really.*|deb.*|ubuntu.*))?$")


def delta(a: Portrait, b: Portrait, files: tuple[Files, Files] = ({}, {})) -> Delta:
    """Everything that differs, by side; a thing in both is on the side that it has in B. `files` are those of A and B."""
    return Delta(
        packages=tuple(_packages(a.packages, b.packages)),
        others=(*_others(a, b), *_difference("file", *files)),
        major=tuple(_major(a.packages, b.packages)),
        sizes=tuple(_sizes(a, b)),
    )


def _packages(a: Iterable[PackageLine], b: Iterable[PackageLine]) -> Iterator[PackageChange]:
    before, after = _by_name(a), _by_name(b)
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, ()), after.get(key, ())
        was, now = (", ".join(sorted({each.version for each in found})) for found in (old, new))
        if was != now:
            ecosystem, name, _ = key
            one = (*new, *old)[0]
            source = one.source_name if one.source_name != name else ""
            yield PackageChange(name=name, ecosystem=ecosystem, a=was, b=now, side=one.side, source=source)


def _by_name(packages: Iterable[PackageLine]) -> Mapping[tuple[str, str, str], list[PackageLine]]:
    found: dict[tuple[str, str, str], list[PackageLine]] = {}
    for each in packages:
        found.setdefault((each.ecosystem, each.name, each.root), []).append(each)
    return found


def _major(a: Iterable[PackageLine], b: Iterable[PackageLine]) -> Iterator[MajorChange]:
    """The releases of what much stands on, where both images have it in different ones."""
    before, after = _releases(a), _releases(b)
    for name, _ in _MAJOR:
        was, now = before.get(name, {}), after.get(name, {})
        if was and now and set(was) != set(now):
            side = next(iter(now.values()))
            yield MajorChange(name=name, a=", ".join(sorted(was)), b=", ".join(sorted(now)), side=side)


def _releases(packages: Iterable[PackageLine]) -> dict[str, dict[str, Side]]:
    """Name of a major part -> its upstream releases, each with a side that it is on."""
    patterns = [(name, re.compile(pattern)) for name, pattern in _MAJOR]
    found: dict[str, dict[str, Side]] = {}
    for each in packages:
        source = each.source_name or each.name
        name = next((name for name, pattern in patterns if pattern.fullmatch(source)), "")
        if name and each.ecosystem in ("deb", "rpm", "apk", "alpm", "generic", "golang"):
            release = upstream_release(each.source_version or each.version)
            found.setdefault(name, {}).setdefault(release, each.side)
    return found


def upstream_release(version: str) -> str:
    """A version without its distribution's own part: `2.36-9+deb12u10` is 2.36, `1:1.2.13.dfsg-1` 1.2.13."""
    found = _REVISION.match(version)
    return (found[1] if found is not None else version).removesuffix(".dfsg")


def _sizes(a: Portrait, b: Portrait) -> Iterator[SizeChange]:
    for side in _SIDES:
        was, now = (getattr(each.inspect.sides, side.value).size_bytes for each in (a, b))
        if was or now:
            yield SizeChange(side=side, a=was, b=now)


_Things = Mapping[str, tuple[Side, object]]


def _others(a: Portrait, b: Portrait) -> Iterator[DeltaLine]:
    yield from _difference("finding", _findings(a), _findings(b))
    yield from _difference("surface", _surface(a), _surface(b))
    yield from _difference("setting", _settings(a), _settings(b))


def _findings(portrait: Portrait) -> _Things:
    return {f"{each.id} {each.package}": (each.side, "") for each in findings_of(portrait)}


def _surface(portrait: Portrait) -> _Things:
    return {f"{each.kind} /{each.path}": (each.side, "") for each in portrait.audit.surface}


def _settings(portrait: Portrait) -> _Things:
    return {f"{each.kind} {each.key}".strip(): (each.side, each.value) for each in portrait.inspect.settings}


def _difference(kind: str, a: _Things, b: _Things) -> Iterator[DeltaLine]:
    """Side by side; what changed sides alone is no difference."""
    added = [(b[name][0], name) for name in b.keys() - a.keys()]
    removed = [(a[name][0], name) for name in a.keys() - b.keys()]
    changed = [(b[name][0], name) for name in a.keys() & b.keys() if a[name][1] != b[name][1]]
    for side in _SIDES:
        found = [sorted(name for each, name in names if each == side) for names in (added, removed, changed)]
        if any(found):
            counts = (len(found[0]), len(found[1]), len(found[2]))
            shown = [tuple(names[:_MOST]) for names in found]
            yield DeltaLine(
                kind=kind,
                side=side,
                added=shown[0],
                removed=shown[1],
                changed=shown[2],
                more=sum(max(number - _MOST, 0) for number in counts),
                counts=counts,
            )
