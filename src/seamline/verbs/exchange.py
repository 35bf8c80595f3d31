"""The ready advisory index as one file: written on one machine, proven and put in place on others."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from seamline.errors import Bomb, Lying, Malformed, NotFound
from seamline.model.advisory import EcosystemState, Manifest
from seamline.stores.advisory_index import MANIFEST, AdvisoryIndex, Generations, file_name
from seamline.verbs.database import locked

_MOST_EXPORT_BYTES = 2 << 30


def export_database(place: Generations) -> Iterator[bytes]:
    """The ready index as one tar: the manifest first, with the SHA-256 of every file that follows.

    Raises:
        NotFound: there is none yet.
    """
    index = AdvisoryIndex(place.current)
    if not index.manifest.ecosystems:
        raise NotFound("advisories", expected="a database", got="none", hint="make one: seamline db update")
    folder = place.current.resolve()
    for name in (MANIFEST, *(state.file for state in index.manifest.ecosystems)):
        path = folder / name
        header = tarfile.TarInfo(name)
        header.size = path.stat().st_size
        yield header.tobuf(tarfile.USTAR_FORMAT)
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                yield chunk
        yield bytes(-header.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def is_export(stream: BinaryIO) -> bool:
    """Whether a file begins as `export_database` begins."""
    head = stream.read(tarfile.BLOCKSIZE)
    stream.seek(0)
    return head.startswith(MANIFEST.encode() + b"\0") and head[257:262] == b"ustar"


def adopt(place: Generations, stream: BinaryIO, where: str) -> Manifest:
    """Puts an exported database in place, every file proven by its SHA-256.

    Raises:
        Malformed, Lying, Bomb: the archive is damaged, or a file is another than the manifest says.
    """
    with locked(place.folder):
        try:
            with tarfile.open(fileobj=stream, mode="r:") as archive:
                manifest = _manifest_in(archive, where)
                made = [(state, _proven(archive, state, where)) for state in manifest.ecosystems]
                return place.write(manifest.kind, (), made)
        except (tarfile.TarError, EOFError) as fault:
            raise Malformed(
                where,
                expected="an exported database",
                got=str(fault)[:100],
                hint="write it anew: seamline db export FILE",
            ) from fault


def _manifest_in(archive: tarfile.TarFile, where: str) -> Manifest:
    member = archive.next()
    file = archive.extractfile(member) if member is not None and member.name == MANIFEST else None
    data = file.read(16 << 20) if file is not None else b""
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as fault:
        raise Malformed(
            where,
            expected="a manifest first",
            got=str(fault)[:100],
            hint="write it anew: seamline db export FILE",
        ) from fault


def _proven(archive: tarfile.TarFile, state: EcosystemState, where: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        if state.file != file_name(state.ecosystem) or state.size_bytes > _MOST_EXPORT_BYTES:
            raise Bomb(
                where, expected="files of an index", got=state.file[:80], hint="this is not what it is named"
            )
        member = archive.getmember(state.file) if state.file in archive.getnames() else None
        file = archive.extractfile(member) if member is not None else None
        digest = hashlib.sha256()
        with path.open("wb") as target:
            while file is not None and (chunk := file.read(1 << 20)):
                digest.update(chunk)
                target.write(chunk)
        if digest.hexdigest() != state.sha256:
            raise Lying(
                f"{where}: {state.file}",
                expected=f"SHA-256 {state.sha256}",
                got=digest.hexdigest(),
                hint="the archive is damaged or was tampered with: copy it again",
            )

    return write
