"""What is known of the image that a stage stands on: read from the image, or guessed from its name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from seamline.expression import expression

_MUSL = expression(r"(?:^|[/:.-])alpine(?:$|[0-9:@.-])|-musl(?:$|[:@-])")
_GLIBC = expression(
    r"(?:^|[/:.-])(?:debian|ubuntu|bookworm|bullseye|buster|trixie|stretch|jammy|noble|focal|slim|fedora|centos|rockylinux|"
    r"almalinux|oraclelinux|amazonlinux|ubi[89]|ubi10|opensuse|wolfi)(?:$|[0-9:@./-])"
)
_DEBIAN_BY_DEFAULT = frozenset(
    ("golang", "python", "node", "ruby", "php", "rust", "gcc", "openjdk", "perl", "buildpack-deps", "nginx", "httpd", "postgres", "redis", "mysql", "mariadb", "haproxy", "tomcat")
)  # fmt: skip
"""Official images whose tags without a variant stand on Debian (mysql: Oracle Linux; all of them on glibc)."""
_CLEANING = _DEBIAN_BY_DEFAULT | frozenset(("debian", "ubuntu"))
"""Official images of Debian's and Ubuntu's kind: their docker-clean removes what apt fetched."""


class Parent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of an image. `known_from` is image, name, or empty where nothing is; then every field may be empty.

    `user` is as its configuration has it; `is_read` tells whether that was seen (an empty one then means root).
    `libc` is glibc, musl or none; `manager` apt, apk, dnf ... `is_built` tells that the image is what the file became:
    then `user` is empty where the file sets its own, and `starts` are those first words of the file's start lines that the
    kernel starts without a shell. `keeps_archives` tells whether apt-get leaves what it fetched in its cache; None where
    nobody knows.
    """

    reference: str
    digest: str = ""
    known_from: str = ""
    user: str = ""
    shell: tuple[str, ...] = ()
    workdir: str = ""
    environment: Mapping[str, str] = {}
    distribution: str = ""
    manager: str = ""
    libc: str = ""
    packages: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    has_healthcheck: bool = False
    has_entrypoint: bool = False
    starts: frozenset[str] = frozenset()
    users: Mapping[str, int] = {}
    is_built: bool = False
    keeps_archives: bool | None = None

    @property
    def is_read(self) -> bool:
        return self.known_from == "image"


def parent_by_name(reference: str) -> Parent:
    """What the name of an image tells."""
    if reference.lower() == "scratch":
        return Parent(reference=reference, known_from="name", libc="none")
    libc = libc_by_name(reference)
    non_root = "nonroot" in reference or "-unprivileged" in reference
    return Parent(
        reference=reference,
        known_from="name" if libc or non_root else "",
        libc=libc,
        user="nonroot" if non_root else "",
        manager="apk" if libc == "musl" else "",
        keeps_archives=False if official_name(reference) in _CLEANING else None,
    )


def official_name(reference: str) -> str:
    """`python` of `docker.io/library/python:3.12`; empty for an image that is not one of Docker's own."""
    name = reference.lower().partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    return "" if "/" in name else name.partition(":")[0]


def libc_by_name(reference: str) -> str:
    """`musl`, `glibc`, `none` or nothing, by the name of an image."""
    name = reference.partition("@")[0]
    if name.startswith("gcr.io/distroless/static"):
        return "none"
    if _MUSL.search(name):
        return "musl"
    if _GLIBC.search(name) or name.startswith("gcr.io/distroless/"):
        return "glibc"
    return "glibc" if official_name(name) in _DEBIAN_BY_DEFAULT else ""
