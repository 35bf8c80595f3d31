"""What the ledger should remember of an image that is a base. Pure: the day and the names come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.model.image import Digest, Image
from seamline.model.package import Install
from seamline.model.seam import Base, Inventory, package_label, place_key
from seamline.tree.tree import Tree


def base_of(
    image: Image,
    diff_ids: Sequence[Digest],
    *,
    names: Sequence[str],
    team: str,
    day: str,
    inventory: Inventory | None,
) -> Base:
    """The base that `image` is. `names` are full references, `day` is today (2026-01-31)."""
    return Base(
        names=tuple(names),
        diff_ids=tuple(diff_ids),
        digest=image.digest,
        index_digest=image.index_digest,
        platform=str(image.platform),
        created=image.config.created,
        config=image.config,
        line=names[0] if names else "",
        team=team,
        first_seen=day,
        last_seen=day,
        inventory=inventory,
    )


def inventory_of(tree: Tree, installs: Iterable[Install]) -> Inventory:
    """What an image holds, as the ledger keeps it: about 25 bytes a path or package once compressed."""
    return Inventory(
        packages=tuple(sorted({package_label(install) for install in installs})),
        contents=b"".join(sorted(place_key(entry) for entry in tree.entries())),
    )
