"""The advisory database in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.model.advisory import EcosystemState, LookupLine, Manifest
from seamline.render.layout import count, megabytes, plain, table
from seamline.render.words import word

_NO_ECOSYSTEMS = ("imported", "interpreters", "weather")

_HEADS = ("ecosystem", "advisories", "packages", "newest", "fetched", "age", "mb")


def part_name(name: str, language: str) -> str:
    """A part of the database as users call it: an ecosystem by its name, what lies beside by what it is."""
    return word(f"part-{name}", language) if name in _NO_ECOSYSTEMS else plain(name)


def write_status(manifest: Manifest, rows: Sequence[tuple[EcosystemState, int | None]], language: str) -> str:
    """A line an ecosystem with its age in days (None for what was fetched after the moment that ages count to), ending in a
    newline."""
    if not rows:
        return word("database-none", language) + "\n"
    lines = [[word(f"column-{name}", language) for name in _HEADS]]
    lines += [
        [
            part_name(state.ecosystem, language),
            count(state.advisories),
            count(state.packages),
            state.newest or "-",
            state.fetched[:16].replace("T", " "),
            word("fetched-ahead", language) if age is None else word("days", language, days=age),
            megabytes(state.size_bytes),
        ]
        for state, age in rows
    ]
    told = "\n".join(table(lines, align="lrrllrr"))
    return f"{told}\n" + (word("database-starter", language) + "\n" if manifest.kind == "starter" else "")


def write_lookup(found: Sequence[LookupLine], language: str, *, is_judged: bool = True) -> str:
    """A line an advisory, ending in a newline; that none is known is said only where somebody could know."""
    if not found:
        return word("nothing-known" if is_judged else "nothing-judged", language) + "\n"
    rows = [
        [
            plain(f.id),
            word(f"severity-{f.severity}", language),
            plain(f.ecosystem),
            plain(f.package),
            plain(", ".join(f.fixed_in))
            or (word(f"status-{f.status.replace(' ', '-')}", language) if f.status else ""),
            plain(f.summary),
        ]
        for f in found
    ]
    return "\n".join(table(rows, align="llllll", most=(28, 10, 18, 24, 30, 70))) + "\n"
