"""The variables that programs in a scripting language and templates read: of scripts by their first line, of others by the
names that start files usually have."""

from __future__ import annotations

from seamline.catalog.reader import SCRIPT, Content, Reader
from seamline.expression import expression
from seamline.formats.program_variables import variables_of
from seamline.model.entry import Entry
from seamline.model.limits import Limits

_MOST_BYTES = 4 << 20
_MOST_TEXT_BYTES = 256 << 10
_ENDS = {b"py": "python", b"js": "node", b"mjs": "node", b"cjs": "node", b"rb": "ruby", b"ru": "ruby", b"template": "template", b"tmpl": "template", b"envsubst": "template"}  # fmt: skip
_PROGRAMS = expression(rb"(python|node|ruby)(?:js)?[\d.]*$")
_STARTS = (
    "app",
    "main",
    "server",
    "wsgi",
    "asgi",
    "manage",
    "run",
    "settings",
    "config",
    "__main__",
    "gunicorn.conf",
)


def _extract(entry: Entry, content: Content, limits: Limits) -> list[tuple[str, int]] | None:  # noqa: ARG001 - shape of extract
    data = content.stream().read(_MOST_TEXT_BYTES)
    language = _language(entry.path, data)
    found = list(variables_of(data.decode("utf-8", "replace"), language)) if language else []
    return found or None


def _language(path: bytes, data: bytes) -> str:
    """By the end of its name, else by what its first line starts; empty for a shell's, which are read elsewhere."""
    end = _ENDS.get(path.rpartition(b"/")[2].rpartition(b".")[2], "")
    if end or not data.startswith(b"#!"):
        return end
    words = data[2:].partition(b"\n")[0].split()
    program = (
        _PROGRAMS.search(words[-1] if words and words[0].endswith(b"/env") else words[0]) if words else None
    )
    return program[1].decode() if program else ""


READER = Reader(
    name="reads",
    version=1,
    wants=(
        SCRIPT,
        *(f"**/*.{end}" for end in ("template", "tmpl", "envsubst")),
        *(f"**/{name}.{end}" for name in _STARTS for end in ("py", "js", "rb")),
        "**/config.ru",
    ),
    record=list[tuple[str, int]],
    extract=_extract,
    most_bytes=_MOST_BYTES,
)
