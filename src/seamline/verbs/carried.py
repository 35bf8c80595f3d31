"""The files of a base of one's own that an update of what it was made from must bring along: what no installation makes again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.customization.changes import over_base
from seamline.model.entry import DIRECTORY, SYMLINK, Entry, path_text
from seamline.model.package import Side
from seamline.model.purl import install_key
from seamline.seam.weigh import strata_by_row
from seamline.tree.tree import Tree
from seamline.verbs.inspect import Seen

_MADE_BY_INSTALLING = (b"var/lib/dpkg/", b"var/lib/apt/", b"var/lib/pam/", b"var/lib/ucf/", b"var/lib/systemd/", b"var/cache/", b"var/log/", b"lib/apk/db/", b"usr/lib/apk/db/", b"var/lib/rpm/", b"var/lib/dnf/", b"usr/lib/sysimage/", b"tmp/", b"run/", b"etc/alternatives/", b"etc/ld.so.cache", b"etc/ca-certificates.conf", b"etc/ssl/certs/ca-certificates.crt", b"etc/pki/ca-trust/extracted/", b"etc/.pwd.lock", b"usr/share/info/dir")  # fmt: skip
_LINKS_OF_INSTALLING = (
    b"etc/ssl/certs/",
    b"etc/rc",
    b"etc/systemd/",
    b"usr/bin/",
    b"usr/sbin/",
    b"usr/share/man/",
)
_BACKUPS = (b"etc/passwd-", b"etc/group-", b"etc/shadow-", b"etc/gshadow-", b"etc/subuid-", b"etc/subgid-")
_OF_THE_BUILDER = (b"etc/hosts", b"etc/hostname", b"etc/resolv.conf", b".dockerenv", b"run/.containerenv")
_DATABASES = (
    b"var/lib/dpkg/status",
    b"lib/apk/db/installed",
    b"usr/lib/apk/db/installed",
    b"var/lib/rpm/",
    b"usr/lib/sysimage/rpm/",
)
_SETTINGS = b"etc/"


def files_carried(seen: Seen, upstream: int) -> Iterator[str]:
    """What is to be said of them, each with its kind: own ones, own folders with the number of their files, those of the
    upstream with another content, and those that are gone."""
    seam, tree = seen.seam, seen.looked.tree
    above = {row for row, at in enumerate(strata_by_row(seam, tree)) if at > upstream}
    replaced, removed = over_base(tree, lambda entry: _side(seam.index_of(entry), upstream))
    changed = [path for path in replaced if not _is_upgraded(seen, path, upstream)]
    yield from _own(seen, _own_files(seen, above, set(replaced)), upstream)
    for path in changed:
        if _is_kept(path, tree.at(path)):
            yield f"changed-file /{path_text(path)}"
    for path in _removed_by_hand(tree, removed):
        yield f"removed-file /{path_text(path)}"


def _own_files(seen: Seen, above: set[int], replaced: set[bytes]) -> Iterator[bytes]:
    """The files above the upstream that it has not, that no package brought and no installation made."""
    tree, suppliers = seen.looked.tree, seen.looked.catalog.suppliers
    for folder, names in tree.folders():
        prefix = folder + b"/" if folder else b""
        for path, row in sorted((prefix + name, row) for name, row in names.items() if row in above):
            is_own = tree.kinds[row] != DIRECTORY and path not in suppliers and path not in replaced
            if is_own and _is_kept(path, tree.at(path)):
                yield path


def _own(seen: Seen, paths: Iterable[bytes], upstream: int) -> Iterator[str]:
    """Each file; those below a folder that is one's own too together, where there are several."""
    groups: dict[bytes, list[bytes]] = {}
    for path in sorted(paths):
        groups.setdefault(_own_folder(seen, path, upstream), []).append(path)
    for folder, inside in groups.items():
        if folder and len(inside) > 1:
            yield f"folder /{path_text(folder)}/ ({len(inside)})"
        else:
            yield from (f"file /{path_text(path)}" for path in inside)


def _own_folder(seen: Seen, path: bytes, upstream: int) -> bytes:
    """The topmost folder around a path that neither the upstream nor a package has; empty without one."""
    tree, suppliers = seen.looked.tree, seen.looked.catalog.suppliers
    at = path.find(b"/")
    while at >= 0:
        entry = tree.at(path[:at])
        if entry is not None and seen.seam.index_of(entry) > upstream and path[:at] not in suppliers:
            return path[:at]
        at = path.find(b"/", at + 1)
    return b""


def _is_upgraded(seen: Seen, path: bytes, upstream: int) -> bool:
    """Whether a package of another version brought the file's new content."""
    supplier = seen.looked.catalog.suppliers.get(path)
    if supplier is None:
        return False
    of_path = (each for each in seen.looked.catalog.installs if install_key(each) == supplier)
    return any(seen.seam.index_of_install(each) > upstream for each in of_path)


def _is_kept(path: bytes, entry: Entry | None) -> bool:
    """Whether nobody but the base's keeper makes this file again."""
    is_link = entry is not None and entry.kind == SYMLINK
    return not (
        path.startswith(_MADE_BY_INSTALLING)
        or path in _BACKUPS
        or path in _OF_THE_BUILDER
        or path.endswith(b".pyc")
        or (is_link and path.startswith(_LINKS_OF_INSTALLING))
    )


def _removed_by_hand(tree: Tree, removed: Iterable[bytes]) -> Iterator[bytes]:
    """What is gone but for what went with a package: a step that wrote the database removed packages, and settings alone
    are looked at there."""
    steps = {
        entry.layer
        for path, hidden in tree.hidden()
        if path.startswith(_DATABASES)
        for entry in _by(tree, path, hidden)
    }
    gone = dict(tree.hidden())
    for path in removed:
        is_by_hand = gone[path][-1].layer not in steps or path.startswith(_SETTINGS)
        if is_by_hand and _is_kept(path, None):
            yield path


def _by(tree: Tree, path: bytes, hidden: tuple[Entry, ...]) -> Iterator[Entry]:
    """The entries that took the place of the first one."""
    yield from hidden[1:]
    visible = tree.at(path)
    if visible is not None:
        yield visible


def _side(index: int, upstream: int) -> Side:
    return Side.SYSTEM if index <= upstream else Side.APPLICATION
