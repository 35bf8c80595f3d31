"""Layer tars as a stream of members: USTAR, PAX, GNU and V7 headers, long names, sparse files, xattrs.

Nothing is unpacked: a member is its header as an Entry plus its payload in pieces, to be read or left.
Source: POSIX.1-2017 pax "ustar Interchange Format" and "pax Header Block"; GNU tar manual, "Basic Tar Format"
and "Storing Sparse Files"; OCI image-spec 1.1 layer.md for whiteouts.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

from seamline.errors import Bomb
from seamline.formats.tar_pax import parse_pax_records
from seamline.formats.tar_sparse import Extent, parse_pax_map, parse_pax_map_block, read_gnu_map, spread
from seamline.formats.tar_stream import BLOCK, Leap, Piece, TarStream, padding
from seamline.model.entry import DIRECTORY, FILE, HARDLINK, OPAQUE, SYMLINK, WHITEOUT, Entry, Kind
from seamline.model.limits import Limits

_ZERO_BLOCK = bytes(BLOCK)
_SPARSE = ord("S")
_KINDS = {
    ord("1"): HARDLINK,
    ord("2"): SYMLINK,
    ord("3"): Kind.CHARACTER_DEVICE,
    ord("4"): Kind.BLOCK_DEVICE,
    ord("5"): DIRECTORY,
    ord("6"): Kind.FIFO,
}
"""By type flag; every other one is a file, as POSIX has it."""
_LINKS = (SYMLINK, HARDLINK)
_DEVICES = (Kind.CHARACTER_DEVICE, Kind.BLOCK_DEVICE)
_HEADERLIKE = frozenset(b"xgLK")
_ADLER_BASE = 65521
_XATTR = b"SCHILY.xattr."
_XATTR_BASE64 = b"LIBARCHIVE.xattr."
_WHITEOUT = b".wh."
_OPAQUE = b".wh..wh..opq"
_PLUMBING = b".wh..wh."
_MOST_RECORDS = 1024


class Member:
    """One member: `entry` (without layer and content key) and its payload, to be read before the next member.

    `offset` is where the payload starts in the archive, in bytes.
    """

    __slots__ = ("_extents", "_size", "_stream", "entry", "offset")

    def __init__(
        self, entry: Entry, stream: TarStream, size_bytes: int, extents: tuple[Extent, ...] | None
    ) -> None:
        self.entry = entry
        self.offset = stream.offset
        self._stream = stream
        self._size = size_bytes
        self._extents = extents

    def pieces(self) -> Iterator[Piece]:
        """The content in order, holes of a sparse file as zeros; each piece is valid until the next."""
        stored = self._stream.pieces(self._size)
        return stored if self._extents is None else spread(stored, self._extents, self.entry.size_bytes)


def members(
    chunks: Iterable[bytes], limits: Limits, source: str = "layer", leap: Leap | None = None
) -> Iterator[Member]:
    """The members of an uncompressed tar. Payload that the caller leaves is skipped, by `leap` where that is given.

    Raises:
        Malformed: a header is broken, a member is cut off, or a name climbs out of the root.
        Bomb: a header or the number of members is beyond `limits`.
    """
    stream = TarStream(chunks, source, leap)
    shared: dict[bytes, bytes] = {}
    count = 0
    while (header := _next_header(stream)) is not None:
        own: dict[bytes, bytes] = {}
        while header[156] in _HEADERLIKE:
            _read_extension(stream, header, own, shared, limits)
            following = _next_header(stream)
            if following is None:
                raise stream.fault("a member after its extended header", "the end of the archive")
            header = following
        count += 1
        if count > limits.layer_entries:
            raise Bomb(
                source,
                expected=f"at most {limits.layer_entries} entries",
                got="more",
                hint="this layer is made to exhaust its reader",
            )
        member, end = _member(stream, header, {**shared, **own} if shared else own, limits)
        if member is not None:
            yield member
        stream.skip_to(end)
        stream.skip(padding(end))


def _next_header(stream: TarStream) -> bytes | None:
    """The next header block; None at two zero blocks or at the end of the stream."""
    header = stream.take(BLOCK)
    if not header:
        return None
    if header == _ZERO_BLOCK:
        if stream.take(BLOCK) in (b"", _ZERO_BLOCK):
            return None
        raise stream.fault("a second zero block at the end of the archive", "data")
    if len(header) < BLOCK:
        raise stream.fault("a 512-byte header", f"{len(header)} bytes")
    _check_sum(header, stream)
    return header


def _check_sum(header: bytes, stream: TarStream) -> None:
    stored = _number(header[148:156], stream)
    # the low half of Adler-32 is 1 plus the sum of all bytes (RFC 1950): one call instead of 512 additions.
    # The sum that is stored counts its own field as 8 spaces, which is 256
    total = (zlib.adler32(header) & 0xFFFF) - 1 - sum(header[148:156]) + 256
    if (total - stored) % _ADLER_BASE and not _old_signed_sum(header, stored):
        raise stream.fault("a header whose checksum holds", f"checksum {stored}")


def _old_signed_sum(header: bytes, stored: int) -> bool:
    """Some old writers summed signed characters."""
    block = header[:148] + b" " * 8 + header[156:]
    return sum(byte - 256 if byte > 127 else byte for byte in block) == stored


def _member(
    stream: TarStream, header: bytes, pax: dict[bytes, bytes], limits: Limits
) -> tuple[Member | None, int]:
    """The member of one header (None for plumbing), and the offset at which its payload ends."""
    name = (pax.get(b"GNU.sparse.name") or pax.get(b"path") if pax else None) or _name(header)
    kind = _KINDS.get(header[156], FILE)
    if kind == FILE and name.endswith(b"/"):
        kind = DIRECTORY
    size = _payload_size(stream, header, pax, kind)
    _check_size(size, stream, limits)
    extents, real_size, map_bytes = None, size, 0
    if pax or header[156] == _SPARSE:
        extents, real_size, map_bytes = _sparse(stream, header, pax, size)
        _check_size(real_size, stream, limits)
    path = clean_path(name, stream)
    entry = _entry(header, pax, kind, path, real_size if kind == FILE else 0, stream)
    stored = size - map_bytes
    member = None if entry is None else Member(entry, stream, stored, extents)
    return member, stream.offset + stored


def _payload_size(stream: TarStream, header: bytes, pax: dict[bytes, bytes], kind: Kind) -> int:
    """How many bytes follow the header; a link's or a device's number means nothing."""
    size = _number(header[124:136], stream)
    if kind in (FILE, DIRECTORY, HARDLINK):
        return _pax_number(pax, b"size", size, stream) if pax else size
    return 0


def _check_size(size: int, stream: TarStream, limits: Limits) -> None:
    if size > limits.layer_bytes:
        raise Bomb(
            stream.where(),
            expected=f"a member of at most {limits.layer_bytes} bytes",
            got=f"{size}",
            hint="this layer is made to exhaust its reader",
        )


def _sparse(
    stream: TarStream, header: bytes, pax: dict[bytes, bytes], size: int
) -> tuple[tuple[Extent, ...] | None, int, int]:
    """The stored extents (None for an ordinary file), the real size, and how much of the payload the map took."""
    start = stream.offset
    if header[156] == _SPARSE:
        extents, real_size = read_gnu_map(stream, header, _number)
        return extents, real_size, 0
    if b"GNU.sparse.major" not in pax and b"GNU.sparse.map" not in pax:
        return None, size, 0
    real_size = _pax_number(pax, b"GNU.sparse.size", size, stream)
    real_size = _pax_number(pax, b"GNU.sparse.realsize", real_size, stream)
    if pax.get(b"GNU.sparse.major") != b"1":
        return parse_pax_map(pax, stream), real_size, 0
    return parse_pax_map_block(stream, size), real_size, stream.offset - start


def _entry(
    header: bytes, pax: dict[bytes, bytes], kind: Kind, path: bytes, size: int, stream: TarStream
) -> Entry | None:
    if _WHITEOUT in path:
        folder, slash, name = path.rpartition(b"/")
        if name.startswith(_WHITEOUT):
            return _whiteout(folder, slash, name)
    uid, gid = _small_number(header[108:116]), _small_number(header[116:124])
    return Entry(
        path=path,
        kind=kind,
        mode=_small_number(header[100:108]) & 0o7777,
        uid=_pax_number(pax, b"uid", uid, stream) if pax else uid,
        gid=_pax_number(pax, b"gid", gid, stream) if pax else gid,
        mtime_ns=_mtime_ns(pax.get(b"mtime"), header, stream),
        size_bytes=size,
        link_to=_link(header, pax, kind, stream) if kind in _LINKS else b"",
        device=_device(header, stream) if kind in _DEVICES else None,
        xattrs=_xattrs(pax) if pax else {},
    )


def _whiteout(folder: bytes, slash: bytes, name: bytes) -> Entry | None:
    """What a `.wh.` name hides; None for aufs hardlink plumbing, never a file of the image."""
    if name == _OPAQUE:
        return Entry(path=folder, kind=OPAQUE)
    if name.startswith(_PLUMBING):
        return None
    return Entry(path=folder + slash + name[len(_WHITEOUT) :], kind=WHITEOUT)


def _link(header: bytes, pax: dict[bytes, bytes], kind: Kind, stream: TarStream) -> bytes:
    link = pax[b"linkpath"] if b"linkpath" in pax else header[157:257].rstrip(b"\0")
    return clean_path(link, stream) if kind == HARDLINK else link


def _device(header: bytes, stream: TarStream) -> tuple[int, int]:
    return (_number(header[329:337], stream), _number(header[337:345], stream))


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    if header[257:263] == b"ustar\0" and header[345]:
        return header[345:500].partition(b"\0")[0] + b"/" + name
    return name


def clean_path(name: bytes, stream: TarStream) -> bytes:
    """`name` relative to the root, without empty and `.` parts.

    Raises:
        Malformed: `..` leads above the root.
    """
    if b"\0" in name:
        raise stream.fault("a name without NUL", repr(name[:80]))
    plain = name.removeprefix(b"./")
    if not (plain.startswith((b".", b"/")) or b"/." in plain or b"//" in plain):
        return plain.removesuffix(b"/")
    parts: list[bytes] = []
    for part in name.split(b"/"):
        if part == b"..":
            if not parts:
                raise stream.fault("a name inside the root", repr(name[:80]))
            parts.pop()
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts)


@lru_cache(maxsize=4096)
def _small_number(field: bytes) -> int:
    """A mode or id; broken ones count as 0, as every unpacker does."""
    if field[0] & 0x80:
        return int.from_bytes(field[-4:], "big")
    try:
        return int(field.rstrip(b"\0 ") or b"0", 8)
    except ValueError:
        return 0


def _number(field: bytes, stream: TarStream) -> int:
    """A number in octal or base-256. Source: POSIX ustar; GNU tar manual "Numeric Fields"."""
    if field[0] & 0x80:
        value = int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big")
        if field[0] & 0x40:
            raise stream.fault("a number from 0", "a negative base-256 number")
        return value
    try:
        value = int(field.partition(b"\0")[0].strip() or b"0", 8)
    except ValueError:
        raise stream.fault("an octal number", repr(field)) from None
    if value < 0:
        raise stream.fault("a number from 0", repr(field))
    return value


def _pax_number(pax: dict[bytes, bytes], key: bytes, otherwise: int, stream: TarStream) -> int:
    text = pax.get(key)
    if not text:
        return otherwise
    if not text.isdigit() or len(text) > 20:
        raise stream.fault(f"a decimal {key.decode()}", repr(text[:40]))
    return int(text)


def _mtime_ns(text: bytes | None, header: bytes, stream: TarStream) -> int:
    if not text:
        field = header[136:148]
        if field[0] & 0x80:
            return (
                int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big") * 10**9
                if not field[0] & 0x40
                else 0
            )
        return _small_number(field) * 10**9
    whole, _, part = text.partition(b".")
    digits = whole.lstrip(b"-")
    if not digits.isdigit() or len(digits) > 20 or (part and not part.isdigit()):
        raise stream.fault("a decimal mtime", repr(text[:40]))
    nanoseconds = int(digits) * 10**9 + int((part[:9] or b"0").ljust(9, b"0"))
    return -nanoseconds if whole.startswith(b"-") else nanoseconds


def _xattrs(pax: dict[bytes, bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for key, value in pax.items():
        if key.startswith(_XATTR):
            found[key[len(_XATTR) :].decode("utf-8", "backslashreplace")] = value
        elif key.startswith(_XATTR_BASE64):
            try:
                decoded = base64.b64decode(value + b"==", validate=False)
            except (binascii.Error, ValueError):
                continue
            found.setdefault(key[len(_XATTR_BASE64) :].decode("utf-8", "backslashreplace"), decoded)
    return found


def _read_extension(
    stream: TarStream,
    header: bytes,
    own: dict[bytes, bytes],
    shared: dict[bytes, bytes],
    limits: Limits,
) -> None:
    """Reads one `x`, `g`, `L` or `K` header into the records of the next member (`own`) or of all (`shared`)."""
    kind, size = header[156:157], _number(header[124:136], stream)
    if size > limits.header_bytes:
        raise Bomb(
            stream.where(),
            expected=f"a header of at most {limits.header_bytes} bytes",
            got=f"{size}",
            hint="no real tool writes such a header",
        )
    data = stream.take(size)
    if len(data) < size:
        raise stream.fault(f"a header of {size} bytes", f"{len(data)} bytes")
    stream.skip(padding(size))
    if kind == b"L":
        own.setdefault(b"path", data.partition(b"\0")[0])
    elif kind == b"K":
        own.setdefault(b"linkpath", data.partition(b"\0")[0])
    else:
        records = own if kind == b"x" else shared
        grows = bool(records)
        records.update(parse_pax_records(data, stream.where()))
        if grows:
            _check_records(records, stream, limits)


def _check_records(records: dict[bytes, bytes], stream: TarStream, limits: Limits) -> None:
    """Headers that add to one another are together no larger than one may be."""
    size = sum(map(len, records)) + sum(map(len, records.values()))
    if size > limits.header_bytes or len(records) > _MOST_RECORDS:
        raise Bomb(
            stream.where(),
            expected=f"at most {_MOST_RECORDS} pax records of {limits.header_bytes} bytes in all",
            got=f"{len(records)} of {size} bytes",
            hint="no real tool writes such headers",
        )
