"""Java archives: what a jar, war or ear says it holds, those inside it too, to any depth within limits.

Source: JAR File Specification, "The META-INF directory"; Maven Archiver for pom.properties.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from seamline.errors import Bomb, Malformed
from seamline.expression import expression
from seamline.model.limits import Limits

if TYPE_CHECKING:
    import zipfile

ENDINGS = (".jar", ".war", ".ear", ".par", ".sar", ".hpi", ".jpi", ".lpkg", ".kar", ".nar")
_MOST_TEXT = 1 << 20
_NAMED = expression(r"(?P<name>[A-Za-z][A-Za-z0-9_.-]*?)-(?P<version>\d[A-Za-z0-9_.+-]*)")
_FAULTS = (
    zlib.error,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    KeyError,
)


class JavaPackage(msgspec.Struct, frozen=True, array_like=True):
    """One library. `inside` is where it stands in the outer archive, archives apart by `!`; "" for that itself."""

    group: str
    name: str
    version: str
    inside: str


def read_jar(data: bytes | BinaryIO, file_name: str, limits: Limits) -> Iterator[JavaPackage]:
    """Every library of an archive: one a pom.properties (a shaded jar has several), else by manifest, else by name.

    Raises:
        Malformed: it is no zip archive, or damaged.
        Bomb: it nests too deep, or holds or unpacks to more than the limits allow.
    """
    yield from _Reader(limits).read(io.BytesIO(data) if isinstance(data, bytes) else data, file_name, "", 0)


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members = 0
        self._bytes = 0

    def read(self, file: BinaryIO, file_name: str, inside: str, depth: int) -> Iterator[JavaPackage]:
        from zipfile import BadZipFile, ZipFile  # noqa: PLC0415 - 4 ms that only an archive needs

        if depth > self._limits.archive_depth:
            raise _bomb(f"at most {self._limits.archive_depth} archives in one another", "more")
        try:
            with ZipFile(file) as archive:
                infos = archive.infolist()
                self._count(len(infos))
                found = list(self._poms(archive, infos, inside))
                yield from found or self._named(archive, infos, file_name, inside)
                for info in infos:
                    if info.filename.lower().endswith(ENDINGS) and not info.is_dir():
                        deeper = f"{inside}!{info.filename}" if inside else info.filename
                        content = io.BytesIO(self._member(archive, info, self._limits.memory_file_bytes * 8))
                        yield from self._nested(content, info.filename, deeper, depth)
        except (BadZipFile, *_FAULTS) as fault:
            raise Malformed(
                "java archive",
                expected="a sound zip archive",
                got=str(fault)[:100],
                hint="the file is damaged",
            ) from fault

    def _nested(self, content: BinaryIO, name: str, inside: str, depth: int) -> Iterator[JavaPackage]:
        """What an inner archive holds; one that is none costs itself only."""
        try:
            yield from self.read(content, name.rpartition("/")[2], inside, depth + 1)
        except Malformed:
            return

    def _count(self, members: int) -> None:
        self._members += members
        if self._members > self._limits.archive_members:
            raise _bomb(f"at most {self._limits.archive_members} members", f"{self._members}")

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
        """A member's content, never more than was declared and allowed."""
        if info.file_size > most:
            raise _bomb(f"a member of at most {most} bytes", f"{info.file_size}")
        with archive.open(info) as member:
            content = member.read(most + 1)
        self._bytes += len(content)
        if len(content) > most or self._bytes > self._limits.archive_bytes:
            raise _bomb(f"at most {self._limits.archive_bytes} bytes", "more")
        return content

    def _poms(
        self, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], inside: str
    ) -> Iterator[JavaPackage]:
        for info in infos:
            if info.filename.startswith("META-INF/maven/") and info.filename.endswith("/pom.properties"):
                fields = _properties(self._member(archive, info, _MOST_TEXT))
                if fields.get("artifactId") and fields.get("version"):
                    yield JavaPackage(
                        fields.get("groupId", ""), fields["artifactId"], fields["version"], inside
                    )

    def _named(
        self, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], file_name: str, inside: str
    ) -> Iterator[JavaPackage]:
        """By the manifest and the file's name; nothing where neither tells a version."""
        manifest: dict[str, str] = {}
        for info in infos:
            if info.filename == "META-INF/MANIFEST.MF":
                with archive.open(info) as member:  # a signed jar's may be of any length; its head tells
                    manifest = _manifest(member.read(_MOST_TEXT))
        stem = file_name.rpartition(".")[0]
        match = _NAMED.fullmatch(stem)
        bundle = manifest.get("Bundle-SymbolicName", "").partition(";")[0].strip()
        title = manifest.get("Implementation-Title", "")
        name = match["name"] if match else stem
        version = (
            (match["version"] if match else "")
            or manifest.get("Implementation-Version", "")
            or manifest.get("Bundle-Version", "")
            or manifest.get("Specification-Version", "")
        )
        if version and name:
            group = manifest.get("Implementation-Vendor-Id", "") or (bundle if "." in bundle else "")
            plain = title if title and " " not in title and "/" not in title and not match else name
            yield JavaPackage(group, plain, version, inside)


def _properties(data: bytes) -> dict[str, str]:
    lines = (
        line.partition("=")
        for line in data.decode("utf-8", "replace").splitlines()
        if line[:1] not in ("#", "!")
    )
    return {name.strip(): value.strip() for name, equals, value in lines if equals}


def _manifest(data: bytes) -> dict[str, str]:
    """The main attributes, continued lines joined."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\n ", "").partition("\n\n")[0]
    return {
        name: value.strip()
        for name, colon, value in (line.partition(":") for line in text.split("\n"))
        if colon
    }


def _bomb(expected: str, got: str) -> Bomb:
    hint = "this archive is made to exhaust its reader"
    return Bomb("java archive", expected=expected, got=got, hint=hint)
