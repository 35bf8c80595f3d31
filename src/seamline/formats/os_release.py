"""What a root filesystem says it is: os-release, and the files that older systems have instead.

Source: os-release(5); for the rest, the files as the distributions ship them.
"""

from __future__ import annotations

import shlex

from seamline.expression import expression
from seamline.model.codename import version_of_codename
from seamline.model.package import Distribution

FILES = (
    b"etc/os-release",
    b"usr/lib/os-release",
    b"etc/alpine-release",
    b"etc/lsb-release",
    b"etc/debian_version",
    b"etc/oracle-release",
    b"etc/centos-release",
    b"etc/redhat-release",
    b"etc/system-release",
)
"""Where to look, the most telling first."""

_RED_HAT_IDS = (
    ("oracle linux", "ol"),
    ("enterprise linux enterprise linux", "ol"),
    ("centos", "centos"),
    ("red hat enterprise linux", "rhel"),
    ("fedora", "fedora"),
    ("rocky", "rocky"),
    ("almalinux", "almalinux"),
    ("amazon linux", "amzn"),
    ("scientific linux", "scientific"),
)
_RELEASE = expression(r"(\d+(?:\.\d+)*)")
_LIKE = {
    # derivatives whose os-release leaves ID_LIKE out, and what their packages are
    "openeuler": ("rhel", "fedora"),
    "anolis": ("rhel", "fedora", "centos"),
    "alinux": ("rhel", "fedora", "centos"),
    "kylin": ("rhel", "fedora"),
    "tencentos": ("rhel", "fedora", "centos"),
    "opencloudos": ("rhel", "fedora"),
    "uos": ("debian",),
    "deepin": ("debian",),
    "mariner": ("azurelinux",),
    "wolfi": ("alpine",),
    "chainguard": ("wolfi", "alpine"),
}


def parse_os_release(data: bytes) -> Distribution | None:
    """The distribution of an os-release file; None where it has no ID."""
    fields: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            fields.setdefault(name.strip(), _unquoted(value.strip()))
    identifier = fields.get("ID", "").lower()
    if not identifier:
        return None
    like = tuple(fields.get("ID_LIKE", "").lower().split()) or _LIKE.get(identifier, ())
    if fields.get("PLATFORM_ID", "").startswith("platform:ue"):  # UOS: its servers are of rpm's kind
        like = ("rhel", "fedora")
    return Distribution(
        id=identifier,
        version_id=fields.get("VERSION_ID", ""),
        codename=fields.get("VERSION_CODENAME", "") or fields.get("UBUNTU_CODENAME", ""),
        like=like,
        pretty_name=fields.get("PRETTY_NAME", "") or fields.get("NAME", ""),
        variant_id=fields.get("VARIANT_ID", ""),
    )


def _unquoted(value: str) -> str:
    try:
        return " ".join(shlex.split(value)) if value[:1] in "\"'" else value
    except ValueError:
        return value.strip("\"'")


def parse_release_file(path: bytes, data: bytes) -> Distribution | None:
    """The distribution that one of `FILES` tells of; None where it tells of none."""
    name = path.rpartition(b"/")[2]
    text = data[:4096].decode("utf-8", "replace").strip()
    if name == b"os-release":
        return parse_os_release(data)
    if name == b"lsb-release":
        return _lsb(data)
    if name == b"alpine-release":
        return (
            Distribution(id="alpine", version_id=text, pretty_name=f"Alpine Linux {text}")
            if _RELEASE.match(text)
            else None
        )
    if name == b"debian_version":
        return _debian(text)
    return _red_hat(text)


def _debian(text: str) -> Distribution | None:
    codename = text.partition("/")[0]
    version = text if _RELEASE.match(text) else version_of_codename(codename)
    if not version and "/sid" not in text:
        return None
    return Distribution(
        id="debian",
        version_id=version,
        codename="" if version == text else codename,
        pretty_name=f"Debian {text}",
    )


def _red_hat(text: str) -> Distribution | None:
    lowered = text.lower()
    for spelling, identifier in _RED_HAT_IDS:
        if lowered.startswith(spelling):
            version = _RELEASE.search(text)
            return Distribution(
                id=identifier,
                version_id=version[1] if version else "",
                like=("rhel", "fedora"),
                pretty_name=text,
            )
    return None


def _lsb(data: bytes) -> Distribution | None:
    fields = dict(line.partition("=")[::2] for line in data.decode("utf-8", "replace").splitlines())
    identifier = _unquoted(fields.get("DISTRIB_ID", "")).lower()
    if not identifier:
        return None
    return Distribution(
        id=identifier,
        version_id=_unquoted(fields.get("DISTRIB_RELEASE", "")),
        codename=_unquoted(fields.get("DISTRIB_CODENAME", "")),
        pretty_name=_unquoted(fields.get("DISTRIB_DESCRIPTION", "")),
        like=("debian",) if identifier == "ubuntu" else (),
    )
