"""What the names in a VEX statement mean: a package, an image, a base, a distribution's release.

Source: OpenVEX 0.2.0 "Product identification"; CSAF 2.0 section 3.2.3; purl-spec, types oci, docker and deb (`arch=source` is
a source package, as OSV, Debian and Canonical write them; Red Hat writes `arch=src`); CPE 2.2 and 2.3 (NISTIR 7695).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from seamline.model.codename import version_of_codename
from seamline.model.package import Distribution, Package
from seamline.model.purl import identity_of, parse_purl
from seamline.model.seam import Base, full_name, repository_of
from seamline.versions.ranges import is_within

_SOURCES = frozenset(("source", "src"))
IMAGE_TYPES = frozenset(("oci", "docker"))
_PLATFORMS = {  # CPE's vendor and product -> the distribution's id in os-release
    ("redhat", "enterprise_linux"): "rhel",
    ("redhat", "enterprise_linux_eus"): "rhel",
    ("redhat", "rhel_aus"): "rhel",
    ("redhat", "rhel_e4s"): "rhel",
    ("redhat", "rhel_els"): "rhel",
    ("redhat", "rhel_eus"): "rhel",
    ("redhat", "rhel_eus_long_life"): "rhel",
    ("redhat", "rhel_tus"): "rhel",
    ("suse", "sles"): "sles",
    ("suse", "sles-ltss"): "sles",
    ("suse", "suse_linux_enterprise_server"): "sles",
    ("opensuse", "leap"): "opensuse-leap",
    ("opensuse", "tumbleweed"): "opensuse-tumbleweed",
    ("debian", "debian_linux"): "debian",
    ("canonical", "ubuntu_linux"): "ubuntu",
    ("almalinux", "almalinux"): "almalinux",
    ("rocky", "rocky"): "rocky",
    ("oracle", "linux"): "ol",
    ("amazon", "amazon_linux"): "amzn",
    ("amazon", "linux_2"): "amzn",
    ("alpinelinux", "alpine_linux"): "alpine",
}
_MOST_PURLS = 16_384
_SUSE_MODULE = "sle-module-"
_ROLLING = frozenset(("opensuse-tumbleweed",))
_VENDORS = {  # a distribution's id -> what others write as the namespace of its packages
    "almalinux": ("alma",),
    "amzn": ("amazon",),
    "mariner": ("cbl-mariner",),
    "ol": ("oracle", "oraclelinux"),
    "opensuse-leap": ("opensuse", "suse"),
    "opensuse-tumbleweed": ("opensuse", "suse"),
    "rhel": ("redhat",),
    "rocky": ("rockylinux",),
    "sles": ("suse",),
}


class _Product(NamedTuple):
    """An image as a statement names it: by digest, by repository, by repository and tag."""

    digest: str
    repository: str
    reference: str


@lru_cache(maxsize=_MOST_PURLS)
def parsed(purl: str) -> Package | None:
    """The package that a purl names: a statement's are asked for with every finding."""
    return parse_purl(purl)


def same_package(stated: str, purl: str) -> bool:
    """Whether a purl means a package: what it leaves out (version, qualifiers) may be anything, a range is every version in
    it, and one of a source package means everything that was built from it. Any other means the one binary package of
    its name."""
    one, other = parsed(stated), parsed(purl)
    if one is None or other is None or one.ecosystem in IMAGE_TYPES:
        return False
    of_source = one.architecture in _SOURCES
    name, version = other.name, other.version
    if of_source and other.source_name:
        name, version = other.source_name, other.source_version or other.version
    return (
        _same_name(one, other, name)
        and _means_version(one, version)
        and (of_source or one.architecture in ("", other.architecture))
        and (one.distribution is None or same_release(one.distribution, other.distribution))
        and _same_stream(one.modularity, other.modularity)
        and (bool(one.version) or not _is_of_a_channel(stated))
    )


def _same_name(one: Package, other: Package, name: str) -> bool:
    kind, namespace, stated = identity_of(one)
    own_kind, own_namespace, own = identity_of(
        Package(ecosystem=other.ecosystem, namespace=other.namespace, name=name, version="")
    )
    return (kind, stated) == (own_kind, own) and (
        namespace in (own_namespace, *_VENDORS.get(own_namespace, ()))
        or own_namespace in _VENDORS.get(namespace, ())
    )


