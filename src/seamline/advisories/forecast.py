"""What an image would hold after an action, judged before anything is built: the same matching over other versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from seamline.advisories.keys import Names, Numbered, with_version
from seamline.advisories.match import Matcher
from seamline.advisories.verdict import Flaw
from seamline.model.advisory import Status
from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.model.seam import Inventory
from seamline.versions.orders import ORDERS, UnreadableVersion

Judge = Callable[[Iterable[Install]], Mapping[str, Flaw]]
"""The findings that installs would have: key -> flaw."""

_NO_FINDING = (Status.WITHDRAWN, Status.NOT_AFFECTED)


def judging(matcher: Matcher, names: Names | None = None) -> Judge:
    """A judge over one index. What is foretold for an image goes by the `names` of its installs as they are now; what is looked
    at afresh by its own."""

    def findings(installs: Iterable[Install]) -> Mapping[str, Flaw]:
        given = tuple(installs)
        called, numbered = names or Names(given), Numbered()
        found: dict[str, Flaw] = {}
        last: Install | None = None
        name = ""
        for flaw in matcher(given).flaws:
            if flaw.install is not last:
                last, name = flaw.install, called.of(flaw.install)
            if flaw.status not in _NO_FINDING:
                found[numbered.key(flaw.id, name)] = flaw
        return found

    return findings


def at_version(install: Install, version: str) -> Install:
    """The install with its package at another version; its source's version and the names of its files go along."""
    package = install.package
    source = _source_version(package.version, package.source_version, version)
    changed = msgspec.structs.replace(package, version=version, source_version=source)
    if install.package.is_distributed or not package.version:
        return msgspec.structs.replace(install, package=changed)
    return msgspec.structs.replace(
        install,
        package=changed,
        proofs=tuple(
            with_version(proof.decode("utf-8", "surrogateescape"), package.version, version).encode(
                "utf-8", "surrogateescape"
            )
            for proof in install.proofs
        ),
        inside=with_version(install.inside, package.version, version),
    )


def _source_version(old: str, old_source: str, new: str) -> str:
    """A binary package's version is its source's, at times behind an epoch of its own or before a rebuild's number."""
    if not old_source or old_source == old:
        return new if old_source else ""
    if old.endswith(old_source):
        return new.removeprefix(old[: -len(old_source)])
    if old.startswith(old_source):  # 1.2-3+b1 was built again from 1.2-3
        return new.rpartition("+b")[0] or new
    return new


def on_base(installs: Iterable[Install], inventory: Inventory) -> Iterator[Install]:
    """What would stand in the place of a base's `installs` on a base with `inventory`. An inventory that does not tell its
    installs one by one is read by its packages, told by the likes of them in this image."""
    if inventory.installs or not inventory.packages:
        yield from inventory.each_install()
        return
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


def slot(install: Install) -> tuple[str, str, str, bytes]:
    """What one distribution package at most stands in: a new version takes the place of an old one."""
    package = install.package
    return (package.ecosystem, package.name, package.architecture, install.root)


def not_older(install: Install, than: Install) -> bool:
    """Whether a distribution package is at least as new as another of its name; False where that cannot be told."""
    order = ORDERS.get(install.package.ecosystem)
    try:
        return order is not None and order(install.package.version) >= order(than.package.version)
    except UnreadableVersion:
        return install.package.version == than.package.version


def built_again(
    below: Iterable[Install], above: Iterable[Install], fixed: Mapping[str, str]
) -> Iterator[Install]:
    """What an image holds once its build steps ran again over `below`: the steps ask the distribution for its newest
    packages, which are at least those in `fixed` (install key -> version); all else of `above` stays as it was."""
    base = list(below)
    there: dict[object, Install] = {}
    for each in base:
        other = there.get(slot(each))
        if each.package.is_distributed and (other is None or not_older(each, other)):
            there[slot(each)] = each
    replaced: set[object] = set()
    kept: list[Install] = []
    for each in above:
        if not each.package.is_distributed:
            kept.append(each)
            continue
        version = fixed.get(install_key(each))
        made = at_version(each, version) if version is not None else each
        other = there.get(slot(each))
        if other is None or not not_older(other, made):
            replaced.add(slot(each))
            kept.append(made)
    yield from (each for each in base if slot(each) not in replaced or not each.package.is_distributed)
    yield from kept
