"""Packages laid out as a root filesystem, without running anything: files, links of a merged /usr, dpkg's database.

What maintainer scripts would have done is done here from a short table where an image needs it (accounts, the bundle
of certificates); for all else the result says which scripts were not run. The loader's cache is not made: glibc finds
libraries in its own folders without it. Source: Debian Policy 6 and 10; base-passwd update-passwd(8).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from seamline.formats.apt import paragraphs
from seamline.formats.deb import Deb
from seamline.model.entry import Entry, Kind

File = tuple[Entry, bytes]
_MERGED = (b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libx32")
_DPKG = "var/lib/dpkg"
_KEPT = (
    "conffiles",
    "md5sums",
    "preinst",
    "postinst",
    "prerm",
    "postrm",
    "triggers",
    "shlibs",
    "symbols",
    "templates",
    "config",
)
_HARMLESS = frozenset(
    ("base-files", "base-passwd", "ca-certificates", "dash", "libc6", "libc-bin", "debconf", "tzdata")
)
_CERTIFICATES = b"usr/share/ca-certificates/"
_BUNDLE = b"etc/ssl/certs/ca-certificates.crt"


class Unpacked(msgspec.Struct, frozen=True, kw_only=True):
    """One package: its control fields as they stand, its other control files, and what it installs."""

    name: str
    architecture: str
    control: str
    control_files: Mapping[str, bytes]
    files: tuple[File, ...]


def unpacked(deb: Deb, files: Iterable[File]) -> Unpacked:
    """A package's parts, its files where a merged /usr has them."""
    control = deb.control.get("control", b"").decode("utf-8", "replace").strip()
    fields = next(paragraphs(control), {})
    return Unpacked(
        name=fields.get("Package", ""),
        architecture=fields.get("Architecture", ""),
        control=control,
        control_files={name: data for name, data in deb.control.items() if name != "control"},
        files=tuple((_merged(entry), data) for entry, data in files if entry.path),
    )


def _merged(entry: Entry) -> Entry:
    path, link = _under_usr(entry.path), entry.link_to
    if entry.kind == Kind.HARDLINK:
        link = _under_usr(link)
    return msgspec.structs.replace(entry, path=path, link_to=link)


def _under_usr(path: bytes) -> bytes:
    head, slash, _ = path.partition(b"/")
    return b"usr/" + path if slash and head in _MERGED else path


def lay_out(packages: Sequence[Unpacked], *, status_before: str, full: bool, clamp_ns: int) -> list[File]:
    """Everything that the packages bring, with dpkg's database over `status_before`, in the order of the paths.

    `full` writes the status file and its lists; otherwise a status.d paragraph and checksums a package, as distroless
    images have. No time is later than `clamp_ns`.
    """
    found: dict[bytes, File] = {}
    for package in packages:
        for entry, data in package.files:
            known = found.get(entry.path)
            if known is None or known[0].kind != Kind.DIRECTORY or entry.kind != Kind.DIRECTORY:
                found[entry.path] = (entry, data)
    for name in [
        entry.path for entry, _ in found.values() if entry.kind == Kind.DIRECTORY and entry.path in _MERGED
    ]:
        del found[name]
    if any(path.startswith(b"usr/") for path in found) and not status_before:
        found |= {
            name: (_link(name, b"usr/" + name), b"") for name in _MERGED if _is_folder(found, b"usr/" + name)
        }
    database = _status(packages, status_before) if full else _status_d(packages)
    for path, data in {**database, **_effects(found)}.items():
        found[path] = (_file(path, data, clamp_ns), data)
    return [_clamped(file, clamp_ns) for file in _with_folders(found, clamp_ns)]


def _is_folder(found: Mapping[bytes, File], path: bytes) -> bool:
    return any(name.startswith(path + b"/") for name in found)


