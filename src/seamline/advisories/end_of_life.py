"""Distributions and runtimes whose support has ended, as findings. Source: endoflife.date's product names and cycles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seamline.advisories.ecosystems import distribution_ecosystem
from seamline.model.advisory import Cycle
from seamline.model.package import Distribution, Install

_DISTRIBUTIONS = {
    "almalinux": "almalinux",
    "alpine": "alpine-linux",
    "amzn": "amazon-linux",
    "centos": "centos",
    "debian": "debian",
    "fedora": "fedora",
    "ol": "oracle-linux",
    "opensuse-leap": "opensuse",
    "openEuler": "openeuler",
    "openeuler": "openeuler",
    "photon": "photon",
    "rhel": "rhel",
    "rocky": "rocky-linux",
    "sles": "sles",
    "ubuntu": "ubuntu",
}
_RUNTIMES = {
    "python": "python",
    "node": "nodejs",
    "ruby": "ruby",
    "php": "php",
    "perl": "perl",
    "go": "go",
    "nginx": "nginx",
    "httpd": "apache-http-server",
    "openssl": "openssl",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "redis": "redis",
    "haproxy": "haproxy",
}

Cycles = Callable[[str], Sequence[Cycle]]


def cycle_of_distribution(distribution: Distribution, cycles: Cycles) -> Cycle | None:
    """The release that a root filesystem is; None where nobody keeps its dates, or where it is ahead of all releases."""
    if distribution_ecosystem(distribution) == "Alpine:edge":
        return None
    return cycle_of(distribution.version_id, cycles(_DISTRIBUTIONS.get(distribution.id, distribution.id)))


def cycle_of_runtime(install: Install, cycles: Cycles) -> Cycle | None:
    """The release line of a program that was built by hand."""
    if install.package.ecosystem != "generic" or install.package.name not in _RUNTIMES:
        return None
    return cycle_of(install.package.version, cycles(_RUNTIMES[install.package.name]))


def cycle_of(version: str, cycles: Sequence[Cycle]) -> Cycle | None:
    """The cycle that a version lies in: its own parts are the first of the version's; the longest wins."""
    parts = version.split(".")
    fitting = [
        each for each in cycles if each.cycle and each.cycle.split(".") == parts[: each.cycle.count(".") + 1]
    ]
    return max(fitting, key=lambda each: each.cycle.count("."), default=None)


def covered_until(cycle: Cycle, today: str) -> str:
    """The day after which nobody promises advisories about a release: that of its support, or of its extended support where
    there is one; empty where that day is still to come."""
    last = max(cycle.ends, cycle.extended_ends)
    return last if cycle.ends and last < today else ""


def has_ended(cycle: Cycle, today: str) -> bool:
    """Whether the support of the release has ended, extended support aside."""
    return bool(cycle.ends) and cycle.ends < today
