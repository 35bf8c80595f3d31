"""Ranges of versions as `vers` writes them: `vers:deb/>=1.0|<2.0`.

Source: VERS, "Version range specifier" (package-url), which CycloneDX (`affects[].versions[].range`) and CSAF
(`product_version_range`) use.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from urllib.parse import unquote

from seamline.versions.keys import UnreadableVersion
from seamline.versions.orders import ORDERS

_ORDERS = {  # a purl's type -> the order of its versions
    "apk": "apk",
    "bitnami": "bitnami",
    "cargo": "semver",
    "composer": "composer",
    "deb": "deb",
    "gem": "rubygems",
    "golang": "go",
    "maven": "maven",
    "npm": "semver",
    "nuget": "nuget",
    "pypi": "pep440",
    "rpm": "rpm",
}
_COMPARATORS = (">=", "<=", "!=", "<", ">", "=")
_ALSO = {"alpine": "apk", "debian": "deb", "go": "golang", "semver": ""}
"""Types that others write; a `semver` range is compared as its package's own versions are."""


@lru_cache(maxsize=4096)
def is_within(version: str, text: str, kind: str) -> bool:
    """Whether a version of a package, whose purl is of `kind`, lies in the range. False where that cannot be told: another
    kind's range, no range at all, a version that its ecosystem does not know."""
    scheme, _, rest = text.partition(":")
    named, slash, constraints = rest.partition("/")
    named = _ALSO.get(named, named) or kind
    order = _ORDERS.get(kind)
    if scheme != "vers" or not slash or order is None or named not in (kind, "generic"):
        return False
    if constraints.strip() == "*":
        return True
    try:
        own = ORDERS[order](version)
        bounds = sorted(
            ((ORDERS[order](unquote(bound)), comparator) for comparator, bound in _split(constraints)),
            key=lambda each: each[0],
        )
    except UnreadableVersion:
        return False
    return _lies(own, bounds)


def _split(constraints: str) -> list[tuple[str, str]]:
    """Each comparator with its version; none is `=`."""
    found = []
    for each in filter(None, (part.strip() for part in constraints.split("|"))):
        comparator = next((one for one in _COMPARATORS if each.startswith(one)), "")
        found.append((comparator or "=", each[len(comparator) :].strip()))
    return found


def _lies(own: bytes, bounds: list[tuple[bytes, str]]) -> bool:
    """Source: VERS, "Checking if a version is contained within a range"."""
    for bound, comparator in bounds:
        if own == bound and comparator in ("=", "<=", ">=", "!="):
            return comparator != "!="
    ranged = [(bound, comparator) for bound, comparator in bounds if comparator not in ("=", "!=")]
    if not ranged:
        return False
    first, last = ranged[0], ranged[-1]
    if first[1][0] == "<" and own < first[0]:
        return True
    if last[1][0] == ">" and own > last[0]:
        return True
    return any(
        low[1][0] == ">" and high[1][0] == "<" and low[0] < own < high[0] for low, high in pairwise(ranged)
    )
