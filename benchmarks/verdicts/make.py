"""Images and advisories of known truth, written with Python's own library alone: no code of Seamline's is used.

An image stands on a base that the maker also writes, so that every file has a side which nobody has to guess.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
LADEN_NAME = "registry.example/base/laden:1"
BASE_NAME = "registry.example/base/debian:12"
NAME = "registry.example/shop:1.4"
BASE_COMMAND = {"Cmd": ["bash"]}


class F(NamedTuple):
    """A file: its content, mode, owner, group, extended attributes."""

    data: bytes = b"x"
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    capability: bytes = b""


class D(NamedTuple):
    """A folder."""

    mode: int = 0o755
    uid: int = 0
    gid: int = 0


class Gone(NamedTuple):
    """A path that the layer removes."""


class Link(NamedTuple):
    """A symbolic link."""

    target: str


Files = Mapping[str, F | D | Gone | Link]
PASSWD = (
    b"root:x:0:0:root:/root:/bin/bash\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\n"
    b"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
)
ACCOUNTS = (
    PASSWD + b"toor:x:0:0::/:/bin/sh\nguest::1001:1001::/:/bin/sh\napp:x:1000:1000::/app:/usr/sbin/nologin\n"
)
RULE = b"app ALL=(ALL) NOPASSWD: ALL\n"
SOURCES = (
    b"Types: deb\nURIs: https://deb.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /usr/share/keyrings/debian.gpg\n\n"
    b"Types: deb\nURIs: https://deb.example/debian-security\nSuites: bookworm-security\nComponents: main\nSigned-By: /usr/share/keyrings/debian.gpg\n"
)
STATUS = (
    b"Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\nMaintainer: M <m@example>\nDescription: d\n\n"
    b"Package: made-lib\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\nMaintainer: M <m@example>\nDescription: d\n"
)
OS_RELEASE = (
    b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
)
_LISTED = (
    b"/.\n/usr\n/usr/bin\n/usr/bin/dash\n/usr/bin/apt-get\n/usr/bin/find\n/usr/bin/dpkg\n/usr/bin/curl\n"
)
BASE: Files = {
    "bin": Link("usr/bin"),
    "sbin": Link("usr/sbin"),
    "usr/bin/dash": F(b"\x7fELFdash", 0o755),
    "usr/bin/sh": Link("dash"),
    "usr/bin/bash": Link("dash"),
    "usr/bin/apt-get": F(b"\x7fELFapt", 0o755),
    "usr/bin/find": F(b"\x7fELFfind", 0o755),
    "usr/bin/curl": F(b"\x7fELFcurl", 0o755),
    "etc/os-release": F(OS_RELEASE),
    "etc/passwd": F(PASSWD),
    "etc/group": F(b"root:x:0:\nbin:x:2:\nnogroup:x:65534:\n"),
    "etc/shadow": F(
        b"root:*:19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n", 0o640
    ),
    "etc/apt/sources.list.d/debian.sources": F(SOURCES),
    "var/lib/dpkg/status": F(STATUS),
    "var/lib/dpkg/info/base-files.list": F(_LISTED),
    "var/log": D(),
    "tmp": D(0o1777),
}
LOADER = "lib64/ld-linux-x86-64.so.2"
ROOT_STEP = "ADD rootfs.tar.xz / # buildkit"


class Picture(NamedTuple):
    """An image: its layers bottom up, the step that made each (none: without history), what its configuration says, and
    the empty steps that end its history."""

    layers: tuple[Files, ...]
    steps: tuple[str, ...] | None
    config: Mapping[str, Any]


def tar_of(files: Files) -> bytes:
    """The layer. Source: OCI image-spec 1.1 layer.md; POSIX.1-2001 pax."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, thing in files.items():
            info = tarfile.TarInfo(path)
            data = b""
            if isinstance(thing, F):
                data, info.mode, info.uid, info.gid = thing.data, thing.mode, thing.uid, thing.gid
                if thing.capability:
                    name = "SCHILY.xattr.security.capability"
                    info.pax_headers = {name: thing.capability.decode("utf-8", "surrogateescape")}
            elif isinstance(thing, D):
                info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, thing.mode, thing.uid, thing.gid
            elif isinstance(thing, Link):
                info.type, info.linkname = tarfile.SYMTYPE, thing.target
            else:
                folder, _, name = path.rpartition("/")
                info.name = f"{folder}/.wh.{name}" if folder else f".wh.{name}"
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def history_of(picture: Picture) -> list[dict[str, Any]]:
    """One line a layer; the base's CMD behind its own."""
    lines: list[dict[str, Any]] = []
    for at, step in enumerate(picture.steps or ()):
        lines.append({"created_by": step})
        if at == 0 and step == ROOT_STEP:
            lines.append({"created_by": 'CMD ["bash"]', "empty_layer": True})
    return lines