def _status(packages: Sequence[Unpacked], before: str) -> dict[bytes, bytes]:
    """The status file and the files of info/."""
    written = [before.strip()] if before.strip() else []
    files: dict[bytes, bytes] = {}
    for package in packages:
        head, _, rest = package.control.partition("\n")
        conffiles = _conffiles(package)
        written.append(
            f"{head}\nStatus: install ok installed\n{rest}"
            + (f"\nConffiles:\n{conffiles}" if conffiles else "")
        )
        fields = next(paragraphs(package.control), {})
        name = (
            f"{package.name}:{package.architecture}" if fields.get("Multi-Arch") == "same" else package.name
        )
        listing = "".join(f"/{entry.path.decode('utf-8', 'surrogateescape')}\n" for entry, _ in package.files)
        files[f"{_DPKG}/info/{name}.list".encode()] = f"/.\n{listing}".encode("utf-8", "surrogateescape")
        for kept in _KEPT:
            if kept in package.control_files:
                files[f"{_DPKG}/info/{name}.{kept}".encode()] = package.control_files[kept]
    files[f"{_DPKG}/status".encode()] = ("\n\n".join(written) + "\n\n").encode()
    files[f"{_DPKG}/available".encode()] = b""
    files[f"{_DPKG}/info/format".encode()] = (
        b"1\n"  # lists of Multi-Arch: same packages carry the architecture
    )
    return files


def _conffiles(package: Unpacked) -> str:
    content = {entry.path: data for entry, data in package.files if entry.kind == Kind.FILE}
    lines = []
    for line in package.control_files.get("conffiles", b"").decode("utf-8", "replace").split("\n"):
        path = line.strip()
        data = content.get(path.strip("/").encode())
        if path.startswith("/") and data is not None:
            lines.append(f" {path} {hashlib.md5(data, usedforsecurity=False).hexdigest()}")
    return "\n".join(lines)


def _status_d(packages: Sequence[Unpacked]) -> dict[bytes, bytes]:
    files: dict[bytes, bytes] = {}
    for package in packages:
        place = f"{_DPKG}/status.d/{package.name}"
        files[place.encode()] = package.control.encode() + b"\n"
        files[f"{place}.md5sums".encode()] = package.control_files.get("md5sums") or _md5sums(package)
    return files


def _md5sums(package: Unpacked) -> bytes:
    """The checksums of a package that brings none: they are its only file list here."""
    lines = (
        hashlib.md5(data, usedforsecurity=False).hexdigest().encode() + b"  " + entry.path + b"\n"
        for entry, data in package.files
        if entry.kind == Kind.FILE
    )
    return b"".join(lines)


def _effects(found: Mapping[bytes, File]) -> dict[bytes, bytes]:
    """What scripts would have made that an image needs to work."""
    files: dict[bytes, bytes] = {}
    for name in (b"passwd", b"group"):
        master = found.get(b"usr/share/base-passwd/" + name + b".master")
        if master is not None:
            files[b"etc/" + name] = master[1]
    certificates = [
        data
        for path, (_, data) in sorted(found.items())
        if path.startswith(_CERTIFICATES) and path.endswith(b".crt")
    ]
    if certificates:
        files[_BUNDLE] = b"".join(data if data.endswith(b"\n") else data + b"\n" for data in certificates)
    return files


def scripts_not_run(packages: Iterable[Unpacked]) -> tuple[str, ...]:
    """The packages with a postinst that something else than the table here would have run."""
    return tuple(p.name for p in packages if "postinst" in p.control_files and p.name not in _HARMLESS)


def _with_folders(found: Mapping[bytes, File], clamp_ns: int) -> Iterator[File]:
    """The files in the order of their paths, with the folders that nobody names."""
    needed = {path[:at] for path in found for at, char in enumerate(path) if char == 0x2F}
    missing = {folder: (_folder(folder, clamp_ns), b"") for folder in needed if folder not in found}
    everything = {**found, **missing}
    links = [path for path in everything if everything[path][0].kind == Kind.HARDLINK]
    yield from (everything[path] for path in sorted(everything) if path not in set(links))
    yield from (everything[path] for path in sorted(links))


def _clamped(file: File, clamp_ns: int) -> File:
    entry, data = file
    return (entry if entry.mtime_ns <= clamp_ns else msgspec.structs.replace(entry, mtime_ns=clamp_ns), data)


def _file(path: bytes, data: bytes, mtime_ns: int) -> Entry:
    script = path.endswith((b".preinst", b".postinst", b".prerm", b".postrm", b".config"))
    return Entry(
        path=path, kind=Kind.FILE, mode=0o755 if script else 0o644, size_bytes=len(data), mtime_ns=mtime_ns
    )


def _folder(path: bytes, mtime_ns: int) -> Entry:
    mode = 0o1777 if path in (b"tmp", b"var/tmp") else 0o755
    return Entry(path=path, kind=Kind.DIRECTORY, mode=mode, mtime_ns=mtime_ns)


def _link(path: bytes, target: bytes) -> Entry:
    return Entry(path=path, kind=Kind.SYMLINK, mode=0o777, link_to=target)
