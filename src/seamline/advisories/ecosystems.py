"""Which advisories speak of what: OSV's ecosystems and releases, beside ours.

Source: OSV schema 1.7, "Defined ecosystems"; os-release(5) for the distributions' own ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from seamline.expression import expression
from seamline.model.codename import CODENAMES, version_of_codename
from seamline.model.package import Distribution, Install, Package

_RUNS = expression(r"[-_.]+")
_SUSE = expression(r"^SUSE:.*?(\d+)(?:\.(\d+)| SP(\d+))?$")
_SUSE_APART = ("Micro", "SAP")  # products with versions, or with paid years, of their own
_PLATFORM = expression(
    r"-(?:x86|x64|arm|aarch|java|jruby|mswin|mingw|universal|darwin|linux|powerpc|ppc|s390|ruby)\S*$"
)
_BY_BINARY = ("AlmaLinux", "Red Hat")  # errata that name every binary package; all others name sources
_REDHAT = expression(r"^Red Hat:enterprise_linux:(\d+)(?:::|$)")
_EXTENDED = ("Pro", "ESM")
_ROLLING = {
    "wolfi": "Wolfi",
    "chainguard": "Chainguard",
    "minimos": "MinimOS",
    "echo": "Echo",
    "opensuse-tumbleweed": "openSUSE:Tumbleweed",
}
_BY_MAJOR = {
    "debian": "Debian",
    "raspbian": "Debian",
    "rhel": "Red Hat",
    "centos": "Red Hat",
    "almalinux": "AlmaLinux",
    "rocky": "Rocky Linux",
    "mageia": "Mageia",
    "azurelinux": "Azure Linux",
    "mariner": "Azure Linux",
    "alpaquita": "Alpaquita",
}
_BY_VERSION = {
    "ubuntu": "Ubuntu:",
    "sles": "SUSE:",
    "sled": "SUSE:",
    "sle_hpc": "SUSE:",
    "sles_sap": "SUSE:",
    "sle-micro": "SUSE:Micro:",
    "sle-micro-rancher": "SUSE:Micro:",
    "sl-micro": "SUSE:Micro:",
    "opensuse-leap": "openSUSE:Leap ",
    "photon": "Photon OS:",
}
_LANGUAGES = {
    "pypi": "PyPI",
    "npm": "npm",
    "golang": "Go",
    "cargo": "crates.io",
    "maven": "Maven",
    "gem": "RubyGems",
    "composer": "Packagist",
    "nuget": "NuGet",
    "bitnami": "Bitnami",
}
_BUILT = {  # programs built by hand -> their names in Bitnami's data
    "python": "python",
    "node": "node",
    "ruby": "ruby",
    "php": "php",
    "perl": "perl",
    "openssl": "openssl",
    "nginx": "nginx",
    "httpd": "apache",
    "haproxy": "haproxy",
    "redis": "redis",
    "valkey": "valkey",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "memcached": "memcached",
    "java": "java",
    "go": "golang",
    "git": "git",
    "curl": "curl",
}
_THIRD_PARTY = (  # packages of the makers' own archives -> the program in them
    (expression(r"^nginx(?:-\w+)?$"), "nginx"),
    (expression(r"^nodejs$"), "node"),
    (expression(r"^postgresql(?:-\d+)?$"), "postgresql"),
    (expression(r"^redis(?:-server)?$"), "redis"),
    (expression(r"^mariadb-server.*$"), "mariadb"),
    (expression(r"^mysql-(?:community-)?server.*$"), "mysql"),
    (expression(r"^haproxy$"), "haproxy"),
    (expression(r"^memcached$"), "memcached"),
)
_HEADERS = (
    "linux-libc-dev",
    "kernel-headers",
    "linux-headers",
    "linux-glibc-devel",
    "kernel-uek-headers",
    "kernel-devel",
)


class Subject(NamedTuple):
    """What to look up for one install: ecosystem (as `ecosystem_key` spells it), name, and the version to compare."""

    ecosystem: str
    name: str
    version: str


def ecosystem_key(ecosystem: str) -> str:
    """An OSV ecosystem in the one spelling of the index: releases that share packages become one.

    `Ubuntu:22.04:LTS` is `Ubuntu:22.04`, `Red Hat:enterprise_linux:9::baseos` is `Red Hat:9`,
    `SUSE:Linux Enterprise Module for Basesystem 15 SP5` is `SUSE:15.5`. Extended support stays apart.
    """
    base, colon, release = ecosystem.partition(":")
    if not colon:
        return base
    if base == "Ubuntu":
        return "Ubuntu:" + ":".join(part for part in release.split(":") if part != "LTS")
    if base == "Red Hat":
        match = _REDHAT.match(ecosystem)
        return f"Red Hat:{match[1]}" if match else ecosystem
    return _suse_key(ecosystem) if base == "SUSE" else ecosystem


def _suse_key(ecosystem: str) -> str:
    """Modules, servers and desktops of one service pack are one release; what is not (LTSS, Manager) keeps its name."""
    match = _SUSE.match(ecosystem)
    if match is None or "Manager" in ecosystem:
        return ecosystem
    product = next((each for each in _SUSE_APART if each in ecosystem), "")
    minor = match[2] or match[3] or ""
    return "SUSE:" + (f"{product}:" if product else "") + match[1] + (f".{minor}" if minor else "")


def name_key(base: str, name: str) -> str:
    """A package's name in the one spelling of its ecosystem (without release). Source: PEP 503; NuGet, Composer."""
    if base == "PyPI":
        return _RUNS.sub("-", name).lower()
    if base in ("NuGet", "Packagist", "Bitnami"):
        return name.lower()
    return name


