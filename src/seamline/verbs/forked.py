"""The fork record of a base of one's own: what it was made from, what it missed since, what it must carry on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from seamline.customization.changes import (
    file_changes,
    package_changes,
    packages_gone,
    setting_changes,
    tallied,
    tally,
)
from seamline.customization.fork import Diverged, fork_of
from seamline.model.customization import Changes, Fork
from seamline.model.package import Install, Side
from seamline.model.seam import ImageKind, Seam, Setting
from seamline.seam.weigh import strata_by_row
from seamline.stores.ledger import Bases
from seamline.verbs.carried import files_carried
from seamline.verbs.fix_way import Later
from seamline.verbs.inspect import Seen

_BASES = (ImageKind.SYSTEM, ImageKind.RUNTIME, ImageKind.UNKNOWN)
"""What others may build on; of unknown kind is what starts a bare shell and holds no application's files."""
_OFFICIAL = "docker.io/library/"


def forked(seen: Seen, known: Bases, as_of: str) -> Fork | None:
    """The record; None for an image that is no base, stands on no known one, or is an official image itself."""
    seam = seen.seam
    is_base = seam.kind.value in _BASES or (bool(seam.strata) and seam.strata[-1].base is not None)
    at = _upstream(seam) if is_base else None
    upstream = seam.strata[at].base if at is not None else None
    if at is None or upstream is None:
        return None
    later = Later(known, as_of)
    missed = later.than(upstream)
    inventory = later.inventory(upstream)
    settings = tuple(_told_apart(seam, at))
    diverged = Diverged(
        changes=(
            _files(seen, at),
            package_changes(
                seen.looked.catalog.installs, lambda each: _side(seam.index_of_install(each), at), inventory
            ),
            setting_changes(settings, upstream),
        ),
        installs=_above(seam, at, seen.looked.catalog.installs),
        settings=tuple(each for each in settings if each.side != Side.SYSTEM),
        gone=packages_gone(seen.looked.catalog.installs, inventory),
        files=tuple(files_carried(seen, at)),
    )
    newest = later.inventory(missed[-1]) if missed else inventory
    return fork_of(upstream, missed, newest, diverged)


def _upstream(seam: Seam) -> int | None:
    """The topmost stratum below the top that is a known base; none where the top is an official image, which is nobody's
    own."""
    top = seam.strata[-1] if seam.strata else None
    if top is None or (top.base is not None and any(name.startswith(_OFFICIAL) for name in top.base.names)):
        return None
    below = [at for at, each in enumerate(seam.strata[:-1]) if each.base is not None]
    return below[-1] if below else None


def _side(index: int, upstream: int) -> Side:
    return Side.SYSTEM if index <= upstream else Side.APPLICATION


def _files(seen: Seen, upstream: int) -> Changes:
    seam, tree = seen.seam, seen.looked.tree
    is_own = [at > upstream for at in range(len(seam.strata))]
    own = tallied(tally(tree, strata_by_row(seam, tree)), is_own)
    return file_changes(own, tree, lambda entry: _side(seam.index_of(entry), upstream))


def _told_apart(seam: Seam, upstream: int) -> Iterator[Setting]:
    """The settings, on the system side where the upstream or something below it made them."""
    below = {each.name for each in seam.strata[: upstream + 1]}
    for each in seam.settings:
        yield msgspec.structs.replace(each, side=Side.SYSTEM if each.stratum in below else Side.APPLICATION)


def _above(seam: Seam, upstream: int, installs: Iterable[Install]) -> tuple[Install, ...]:
    return tuple(each for each in installs if seam.index_of_install(each) > upstream)
