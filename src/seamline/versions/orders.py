"""Which order an ecosystem's versions have. Source: OSV schema 1.7, "Defined ecosystems"."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seamline.versions import apk, bitnami, composer, deb, go, maven, nuget, pep440, rpm, rubygems, semver
from seamline.versions.keys import UnreadableVersion

__all__ = ("ORDERS", "UnreadableVersion", "order_of")

Key = Callable[[str], bytes]

ORDERS: Mapping[str, Key] = {
    "apk": apk.key,
    "bitnami": bitnami.key,
    "composer": composer.key,
    "deb": deb.key,
    "go": go.key,
    "maven": maven.key,
    "nuget": nuget.key,
    "pep440": pep440.key,
    "rpm": rpm.key,
    "rubygems": rubygems.key,
    "semver": semver.key,
}
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
_BY_ECOSYSTEM = {name: order for order, names in _ECOSYSTEMS.items() for name in names}


def order_of(ecosystem: str) -> Key | None:
    """The key of an OSV ecosystem's versions, release or not behind its name; None for one without a known order."""
    order = _BY_ECOSYSTEM.get(ecosystem.partition(":")[0])
    return None if order is None else ORDERS[order]
