"""Known bases in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from seamline.model.seam import Base
from seamline.render.layout import plain, table
from seamline.render.words import word

_COLUMNS = ("name", "created", "platform", "layers", "owner", "digest")


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


def write_bases_shown(bases: Sequence[Base], language: str) -> str:
    """A paragraph a base: every name, digest and layer, and what is known of its content."""
    return "\n".join(_shown(base, language) for base in bases)


def _shown(base: Base, language: str) -> str:
    held = base.inventory
    content = (
        word("base-unstudied", language)
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
