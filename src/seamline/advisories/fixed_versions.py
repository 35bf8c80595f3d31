"""The versions that fix the flaws of a package, in its order."""

from __future__ import annotations

from collections.abc import Iterable

from seamline.model.finding import Finding
from seamline.versions.orders import UnreadableVersion, order_of


def fixes_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Every version that fixes any of the flaws of one package, lowest first. All lie above what is installed, for only ranges
    that hold it were found."""
    found = list(findings)
    return in_order(found[0].ecosystem, {text for each in found for text in each.fixed_in}) if found else ()


def in_order(ecosystem: str, versions: Iterable[str]) -> tuple[str, ...]:
    """The versions that can be read, lowest first."""
    order, keys = order_of(ecosystem), dict[str, bytes]()
    for text in versions if order is not None else ():
        try:
            keys[text] = order(text) if order is not None else b""
        except UnreadableVersion:
            continue
    return tuple(sorted(keys, key=lambda text: (keys[text], text)))
