"""Small files that say how an image is set up, kept as they are for the verbs that judge them.

Account files are kept without their passwords: a hash never enters the cache. Nor does a secret of another
kind (a password in the address of a package source).
"""

from __future__ import annotations

import re

from seamline.catalog.reader import Content, Reader
from seamline.expression import expression
from seamline.model.entry import Entry
from seamline.model.limits import Limits

_MOST_BYTES = 1 << 20
_MOST_KEPT_BYTES = 128 << 10
_SHADOW = expression(rb"^([^:\n]*):([^:\n]*)(.*)$", re.MULTILINE)


def _extract(entry: Entry, content: Content, limits: Limits) -> bytes:  # noqa: ARG001 - shape of extract
    data = content.stream().read(_MOST_KEPT_BYTES)
    if entry.path in (b"etc/shadow", b"etc/passwd", b"etc/gshadow"):
        return _SHADOW.sub(lambda line: line[1] + b":" + _without(line[2]) + line[3], data)
    from seamline.catalog.secrets import without_secrets  # noqa: PLC0415 - 55 ms that no warm look needs

    return without_secrets(data, entry.path)


def _without(password: bytes) -> bytes:
    """What may be kept of a password field: that it is empty, locked or in shadow, else only that there is one."""
    if password[:1] in (b"!", b"*"):
        return password[:1]
    return password if password in (b"", b"x") else b"$"


READER = Reader(
    name="texts",
    version=7,
    wants=(
        "etc/passwd",
        "etc/shadow",
        "etc/group",
        "etc/sudoers",
        "etc/sudoers.d/*",
        "etc/doas.conf",
        "etc/apt/sources.list",
        "etc/apt/sources.list.d/*",
        "etc/apt/apt.conf",
        "etc/apt/apt.conf.d/*",
        "etc/apt/preferences",
        "etc/apt/preferences.d/*",
        "etc/apk/world",
        "etc/apk/repositories",
        "etc/yum.conf",
        "etc/dnf/dnf.conf",
        "etc/yum.repos.d/*.repo",
        "etc/zypp/repos.d/*.repo",
        "var/lib/apt/lists/*Release",
        "etc/ld.so.preload",
        "etc/ld.so.conf",
        "etc/ld.so.conf.d/*.conf",
        "etc/ld-musl-*.path",
        "etc/rc.local",
        "etc/rc.d/rc.local",
        "etc/inittab",
        "etc/crontab",
        "etc/cron.d/*",
        "var/spool/cron/*",
        "var/spool/cron/crontabs/*",
        "var/spool/cron/tabs/*",
        "etc/crontabs/*",
        "**/authorized_keys",
        "**/authorized_keys2",
        "etc/environment",
        "etc/default/locale",
    ),
    record=bytes,
    extract=_extract,
    most_bytes=_MOST_BYTES,
)
