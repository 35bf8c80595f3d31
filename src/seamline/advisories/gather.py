"""What single advisories say of one package, put together as the index keeps it; and taken apart again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from seamline.advisories.merge import names_alone, ranked, stand_apart
from seamline.model.advisory import Affected, PackageRows

Saying = tuple[Affected, tuple[bytes, ...]]
"""What one advisory says of a package, and the keys of the versions that it names one by one."""
_pack = msgspec.msgpack.Encoder().encode


def gathered(sayings: Iterable[Saying]) -> PackageRows:
    """All that is said of one package. Sayings about one flaw stay in the order in which they come."""
    told = sorted(sayings, key=_place)
    rows = tuple([row for row, _ in told])
    naming: dict[bytes, list[int]] = {}
    for at, (_, versions) in enumerate(told):
        for version in versions:
            naming.setdefault(version, []).append(at)
    packed = _pack(dict(sorted(naming.items()))) if naming else b""
    return PackageRows(rows, packed, stand_apart(rows))


def sayings(rows: PackageRows) -> Iterator[Saying]:
    """What was gathered.

    Raises:
        Malformed: the versions that are named one by one are damaged.
    """
    versions: dict[int, list[bytes]] = {}
    for version, places in rows.versions().items():
        for at in places:
            versions.setdefault(at, []).append(version)
    return ((row, tuple(versions.get(at, ()))) for at, row in enumerate(rows.rows))


def only(rows: PackageRows, is_kept: Callable[[Affected], bool]) -> PackageRows:
    """What is said by some rows."""
    return gathered(each for each in sayings(rows) if is_kept(each[0]))


def _place(saying: Saying) -> tuple[int, str]:
    return ranked(names_alone(saying[0])[0])
