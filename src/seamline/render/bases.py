"""Known bases in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from seamline.model.seam import Base, short_name
from seamline.render.layout import packed, plain, table
from seamline.render.words import word

_COLUMNS = ("name", "created", "platform", "layers", "owner", "digest")
_WIDTH = 78


def write_base_list(bases: Sequence[Base], language: str) -> str:
    """A row a base."""
    rows = [
        (
            plain(base.reference),
            base.created[:10],
            base.platform,
            str(len(base.diff_ids)),
            plain(base.team) or "-",
            (base.digest or "-")[:19],
        )
        for base in bases
    ]
    heads = tuple(word(f"base-{name}", language) for name in _COLUMNS)
    return "\n".join(table([heads, *rows], align="lllrll")) + "\n"


def write_own_bases(bases: Sequence[Base], language: str) -> str:
    """A row a base of the user's own ledger, or how to add the first."""
    return write_base_list(bases, language) if bases else word("no-own-bases", language) + "\n"


def write_bases_counted(bases: Sequence[Base], language: str) -> str:
    """How many official bases come along, by repository, and how to see them; nothing for none."""
    if not bases:
        return ""
    counted = Counter(short_name(base.repository) for base in bases)
    parts = ", ".join(f"{name} {number}" for name, number in sorted(counted.items()))
    lines = packed(parts.replace(", ", ",\n").split("\n"), " ", _WIDTH)
    head = word("bases-come-along", language, number=len(bases))
    return "\n".join(["", head, *(f"  {line}" for line in lines)]) + "\n"


def write_bases_shown(bases: Sequence[Base], language: str) -> str:
    """A paragraph a base: every name, digest and layer, and what is known of its content."""
    return "\n".join(_shown(base, language) for base in bases)


def _shown(base: Base, language: str) -> str:
    held = base.inventory
    content = (
        word("base-unstudied", language, name=base.reference)
        if held is None
        else word("base-studied", language, packages=len(held.packages), paths=len(held.contents) // 8)
    )
    rows = [
        ("base-name", ", ".join(base.names)),
        ("base-digest", base.digest or "-"),
        ("base-index", base.index_digest or ""),
        ("base-platform", base.platform),
        ("base-created", base.created),
        ("base-owner", base.team),
        ("base-seen", f"{base.first_seen} .. {base.last_seen}" if base.first_seen else ""),
        ("base-layers", ", ".join(base.diff_ids)),
        ("base-content", content),
    ]
    return (
        "\n".join(table([(word(name, language), plain(text)) for name, text in rows if text], align="ll"))
        + "\n"
    )
