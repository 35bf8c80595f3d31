"""What differs from one portrait to another: packages, findings, surface, settings, files, bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest

import msgspec

from seamline.compare.files import SIDES, Files, Names, apart_in
from seamline.compare.security import findings_of
from seamline.expression import expression
from seamline.model.comparison import Delta, DeltaLine, MajorChange, PackageChange, SizeChange
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.report import PackageLine

_MOST = 40
_MAJOR = (
    ("glibc", r"glibc"), ("musl", r"musl"), ("OpenSSL", r"openssl(?:[\d.]+)?|openssl-libs"), ("gcc runtime", r"gcc-\d+|gcc"),
    ("systemd", r"systemd"), ("Perl", r"perl"), ("Python", r"python3?(?:\.\d+)?|python\d+-defaults"), ("Node.js", r"node|nodejs"),
    ("Java", r"openjdk-\d+.*|java|temurin.*"), ("Go", r"go|golang.*|stdlib"), ("Ruby", r"ruby[\d.]*"), ("PHP", r"php[\d.]*"), (".NET", r"dotnet.*"),
    ("nginx", r"nginx"), ("Apache httpd", r"apache2|httpd"), ("PostgreSQL", r"postgresql-?[\d.]*"), ("MySQL", r"mysql.*|mariadb.*"), ("Redis", r"redis|valkey"),
    ("zlib", r"zlib"), ("curl", r"curl"), ("apt", r"apt"), ("bash", r"bash"), ("busybox", r"busybox"), ("coreutils", r"coreutils"),
)  # fmt: skip
"""What much else stands on, by the name of its source package, in the order of how much that is."""
_REVISION = expression(r"^(?:\d+:)?(.+?)(?:[-+~](?:\d+.*|r\d+|dfsg.*|ds.*|really.*|deb.*|ubuntu.*))?$")


PackageKey = tuple[str, str, str]
"""Ecosystem, name and root."""
PackageNow = tuple[str, Side, str]
"""Every version of a package, its side, and the name of what it was built from where that is another."""
Things = Mapping[str, tuple[Side, str]]
"""By name: the side of a thing and what tells two of them apart."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What an image holds, as far as it may differ from another one. `things` are findings, surface and settings by kind."""

    packages: Mapping[PackageKey, PackageNow]
    releases: Mapping[str, Mapping[str, Side]]
    sizes: Mapping[Side, int]
    things: Mapping[str, Things]
    files: Files


def held_of(portrait: Portrait, files: Files) -> Held:
    """What one image holds."""
    return Held(
        packages=_packages_of(portrait.packages),
        releases=_releases(portrait.packages),
        sizes={side: getattr(portrait.inspect.sides, side.value).size_bytes for side in SIDES},
        things={
            "finding": {f"{each.id} {each.package}": (each.side, "") for each in findings_of(portrait)},
            "surface": {f"{each.kind} /{each.path}": (each.side, "") for each in portrait.audit.surface},
            "setting": {
                f"{each.kind} {each.key}".strip(): (each.side, each.value)
                for each in portrait.inspect.settings
            },
        },
        files=files,
    )


def delta(a: Held, b: Held) -> Delta:
    """Everything that differs, by side; a thing in both is on the side that it has in B."""
    return Delta(
        packages=tuple(_packages(a.packages, b.packages)),
        others=(
            *(line for kind in a.things for line in _difference(kind, a.things[kind], b.things[kind])),
            *_lines("file", apart_in(a.files, b.files), "/"),
        ),
        major=tuple(_major(a.releases, b.releases)),
        sizes=tuple(
            SizeChange(side=side, a=a.sizes[side], b=b.sizes[side])
            for side in SIDES
            if a.sizes[side] or b.sizes[side]
        ),
    )


def _packages_of(packages: Iterable[PackageLine]) -> dict[PackageKey, PackageNow]:
    found: dict[PackageKey, list[PackageLine]] = {}
    for each in packages:
        found.setdefault((each.ecosystem, each.name, each.root), []).append(each)
    return {key: _now(same) for key, same in found.items()}


def _now(same: Sequence[PackageLine]) -> PackageNow:
    one = same[0]
    source = one.source_name if one.source_name != one.name else ""
    return ", ".join(sorted({each.version for each in same})), one.side, source


def _packages(
    a: Mapping[PackageKey, PackageNow], b: Mapping[PackageKey, PackageNow]
) -> Iterator[PackageChange]:
    nothing = ("", Side.UNKNOWN, "")
    for key in sorted(a.keys() | b.keys()):
        old, new = a.get(key, nothing), b.get(key, nothing)
        if old[0] != new[0]:
            _, side, source = new if key in b else old
            ecosystem, name, _ = key
            yield PackageChange(name=name, ecosystem=ecosystem, a=old[0], b=new[0], side=side, source=source)


def _major(a: Mapping[str, Mapping[str, Side]], b: Mapping[str, Mapping[str, Side]]) -> Iterator[MajorChange]:
    """The releases of what much stands on, where both images have it in different ones."""
    for name, _ in _MAJOR:
        was, now = a.get(name, {}), b.get(name, {})
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


def _difference(kind: str, a: Things, b: Things) -> Iterator[DeltaLine]:
    """Side by side; what changed sides alone is no difference."""
    changed = (name for name in a.keys() & b.keys() if a[name][1] != b[name][1])
    differing = (
        _by_side(b, b.keys() - a.keys()),
        _by_side(a, a.keys() - b.keys()),
        _by_side(b, changed),
    )
    return _lines(kind, differing)


def _by_side(things: Things, names: Iterable[str]) -> Names:
    found: dict[Side, list[str]] = {side: [] for side in SIDES}
    for name in names:
        found[things[name][0]].append(name)
    return found


def _lines(kind: str, differing: tuple[Names, Names, Names], before: str = "") -> Iterator[DeltaLine]:
    """Added, removed and changed names by side; `before` stands before each that is shown."""
    for side in SIDES:
        found = [names[side] for names in differing]
        if any(found):
            counts = (len(found[0]), len(found[1]), len(found[2]))
            shown = [tuple(before + name for name in nsmallest(_MOST, names)) for names in found]
            yield DeltaLine(
                kind=kind,
                side=side,
                added=shown[0],
                removed=shown[1],
                changed=shown[2],
                more=sum(max(number - _MOST, 0) for number in counts),
                counts=counts,
            )
