"""The fork record of a base of one's own: what it was made from, what it missed since, what it must carry on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from seamline.customization.changes import file_changes, package_changes, setting_changes, tally_files
from seamline.customization.fork import Diverged, fork_of
from seamline.model.customization import Changes, Fork
from seamline.model.entry import DIRECTORY
from seamline.model.package import Install, Side
from seamline.model.seam import ImageKind, Seam, Setting
from seamline.seam.weigh import strata_by_row
from seamline.stores.ledger import Bases
from seamline.verbs.fix_way import Later
from seamline.verbs.inspect import Seen

_MADE_BY_INSTALLING = (b"var/lib/dpkg/", b"var/lib/apt/", b"var/cache/", b"var/log/", b"lib/apk/db/", b"var/lib/rpm/", b"usr/lib/sysimage/", b"tmp/", b"run/", b"etc/ld.so.cache", b"usr/share/info/dir")  # fmt: skip
_BASES = (ImageKind.SYSTEM, ImageKind.RUNTIME, ImageKind.UNKNOWN)
"""What others may build on; of unknown kind is what starts a bare shell and holds no application's files."""
_OFFICIAL = "docker.io/library/"


def forked(seen: Seen, known: Bases, as_of: str) -> Fork | None:
    """The record; None for an image that is no base, stands on no known one, or is an official image itself."""
    seam = seen.seam
    at = _upstream(seam) if seam.kind.value in _BASES else None
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
        files=tuple(_own_files(seen, at)),
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
    tally = tally_files(tree, strata_by_row(seam, tree), is_own)
    return file_changes(tally, tree, lambda entry: _side(seam.index_of(entry), upstream))


def _own_files(seen: Seen, upstream: int) -> Iterator[str]:
    """The files above the upstream that no package brought and no installation made."""
    tree, suppliers = seen.looked.tree, seen.looked.catalog.suppliers
    above = {row for row, at in enumerate(strata_by_row(seen.seam, tree)) if at > upstream}
    for folder, names in tree.folders():
        prefix = folder + b"/" if folder else b""
        for path, row in sorted((prefix + name, row) for name, row in names.items() if row in above):
            is_own = path not in suppliers and not path.startswith(_MADE_BY_INSTALLING)
            if is_own and tree.kinds[row] != DIRECTORY:
                yield "/" + path.decode("utf-8", "backslashreplace")


def _told_apart(seam: Seam, upstream: int) -> Iterator[Setting]:
    """The settings, on the system side where the upstream or something below it made them."""
    below = {each.name for each in seam.strata[: upstream + 1]}
    for each in seam.settings:
        yield msgspec.structs.replace(each, side=Side.SYSTEM if each.stratum in below else Side.APPLICATION)


def _above(seam: Seam, upstream: int, installs: Iterable[Install]) -> tuple[Install, ...]:
    return tuple(each for each in installs if seam.index_of_install(each) > upstream)