def write_layout(folder: Path, picture: Picture, named: str = NAME) -> str:
    """The image as an OCI layout; its reference."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def blob(data: bytes, kind: str) -> dict[str, Any]:
        name = hashlib.sha256(data).hexdigest()
        (blobs / name).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(data)}

    tars = [tar_of(files) for files in picture.layers]
    config = {
        "os": "linux",
        "architecture": "amd64",
        "created": "2026-11-20T00:00:00Z",
        "config": dict(picture.config),
        **({"history": history_of(picture)} if picture.steps is not None else {}),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in tars]},
    }  # fmt: skip
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": blob(json.dumps(config).encode(), _CONFIG),
        "layers": [blob(tar, _LAYER) for tar in tars],
    }
    name = {"annotations": {"io.containerd.image.name": named}}
    top = {**blob(json.dumps(manifest).encode(), _MANIFEST), **name}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [top]}))
    return f"oci-dir:{folder}"


def native(*, is_hard: bool = True, loader: str = "/" + LOADER, needs: str = "") -> bytes:
    """A program for amd64 that is started by `loader` and needs one library; a library without a loader. Hard: position
    independent, RELRO, a stack protector, no executable stack. Source: System V gABI 4.1 chapters 4 and 5; glibc's elf.h."""
    names = b"\0" + needs.encode() + b"\0" + (b"__stack_chk_fail\0" if is_hard else b"main\0")
    tags = [*([(1, 1)] if needs else []), (5, 1024), (10, len(names)), (0, 0)]
    dynamic = b"".join(struct.pack("<QQ", *pair) for pair in tags)
    parts = {512: loader.encode() + b"\0", 768: dynamic, 1024: names}
    segments = [(1, 5, 0, 2048), (2, 6, 768, len(dynamic)), (0x6474E551, 6 if is_hard else 7, 0, 0)]
    segments += [(3, 4, 512, len(loader) + 1)] if loader else []
    segments += [(0x6474E552, 4, 768, len(dynamic))] if is_hard else []
    head = b"\x7fELF\2\1\1" + bytes(9)
    head += struct.pack(
        "<HHIQQQIHHHHHH", 3 if is_hard else 2, 62, 1, 0, 64, 0, 0, 64, 56, len(segments), 64, 0, 0
    )
    parts[0] = head + b"".join(
        struct.pack("<IIQQQQQQ", k, f, at, at, at, n, n, 8) for k, f, at, n in segments
    )
    data = bytearray(2048)
    for place, part in parts.items():
        data[place : place + len(part)] = part
    return bytes(data)


def packaged(data: bytes, setting: bytes) -> Files:
    """A package of the distribution with a program and a configuration file, and its checksums. Source: dpkg(1), deb-md5sums(5)."""
    digests = [hashlib.md5(each, usedforsecurity=False).hexdigest().encode() for each in (data, setting)]
    paragraph = (
        b"\nPackage: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: M <m@example>\n"
        b"Description: d\nConffiles:\n /etc/tool.conf " + digests[1] + b"\n"
    )
    return {
        "var/lib/dpkg/status": F(STATUS + paragraph),
        "var/lib/dpkg/info/tool.list": F(b"/.\n/usr\n/usr/bin\n/usr/bin/tool\n/etc\n/etc/tool.conf\n"),
        "var/lib/dpkg/info/tool.md5sums": F(digests[0] + b"  usr/bin/tool\n"),
        "usr/bin/tool": F(data, 0o755),
        "etc/tool.conf": F(setting),
    }


def base_picture() -> Picture:
    """The base that every image of the maker's stands on."""
    return Picture((BASE,), (ROOT_STEP,), BASE_COMMAND)


def laden_base() -> Picture:
    """A base that carries an application and accounts which all images on it inherit."""
    config = {"Entrypoint": ["/app/server"], "ExposedPorts": {"8080/tcp": {}}}
    return Picture(
        (
            BASE,
            {
                "app/server": F(b"\x7fELFserver", 0o755),
                "etc/passwd": F(ACCOUNTS),
                "etc/sudoers": F(RULE, 0o440),
            },
        ),
        (ROOT_STEP, "COPY server /app/ # buildkit"),
        config,
    )


def write_advisories(folder: Path) -> None:
    """One flaw of a Debian package and one of a Python package, both with fixes of long ago. Source: OSV schema 1.6."""
    _export(folder, "PyPI", _record("PYSEC-2024-1", "PyPI", "made-app", "2.0"))
    _export(folder, "Debian", _record("DEBIAN-CVE-2024-0001", "Debian:12", "made-lib", "1.0-1+deb12u1"))


def _record(name: str, ecosystem: str, package: str, fixed: str) -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": fixed}]
    affected = {"package": {"ecosystem": ecosystem, "name": package}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}  # fmt: skip
    return {
        "schema_version": "1.6.0",
        "id": name,
        "modified": "2024-02-01T00:00:00Z",
        "published": "2024-01-01T00:00:00Z",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "summary": "made",
        "affected": [affected],
    }


def _export(folder: Path, ecosystem: str, *records: Mapping[str, Any]) -> None:
    (folder / "osv" / ecosystem).mkdir(parents=True)
    with zipfile.ZipFile(folder / "osv" / ecosystem / "all.zip", "w") as archive:
        for record in records:
            archive.writestr(f"{record['id']}.json", json.dumps(record))


def python_package(name: str, version: str) -> Files:
    """An installed Python package. Source: PyPA core metadata, recording installed projects."""
    folder = f"usr/lib/python3/site-packages/{name.replace('-', '_')}-{version}.dist-info"
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    return {f"{folder}/METADATA": F(text), f"{folder}/RECORD": F(b"")}


def capability(*numbers: int) -> bytes:
    """security.capability of revision 2, permitted and effective. Source: capability.h of Linux."""
    low = sum(1 << each for each in numbers)
    return b"".join(value.to_bytes(4, "little") for value in (0x02000001, low, 0, 0, 0))


def layers_on_base(*layers: Files) -> tuple[Files, ...]:
    return (BASE, *layers)


def steps_on_base(steps: Sequence[str]) -> tuple[str, ...]:
    return (ROOT_STEP, *steps)
