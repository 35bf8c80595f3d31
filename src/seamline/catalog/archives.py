"""Whose archive a distribution package came from, when it is not the distribution's own.

A table, one row an archive: how its packages sign themselves. The name is what reports show and what decides that
the distribution's advisories do not apply.
"""

from __future__ import annotations

import re

import msgspec

from seamline.expression import expression
from seamline.formats.dpkg import DpkgPackage
from seamline.model.package import Distribution


class Archive(msgspec.Struct, frozen=True):
    """One third-party archive: a pattern of its maintainer, and one of its versions; either tells."""

    name: str
    maintainer: str
    version: str = ""


DEBIAN_ARCHIVES = (
    Archive("nginx.org", r"NGINX Packaging|nginx-packaging@f5\.com|@nginx\.(com|org)"),
    Archive("PGDG", "", r"\.pgdg\d"),
    Archive("NodeSource", r"@nodesource\.com", r"nodesource"),
    Archive("Docker", r"@docker\.com|Docker <support@docker"),
    Archive("Microsoft", r"@microsoft\.com|Microsoft"),
    Archive("Google", r"@google\.com|Google LLC|Chrome Linux Team"),
    Archive("HashiCorp", r"@hashicorp\.com"),
    Archive("Elastic", r"@elastic\.co"),
    Archive("MongoDB", r"@mongodb\.com|MongoDB Packaging"),
    Archive("MySQL", r"MySQL Release Engineering"),
    Archive("MariaDB", r"@mariadb\.org|MariaDB Developers <", r"\+maria~"),
    Archive("Redis", r"@redis\.(com|io)|Redis Packaging", r"rl\d~"),
    Archive("sury.org", r"", r"\+deb\.sury\.org"),
    Archive("deb-multimedia", r"@deb-multimedia\.org", r"-dmo\d"),
    Archive("GitLab", r"@gitlab\.com"),
    Archive("Grafana", r"@grafana\.com"),
    Archive("Kubernetes", r"Kubernetes Authors"),
    Archive("Caddy", r"@caddyserver\.com"),
    Archive("Adoptium", r"Eclipse Adoptium|temurin-dev@eclipse\.org"),
    Archive("Varnish", r"@varnish-software\.com"),
)
# one expression for all of them: it says no to nearly every package, and then no row is tried
_A_MAINTAINER = expression("|".join(row.maintainer for row in DEBIAN_ARCHIVES if row.maintainer))
_A_VERSION = expression("|".join(row.version for row in DEBIAN_ARCHIVES if row.version))


def debian_supplier(package: DpkgPackage, distribution: Distribution | None) -> str:
    """The third-party archive that built `package`; empty for the distribution's own packages."""
    if distribution is not None and distribution.id == "ubuntu" and "@lists.ubuntu.com" in package.maintainer:
        return ""
    if not _A_MAINTAINER.search(package.maintainer) and not _A_VERSION.search(package.version):
        return ""
    return next(row.name for row in DEBIAN_ARCHIVES if _built(row, package))


def _built(row: Archive, package: DpkgPackage) -> bool:
    by_maintainer = bool(row.maintainer) and re.search(row.maintainer, package.maintainer) is not None
    return by_maintainer or (bool(row.version) and re.search(row.version, package.version) is not None)


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