def codename_of(distribution: Distribution) -> str:
    """The codename of a release of Debian or Ubuntu; empty for others."""
    told = distribution.codename.partition("/")[0]
    named = (name for name, (_, version) in CODENAMES.items() if version == distribution.version_id)
    return told or next(named, "")


def distribution_ecosystem(distribution: Distribution) -> str:
    """The key of the ecosystem whose advisories speak of a distribution's packages; empty where OSV has none."""
    version = distribution.version_id or version_of_codename(distribution.codename)
    major, _, rest = version.partition(".")
    name = distribution.id
    if name in _ROLLING:
        return _ROLLING[name]
    if name == "alpine" and not version and distribution.codename != "edge":
        return ""
    if name == "alpine":
        return f"Alpine:v{major}.{rest.partition('.')[0]}" if _is_release(version) else "Alpine:edge"
    if not major:
        return ""
    if name in _BY_MAJOR:
        return f"{_BY_MAJOR[name]}:{major}"
    if name in _BY_VERSION:
        return _BY_VERSION[name] + version
    return f"openEuler:{_openeuler(distribution)}" if name.lower() == "openeuler" else ""


def _is_release(version: str) -> bool:
    """A release such as 3.20.1; edge says 3.21_alpha20240923."""
    return bool(re.fullmatch(r"\d+\.\d+(\.\d+)*", version))


def _openeuler(distribution: Distribution) -> str:
    """`24.03-LTS-SP1`: os-release has `openEuler 24.03 (LTS-SP1)` as its pretty name."""
    match = re.search(r"\((LTS[\w-]*)\)", distribution.pretty_name)
    return f"{distribution.version_id}-{match[1]}" if match else distribution.version_id


def subjects_of(install: Install) -> Iterator[Subject]:
    """What to look up for an install; nothing where no advisory of OSV can speak of it."""
    package = install.package
    if package.is_distributed:
        yield from _distribution_subjects(install)
    elif package.ecosystem == "generic" and package.name in _BUILT:
        yield Subject("Bitnami", _BUILT[package.name], package.version)
    elif package.ecosystem in _LANGUAGES:
        ecosystem = _LANGUAGES[package.ecosystem]
        yield Subject(ecosystem, name_key(ecosystem, _full_name(package)), _plain_version(package))


def _distribution_subjects(install: Install) -> Iterator[Subject]:
    package = install.package
    if install.supplier:
        for pattern, name in _THIRD_PARTY:
            if pattern.match(package.name):
                yield Subject("Bitnami", name, upstream_version(package.version))
                return
        return
    ecosystem = distribution_ecosystem(package.distribution) if package.distribution is not None else ""
    if not ecosystem:
        return
    source = package.source_name or package.name
    if base_of(ecosystem) not in _BY_BINARY:
        yield Subject(ecosystem, source, package.source_version or package.version)
    # what the others name beside sources differs by vendor and year
    if package.ecosystem == "rpm" and (package.name != source or base_of(ecosystem) in _BY_BINARY):
        yield Subject(ecosystem, package.name, package.version)
    if package.distribution is not None and package.distribution.id == "sles_sap":
        yield Subject(
            ecosystem.replace("SUSE:", "SUSE:SAP:"), source, package.source_version or package.version
        )
    if base_of(ecosystem) == "Ubuntu":
        paid = ecosystem.replace("Ubuntu:", "Ubuntu:Pro:")
        yield Subject(paid, source, package.source_version or package.version)


def _full_name(package: Package) -> str:
    if not package.namespace:
        return package.name
    return f"{package.namespace}{':' if package.ecosystem == 'maven' else '/'}{package.name}"


def _plain_version(package: Package) -> str:
    """Go's modules carry a v, its standard library `go` and how it was built, gems their platform: advisories do not."""
    if package.ecosystem == "golang":
        # `go1.26.8-X:jsonv2` and, until Go 1.25, `go1.24 X:arenas`: experiments that it was built with
        plain = package.version.partition(" ")[0].partition("-X:")[0]
        return plain.removeprefix("go").removeprefix("v")
    return _PLATFORM.sub("", package.version) if package.ecosystem == "gem" else package.version


def upstream_version(version: str) -> str:
    """A distribution package's version without epoch and revision: `1:1.31.1-1~trixie` is 1.31.1."""
    return (
        version.partition(":")[2].rpartition("-")[0] or version.partition(":")[2]
        if ":" in version
        else (version.rpartition("-")[0] or version)
    )


def is_kernel_headers(package: Package) -> bool:
    """Headers of a kernel that does not run here: its flaws are not theirs."""
    if package.ecosystem not in ("deb", "rpm", "apk"):
        return False
    source = package.source_name or package.name
    return package.name in _HEADERS or (
        package.ecosystem == "deb"
        and "headers" in package.name
        and re.match(r"linux(-|$)", source) is not None
    )


def base_of(ecosystem: str) -> str:
    """The ecosystem without its release: what is fetched and kept as one."""
    return ecosystem.partition(":")[0]


@lru_cache(maxsize=256)
def is_extended(ecosystem: str) -> bool:
    """Whether its fixes come with paid support alone."""
    return any(part in _EXTENDED for part in ecosystem.split(":")[1:])
