"""pacman's local database: a folder a package, with `desc` and `files`.

Source: libalpm, be_local.c: sections `%NAME%`, a value a line, an empty line after each.
"""

from __future__ import annotations

import msgspec

from seamline.expression import expression

_NAME = expression(r"[^<>=:\s]+")


class PacmanPackage(msgspec.Struct, frozen=True):
    """One package. `base` is what it was built from; `depends` and `provides` are names without versions."""

    name: str
    version: str
    base: str = ""
    architecture: str = ""
    licenses: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()


def _sections(data: bytes) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for block in data.decode("utf-8", "surrogateescape").split("\n\n"):
        lines = block.strip("\n").split("\n")
        if lines[0].startswith("%") and lines[0].endswith("%"):
            found.setdefault(lines[0].strip("%"), tuple(line for line in lines[1:] if line))
    return found


def parse_desc(data: bytes) -> PacmanPackage | None:
    """The package that a `desc` describes, None where it has no name or version."""
    sections = _sections(data)

    def first(name: str) -> str:
        return next(iter(sections.get(name, ())), "")

    def names(name: str) -> tuple[str, ...]:
        return tuple(match[0] for text in sections.get(name, ()) if (match := _NAME.match(text)))

    if not first("NAME") or not first("VERSION"):
        return None
    return PacmanPackage(
        name=first("NAME"),
        version=first("VERSION"),
        base=first("BASE"),
        architecture=first("ARCH"),
        licenses=sections.get("LICENSE", ()),
        depends=names("DEPENDS"),
        provides=names("PROVIDES"),
    )


def parse_files(data: bytes) -> tuple[bytes, ...]:
    """The paths that a `files` lists, folders left out."""
    paths = _sections(data).get("FILES", ())
    return tuple(path.encode("utf-8", "surrogateescape") for path in paths if not path.endswith("/"))
