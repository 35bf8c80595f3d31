"""Programs by name: shells, package managers, interpreters and the rest of the table; busybox applets one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from seamline.model.audit import SurfaceLine
from seamline.model.entry import FILE, HARDLINK, SYMLINK, Entry
from seamline.surface.placed import Placed
from seamline.surface.program_table import BUSYBOX, tool_named

USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What a runtime sets where the image sets none. Source: moby oci/defaults.go."""
_ALSO = (b"usr/lib/systemd", b"lib/systemd", b"usr/libexec", b"opt/bin", b"usr/lib/jvm")
_RUNNABLE = 0o111


def folders_of(path: str) -> tuple[bytes, ...]:
    """The folders of a PATH variable, relative to the root; those every shell looks in come along."""
    named = [part for part in path.split(":") if part.startswith("/")]
    return tuple(
        dict.fromkeys(
            part.strip("/").encode() for part in (*named, *USUAL_PATH.split(":")) if part.strip("/")
        )
    )


def programs(placed: Placed, path: str, applets: Mapping[bytes, Sequence[str]]) -> Iterator[SurfaceLine]:
    """The programs of the table that stand in a folder of `path` or of daemons, each once however many links name it; the
    applets of busybox one by one. `applets` are what each busybox file holds."""
    shown: set[bytes] = set()
    alone: dict[int, SurfaceLine] = {}
    linked: set[str] = set()
    for entry in _candidates(placed, path):
        name = entry.path.rpartition(b"/")[2].decode("utf-8", "replace")
        tool, real = tool_named(name), placed.tree.resolve(entry.path)
        if tool is None or not _runs(real) or entry.path in shown:
            continue
        assert real is not None  # noqa: S101 - it runs
        shown.add(entry.path)
        target = real.path.rpartition(b"/")[2].decode("utf-8", "replace")
        if target in BUSYBOX and target != name:
            linked.add(name)
            yield placed.line(entry, tool.kind, tool.allows, detail=target)
        else:
            alone.setdefault(placed.tree.inode(real.path), placed.line(entry, tool.kind, tool.allows))
    yield from alone.values()
    yield from _unlinked(placed, applets, linked)


def _candidates(placed: Placed, path: str) -> Iterator[Entry]:
    """What stands in the folders under a name of the table, files before the links to them, shorter names first."""
    tree = placed.tree
    found = [
        entry
        for folder in (*folders_of(path), *_ALSO)
        for name in tree.names(folder)
        if tool_named(name.decode("utf-8", "replace")) is not None
        and (entry := tree.at(tree.canonical(folder + b"/" + name))) is not None
    ]
    return iter(sorted(found, key=lambda each: (each.kind == SYMLINK, len(each.path), each.path)))


class Elsewhere:
    """Daemons in folders that nobody looks for programs in: what is started there by its path listens all the same."""

    def __init__(
        self, placed: Placed, path: str, natives: Collection[bytes], told: Iterable[SurfaceLine]
    ) -> None:
        tree = placed.tree
        reals = (tree.resolve(line.path.encode("utf-8", "surrogateescape")) for line in told)
        self._placed, self._natives = placed, natives
        self._known = {tree.inode(real.path) for real in reals if real is not None}
        self._usual = {tree.canonical(folder) + b"/" for folder in (*folders_of(path), *_ALSO)}

    def daemons(self, entries: Iterable[Entry]) -> Iterator[SurfaceLine]:
        """Those among entries with a daemon's name: native programs, each once however many links name it."""
        tree = self._placed.tree
        for entry in entries:
            folder, slash, name = entry.path.rpartition(b"/")
            tool = tool_named(name.decode()) if folder + slash not in self._usual else None
            if (
                tool
                and entry.path in self._natives
                and _runs(entry)
                and (content := tree.inode(entry.path)) not in self._known
            ):
                self._known.add(content)
                yield self._placed.line(entry, tool.kind, tool.allows)


def _runs(real: Entry | None) -> bool:
    return real is not None and real.kind in (FILE, HARDLINK) and bool(real.mode & _RUNNABLE)


def _unlinked(
    placed: Placed, applets: Mapping[bytes, Sequence[str]], linked: set[str]
) -> Iterator[SurfaceLine]:
    """Applets that no link names, but that `busybox NAME` runs all the same."""
    for path, names in sorted(applets.items()):
        entry = placed.tree.at(path)
        for name in names:
            tool = tool_named(name)
            if tool is not None and name not in linked and entry is not None:
                yield placed.line(
                    entry, tool.kind, tool.allows, name=name, detail=path.rpartition(b"/")[2].decode()
                )
