"""Which containers run an old image, and whether a restart, a pull or a rebuild brings the newer one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from seamline import __version__
from seamline.formats.running import Running
from seamline.model.running import RunningLine, RunningReport
from seamline.model.seam import Base, full_name
from seamline.stores.ledger import Bases

CurrentDigest = Callable[[str], tuple[str, str]]
"""Asks for a name's digests of today: of the index and of this platform's manifest; empty where it cannot be had."""


def running_report(
    containers: Sequence[Running], known: Bases, current: CurrentDigest | None, as_of: str
) -> RunningReport:
    """The containers judged by the known bases, and by `current` where it is allowed to ask."""
    lines = [_judged(each, known, current) for each in containers]
    order = {"old": 0, "unknown": 1, "current": 2}
    return RunningReport(
        containers=tuple(
            sorted(lines, key=lambda line: (order[line.verdict], -(line.behind_days or 0), line.where))
        ),
        as_of=as_of,
        seamline=__version__,
    )


def _judged(container: Running, known: Bases, current: CurrentDigest | None) -> RunningLine:
    name = full_name(container.image.partition("@")[0] or container.image)
    pinned = "@" in container.image
    bases = [base for base in known.every() if name in base.names]
    own = next((base for base in bases if container.digest in _digests(base)), None)
    newest = max(bases, key=lambda base: base.created, default=None)
    told = current(name) if current is not None else ("", "")
    if not container.digest:
        return _line(container, "unknown", "nothing", newest, own)
    if any(told):
        if container.digest in told:
            return _line(container, "current", "nothing", newest, own)
        return _line(
            container, "old", _mend(container, pinned=pinned), newest, own, digest=told[0] or told[1]
        )
    if own is None or newest is None:
        return _line(container, "unknown", "nothing", newest, own)
    if newest.created <= own.created:
        return _line(container, "current", "nothing", newest, own)
    return _line(container, "old", _mend(container, pinned=pinned), newest, own)


def _digests(base: Base) -> tuple[str, ...]:
    return tuple(digest for digest in (base.digest, base.index_digest) if digest)


def _mend(container: Running, *, pinned: bool) -> str:
    """A name that is asked for anew comes with a restart; a cached one with a pull; a digest never moves by itself."""
    if pinned:
        return "rebuild"
    return "restart" if container.pulls_on_restart else "pull"


def _line(
    container: Running, verdict: str, mend: str, newest: Base | None, own: Base | None, digest: str = ""
) -> RunningLine:
    behind = None
    if verdict == "old" and newest is not None and own is not None and newest.created and own.created:
        behind = (date.fromisoformat(newest.created[:10]) - date.fromisoformat(own.created[:10])).days
    return RunningLine(
        where=container.where,
        image=container.image,
        digest=container.digest,
        verdict=verdict,
        mend=mend,
        newest=digest or (newest.digest or "" if newest is not None else ""),
        newest_day=newest.created[:10] if newest is not None else "",
        behind_days=behind,
    )
