"""The layer cache: what was read from a layer, by its diff_id, so that no layer is read twice.

A row is one reader's records of one layer (or its entries), or the gist of a whole stack of layers under its chain id,
with a checksum over key and data. Nothing in here is believed without it: a damaged row, page or file is a miss, and a
damaged file is thrown away. Two processes may use one cache. Whoever can write to it can lie about layers, so it is
private to its user.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from seamline.catalog.facts import LayerFacts, Record
from seamline.catalog.reader import Reader
from seamline.effects.home import private_folder
from seamline.errors import Malformed
from seamline.model.image import Digest
from seamline.model.limits import Limits
from seamline.tree.columns import parse_columns, write_columns

if TYPE_CHECKING:
    from seamline.model.database import CacheReport

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMAT = 1
_ENTRIES = "entries"
_NAME = f"layers-{FORMAT}.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
    diff_id TEXT NOT NULL, reader TEXT NOT NULL, version INTEGER NOT NULL, limits TEXT NOT NULL,
    data BLOB NOT NULL, checksum BLOB NOT NULL, PRIMARY KEY (diff_id, reader, version, limits)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (
    digest TEXT NOT NULL, diff_id TEXT NOT NULL, size_bytes INTEGER NOT NULL, checksum BLOB NOT NULL,
    PRIMARY KEY (digest, diff_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used (diff_id TEXT PRIMARY KEY, seconds INTEGER NOT NULL) WITHOUT ROWID;
"""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)
T = TypeVar("T")


