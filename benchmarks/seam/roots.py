"""Made-up root filesystems, shaped like Debian's and Alpine's: packages with file lists, a package database, accounts,
documentation, caches. The same bytes on every run. Imports nothing of Seamline."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

Files = dict[str, bytes]


def content(seed: str, size: int = 600) -> bytes:
    """Bytes that only this seed gives."""
    block = hashlib.sha256(seed.encode()).hexdigest().encode()
    return (block * (size // len(block) + 1))[:size]


class Package(NamedTuple):
    name: str
    version: str
    files: int = 8


def debian(release: str, packages: tuple[Package, ...], *, documents: bool = True) -> Files:
    """A root filesystem with a dpkg database, like an official image's."""
    files = {
        "etc/os-release": f'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian {release}"\n'.encode(),
        "etc/debian_version": f"{release}\n".encode(),
        "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\n",
        "etc/group": b"root:x:0:\n",
        "etc/ld.so.cache": content(f"cache {release}"),
        "var/lib/dpkg/status": dpkg_status(packages),
    }
    for package in packages:
        files |= payload(package, documents=documents)
        names = payload(package, documents=True)
        files[f"var/lib/dpkg/info/{package.name}.list"] = "".join(f"/{name}\n" for name in names).encode()
    return files


def payload(package: Package, *, documents: bool) -> Files:
    """The files that a package installs."""
    name = package.name
    files = {
        f"usr/lib/{name}/part{number}.so": content(f"{name} {package.version} {number}")
        for number in range(package.files)
    }
    if name == "bash":
        files["bin/bash"] = files["bin/sh"] = content(f"bash {package.version}")
    if name == "apt":
        files["usr/bin/apt-get"] = content(f"apt {package.version}")
    files[f"usr/share/doc/{name}/copyright"] = content(f"licence of {name}", 200)
    if documents:
        for number in range(4):
            files[f"usr/share/man/man1/{name}{number}.1.gz"] = content(
                f"manual {name} {package.version} {number}", 80
            )
            files[f"usr/share/locale/l{number}/{name}.mo"] = content(
                f"locale {name} {package.version} {number}", 80
            )
    return files


def dpkg_status(packages: tuple[Package, ...]) -> bytes:
    return "\n".join(
        f"Package: {each.name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {each.version}\n"
        for each in packages
    ).encode()


def alpine(release: str, packages: tuple[Package, ...]) -> Files:
    """A root filesystem with an apk database."""
    files = {
        "etc/os-release": f'ID=alpine\nVERSION_ID={release}\nPRETTY_NAME="Alpine Linux v{release}"\n'.encode(),
        "etc/alpine-release": f"{release}\n".encode(),
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n",
        "bin/sh": content(f"busybox of {release}"),
        "sbin/apk": content(f"apk of {release}"),
        "lib/apk/db/installed": apk_installed(packages),
    }
    for package in packages:
        for number in range(3):
            files[f"usr/lib/{package.name}.so.{number}"] = content(
                f"{package.name} {package.version} {number}"
            )
    return files


def apk_installed(packages: tuple[Package, ...]) -> bytes:
    return "\n".join(f"P:{each.name}\nV:{each.version}\nA:x86_64\nL:MIT\n" for each in packages).encode()


DEBIAN_PACKAGES = tuple(
    Package(name, f"1.{place}-1")
    for place, name in enumerate(
        [
            "apt",
            "base-files",
            "bash",
            "coreutils",
            "dpkg",
            "libc6",
            "libssl3",
            "zlib1g",
            "tzdata",
            "perl-base",
        ]
        + [f"lib{letter}{number}" for letter in "abcdef" for number in range(5)]
    )
)
ALPINE_PACKAGES = tuple(
    Package(name, f"1.{place}-r0")
    for place, name in enumerate(
        ["musl", "busybox", "apk-tools", "libcrypto3", "libssl3", "zlib", "alpine-baselayout"]
    )
)


def upgraded(packages: tuple[Package, ...], names: tuple[str, ...], version: str) -> tuple[Package, ...]:
    return tuple(each._replace(version=version) if each.name in names else each for each in packages)


def debian_line(day: str) -> str:
    return f"RUN # debian.sh --arch 'amd64' out/ 'bookworm' '@{day}'"
