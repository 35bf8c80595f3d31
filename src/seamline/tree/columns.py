"""One layer's entries as columns: small in memory, one write and one read in the cache."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

import msgspec

from seamline.errors import Malformed
from seamline.model.entry import Entry, Kind

KEY_BYTES = 8
_NO_KEY = bytes(KEY_BYTES)
_NO_XATTRS: Mapping[str, bytes] = {}
_KINDS = tuple(Kind)  # a look-up in a tuple is several times faster than calling the enumeration
_EVERY_KIND = bytes(range(max(Kind) + 1))
_SLASHES = bytes.maketrans(b"\0", b"/")
_LAST_NS = (1 << 63) - 1
_WIDTHS = {"modes": "H", "uids": "I", "gids": "I", "mtimes": "q", "sizes": "Q"}


class Columns:
    """Entries in the order of the layer's tar. Paths never hold a NUL; sparse facts stand in dictionaries by row."""

    __slots__ = (
        "devices",
        "gids",
        "keys",
        "kinds",
        "links",
        "modes",
        "mtimes",
        "paths",
        "sizes",
        "uids",
        "xattrs",
    )

    def __init__(self) -> None:
        self.paths: list[bytes] = []
        self.kinds = bytearray()
        self.modes = array("H")
        self.uids = array("I")
        self.gids = array("I")
        self.mtimes = array("q")
        self.sizes = array("Q")
        self.keys = bytearray()
        self.links: dict[int, bytes] = {}
        self.devices: dict[int, tuple[int, int]] = {}
        self.xattrs: dict[int, Mapping[str, bytes]] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def add(self, entry: Entry, content_key: bytes = b"") -> int:
        """The row that now holds `entry` (its layer is not kept: a layer does not know its position).

        `content_key` is the entry's own where the content was seen after its header.
        """
        row = len(self.paths)
        self.paths.append(entry.path)
        self.kinds.append(entry.kind)
        self.modes.append(entry.mode & 0o7777)
        self.uids.append(entry.uid & 0xFFFFFFFF)
        self.gids.append(entry.gid & 0xFFFFFFFF)
        try:
            self.mtimes.append(entry.mtime_ns)
        except OverflowError:  # beyond the year 2262
            self.mtimes.append(_LAST_NS if entry.mtime_ns > 0 else -_LAST_NS - 1)
        self.sizes.append(entry.size_bytes)
        self.keys += content_key or entry.content_key or _NO_KEY
        if entry.link_to:
            self.links[row] = entry.link_to
        if entry.device is not None:
            self.devices[row] = entry.device
        if entry.xattrs:
            self.xattrs[row] = entry.xattrs
        return row

    def key(self, row: int) -> bytes:
        """The content key of a row, empty where it has none."""
        key = bytes(self.keys[row * KEY_BYTES : row * KEY_BYTES + KEY_BYTES])
        return b"" if key == _NO_KEY else key

    def entry(
        self, row: int, *, layer: int, origin_layer: int | None = None, path: bytes | None = None
    ) -> Entry:
        """The view of a row, seen as part of the layer at position `layer`."""
        at = row * KEY_BYTES
        key = bytes(self.keys[at : at + KEY_BYTES])
        return Entry(
            path=self.paths[row] if path is None else path,
            kind=_KINDS[self.kinds[row]],
            mode=self.modes[row],
            uid=self.uids[row],
            gid=self.gids[row],
            mtime_ns=self.mtimes[row],
            size_bytes=self.sizes[row],
            link_to=self.links.get(row, b""),
            device=self.devices.get(row),
            xattrs=self.xattrs.get(row, _NO_XATTRS),
            content_key=b"" if key == _NO_KEY else key,
            layer=layer,
            origin_layer=layer if origin_layer is None else origin_layer,
        )

    def entries(self, layer: int) -> Iterator[Entry]:
        """Every row in order, as entries of the layer at position `layer`."""
        return (self.entry(row, layer=layer) for row in range(len(self)))


class _Packed(msgspec.Struct, array_like=True):
    paths: bytes
    kinds: bytes
    modes: bytes
    uids: bytes
    gids: bytes
    mtimes: bytes
    sizes: bytes
    keys: bytes
    links: dict[int, bytes]
    devices: dict[int, tuple[int, int]]
    xattrs: dict[int, dict[str, bytes]]


def write_columns(columns: Columns) -> bytes:
    """The columns as one MessagePack value, little-endian."""
    packed = _Packed(
        paths=b"\0".join(columns.paths),
        kinds=bytes(columns.kinds),
        keys=bytes(columns.keys),
        links=columns.links,
        devices=columns.devices,
        xattrs={row: dict(names) for row, names in columns.xattrs.items()},
        **{name: getattr(columns, name).tobytes() for name in _WIDTHS},
    )
    return msgspec.msgpack.encode(packed)


def parse_columns(data: bytes) -> Columns:
    """The columns that `write_columns` wrote.

    Raises:
        Malformed: the bytes are something else, or the columns differ in length.
    """
    try:
        packed = msgspec.msgpack.decode(data, type=_Packed)
        columns = Columns()
        columns.paths = packed.paths.split(b"\0") if packed.kinds else []
        columns.kinds = bytearray(packed.kinds)
        columns.keys = bytearray(packed.keys)
        for name in _WIDTHS:
            getattr(columns, name).frombytes(getattr(packed, name))
        columns.links, columns.devices, columns.xattrs = packed.links, packed.devices, dict(packed.xattrs)
    except (msgspec.MsgspecError, ValueError) as fault:
        raise _bad_columns(str(fault)) from fault
    lengths = {len(columns), len(columns.kinds), len(columns.keys) // KEY_BYTES}
    lengths |= {len(getattr(columns, name)) for name in _WIDTHS}
    if len(lengths) != 1:
        raise _bad_columns(f"lengths {sorted(lengths)}")
    if unknown := packed.kinds.translate(None, _EVERY_KIND):
        raise _bad_columns(f"kind {max(unknown)}")
    # between two slashes stands a name; the root alone has none
    names = (b"\0" + packed.paths + b"\0").replace(b"\0\0", b"\0").translate(_SLASHES)
    if b"//" in names and any(each in b"\0" + packed.paths + b"\0" for each in (b"\0/", b"//", b"/\0")):
        raise _bad_columns("a path with an empty name")
    return columns


def _bad_columns(got: str) -> Malformed:
    return Malformed(
        "cached entries", expected="columns of one length", got=got, hint="run `seamline cache clear`"
    )
