"""Layers written canonically: the same entries give the same bytes, on every machine and Python version.

USTAR headers with numeric owners only; a PAX header precedes an entry only for what USTAR cannot hold (long or
non-ASCII-safe names, large numbers, xattrs), its records in the order of their keys. Times are whole seconds.
Source: POSIX.1-2017 pax; OCI image-spec 1.1 layer.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.errors import Malformed
from seamline.formats.tar_stream import BLOCK, Piece, padding
from seamline.model.entry import Entry, Kind

_TYPES = {
    Kind.FILE: b"0",
    Kind.HARDLINK: b"1",
    Kind.SYMLINK: b"2",
    Kind.CHARACTER_DEVICE: b"3",
    Kind.BLOCK_DEVICE: b"4",
    Kind.DIRECTORY: b"5",
    Kind.FIFO: b"6",
    Kind.WHITEOUT: b"0",
    Kind.OPAQUE: b"0",
}
_OCTAL_7 = 0o7777777
_OCTAL_11 = 0o77777777777


def write_tar(files: Iterable[tuple[Entry, Iterable[Piece]]]) -> Iterator[bytes]:
    """The tar of the entries in their order, each with its content in pieces.

    Raises:
        Malformed: a content is not as long as its entry says.
    """
    for entry, pieces in files:
        yield header(entry)
        written = 0
        for piece in pieces:
            written += len(piece)
            yield bytes(piece)
        if written != (entry.size_bytes if entry.kind == Kind.FILE else 0):
            raise Malformed(
                entry.path.decode("utf-8", "replace"),
                expected=f"{entry.size_bytes} bytes",
                got=f"{written}",
                hint="the file changed while it was read",
            )
        yield bytes(padding(written))
    yield bytes(2 * BLOCK)


def header(entry: Entry) -> bytes:
    """The header blocks of one entry."""
    name = _stored_name(entry)
    link = entry.link_to if entry.kind in (Kind.SYMLINK, Kind.HARDLINK) else b""
    size = entry.size_bytes if entry.kind == Kind.FILE else 0
    seconds = entry.mtime_ns // 10**9
    records = {b"SCHILY.xattr." + key.encode(): value for key, value in entry.xattrs.items()}
    if len(name) > 100:
        records[b"path"] = name
    if len(link) > 100:
        records[b"linkpath"] = link
    for key, value, most in (
        (b"size", size, _OCTAL_11),
        (b"uid", entry.uid, _OCTAL_7),
        (b"gid", entry.gid, _OCTAL_7),
        (b"mtime", seconds, _OCTAL_11),
    ):
        if not 0 <= value <= most:
            records[key] = b"%d" % value
    plain = _block(
        name=name[:100],
        kind=_TYPES[entry.kind],
        mode=entry.mode,
        uid=entry.uid if b"uid" not in records else 0,
        gid=entry.gid if b"gid" not in records else 0,
        size=size if b"size" not in records else 0,
        seconds=seconds if b"mtime" not in records else 0,
        link=link[:100],
        device=entry.device or (0, 0),
    )
    return _extended(name, records) + plain if records else plain


def _stored_name(entry: Entry) -> bytes:
    folder, slash, name = entry.path.rpartition(b"/")
    if entry.kind == Kind.WHITEOUT:
        return folder + slash + b".wh." + name
    if entry.kind == Kind.OPAQUE:
        return entry.path + b"/.wh..wh..opq" if entry.path else b".wh..wh..opq"
    return entry.path + b"/" if entry.kind == Kind.DIRECTORY else entry.path


def _extended(name: bytes, records: dict[bytes, bytes]) -> bytes:
    body = b"".join(_record(key, records[key]) for key in sorted(records))
    block = _block(name=b"PaxHeaders/" + name.rpartition(b"/")[2][:80], kind=b"x", mode=0o644, size=len(body))
    return block + body + bytes(padding(len(body)))


def _record(key: bytes, value: bytes) -> bytes:
    """`length key=value\\n`, where the length counts its own digits."""
    body = b" " + key + b"=" + value + b"\n"
    length = len(body) + len(b"%d" % len(body))
    if len(b"%d" % length) + len(body) != length:
        length += 1
    return b"%d" % length + body


def _block(  # noqa: PLR0913 - one argument a field of the header
    *,
    name: bytes,
    kind: bytes,
    mode: int,
    uid: int = 0,
    gid: int = 0,
    size: int = 0,
    seconds: int = 0,
    link: bytes = b"",
    device: tuple[int, int] = (0, 0),
) -> bytes:
    block = b"".join(
        (
            name.ljust(100, b"\0"),
            b"%07o\0%07o\0%07o\0%011o\0%011o\0" % (mode & 0o7777, uid, gid, size, seconds),
            b" " * 8,
            kind,
            link.ljust(100, b"\0"),
            b"ustar\x0000",
            bytes(64),
            b"%07o\0%07o\0" % device,
            bytes(167),
        )
    )
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]
