"""Which containers run an old image, and whether a restart, a pull or a rebuild brings the newer one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from seamline import __version__
from seamline.formats.running import Running
from seamline.model.day import day_after, days_between
from seamline.model.running import RunningLine, RunningReport
from seamline.model.seam import Base, full_name
from seamline.seam.chain import chain_ids
from seamline.stores.ledger import Bases
from seamline.verbs.fix_way import Later

CurrentDigest = Callable[[str], tuple[str, str]]
"""Asks for a name's digests of today: of the index and of this platform's manifest; empty where it cannot be had."""


def running_report(
    containers: Sequence[Running], known: Bases, current: CurrentDigest | None, as_of: str
) -> RunningReport:
    """The containers judged by the known bases, and by `current` where it is allowed to ask."""
    named: dict[str, list[Base]] = {}
    for base in known.every():
        for name in base.names:
            named.setdefault(name, []).append(base)
    # a cluster runs one image in thousands of containers
    asked = cache(current) if current is not None else None
    world = _World(known, Later(known, as_of), named, asked, as_of[:10])
    lines = [_judged(each, world) for each in containers]
    order = {"old": 0, "unknown": 1, "current": 2}
    return RunningReport(
        containers=tuple(
            sorted(lines, key=lambda line: (order[line.verdict], -(line.behind_days or 0), line.where))
        ),
        as_of=as_of,
        known_until=min((line.newest_day for line in lines if line.verdict == "current"), default="")
        if current is None
        else "",
        seamline=__version__,
    )


class _World(NamedTuple):
    """What a container is judged by."""

    known: Bases
    later: Later
    named: Mapping[str, Sequence[Base]]
    current: CurrentDigest | None
    today: str


def _judged(container: Running, world: _World) -> RunningLine:
    name = full_name(container.image.partition("@")[0] or container.image)
    pinned = "@" in container.image
    bases = world.named.get(name, ())
    run = [
        base for base in bases if container.digest in _digests(base)
    ]  # an index stands for all of its images
    own = max(run, key=_created, default=None)
    # those of one name are built minutes apart, each for its platform
    by_then = [base for base in bases if base.created <= world.later.as_of]
    newest = max(
        (base for base in by_then if own is None or base.platform == own.platform), key=_created, default=None
    )
    if container.is_unnamed:
        return _line(container, "old", "restart", None, None, because="tag-moved")
    if not container.digest:
        return _by_age(container, newest, world.today)
    told = world.current(name) if world.current is not None else ("", "")
    if any(told):
        is_old, digest = container.digest not in told, told[0] or told[1]
    elif own is None or newest is None:
        because = "digest-unknown" if bases else "name-unknown"
        return _line(container, "unknown", "nothing", newest, own, because=because)
    else:
        is_old, digest = newest.created > own.created, ""
    if is_old:
        mend = _mend(container, pinned=pinned)
        return _line(container, "old", mend, newest, own, digest=digest, because="digest")
    base = _old_base(own, world.known, world.later)
    if base is not None:
        line = _line(container, "old", "rebuild", newest, own, because="old-base")
        return msgspec.structs.replace(line, base=base)
    return _line(container, "current", "nothing", newest, own, because="digest")


def _by_age(container: Running, newest: Base | None, today: str) -> RunningLine:
    """A container that tells no digest is old for sure where it was made before the newest image of its name."""
    made = container.created
    if not made and container.age_days:
        made = day_after(today, -container.age_days)
    if newest is not None and made and made < newest.created[:10]:
        return _line(container, "old", _mend(container, pinned=False), newest, None, because="made-before")
    because = "name-unknown" if newest is None else "no-digest"
    return _line(container, "unknown", "nothing", newest, None, because=because)


def _old_base(own: Base | None, known: Bases, later: Later) -> str | None:
    """The base of a known image that has a newer one in its line: only a rebuild brings that."""
    if own is None:
        return None
    below = [
        base
        for base in known.with_chains(chain_ids(own.diff_ids)[:-1])
        if len(base.diff_ids) < len(own.diff_ids) and later.than(base)
    ]
    top = max(below, key=lambda base: len(base.diff_ids), default=None)
    return top.reference if top is not None else None


def _created(base: Base) -> str:
    return base.created


def _digests(base: Base) -> tuple[str, ...]:
    return tuple(digest for digest in (base.digest, base.index_digest) if digest)


def _mend(container: Running, *, pinned: bool) -> str:
    """A name that is asked for anew comes with a restart; a cached one with a pull; a digest never moves by itself."""
    if pinned:
        return "rebuild"
    return "restart" if container.pulls_on_restart else "pull"


def _line(
    container: Running,
    verdict: str,
    mend: str,
    newest: Base | None,
    own: Base | None,
    *,
    digest: str = "",
    because: str = "",
) -> RunningLine:
    behind = None
    if verdict == "old" and newest is not None and own is not None:
        behind = days_between(own.created, newest.created)
    return RunningLine(
        where=container.where,
        image=container.image,
        digest=container.digest,
        verdict=verdict,
        mend=mend,
        newest=digest or (newest.digest or "" if newest is not None else ""),
        newest_day=newest.created[:10] if newest is not None else "",
        behind_days=behind,
        because=because,
    )
