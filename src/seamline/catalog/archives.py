"""Whose archive a distribution package came from, when it is not the distribution's own.

A table, one row an archive: how its packages sign themselves. The name is what reports show and what decides that
the distribution's advisories do not apply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from seamline.expression import expression
from seamline.formats.dpkg import DpkgPackage
from seamline.model.package import Distribution


class Archive(msgspec.Struct, frozen=True):
    """One third-party archive: what stands in its maintainers' names, and a pattern of its versions; either tells."""

    name: str
    signs: tuple[str, ...]
    version: str = ""


DEBIAN_ARCHIVES = (
    Archive("nginx.org", ("NGINX Packaging", "nginx-packaging@f5.com", "@nginx.com", "@nginx.org")),
    Archive("PGDG", (), r"\.pgdg\d"),
    Archive("NodeSource", ("@nodesource.com",), r"nodesource"),
    Archive("Docker", ("@docker.com", "Docker <support@docker")),
    Archive("Microsoft", ("@microsoft.com", "Microsoft")),
    Archive("Google", ("@google.com", "Google LLC", "Chrome Linux Team")),
    Archive("HashiCorp", ("@hashicorp.com",)),
    Archive("Elastic", ("@elastic.co",)),
    Archive("MongoDB", ("@mongodb.com", "MongoDB Packaging")),
    Archive("MySQL", ("MySQL Release Engineering",)),
    Archive("MariaDB", ("@mariadb.org", "MariaDB Developers <"), r"\+maria~"),
    Archive("Redis", ("@redis.com", "@redis.io", "Redis Packaging"), r"rl\d~"),
    Archive("sury.org", (), r"\+deb\.sury\.org"),
    Archive("deb-multimedia", ("@deb-multimedia.org",), r"-dmo\d"),
    Archive("GitLab", ("@gitlab.com",)),
    Archive("Grafana", ("@grafana.com",)),
    Archive("Kubernetes", ("Kubernetes Authors",)),
    Archive("Caddy", ("@caddyserver.com",)),
    Archive("Adoptium", ("Eclipse Adoptium", "temurin-dev@eclipse.org")),
    Archive("Varnish", ("@varnish-software.com",)),
)
# all of them at once: they say no to nearly every package, and then no row is tried
_SIGNS = tuple(sign for row in DEBIAN_ARCHIVES for sign in row.signs)
_A_VERSION = expression("|".join(row.version for row in DEBIAN_ARCHIVES if row.version))


def debian_supplier(package: DpkgPackage, distribution: Distribution | None) -> str:
    """The third-party archive that built `package`; empty for the distribution's own packages."""
    if distribution is not None and distribution.id == "ubuntu" and "@lists.ubuntu.com" in package.maintainer:
        return ""
    if not _signed(_SIGNS, package) and not _A_VERSION.search(package.version):
        return ""
    return next(row.name for row in DEBIAN_ARCHIVES if _built(row, package))


def _signed(signs: Sequence[str], package: DpkgPackage) -> bool:
    return any(sign in package.maintainer for sign in signs)


def _built(row: Archive, package: DpkgPackage) -> bool:
    return _signed(row.signs, package) or (
        bool(row.version) and re.search(row.version, package.version) is not None
    )


RPM_VENDORS = (
    # how third-party archives sign themselves, and which distributions' own packages carry the same vendor
    ("Fedora Project", "Fedora or EPEL", ("fedora",)),
    ("PostgreSQL Global Development Group", "PGDG", ()),
    ("NGINX Packaging", "nginx.org", ()),
    ("nginx inc", "nginx.org", ()),
    ("Node.js", "NodeSource", ()),
    ("NodeSource", "NodeSource", ()),
    ("Docker", "Docker", ()),
    ("Microsoft", "Microsoft", ("mariner", "azurelinux")),
    ("Remi", "Remi", ()),
    ("HashiCorp", "HashiCorp", ()),
    ("Elastic", "Elastic", ()),
    ("MongoDB", "MongoDB", ()),
    ("Oracle and/or its affiliates", "MySQL", ("ol",)),
)


def rpm_supplier(vendor: str, distribution: Distribution | None) -> str:
    """The third-party archive whose vendor signed a package; empty for the distribution's own packages."""
    own = distribution.id if distribution is not None else ""
    for sign, name, distributions in RPM_VENDORS:
        if vendor.startswith(sign) and own not in distributions:
            return name if own else ""
    return ""
