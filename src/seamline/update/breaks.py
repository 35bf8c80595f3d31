"""What a newer base would break: C library, TLS, interpreters in another major version, or gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from seamline.expression import expression
from seamline.model.seam import Inventory
from seamline.model.update import Breaking

_WATCHED = (
    ("glibc", ("deb/libc6", "rpm/glibc"), 2),
    ("musl", ("apk/musl",), 2),
    ("OpenSSL", ("deb/libssl3", "deb/libssl3t64", "deb/libssl1.1", "rpm/openssl-libs", "apk/libssl3", "apk/libcrypto3", "apk/libssl1.1"), 2),
    ("Python", ("deb/python3", "rpm/python3", "apk/python3", "generic/python"), 2),
    ("Perl", ("deb/perl-base", "rpm/perl-interpreter", "apk/perl", "generic/perl"), 2),
    ("Node", ("deb/nodejs", "rpm/nodejs", "apk/nodejs", "generic/node"), 1),
    ("PHP", ("deb/php-common", "rpm/php-common", "generic/php"), 2),
    ("Ruby", ("deb/ruby", "rpm/ruby", "apk/ruby", "generic/ruby"), 2),
    ("Java", ("deb/default-jre-headless", "generic/java"), 1),
    ("GCC runtime", ("deb/libstdc++6", "rpm/libstdc++", "apk/libstdc++"), 1),
)  # fmt: skip
_EPOCH = expression(r"^\d+:")


def breaks(stratum: str, now: Inventory, then: Inventory) -> Iterator[Breaking]:
    """What changes its major version, or is no longer there, between two bases."""
    before, after = _versions(now), _versions(then)
    for name, labels, parts in _WATCHED:
        old, new = _first(before, labels), _first(after, labels)
        if old and major(old, parts) != major(new, parts):
            yield Breaking(name=name, stratum=stratum, now=old, then=new)


def major(version: str, parts: int) -> str:
    """The first `parts` numbers of a version without its epoch: `2.41` of `2.41-12+deb13u1`."""
    numbers = re.findall(r"\d+", _EPOCH.sub("", version))
    return ".".join(numbers[:parts])


def _versions(inventory: Inventory) -> Mapping[str, str]:
    return dict(label.partition("=")[::2] for label in inventory.packages)


def _first(versions: Mapping[str, str], labels: tuple[str, ...]) -> str:
    return next((versions[label] for label in labels if label in versions), "")
