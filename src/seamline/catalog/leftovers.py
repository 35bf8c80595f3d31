"""What only a machine that boots needs: kernels, their modules, initial ramdisks, firmware. Containers run on the
host's kernel, so these are weight, and scanners report flaws of a kernel that never runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.expression import expression
from seamline.model.entry import FILE, HARDLINK, Entry, path_text
from seamline.model.evidence import Message
from seamline.tree.tree import Tree

_BOOT = (
    ("kernel-left", expression(rb"vmlinu[xz]|bzImage|Image(\.gz)?$|kernel\.img")),
    ("initramfs-left", expression(rb"initrd|initramfs")),
)
_FOLDERS = (("kernel-modules-left", b"usr/lib/modules"), ("firmware-left", b"usr/lib/firmware"))


def leftovers(tree: Tree) -> Iterator[Message]:
    """One message a kind: the first path, how many files, how many bytes."""
    boot = [entry for entry in tree.under(b"boot") if _is_content(entry)]
    for identifier, name in _BOOT:
        yield from _message(identifier, (e for e in boot if name.match(e.path.rpartition(b"/")[2])))
    for identifier, folder in _FOLDERS:
        places = (folder, folder.removeprefix(b"usr/"))  # the same folder where /lib is a link
        inside = {entry.path: entry for place in places for entry in tree.under(place) if _is_content(entry)}
        yield from _message(identifier, inside.values())


def _is_content(entry: Entry) -> bool:
    return entry.kind in (FILE, HARDLINK)


def _message(identifier: str, entries: Iterable[Entry]) -> Iterator[Message]:
    found = list(entries)
    if found:
        size = sum(entry.size_bytes for entry in found)
        path = path_text(found[0].path)
        yield Message(identifier, {"path": path, "files": len(found), "mb": f"{size / 1e6:.1f}"})
