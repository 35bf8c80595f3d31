"""The ready advisory index as one file: written on one machine, proven and put in place on others."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from seamline.effects.files import chunks_of, digest_of
from seamline.effects.progress import Say, silent
from seamline.errors import Bomb, Lying, Malformed, NotFound
from seamline.model.advisory import INDEX_FORMAT, EcosystemState, Manifest
from seamline.stores.advisory_index import MANIFEST, AdvisoryIndex, file_name
from seamline.stores.generations import Generations, Made

_MOST_EXPORT_BYTES = 2 << 30
_CHUNK_BYTES = 1 << 20


def export_database(place: Generations) -> Iterator[bytes]:
    """The ready index as one tar: the manifest first, with the SHA-256 of every file that follows.

    Raises:
        NotFound: there is none yet.
        Malformed: a file is another than the index was made with; what was given so far is worth nothing.
    """
    with AdvisoryIndex(place.current) as index:
        if not index.manifest.ecosystems:
            raise NotFound(
                "advisories", expected="a database", got="none", hint="make one: seamline db update"
            )
        yield from _entry(index.folder / MANIFEST)
        for state in index.manifest.ecosystems:
            yield from _entry(index.folder / state.file, state.sha256)
        yield bytes(2 * tarfile.BLOCKSIZE)


def _entry(path: Path, sha256: str = "") -> Iterator[bytes]:
    """A file with its header; whoever takes it over holds it against the digest, so a damaged one is told here."""
    header = tarfile.TarInfo(path.name)
    header.size = path.stat().st_size
    yield header.tobuf(tarfile.USTAR_FORMAT)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in chunks_of(file):
            digest.update(chunk)
            yield chunk
    if sha256 and digest.hexdigest() != sha256:
        raise Malformed(
            str(path),
            expected=f"SHA-256 {sha256}",
            got=digest.hexdigest(),
            hint="the index is damaged: seamline db update --force",
        )
    yield bytes(-header.size % tarfile.BLOCKSIZE)


def is_export(stream: BinaryIO) -> bool:
    """Whether a file begins as `export_database` begins."""
    head = stream.read(tarfile.BLOCKSIZE)
    stream.seek(0)
    return head.startswith(MANIFEST.encode() + b"\0") and head[257:262] == b"ustar"


def adopt(
    place: Generations,
    stream: BinaryIO,
    where: str,
    *,
    digest: str = "",
    say: Say = silent,
) -> Manifest:
    """Puts an exported database in place, every file proven by its SHA-256; the whole of it where `digest`
    (`sha256:...`) is given.

    Raises:
        Malformed, Lying, Bomb: the archive is damaged, or another than the digest or its manifest says.
        OSError: the disk is full; the old database stays, as it does in all other cases.
    """
    if digest:
        _prove_whole(stream, digest, where)
    with place.locked(say):
        try:
            with tarfile.open(fileobj=stream, mode="r:") as archive:
                manifest = _manifest_in(archive, where)
                _warn_of_older(place, manifest, say)
                made = [_proven(archive, state, where) for state in manifest.ecosystems]
                return place.write(manifest.kind, made)
        except (tarfile.TarError, EOFError) as fault:
            raise _no_export(where, str(fault)[:100]) from fault


def _prove_whole(stream: BinaryIO, digest: str, where: str) -> None:
    got = digest_of(stream, "sha256")
    stream.seek(0)
    if got != digest.lower().removeprefix("sha256:"):
        raise Lying(
            where,
            expected=f"sha256:{digest.lower().removeprefix('sha256:')}",
            got=f"sha256:{got}",
            hint="copy it again, or ask who gave you the digest",
        )


def _warn_of_older(place: Generations, manifest: Manifest, say: Say) -> None:
    try:
        known = {state.ecosystem: state.fetched for state in place.manifest().ecosystems}
    except Malformed:
        return
    older = [each.ecosystem for each in manifest.ecosystems if each.fetched < known.get(each.ecosystem, "")]
    if older:
        say(f"warning: older than what was here: {', '.join(older)}")


def _manifest_in(archive: tarfile.TarFile, where: str) -> Manifest:
    member = archive.next()
    file = archive.extractfile(member) if member is not None and member.name == MANIFEST else None
    data = file.read(16 << 20) if file is not None else b""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as fault:
        raise _no_export(where, str(fault)[:100]) from fault
    if manifest.format != INDEX_FORMAT:
        raise _no_export(
            where, f"format {manifest.format} instead of {INDEX_FORMAT}: another version of Seamline wrote it"
        )
    return manifest


def _no_export(where: str, got: str) -> Malformed:
    return Malformed(
        where, expected="an exported database", got=got, hint="write it anew: seamline db export FILE"
    )


def _proven(archive: tarfile.TarFile, state: EcosystemState, where: str) -> Made:
    def write(path: Path) -> EcosystemState:
        member = archive.getmember(state.file) if state.file in archive.getnames() else None
        # a sparse one grows to any size on this disk
        file = archive.extractfile(member) if member is not None and not member.issparse() else None
        digest = hashlib.sha256()
        with path.open("wb") as target:
            while file is not None and (chunk := file.read(_CHUNK_BYTES)):
                digest.update(chunk)
                target.write(chunk)
        if digest.hexdigest() != state.sha256:
            raise Lying(
                f"{where}: {state.file}",
                expected=f"SHA-256 {state.sha256}",
                got=digest.hexdigest(),
                hint="the archive is damaged or was tampered with: copy it again",
            )
        return state

    if state.file != file_name(state.ecosystem) or state.size_bytes > _MOST_EXPORT_BYTES:
        raise Bomb(
            where, expected="files of an index", got=state.file[:80], hint="this is not what it is named"
        )
    return Made(state.file, write)
