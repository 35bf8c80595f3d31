"""Scripts: what starts them, and the text of those that a shell reads, for the verbs that judge how an image starts."""

from __future__ import annotations

import msgspec

from seamline.catalog.reader import SCRIPT, Content, Reader
from seamline.model.entry import Entry
from seamline.model.limits import Limits

_MOST_BYTES = 4 << 20
_MOST_TEXT_BYTES = 64 << 10
_SHELLS = frozenset((b"sh", b"bash", b"dash", b"ash", b"ksh", b"zsh", b"busybox"))


class Script(msgspec.Struct, frozen=True, omit_defaults=True):
    """One script. `interpreter` is the first line's path, `argument` what follows it (`/usr/bin/env`, `python3`); empty in a
    file named `*.sh` whose first line says none, so that it can be sourced but not executed;
    `text` is kept for shell scripts alone, at most 64 KiB of it, and without the secrets in it."""

    interpreter: bytes
    argument: bytes = b""
    text: bytes = b""


def _extract(entry: Entry, content: Content, limits: Limits) -> Script | None:  # noqa: ARG001 - shape of extract
    data = content.stream().read(_MOST_TEXT_BYTES)
    if not data.startswith(b"#!"):
        return _unmarked(entry, data) if entry.path.endswith(b".sh") else None
    # a carriage return at the end of the line is part of the name that the kernel looks for
    line = data[2:].partition(b"\n")[0].strip(b" \t").replace(b"\t", b" ")
    first, _, argument = line.partition(b" ")
    name = (argument.split() or [b""])[-1] if first.endswith(b"/env") else first
    is_shell = name.rpartition(b"/")[2].rstrip(b"\r") in _SHELLS
    if not is_shell:
        return Script(first[:256], argument.strip(b" ")[:256], b"")
    return Script(first[:256], argument.strip(b" ")[:256], _text(entry, data))


def _unmarked(entry: Entry, data: bytes) -> Script | None:
    """Shell text without a first line for the kernel; a program may be called `*.sh` too."""
    return None if data.startswith(b"\x7fELF") else Script(b"", text=_text(entry, data))


def _text(entry: Entry, data: bytes) -> bytes:
    from seamline.catalog.secrets import without_secrets  # noqa: PLC0415 - 55 ms that no warm scan needs

    return without_secrets(data, entry.path)


READER = Reader(
    name="scripts",
    version=4,
    wants=(SCRIPT, "**/*.sh"),
    record=Script,
    extract=_extract,
    most_bytes=_MOST_BYTES,
)
