"""The ledger: every base ever seen, by the chain id of its layers. Old digests stay when a tag moves.

Two processes may use one ledger: each change is one immediate transaction, and readers see the last whole one.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from seamline.effects.home import private_folder
from seamline.errors import Malformed, Unsupported
from seamline.model.image import Digest
from seamline.model.seam import KEY_BYTES, Base, Inventory
from seamline.seam.chain import chain_id

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMAT = 1
SKETCH_KEYS = 64
"""So many of an inventory's keys, the smallest ones, stand for all of it when bases are looked for by content: keys are
hashes, so the share of them that an image holds estimates the share of the whole to within a tenth."""
_SCHEMA = """
CREATE TABLE bases (
    id INTEGER PRIMARY KEY, chain TEXT NOT NULL, digest TEXT NOT NULL, index_digest TEXT NOT NULL,
    platform TEXT NOT NULL, record BLOB NOT NULL);
CREATE INDEX bases_chain ON bases (chain);
CREATE INDEX bases_digest ON bases (digest);
CREATE INDEX bases_index ON bases (index_digest);
CREATE TABLE names (name TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE TABLE inventories (id INTEGER PRIMARY KEY, sketch BLOB NOT NULL, data BLOB NOT NULL);
"""
_COLUMNS = "SELECT b.id, b.record FROM bases b"
T = TypeVar("T")


class Bases(Protocol):
    """Bases that can be looked up; a ledger, the starter ledger, or several stacked."""

    def with_chains(self, chains: Sequence[str]) -> Iterable[Base]: ...

    def with_digest(self, digest: Digest, platform: str) -> Iterable[Base]: ...

    def with_name(self, name: str, platform: str) -> Iterable[Base]: ...

    def with_repository(self, repository: str, platform: str) -> Iterable[Base]: ...

    def inventory(self, base: Base) -> Inventory | None: ...

    def studied(self) -> bool: ...

    def resembling(self, contents: AbstractSet[bytes], share: float) -> Iterable[Base]: ...

    def every(self) -> Iterable[Base]: ...


class Ledger:
    """One ledger file. It is made on the first write; a file that is not there holds nothing.

    Every method raises Malformed for a damaged file, Unsupported for one of another version.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._read_only = read_only
        self._connection: sqlite3.Connection | None = None

    def with_chains(self, chains: Sequence[str]) -> list[Base]:
        """Every base whose whole stack has one of these chain ids, without inventories."""
        marks = ",".join("?" * len(chains))
        return self._find(f"{_COLUMNS} WHERE b.chain IN ({marks}) ORDER BY b.id", tuple(chains))

    def with_digest(self, digest: Digest, platform: str) -> list[Base]:
        """Every base with this manifest digest, or this index digest and platform."""
        query = f"{_COLUMNS} WHERE b.digest = ? OR (b.index_digest = ? AND b.platform = ?) ORDER BY b.id"
        return self._find(query, (digest, digest, platform))

    def with_name(self, name: str, platform: str) -> list[Base]:
        """Every base that ever had this full name on this platform, or where platforms are not known."""
        query = f"{_COLUMNS} JOIN names n USING (id) WHERE n.name = ? AND b.platform IN (?, '') ORDER BY b.id"
        return self._find(query, (name, platform))

    def with_repository(self, repository: str, platform: str) -> list[Base]:
        """Every base that ever had a tag of this repository, each told once."""
        named = "SELECT id FROM names WHERE name > ? AND name < ?"
        query = f"{_COLUMNS} WHERE b.platform IN (?, '') AND b.id IN ({named}) ORDER BY b.id"
        return self._find(query, (platform, f"{repository}:", f"{repository};"))  # ; comes after :

    def inventory(self, base: Base) -> Inventory | None:
        """What a base holds, where that was learnt."""
        query = "SELECT b.record, i.data FROM bases b JOIN inventories i USING (id) WHERE b.chain = ? AND b.digest = ?"
        values = (chain_id(base.diff_ids), base.digest or "")
        rows: list[tuple[bytes, bytes]] = self._ask(lambda db: db.execute(query, values).fetchall(), [])
        return next((_with_inventory(_parse_base(r, self.path), data).inventory for r, data in rows), None)

    def studied(self) -> bool:
        """Whether any base has an inventory."""
        query = "SELECT EXISTS (SELECT 1 FROM inventories)"
        return bool(self._ask(lambda db: db.execute(query).fetchone()[0], 0))

    def resembling(self, contents: AbstractSet[bytes], share: float) -> list[Base]:
        """Bases with their inventories, of which about `share` or more may be among `contents`."""
        return self._ask(lambda db: list(_resembling(db, contents, share)), [])

    def every(self) -> list[Base]:
        """All bases with their inventories, in the order they were first seen."""
        query = "SELECT b.id, b.record, i.data FROM bases b LEFT JOIN inventories i USING (id) ORDER BY b.id"
        rows: list[tuple[int, bytes, bytes | None]] = self._ask(lambda db: db.execute(query).fetchall(), [])
        return [_with_inventory(_parse_base(record, self.path), data) for _, record, data in rows]

    def put(self, bases: Iterable[Base]) -> None:
        """Remembers bases; what is already known of the same layers and digest is added to, never lost."""
        private_folder(self.path.parent)

        def put_all(db: sqlite3.Connection) -> None:
            for base in bases:
                _put(db, base)

        self._change(put_all)

    def remove(self, names: Iterable[str]) -> int:
        """Forgets every base that had one of these names or digests; how many."""
        return self._change(lambda db: sum(_remove(db, name) for name in names)) if self.path.exists() else 0

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _find(self, query: str, values: tuple[str, ...]) -> list[Base]:
        rows: list[tuple[int, bytes]] = self._ask(lambda db: db.execute(query, values).fetchall(), [])
        return [_parse_base(record, self.path) for _, record in rows]

    def _ask(self, question: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        if self._connection is None and not self.path.exists():
            return otherwise
        return self._guarded(question)

    def _change(self, act: Callable[[sqlite3.Connection], T]) -> T:
        def whole(db: sqlite3.Connection) -> T:
            with db:
                db.execute("BEGIN IMMEDIATE")
                return act(db)

        return self._guarded(whole)

    def _guarded(self, question: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return question(self._connected())
        except (sqlite3.Error, zstd.ZstdError) as fault:
            raise Malformed(
                str(self.path),
                expected="a ledger of known bases",
                got=str(fault),
                hint="move it away and import your last export: seamline base import FILE",
            ) from fault

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            mode = "ro" if self._read_only else "rwc"
            uri = f"{self.path.resolve().as_uri()}?mode={mode}"
            connection = sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None)
            try:
                _prepare(connection, self.path, read_only=self._read_only)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _prepare(db: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Lays out a new file; refuses a file of another version."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == FORMAT:
        return
    if version == 0 and not read_only:
        with db:
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:  # nobody else laid it out meanwhile
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {FORMAT}")
        path.chmod(0o600)
        return
    raise Unsupported(
        str(path),
        expected=f"a ledger of format {FORMAT}",
        got=f"format {version}",
        hint="export it with the Seamline that wrote it, then: seamline base import FILE",
    )


def _put(db: sqlite3.Connection, base: Base) -> None:
    chain = chain_id(base.diff_ids)
    if not chain:
        return
    inventory, base = base.inventory, msgspec.structs.replace(base, inventory=None)
    row = _same(db, chain, base)
    if row is not None:
        base = merged(row[1], base)
        db.execute("DELETE FROM names WHERE id = ?", (row[0],))
    values = (row and row[0], chain, base.digest or "", base.index_digest or "", base.platform)
    record = msgspec.json.encode(base)
    insert = "INSERT OR REPLACE INTO bases VALUES (?, ?, ?, ?, ?, ?)"
    number = db.execute(insert, (*values, record)).lastrowid
    db.executemany("INSERT OR REPLACE INTO names VALUES (?, ?)", [(name, number) for name in base.names])
    if inventory is not None:
        data = zstd.compress(msgspec.msgpack.encode(inventory), 9)
        sketch = inventory.contents[: SKETCH_KEYS * KEY_BYTES]
        db.execute("INSERT OR REPLACE INTO inventories VALUES (?, ?, ?)", (number, sketch, data))


def _same(db: sqlite3.Connection, chain: str, base: Base) -> tuple[int, Base] | None:
    """The record of the same image: the same layers and digest, or the same configuration where no digest is known."""
    for number, record in db.execute(f"{_COLUMNS} WHERE b.chain = ? ORDER BY b.id", (chain,)):
        old = _parse_base(record, Path())
        same_digest = base.digest is not None and old.digest == base.digest
        unnamed = (base.digest is None or old.digest is None) and old.config == base.config
        if same_digest or unnamed:
            return number, old
    return None


def merged(old: Base, new: Base) -> Base:
    """Both together: every name that the image ever had, the first and the last day it was seen."""
    return msgspec.structs.replace(
        new,
        names=tuple(dict.fromkeys((*old.names, *new.names))),
        digest=new.digest or old.digest,
        index_digest=new.index_digest or old.index_digest,
        platform=new.platform or old.platform,
        created=new.created or old.created,
        line=new.line or old.line,
        team=new.team or old.team,
        first_seen=min(filter(None, (old.first_seen, new.first_seen)), default=""),
        last_seen=max(old.last_seen, new.last_seen),
        inventory=new.inventory or old.inventory,
    )


def _remove(db: sqlite3.Connection, name: str) -> int:
    query = "SELECT id FROM names WHERE name = ? UNION SELECT id FROM bases WHERE digest = ?"
    numbers = db.execute(query, (name, name)).fetchall()
    for table in ("bases", "names", "inventories"):
        db.executemany(f"DELETE FROM {table} WHERE id = ?", numbers)  # noqa: S608 - names of our own tables
    return len(numbers)


def _resembling(db: sqlite3.Connection, contents: AbstractSet[bytes], share: float) -> Iterator[Base]:
    likely = []
    for number, sketch in db.execute("SELECT id, sketch FROM inventories ORDER BY id"):
        keys = [sketch[at : at + KEY_BYTES] for at in range(0, len(sketch), KEY_BYTES)]
        if keys and sum(key in contents for key in keys) >= share * len(keys):
            likely.append(number)
    for number in likely:
        query = "SELECT b.record, i.data FROM bases b JOIN inventories i USING (id) WHERE id = ?"
        record, data = db.execute(query, (number,)).fetchone()
        yield _with_inventory(_parse_base(record, Path()), data)


def _parse_base(record: bytes, path: Path) -> Base:
    try:
        return msgspec.json.decode(record, type=Base)
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise _damaged(path, fault) from fault


def _with_inventory(base: Base, data: bytes | None) -> Base:
    if data is None:
        return base
    try:
        inventory = msgspec.msgpack.decode(zstd.decompress(data), type=Inventory)
    except msgspec.MsgspecError as fault:
        raise _damaged(Path(), fault) from fault
    return msgspec.structs.replace(base, inventory=inventory)


def _damaged(path: Path, fault: Exception) -> Malformed:
    return Malformed(
        str(path),
        expected="a base",
        got=str(fault),
        hint="import your last export: seamline base import FILE",
    )
