"""What names a finding through rebuilds: the flaw, the package and its place, without any version, layer, digest, side or
severity.

Installs of one image may share such a name. What tells them apart and lasts through rebuilds too joins the name: an architecture
that is not the image's own, and where a package stands in the folders of several interpreters all of those but the first. Where only versions tell them apart (two kernels, two jars
in one folder, an SBOM without paths) the second finding of one flaw is numbered, the newest version first: how often a flaw
is there is what lasts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import msgspec

from seamline.expression import expression
from seamline.model.entry import path_text
from seamline.model.package import Install, Package
from seamline.model.purl import install_key, purl_of
from seamline.versions.orders import ORDERS, UnreadableVersion, ecosystem_named, order_of

_KEY_BYTES = 10
_ANY_MACHINE = ("", "all", "any", "noarch")
_INTERPRETER = expression(r"\b(python|ruby|perl|node)[-/]?\d+(\.\d+)*\b")


def key_of(cause: str, name: str) -> str:
    """The key of a flaw of an install by its lasting name."""
    text = f"package\0{cause}\0{name}"
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=_KEY_BYTES).hexdigest()


def named_key(cause: str, name: str) -> str:
    """What names a finding that is no package's."""
    return blake2b(f"{cause}\0{name}".encode("utf-8", "backslashreplace"), digest_size=_KEY_BYTES).hexdigest()


def lasting_name(install: Install) -> str:
    """An install's package and place without any version."""
    place = _INTERPRETER.sub(r"\1", _place(install))
    return f"{_identity(install)}\0{place}"


def _identity(install: Install) -> str:
    return purl_of(msgspec.structs.replace(install.package, version="")).partition("?")[0]


def _place(install: Install) -> str:
    """Where it is, without the version of the package itself."""
    if install.package.is_distributed:
        return path_text(install.root)
    path = path_text(install.proofs[0]) if install.proofs else ""
    return with_version(path + (f"!{install.inside}" if install.inside else ""), install.package.version, "*")


def with_version(path: str, old: str, new: str) -> str:
    """A path with one version for another, wherever the old one stands by itself."""
    if not old or old not in path:
        return path
    return re.sub(rf"(?<![0-9A-Za-z.]){re.escape(old)}(?![0-9A-Za-z])", lambda _: new, path)


_Kin = tuple[str, str, str]
_AT = itemgetter(0)


def _kin(package: Package) -> _Kin:
    return package.ecosystem, package.namespace, package.name


class Names:
    """The lasting names of the installs of one image."""

    def __init__(self, installs: Iterable[Install]) -> None:
        self._kin: dict[_Kin, list[Install]] = {}
        self._by_name: dict[_Kin, dict[str, list[tuple[int, Install]]]] = {}
        machines: Counter[str] = Counter()
        for each in installs:
            package = each.package
            self._kin.setdefault(_kin(package), []).append(each)
            if each.package.is_distributed and package.architecture not in _ANY_MACHINE:
                machines[package.architecture] += 1
        self._machine = min(machines, key=lambda each: (-machines[each], "64" not in each, each), default="")
        self._first = dict(_firsts(each for each in self._kin.values() if len(each) > 1))

    def of(self, install: Install) -> str:
        """The name of an install; a package of another architecture than the image's says so."""
        name = lasting_name(install)
        if install.package.is_distributed:
            machine = install.package.architecture
            return name if machine in _ANY_MACHINE or machine == self._machine else f"{name}\0{machine}"
        place = _place(install)
        return name if self._first.get(name, place) == place else f"{name}\0{place}"

    def has_kin(self, install: Install) -> bool:
        """Whether its package is installed more than once."""
        return len(self._kin.get(_kin(install.package), ())) > 1

    def namesakes(self, installs: Iterable[Install]) -> tuple[Install, ...]:
        """The installs of this image whose lasting names are like those of others, in any version."""
        wanted: dict[_Kin, set[str]] = {}
        for each in installs:
            wanted.setdefault(_kin(each.package), set()).add(lasting_name(each))
        return tuple(each for kin, names in wanted.items() for each in self._called(kin, names))

    def _called(self, kin: _Kin, names: Iterable[str]) -> Iterator[Install]:
        """The installs of a package by these names, in their order; what the package's installs are called is found out once."""
        by_name = self._by_name.get(kin)
        if by_name is None:
            by_name = self._by_name[kin] = {}
            for at, each in enumerate(self._kin.get(kin, ())):
                by_name.setdefault(lasting_name(each), []).append((at, each))
        groups = [by_name[name] for name in names if name in by_name]
        return (each for _, each in (groups[0] if len(groups) == 1 else sorted(chain(*groups), key=_AT)))


def _firsts(kin: Iterable[Iterable[Install]]) -> Iterable[tuple[str, str]]:
    """Each name that several installs share, and the first of their places."""
    for installs in kin:
        places: dict[str, list[str]] = {}
        for each in installs:
            places.setdefault(lasting_name(each), []).append(_place(each))
        yield from ((name, min(sharing)) for name, sharing in places.items())


def numbered_name(name: str, number: int) -> str:
    """What the second and later findings of a flaw by one name are called."""
    return name if number == 1 else f"{name}\0{number}"


def newest_first(installs: Iterable[Install]) -> list[Install]:
    """The installs, those of one package in the order that their findings are numbered in: whoever reads an image, and however
    an act changed it, the newest comes first."""
    found = list(installs)
    kin: dict[_Kin, list[int]] = {}
    for at, each in enumerate(found):
        kin.setdefault(_kin(each.package), []).append(at)
    for places in kin.values():
        if len(places) > 1:
            ordered = sorted((found[at] for at in places), key=install_key)
            ordered.sort(key=_version_key, reverse=True)  # stable: of one version the first by its key
            for at, each in zip(places, ordered, strict=True):
                found[at] = each
    return found


def _version_key(install: Install) -> bytes:
    """What sorts versions of one package; those that are none of its ecosystem come before all others."""
    kind = install.package.ecosystem
    order = ORDERS.get(kind) or order_of(ecosystem_named(kind))
    try:
        return b"\1" + order(install.package.version) if order is not None else b""
    except UnreadableVersion:
        return b"\0" + install.package.version.encode("utf-8", "backslashreplace")


class NumberedKey(NamedTuple):
    """A finding's key, and its number among those of one flaw by one name; `series` is the key of the first of them."""

    key: str
    series: str
    number: int


class Numbered:
    """The keys of one image's findings, none twice. A flaw that installs of one name share has as many keys as installs."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def key(self, cause: str, name: str) -> str:
        """The key of the next finding of a flaw by this name."""
        return self.next(cause, name).key

    def next(self, cause: str, name: str) -> NumberedKey:
        """The same with its number."""
        first = key_of(cause, name)
        number = self._times[first] = self._times.get(first, 0) + 1
        return NumberedKey(
            first if number == 1 else key_of(cause, numbered_name(name, number)), first, number
        )