def _means_version(one: Package, version: str) -> bool:
    """None means any. The epoch of an rpm is a qualifier and may be left out, as may the v that begins a Go module's."""
    if one.version.startswith("vers:"):
        return is_within(version, one.version, one.ecosystem)
    stated = one.version
    if one.ecosystem == "golang":
        stated, version = stated.removeprefix("v"), version.removeprefix("v")
    return stated in ("", version) or (one.ecosystem == "rpm" and stated == version.rpartition(":")[2])


def _same_stream(stated: str, own: str) -> bool:
    """Whether a module's stream as it is told (`nodejs:18`, or with version and context) is the package's; none means any."""
    return (
        all(a == b for a, b in zip(stated.split(":"), own.split(":"), strict=False))
        if stated and own
        else not stated
    )


def _is_of_a_channel(purl: str) -> bool:
    """Whether a purl is of one of Canonical's paid channels (`esm-infra/jammy`): what it says of all versions there says
    nothing of the release's own."""
    channel, slash, _ = dict(_qualifiers(purl)).get("distro", "").rpartition("/")
    return bool(slash) and channel != "ubuntu"


def same_release(stated: Distribution, other: Distribution | None) -> bool:
    """Whether a distribution as a purl names it (`debian-12`, `debian-12.13`, `bookworm`) is a package's: one may name a point
    release of the other's release."""
    if other is None or stated.id != other.id:
        return False
    version = stated.version_id or version_of_codename(stated.codename)
    own = other.version_id or version_of_codename(other.codename)
    if not version or not own:
        return stated.codename in ("", other.codename)
    shorter, longer = sorted((version.split("."), own.split(".")), key=len)
    return longer[: len(shorter)] == shorter


def names_image(product: str, image: Sequence[str]) -> bool:
    """Whether a product is the image: by digest, else by its name; `pkg:oci` without a tag means all of a repository."""
    return _matches(_product(product), [name for name in image if name], [n for n in image if n])


def names_base(product: str, base: Base) -> bool:
    """The same of a base: its digest, its index's, or one of its names."""
    return _matches(
        _product(product), base.names, [each for each in (base.digest, base.index_digest) if each]
    )


def _matches(product: _Product, names: Iterable[str], digests: Iterable[str]) -> bool:
    if product.digest:
        return product.digest in digests
    full = [full_name(name) for name in names]
    if product.reference:
        return full_name(product.reference) in full
    return bool(product.repository) and any(
        repository_of(full_name(product.repository)) == repository_of(name) for name in full
    )


def _product(text: str) -> _Product:
    head = text.partition("?")[0].replace("%3A", ":").replace("%3a", ":")
    at = head.rfind("sha256:")
    if at >= 0:
        return _Product(head[at:], "", "")
    package = parsed(text)
    if package is None:
        return _Product("", "", "" if text.startswith(("pkg:", "cpe:")) else text)
    if package.ecosystem not in IMAGE_TYPES:
        return _Product("", "", "")
    told = dict(_qualifiers(text))
    path = "/".join(part for part in (package.namespace, package.name) if part)
    repository = told.get("repository_url", "") or (path if package.ecosystem == "docker" else "")
    tag = told.get("tag", "") or package.version
    return _Product("", "" if tag else repository, f"{repository}:{tag}" if repository and tag else "")


def _qualifiers(purl: str) -> Iterator[tuple[str, str]]:
    for each in purl.partition("?")[2].partition("#")[0].split("&"):
        key, _, value = each.partition("=")
        yield key, value.replace("%2F", "/").replace("%2f", "/").replace("%3A", ":").replace("%3a", ":")


def names_platform(product: str, distribution: Distribution | None) -> bool:
    """Whether a CPE names a distribution and its release; one that rolls has none."""
    parts = product.removeprefix("cpe:2.3:").removeprefix("cpe:/").split(":")
    if distribution is None or not product.startswith("cpe:") or len(parts) < 3:
        return False
    _, vendor, name, version, *more = (*parts, "")
    if vendor == "suse" and name.startswith(
        _SUSE_MODULE
    ):  # the parts of which a SLES or its container is put together
        name = "sles"
    if _PLATFORMS.get((vendor, name)) != distribution.id:
        return False
    update = more[0].lower().removeprefix("sp") if more else ""
    release = f"{version}.{update}" if update.isdigit() else version
    own = distribution.version_id
    return distribution.id in _ROLLING or (
        bool(release)
        and (release == own or (distribution.id != "ubuntu" and release == own.partition(".")[0]))
    )
