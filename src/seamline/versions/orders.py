"""Which order an ecosystem's versions have. Source: OSV schema 1.7, "Defined ecosystems"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module

from seamline.versions.keys import UnreadableVersion

__all__ = ("ECOSYSTEMS", "ORDERS", "UnreadableVersion", "ecosystem_named", "ecosystem_near", "order_of")

Key = Callable[[str], bytes]

_ECOSYSTEMS = {
    "apk": ("Alpine", "Wolfi", "Chainguard", "Alpaquita", "BellSoft Hardened Containers", "MinimOS"),
    "bitnami": ("Bitnami",),
    "composer": ("Packagist",),
    "deb": ("Debian", "Ubuntu", "Echo"),
    "go": ("Go",),
    "maven": ("Maven",),
    "nuget": ("NuGet",),
    "pep440": ("PyPI",),
    "rpm": (
        "AlmaLinux",
        "Rocky Linux",
        "Red Hat",
        "SUSE",
        "openSUSE",
        "openEuler",
        "Azure Linux",
        "Photon OS",
        "Mageia",
        "Amazon Linux",
    ),
    "rubygems": ("RubyGems",),
    "semver": ("npm", "crates.io", "Hex", "Pub", "SwiftURL"),
}


class _Orders(Mapping[str, Key]):
    """The key of each order's versions. The module of an order is imported when it is first asked for: an image has
    packages of a few, and all of them take 20 ms."""

    def __getitem__(self, order: str) -> Key:
        if order not in _ECOSYSTEMS:
            raise KeyError(order)
        return _key_of(order)

    def __iter__(self) -> Iterator[str]:
        return iter(_ECOSYSTEMS)

    def __len__(self) -> int:
        return len(_ECOSYSTEMS)


@cache
def _key_of(order: str) -> Key:
    key: Key = import_module(f"seamline.versions.{order}").key
    return key


ORDERS: Mapping[str, Key] = _Orders()
_BY_ECOSYSTEM = {name: order for order, names in _ECOSYSTEMS.items() for name in names}
ECOSYSTEMS = tuple(sorted(_BY_ECOSYSTEM, key=str.casefold))
"""The names of OSV's ecosystems whose versions have a known order."""
_ALSO_CALLED = {
    "alma": "AlmaLinux",
    "amazon": "Amazon Linux",
    "azure": "Azure Linux",
    "cargo": "crates.io",
    "composer": "Packagist",
    "crates": "crates.io",
    "gem": "RubyGems",
    "golang": "Go",
    "minimos": "MinimOS",
    "node": "npm",
    "photon": "Photon OS",
    "php": "Packagist",
    "pip": "PyPI",
    "python": "PyPI",
    "rhel": "Red Hat",
    "rocky": "Rocky Linux",
    "ruby": "RubyGems",
    "rust": "crates.io",
}
"""What people and package URLs call them."""


_BETWEEN = str.maketrans("", "", " ._-")


def _folded(text: str) -> str:
    return text.casefold().translate(_BETWEEN)


_BY_FOLDED = _ALSO_CALLED | {_folded(name): name for name in _BY_ECOSYSTEM}


def ecosystem_named(text: str) -> str:
    """The ecosystem that a text means, however it is spelt (red-hat, pypi, golang); empty where it means none."""
    return _BY_FOLDED.get(_folded(text), "")


def ecosystem_near(text: str) -> str:
    """The ecosystem whose spelling is nearest to a text; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only what is misspelt needs it

    near = get_close_matches(_folded(text), _BY_FOLDED, 1, 0.7)
    return _BY_FOLDED[near[0]] if near else ""


def order_of(ecosystem: str) -> Key | None:
    """The key of an OSV ecosystem's versions, release or not behind its name; None for one without a known order."""
    order = _BY_ECOSYSTEM.get(ecosystem.partition(":")[0])
    return None if order is None else ORDERS[order]
