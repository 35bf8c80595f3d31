"""What the ledger should remember of an image that is a base. Pure: the day and the names come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.model.entry import Entry, Kind
from seamline.model.image import Digest, Image
from seamline.model.package import Install
from seamline.model.seam import Base, Inventory, package_label, path_key, place_key
from seamline.tree.tree import Tree

_CLEANED = (b"var/cache/", b"var/log/", b"var/lib/apt/lists/", b"tmp/", b"run/", b"root/.cache/")


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
    """What an image holds, as the ledger keeps it: 12 bytes a path and about as much a package once compressed."""
    entries = list(tree.entries())
    lasting = {path_key(entry) for entry in entries if _lasts(entry)}
    packages = {package_label(install): _source_label(install) for install in installs}
    return Inventory(
        packages=tuple(sorted(packages)),
        sources=tuple(packages[label] for label in sorted(packages)),
        contents=b"".join(sorted(place_key(entry) for entry in entries)),
        paths=b"".join(sorted(lasting)),
    )


def _source_label(install: Install) -> str:
    package = install.package
    if not package.source_name:
        return ""
    version = package.source_version or package.version
    same = (package.source_name, version) == (package.name, package.version)
    return "" if same else f"{package.source_name}={version}"


def _lasts(entry: Entry) -> bool:
    """Whether a build leaves such a path alone: caches and logs are what Dockerfiles clean away."""
    return entry.kind != Kind.DIRECTORY and not entry.path.startswith(_CLEANED)
