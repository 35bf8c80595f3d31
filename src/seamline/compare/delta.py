"""What differs from one portrait to another: packages, findings, surface, settings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from seamline.model.comparison import Delta, DeltaLine, PackageChange
from seamline.model.package import Side
from seamline.model.portrait import Portrait
from seamline.model.report import PackageLine

_MOST = 40
_SIDES = (Side.SYSTEM, Side.APPLICATION, Side.UNKNOWN)


def delta(a: Portrait, b: Portrait) -> Delta:
    """Everything that differs, by side; a thing in both is on the side that it has in B."""
    return Delta(packages=tuple(_packages(a.packages, b.packages)), others=tuple(_others(a, b)))


def _packages(a: Iterable[PackageLine], b: Iterable[PackageLine]) -> Iterator[PackageChange]:
    before, after = _by_name(a), _by_name(b)
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, ()), after.get(key, ())
        was, now = (", ".join(sorted({each.version for each in found})) for found in (old, new))
        if was != now:
            ecosystem, name, _ = key
            yield PackageChange(name=name, ecosystem=ecosystem, a=was, b=now, side=(*new, *old)[0].side)


def _by_name(packages: Iterable[PackageLine]) -> Mapping[tuple[str, str, str], list[PackageLine]]:
    found: dict[tuple[str, str, str], list[PackageLine]] = {}
    for each in packages:
        found.setdefault((each.ecosystem, each.name, each.root), []).append(each)
    return found


def _others(a: Portrait, b: Portrait) -> Iterator[DeltaLine]:
    yield from _difference(
        "finding",
        {f"{each.id} {each.package}": (each.side, "") for each in a.scan.findings if not each.suppressed},
        {f"{each.id} {each.package}": (each.side, "") for each in b.scan.findings if not each.suppressed},
    )
    yield from _difference(
        "surface",
        {f"{each.kind} /{each.path}": (each.side, "") for each in a.audit.surface},
        {f"{each.kind} /{each.path}": (each.side, "") for each in b.audit.surface},
    )
    yield from _difference(
        "setting",
        {f"{each.kind} {each.key}".strip(): (each.side, each.value) for each in a.inspect.settings},
        {f"{each.kind} {each.key}".strip(): (each.side, each.value) for each in b.inspect.settings},
    )


def _difference(
    kind: str, a: Mapping[str, tuple[Side, Hashable]], b: Mapping[str, tuple[Side, Hashable]]
) -> Iterator[DeltaLine]:
    for side in _SIDES:
        added = sorted(name for name in b.keys() - a.keys() if b[name][0] == side)
        removed = sorted(name for name in a.keys() - b.keys() if a[name][0] == side)
        changed = sorted(
            name for name in a.keys() & b.keys() if b[name][0] == side and a[name][1] != b[name][1]
        )
        if added or removed or changed:
            shown = [tuple(names[:_MOST]) for names in (added, removed, changed)]
            more = sum(max(len(names) - _MOST, 0) for names in (added, removed, changed))
            yield DeltaLine(
                kind=kind, side=side, added=shown[0], removed=shown[1], changed=shown[2], more=more
            )