class LayerCache:
    """The cache in one folder; every method is a miss or does nothing where the folder cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME
        self._connection: sqlite3.Connection | None = None
        self.problem = ""

    def facts(
        self, diff_id: Digest, readers: Sequence[Reader], limits: Limits
    ) -> tuple[LayerFacts | None, list[Reader]]:
        """What is known of a layer, and the readers that have not read it (all of them where it is unknown)."""
        nothing: dict[tuple[str, int], bytes] = {}
        wanted = {(_ENTRIES, FORMAT), *((reader.name, reader.version) for reader in readers)}
        rows = self._ask(lambda db: self._rows(db, diff_id, _limits_name(limits), wanted), nothing)
        entries = rows.get((_ENTRIES, FORMAT))
        if entries is None:
            return None, list(readers)
        try:
            columns = parse_columns(entries)
            records, missing = _parse_records(rows, readers)
        except (Malformed, msgspec.MsgspecError):
            return None, list(readers)
        return LayerFacts(columns=columns, records=records), missing

    def lacks(self, diff_id: Digest, readers: Sequence[Reader], limits: Limits) -> bool:
        """Whether a layer is unknown, or one of the readers has not read it."""
        query = "SELECT reader, version FROM facts WHERE diff_id = ? AND limits = ?"
        values = (diff_id, _limits_name(limits))
        rows: set[tuple[str, int]] = self._ask(lambda db: set(db.execute(query, values)), set())
        return not rows.issuperset(((_ENTRIES, FORMAT), *((each.name, each.version) for each in readers)))

    def put(self, diff_id: Digest, facts: LayerFacts, readers: Iterable[Reader], limits: Limits) -> None:
        """Keeps what was read of a layer that matched its diff_id."""
        rows = [(_ENTRIES, FORMAT, write_columns(facts.columns))]
        encoder = msgspec.msgpack.Encoder()
        rows += [
            (reader.name, reader.version, encoder.encode(facts.records.get(reader.name, ())))
            for reader in readers
        ]
        self._ask(lambda db: self._write(db, diff_id, rows, _limits_name(limits)), None)

    def gists(self, stack: Digest, names: Iterable[str], basis: str) -> dict[str, bytes]:
        """Those of the named gists of a stack of layers that are kept and were made on this basis."""
        nothing: dict[tuple[str, int], bytes] = {}
        wanted = {(name, FORMAT) for name in names}
        rows = self._ask(lambda db: self._rows(db, stack, basis, wanted), nothing)
        return {name: data for (name, _), data in rows.items()}

    def put_gist(self, stack: Digest, name: str, basis: str, data: bytes) -> None:
        """Keeps a gist in the place of one that was made on another basis."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM facts WHERE diff_id = ? AND reader = ?", (stack, name))
            self._write(db, stack, [(name, FORMAT, data)], basis)

        self._ask(write, None)

    def pair(self, digest: Digest, diff_id: Digest) -> int | None:
        """The unpacked size in bytes where this blob was once seen to unpack to this diff_id."""
        query = "SELECT size_bytes, checksum FROM pairs WHERE digest = ? AND diff_id = ?"
        row = self._ask(lambda db: db.execute(query, (digest, diff_id)).fetchone(), None)
        if row is None or row[1] != _checksum(digest, diff_id, str(row[0]).encode()):
            return None
        return int(row[0])

    def put_pair(self, digest: Digest, diff_id: Digest, size_bytes: int) -> None:
        """Remembers that a blob was read and unpacked to this diff_id."""
        values = (digest, diff_id, size_bytes, _checksum(digest, diff_id, str(size_bytes).encode()))
        self._ask(lambda db: db.execute("INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?)", values), None)

    def status(self) -> CacheReport:
        """How much is kept."""
        from seamline.model.database import CacheReport  # noqa: PLC0415 - only who asks for it

        query = "SELECT count(DISTINCT CASE WHEN reader = ? THEN diff_id END), count(*) FROM facts"
        layers, rows = self._ask(lambda db: db.execute(query, (_ENTRIES,)).fetchone(), (0, 0))
        return CacheReport(path=str(self.path), layers=layers, rows=rows, size_bytes=self._size_bytes())

    def clear(self) -> None:
        """Forgets everything, a damaged file too."""
        self.close()
        self.path.unlink(missing_ok=True)

    def prune(self, most_bytes: int) -> int:
        """Forgets the layers that were not used for longest until the file fits; how many were forgotten."""
        forgotten = 0
        while self._size_bytes() > most_bytes:
            count = self._ask(_forget_oldest, 0)
            if not count:
                self.clear()
            forgotten += count
        return forgotten

    def _size_bytes(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:  # another process may clear it at any moment
            return 0

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(
        self, db: sqlite3.Connection, diff_id: Digest, basis: str, wanted: Iterable[tuple[str, int]]
    ) -> dict[tuple[str, int], bytes]:
        """The rows of `wanted` (reader, version) that are whole: those of other readers are several times as large."""
        query = (
            "SELECT data, checksum FROM facts WHERE diff_id = ? AND reader = ? AND version = ? AND limits = ?"
        )
        found = {}
        for reader, version in wanted:
            row = db.execute(query, (diff_id, reader, version, basis)).fetchone()
            if row is not None and row[1] == _checksum(diff_id, f"{reader}/{version}/{basis}", row[0]):
                found[reader, version] = zstd.decompress(row[0])
        self._touch(db, diff_id)
        return found

    def _touch(self, db: sqlite3.Connection, diff_id: Digest) -> None:
        """Notes the use, at most once a day: a warm run should not write."""
        now = int(time.time())
        row = db.execute("SELECT seconds FROM used WHERE diff_id = ?", (diff_id,)).fetchone()
        if row is not None and now - int(row[0]) > 86400:
            db.execute("INSERT OR REPLACE INTO used VALUES (?, ?)", (diff_id, now))

    def _write(
        self, db: sqlite3.Connection, diff_id: Digest, rows: list[tuple[str, int, bytes]], basis: str
    ) -> None:
        values = []
        for reader, version, plain in rows:
            data = zstd.compress(plain, 3)
            values.append(
                (
                    diff_id,
                    reader,
                    version,
                    basis,
                    data,
                    _checksum(diff_id, f"{reader}/{version}/{basis}", data),
                )
            )
        with db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?, ?)", values)
            db.execute("INSERT OR REPLACE INTO used VALUES (?, ?)", (diff_id, int(time.time())))

    def _ask(self, question: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """The answer; `otherwise` where the cache cannot give one. A damaged file is thrown away."""
        if self.problem:
            return otherwise
        try:
            return question(self._connected())
        except (sqlite3.Error, zstd.ZstdError, ValueError, TypeError, OSError) as fault:
            extended = getattr(fault, "sqlite_errorcode", 0)
            code = extended & 0xFF
            was_open = self._connection is not None
            if extended == sqlite3.SQLITE_READONLY_DBMOVED or (was_open and code == sqlite3.SQLITE_CANTOPEN):
                self.close()  # another process cleared the cache
            elif code in _DAMAGE or not isinstance(fault, (sqlite3.Error, OSError)):
                self._discard()
            elif isinstance(fault, OSError) or code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                self.problem = _told(fault)
            return otherwise

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            private_folder(self.path.parent)
            try:
                self._connection = _connect(self.path)
            except sqlite3.OperationalError:  # another process may have cleared it just now
                self._connection = _connect(self.path)
        return self._connection

    def _discard(self) -> None:
        try:
            self.clear()
        except OSError as fault:
            self.problem = _told(fault)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    # a row that a crash tore fails its checksum, so the cache need not wait for the disk
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(_SCHEMA)
    return connection


def _told(fault: Exception) -> str:
    """A fault without its number."""
    if isinstance(fault, OSError) and fault.strerror and fault.filename:
        return f"{fault.filename}: {fault.strerror}"
    return str(fault)


def _forget_oldest(db: sqlite3.Connection) -> int:
    """Forgets a handful of layers and gives their room back; how many."""
    names = db.execute("SELECT diff_id FROM used ORDER BY seconds LIMIT 16").fetchall()
    with db:
        db.execute("BEGIN IMMEDIATE")
        for table in ("facts", "pairs", "used"):
            db.executemany(f"DELETE FROM {table} WHERE diff_id = ?", names)  # noqa: S608 - names of our own tables
    db.execute("VACUUM")
    return len(names)


def _parse_records(
    rows: Mapping[tuple[str, int], bytes], readers: Sequence[Reader]
) -> tuple[dict[str, tuple[Record[Any], ...]], list[Reader]]:
    records: dict[str, tuple[Record[Any], ...]] = {}
    missing: list[Reader] = []
    for reader in readers:
        data = rows.get((reader.name, reader.version))
        if data is None:
            missing.append(reader)
        elif data == b"\x90":  # an empty array: most readers find nothing in most layers
            records[reader.name] = ()
        else:
            records[reader.name] = msgspec.msgpack.decode(data, type=tuple[Record[reader.record], ...])  # type: ignore[name-defined]
    return records, missing


def _limits_name(limits: Limits) -> str:
    return hashlib.blake2b(msgspec.msgpack.encode(limits), digest_size=8).hexdigest()


def _checksum(first: str, second: str, data: bytes) -> bytes:
    return hashlib.blake2b(f"{first}\0{second}\0".encode() + data, digest_size=16).digest()
