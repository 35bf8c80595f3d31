"""What a reader is: one ecosystem's way from files to packages.

A reader declares the paths it wants; the walker walks. `extract` sees one wanted file of one layer and
returns a small record, which the layer cache keeps. `assemble` sees the folded tree and the records of every
layer, hidden ones too, and returns the packages of this image. It is never cached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from mmap import mmap
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import msgspec

from seamline.model.entry import Entry
from seamline.model.evidence import Gap
from seamline.model.limits import Limits
from seamline.model.package import Distribution, Install
from seamline.model.program import Program
from seamline.tree.tree import Tree

if TYPE_CHECKING:
    from seamline.formats.elf import Elf

Buffer = bytes | mmap
"""Random access to a whole file: slices are bytes, `find` searches, struct and re read it in place."""

EXECUTABLE = "<executable>"
"""A want that matches by content: ELF files that are executable or shared libraries."""

SCRIPT = "<script>"
"""A want that matches by content: executable files that begin with `#!`."""

EVERY = "<every>"
"""A want that matches every regular file, for what must be looked for everywhere."""


class Content(Protocol):
    """One wanted file's bytes, valid only inside `extract`."""

    @property
    def size_bytes(self) -> int: ...

    @property
    def sha256(self) -> str: ...

    def stream(self) -> BinaryIO: ...

    def random(self) -> Buffer: ...

    def elf(self) -> Elf:
        """The ELF file that this is, taken apart once for all its readers.

        Raises:
            Malformed: it only begins like one.
        """

    def companion(self, suffix: str) -> Content | None:
        """The file beside this one, in the same layer, whose path is this one's plus `suffix`."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """What one reader's `extract` made of one path in one layer."""

    layer: int
    path: bytes
    record: Any


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """A package and the paths it installed (canonical within its root, diversions applied).

    `owns` is True for distributions' packages: other packages found at these paths are then judged by the
    distribution alone. Others only account for their files.
    """

    install: Install
    paths: tuple[bytes, ...]
    owns: bool = True


Said = Install | Supply | Program | Gap
"""What a reader may say of an image."""


def nothing(view: View) -> Iterable[Said]:  # noqa: ARG001 - shape of assemble
    """What a reader says that only gathers records, for a verb that asks for them."""
    return ()


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What `assemble` may look at: the folded tree, this reader's sightings bottom layer first, and
    the distribution of each root filesystem (b"" is the image's own)."""

    tree: Tree
    sightings: tuple[Sighting, ...]
    distributions: Mapping[bytes, Distribution]

    def distribution_of(self, root: bytes) -> Distribution | None:
        """The distribution of the root filesystem at `root` (b"" or `srv/root/`)."""
        return self.distributions.get(root.rstrip(b"/"))


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """One ecosystem: `wants` are globs relative to the image root, with a fixed last name, a fixed
    extension or a fixed folder (`**/METADATA`, `**/*.jar`, `var/lib/dpkg/info/*.list`), or EXECUTABLE, SCRIPT or EVERY.

    Raise `version` whenever `extract` would make another record of the same bytes: cached rows then miss.
    `record` is the msgspec type that `extract` returns, so that the cache can read it back.
    `companions` are suffixes of files to hold beside a wanted one (`-wal`).
    `extract` returns None when the file turned out to be of no interest, a Gap when it cannot be read;
    a Malformed error it raises becomes a Gap, so that a broken file costs its own packages only.
    `most_bytes` is more than any real file of this kind has: a larger one is a gap, and never held.
    `head_bytes` is as much as it looks at: of a larger file only the beginning is held for it, without a checksum.
    A reader of EVERY file is not asked about hardlinks: it has seen the content under its first name.
    A `secondary` reader's packages are not said again where a reader before it found them in the same root; the
    paths that it supplies are then those of the package already found.
    """

    name: str
    version: int
    wants: tuple[str, ...]
    record: Any
    extract: Callable[[Entry, Content, Limits], Any]
    assemble: Callable[[View], Iterable[Said]] = nothing
    companions: tuple[str, ...] = ()
    most_bytes: int | None = None
    head_bytes: int | None = None
    secondary: bool = False

    def takes(self, entry: Entry) -> bool:
        """Whether a file is no larger than any real one."""
        return self.most_bytes is None or entry.size_bytes <= self.most_bytes

    def needs(self, entry: Entry) -> int:
        """How many bytes of a file must be held for it."""
        if not self.takes(entry):
            return 0
        return entry.size_bytes if self.head_bytes is None else min(self.head_bytes, entry.size_bytes)
