"""What the ledger should remember of an image that is a base. Pure: the day and the names come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.model.entry import DIRECTORY, Entry
from seamline.model.image import Digest, Image
from seamline.model.package import Distribution, Install
from seamline.model.seam import Base, Held, Inventory, package_label, path_key, place_key
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
    entries, installs = list(tree.entries()), list(installs)
    lasting = {path_key(entry) for entry in entries if _lasts(entry)}
    packages = {package_label(install): _source_label(install) for install in installs}
    distributions = list(
        dict.fromkeys(each.package.distribution for each in installs if each.package.distribution)
    )
    return Inventory(
        installs=tuple(sorted((_held(each, distributions) for each in installs), key=_place_in_order)),
        distributions=tuple(distributions),
        packages=tuple(sorted(packages)),
        sources=tuple(packages[label] for label in sorted(packages)),
        contents=b"".join(sorted(place_key(entry) for entry in entries)),
        paths=b"".join(sorted(lasting)),
    )


def _held(install: Install, distributions: Sequence[Distribution]) -> Held:
    package = install.package
    return Held(
        ecosystem=package.ecosystem,
        name=package.name,
        version=package.version,
        namespace=package.namespace,
        architecture=package.architecture,
        source=package.source_name,
        source_version=package.source_version,
        path=install.proofs[0] if install.proofs else b"",
        inside=install.inside,
        root=install.root,
        owned_by=install.owned_by,
        supplier=install.supplier,
        modularity=package.modularity,
        distribution=distributions.index(package.distribution) if package.distribution is not None else -1,
    )


def _place_in_order(held: Held) -> tuple[str, str, str, str, bytes, str]:
    return (held.ecosystem, held.name, held.version, held.architecture, held.path, held.inside)


def _source_label(install: Install) -> str:
    package = install.package
    if not package.source_name:
        return ""
    version = package.source_version or package.version
    same = (package.source_name, version) == (package.name, package.version)
    return "" if same else f"{package.source_name}={version}"


def _lasts(entry: Entry) -> bool:
    """Whether a build leaves such a path alone: caches and logs are what Dockerfiles clean away."""
    return entry.kind != DIRECTORY and not entry.path.startswith(_CLEANED)
