"""What packages say of one another: Depends, Provides, Conflicts, Breaks. Source: Debian Policy 7.1."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from seamline.expression import expression
from seamline.versions import deb

_ATOM = expression(
    r"([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^)\s]+)\s*\))?"
)


class Atom(NamedTuple):
    """One package, perhaps of certain versions only."""

    name: str
    operator: str = ""
    version: str = ""

    def admits(self, version: str) -> bool:
        """Whether this version will do."""
        if not self.operator:
            return True
        mine, wanted = deb.key(version), deb.key(self.version)
        return {
            "<<": mine < wanted,
            "<=": mine <= wanted,
            "<": mine <= wanted,
            "=": mine == wanted,
            ">=": mine >= wanted,
            ">": mine >= wanted,
            ">>": mine > wanted,
        }[self.operator]

    def __str__(self) -> str:
        return f"{self.name} ({self.operator} {self.version})" if self.operator else self.name


@lru_cache(maxsize=16384)
def parse_relation(text: str) -> tuple[tuple[Atom, ...], ...]:
    """A field's parts, each with its alternatives; what cannot be read is left out."""
    parts = []
    for part in text.split(","):
        atoms = (_ATOM.match(alternative.strip()) for alternative in part.split("|"))
        alternatives = tuple(Atom(m[1], m[3] or "", m[4] or "") for m in atoms if m)
        if alternatives:
            parts.append(alternatives)
    return tuple(parts)
