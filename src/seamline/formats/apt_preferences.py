"""What makes apt prefer one version of a package to another: pins, and the default release.

Source: apt_preferences(5), apt.conf(5).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.expression import expression
from seamline.formats.apt import numbered_paragraphs
from seamline.formats.untyped import whole

_READ = expression(r"[A-Za-z0-9_.:-]+")
_DEFAULT_PRIORITY = 990
"""What apt gives to the default release."""


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """One pin: the packages as they are written, what is pinned (`version`, `release`, `origin`) by which words, and how much
    it weighs; `line` is the line of its pin, from 1."""

    packages: tuple[str, ...]
    kind: str
    what: str
    priority: int
    line: int


def is_preferences(path: str) -> bool:
    """Whether apt reads a file as one of preferences: no ending, or `.pref`."""
    if path == "etc/apt/preferences":
        return True
    name = path.rpartition("/")[2]
    is_named = _READ.fullmatch(name) is not None and ("." not in name or name.endswith(".pref"))
    return path == f"etc/apt/preferences.d/{name}" and is_named


def parse_preferences(text: str) -> Iterator[Preference]:
    """The pins; paragraphs without a package, a pin and a number are none."""
    for fields, lines in numbered_paragraphs(text):
        lowered = {name.lower(): (value, lines[name]) for name, value in fields.items()}
        packages = lowered.get("package", ("", 0))[0].split()
        pin, line = lowered.get("pin", ("", 0))
        kind, _, what = pin.partition(" ")
        number = lowered.get("pin-priority", ("", 0))[0].split()
        sign, digits = (-1, number[0][1:]) if number and number[0][:1] == "-" else (1, "".join(number[:1]))
        size = whole(digits)
        if packages and kind.lower() in ("version", "release", "origin") and size is not None:
            yield Preference(
                packages=tuple(packages),
                kind=kind.lower(),
                what=what.strip().strip('"'),
                priority=sign * size,
                line=line,
            )


def default_release(name: str, line: int) -> Preference:
    """The pin that `APT::Default-Release "NAME";` stands for."""
    return Preference(
        packages=("*",), kind="release", what=f"a={name}", priority=_DEFAULT_PRIORITY, line=line
    )
