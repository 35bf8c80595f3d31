"""What an init runs by itself: rc.local, lines of inittab, scripts that links of a runlevel enable. Told only where an init is
there to run them. Sources: init(8), inittab(5), insserv(8); busybox init; OpenRC's runlevels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.expression import expression
from seamline.model.audit import Danger, SurfaceLine
from seamline.model.entry import Entry, Kind, path_text
from seamline.surface.placed import Placed

RC_LOCAL = (b"etc/rc.local", b"etc/rc.d/rc.local")
INITTAB = b"etc/inittab"
_INITS = (
    b"sbin/init",
    b"usr/sbin/init",
    b"usr/lib/systemd/systemd",
    b"lib/systemd/systemd",
    b"sbin/openrc",
    b"usr/sbin/openrc",
)
_RUNLEVELS = tuple(
    folder + b"rc" + level + b".d" for folder in (b"etc/", b"etc/rc.d/") for level in (b"S", b"2", b"3", b"4", b"5")
)  # fmt: skip
_OPENRC = b"etc/runlevels"
_STARTED = expression(rb"S\d\d.+")
_EMPTY = expression(rb"\s*(?:#.*|exit(?:\s+0)?|:|true|touch /var/lock/subsys/local)?\s*")
_OF_THE_SYSTEM = frozenset(
    b"getty agetty mingetty openrc rc rcS rc.sysinit telinit shutdown halt reboot poweroff swapoff umount init sulogin".split()
)
"""What inittab of every distribution runs: terminals, the runlevels themselves, the end."""
_RUNNABLE = 0o111
_STAY = (Danger.PERSISTENCE, Danger.EXECUTE)


def boot_scripts(placed: Placed, texts: Mapping[bytes, bytes]) -> Iterator[SurfaceLine]:
    """The lines; none where nothing would run them."""
    tree = placed.tree
    if all(tree.resolve(path) is None for path in _INITS):
        return
    for path in RC_LOCAL:
        entry = tree.resolve(path)
        if entry is not None and entry.path == path and entry.mode & _RUNNABLE and _runs(texts.get(path)):
            yield placed.line(entry, "boot script", _STAY)
    yield from _inittab(placed, texts.get(INITTAB, b""))
    for folder in _RUNLEVELS:
        for name in sorted(tree.names(folder)):
            if _STARTED.fullmatch(name):
                yield from _enabled(placed, folder + b"/" + name)
    for level in sorted(tree.names(_OPENRC)):
        for name in sorted(tree.names(_OPENRC + b"/" + level)):
            yield from _enabled(placed, b"/".join((_OPENRC, level, name)))


def _runs(text: bytes | None) -> bool:
    """Whether a script does anything; one that was not read may."""
    return text is None or any(not _EMPTY.fullmatch(line) for line in text.splitlines())


def _enabled(placed: Placed, path: bytes) -> Iterator[SurfaceLine]:
    """A link that enables a script, which is there and can be run: the doing of who made the link."""
    entry, real = placed.tree.at(path), placed.tree.resolve(path)
    is_link = entry is not None and entry.kind == Kind.SYMLINK
    if entry is not None and is_link and _can_run(real):
        yield placed.line(entry, "boot script", _STAY)


def _can_run(real: Entry | None) -> bool:
    return real is not None and real.kind in (Kind.FILE, Kind.HARDLINK) and bool(real.mode & _RUNNABLE)


def _inittab(placed: Placed, text: bytes) -> Iterator[SurfaceLine]:
    entry = placed.tree.resolve(INITTAB)
    for line in text.splitlines() if entry is not None else ():
        fields = line.split(b":", 3)
        if line.lstrip().startswith(b"#") or len(fields) < 4 or fields[2] in (b"off", b"initdefault"):
            continue
        words = fields[3].lstrip(b"-+@ ").split()
        program = words[0] if words else b""
        if program and program.rpartition(b"/")[2] not in _OF_THE_SYSTEM and entry is not None:
            shown = path_text(program)
            yield placed.line(entry, "boot script", _STAY, name=shown, detail=fields[2].decode("ascii", "replace"))  # fmt: skip
