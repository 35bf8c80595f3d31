"""What an image would hold after an action, judged before anything is built: the same matching over other versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from seamline.advisories.match import LookUp, match
from seamline.model.advisory import Advisory, Status
from seamline.model.package import Install
from seamline.model.seam import Inventory

Judge = Callable[[Iterable[Install]], frozenset[tuple[str, str]]]
"""The (flaw, package name) pairs that installs would have."""


def judging(look_up: LookUp, advisory: Callable[[str, str], Advisory | None]) -> Judge:
    """A judge over one index."""

    def flaws(installs: Iterable[Install]) -> frozenset[tuple[str, str]]:
        found = match(installs, look_up, advisory).flaws
        return frozenset(
            (flaw.id, flaw.install.package.name)
            for flaw in found
            if flaw.status not in (Status.WITHDRAWN, Status.NOT_AFFECTED)
        )

    return flaws


def at_version(install: Install, version: str) -> Install:
    """The install with its package at another version; its source's version goes along."""
    package = install.package
    source = _source_version(package.version, package.source_version, version)
    changed = msgspec.structs.replace(package, version=version, source_version=source)
    return msgspec.structs.replace(install, package=changed)


def _source_version(old: str, old_source: str, new: str) -> str:
    """A binary package's version is its source's, at times behind an epoch of its own or before a rebuild's number."""
    if not old_source or old_source == old:
        return new
    if old.endswith(old_source):
        return new.removeprefix(old[: -len(old_source)])
    if old.startswith(old_source):  # 1.2-3+b1 was built again from 1.2-3
        return new.rpartition("+b")[0] or new
    return new


def on_base(installs: Iterable[Install], inventory: Inventory) -> Iterator[Install]:
    """What would stand in the place of a base's `installs` on a base with `inventory`: its packages, told by the likes of
    them in this image."""
    like: dict[str, Install] = {}
    for install in installs:
        package = install.package
        like[f"{package.ecosystem}/{package.name}"] = install
    sources = inventory.sources or ("",) * len(inventory.packages)
    for label, source in zip(inventory.packages, sources, strict=True):
        name, _, version = label.partition("=")
        known = like.get(name)
        made = at_version(known, version) if known is not None else _like_any(like, name, version)
        if made is None:
            continue
        if source:
            source_name, _, source_version = source.partition("=")
            package = msgspec.structs.replace(
                made.package, source_name=source_name, source_version=source_version
            )
            made = msgspec.structs.replace(made, package=package)
        yield made


def _like_any(like: Mapping[str, Install], name: str, version: str) -> Install | None:
    """A package that this image has not: of the same distribution as the others of its kind."""
    ecosystem, _, plain = name.partition("/")
    kin = next((install for key, install in like.items() if key.startswith(f"{ecosystem}/")), None)
    if kin is None:
        return None
    package = msgspec.structs.replace(
        kin.package,
        name=plain,
        version=version,
        source_name="",
        source_version="",
        namespace=kin.package.namespace,
    )
    return msgspec.structs.replace(kin, package=package, owned_by="")
