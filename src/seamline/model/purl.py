"""Package URLs, and the keys by which installs name one another.

Source: purl-spec, and its type definitions for deb, rpm, apk, pypi, npm, golang, maven ...; `upstream`, `distro`
and `rpmmod` are qualifiers as Syft, Grype and Trivy exchange them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from seamline.expression import expression
from seamline.model.entry import path_text
from seamline.model.package import Distribution, Install, Package

_SAFE = "-._~:"
_PYPI_RUNS = expression(r"[-_.]+")
_LOWER_NAMESPACE = frozenset(("deb", "rpm", "apk", "alpm", "composer", "golang", "bitnami"))


@lru_cache(maxsize=65536)
def purl_of(package: Package) -> str:
    """The package URL, qualifiers in the order of their names."""
    kind = package.ecosystem
    namespace, name, version = _located(package)
    if kind in _LOWER_NAMESPACE:
        namespace = namespace.lower()
    spelt = f"pkg:{kind}/"
    spelt += "".join(_quote(part) + "/" for part in namespace.split("/") if part)
    spelt += _quote(name)
    if version:
        spelt += "@" + _quote(version)
    qualifiers = sorted((key, value) for key, value in _qualifiers(package).items() if value)
    return spelt + (
        "?" + "&".join(f"{key}={_quote(value)}" for key, value in qualifiers) if qualifiers else ""
    )


def _located(package: Package) -> tuple[str, str, str]:
    """Namespace, name and version as the type definition wants them."""
    kind, name, namespace, version = package.ecosystem, package.name, package.namespace, package.version
    if kind in ("npm", "golang", "composer", "swift") and not namespace and "/" in name:
        namespace, _, name = name.rpartition("/")
    if kind == "pypi":
        name = _PYPI_RUNS.sub("-", name).lower()
    elif kind in ("deb", "apk", "bitnami", "composer", "golang"):
        name = name.lower()
    if kind == "rpm" and ":" in version:
        version = version.partition(":")[2].strip()
    return namespace, name, version


def identity_of(package: Package) -> tuple[str, str, str]:
    """Type, namespace and name as purl-spec compares them: without regard to case where its definition says so, of Python
    packages also without regard to what separates words."""
    kind = package.ecosystem
    namespace, name, _ = _located(package)
    return kind, namespace.lower() if kind in _LOWER_NAMESPACE else namespace, name


def _qualifiers(package: Package) -> dict[str, str]:
    found: dict[str, str] = {}
    if package.ecosystem in ("deb", "rpm", "apk", "alpm", "opkg"):
        found["arch"] = package.architecture
        if package.source_name and (package.source_name, package.source_version) != (
            package.name,
            package.version,
        ):
            same = package.source_version in ("", package.version)
            found["upstream"] = (
                package.source_name if same else f"{package.source_name}@{package.source_version}"
            )
        distribution = package.distribution
        if distribution is not None and distribution.id:
            version = distribution.version_id or distribution.codename
            found["distro"] = f"{distribution.id}-{version}" if version else distribution.id
    if package.ecosystem == "rpm":
        epoch, colon, _ = package.version.partition(":")
        found["epoch"] = epoch.strip() if colon else ""
        found["rpmmod"] = package.modularity
    return found


def parse_purl(text: str) -> Package | None:
    """The package that a purl names, with what its qualifiers tell (arch, epoch, upstream, distro, rpmmod); None where the
    text is no purl of a package."""
    scheme, _, rest = text.partition("#")[0].partition(":")
    located, _, query = rest.partition("?")
    kind, _, named = located.strip("/").partition("/")
    path, at, version = named.rpartition("@")
    if not at or "/" in version:  # no version, or an @ that begins a scope, unquoted
        path, version = named, ""
    namespace, _, name = path.strip("/").rpartition("/")
    if scheme != "pkg" or not kind or not name:
        return None
    qualifiers = {
        key: _unquote(value) for key, _, value in (each.partition("=") for each in query.split("&"))
    }
    epoch, plain = qualifiers.get("epoch", ""), _unquote(version)
    full = f"{epoch}:{plain}" if epoch not in ("", "0") and ":" not in plain else plain
    source, source_version = _source(qualifiers, epoch)
    return Package(
        ecosystem=kind.lower(),
        namespace=_unquote(namespace),
        name=_unquote(name),
        version=full,
        architecture=qualifiers.get("arch", ""),
        source_name=source,
        source_version=(source_version or full) if source else "",
        distribution=_distribution(qualifiers, _unquote(namespace)),
        modularity=qualifiers.get("rpmmod", "") or qualifiers.get("modularitylabel", ""),
    )


def _source(qualifiers: Mapping[str, str], epoch: str) -> tuple[str, str]:
    """The source package and its version, where told. Syft and Grype write `upstream`, OSV-Scalibr `source`, `origin` and
    `sourcerpm`; rpms name the file of their source."""
    file = next(
        (text for key in ("upstream", "sourcerpm") if (text := qualifiers.get(key, "")).endswith(".src.rpm")),
        "",
    )
    if file:
        return _source_rpm(file, epoch)
    named, _, version = qualifiers.get("upstream", "").partition("@")
    name = named or qualifiers.get("source", "") or qualifiers.get("origin", "")
    return name, version or qualifiers.get("sourceversion", "")


def _source_rpm(file: str, epoch: str) -> tuple[str, str]:
    """`openssl-3.0.7-27.el9.src.rpm` is openssl, 3.0.7-27.el9."""
    name, _, release = file.removesuffix(".src.rpm").rpartition("-")
    name, _, version = name.rpartition("-")
    return name, f"{epoch}:{version}-{release}" if epoch and epoch != "0" else f"{version}-{release}"


_OTHER_IDS = {  # how other tools name a distribution whose os-release says something else
    "alma": "almalinux",
    "amazon": "amzn",
    "cbl-mariner": "mariner",
    "opensuse.leap": "opensuse-leap",
    "opensuse tumbleweed": "opensuse-tumbleweed",
    "opensuse.tumbleweed": "opensuse-tumbleweed",
    "oracle": "ol",
    "redhat": "rhel",
    "rocky-linux": "rocky",
    "rockylinux": "rocky",
    "suse": "sles",
    "suse linux enterprise server": "sles",
    "suse.linux.enterprise.server": "sles",
}


_OF_RELEASE = expression(r"(\D[^-]*(?:-[^-\d][^-]*)*)-(\d.*)", re.DOTALL)
_OF_ONE_RELEASE = frozenset(("wolfi", "chainguard", "minimos"))
_KINDS = {
    "almalinux": "rpm", "alpine": "apk", "amzn": "rpm", "arch": "alpm", "azurelinux": "rpm", "centos": "rpm", "chainguard": "apk",
    "debian": "deb", "fedora": "rpm", "mariner": "rpm", "ol": "rpm", "openeuler": "rpm", "opensuse": "rpm", "opensuse-leap": "rpm",
    "opensuse-tumbleweed": "rpm", "photon": "rpm", "rhel": "rpm", "rocky": "rpm", "sles": "rpm", "ubuntu": "deb", "wolfi": "apk",
}  # fmt: skip
"""The kind of packages that a distribution is made of, by its id."""
_KIN = (
    frozenset(("centos", "rhel")),
    frozenset(("chainguard", "wolfi")),
    frozenset(("azurelinux", "mariner")),
    frozenset(("opensuse", "opensuse-leap", "opensuse-tumbleweed", "sles")),
)
"""Distributions whose tools write one's packages in the other's name."""


def may_be_of(package: Package, distribution: Distribution) -> bool:
    """Whether a package that names no distribution of its own can be of this one, by its kind and the vendor in its purl."""
    ours, own = distribution.id.lower(), distribution_id(package.namespace)
    if _KINDS.get(ours, package.ecosystem) != package.ecosystem:
        return False
    is_told = own in _KINDS and ours in _KINDS
    return not is_told or own == ours or any({own, ours} <= kin for kin in _KIN)


def distribution_id(name: str) -> str:
    """A distribution's id as its os-release has it, from what another tool calls it."""
    plain = name.strip().lower()
    return _OTHER_IDS.get(plain, plain)


def _distribution(qualifiers: Mapping[str, str], namespace: str) -> Distribution | None:
    """`debian-12`, `opensuse-leap-15.5`, `alpine-edge`, or a version or codename alone, of the distribution that the namespace
    names; Docker Scout has `os_name`, `os_version` and `os_distro`, cdxgen `distro_name` for the codename."""
    if qualifiers.get("os_name"):
        return Distribution(
            id=distribution_id(qualifiers["os_name"]),
            version_id=qualifiers.get("os_version", ""),
            codename=qualifiers.get("os_distro", ""),
        )
    text = qualifiers.get("distro", "") or qualifiers.get("distro_name", "")
    if namespace.lower() == "ubuntu":
        text = text.rpartition("/")[2]  # Canonical puts its channel before it: ubuntu/jammy, esm-infra/focal
    if not text:
        # of these there is one release, which changes daily: nobody needs to name it, and apko does not
        return Distribution(id=namespace.lower()) if namespace.lower() in _OF_ONE_RELEASE else None
    if text in _OTHER_IDS.values():
        return Distribution(id=text)
    versioned = _OF_RELEASE.fullmatch(text)
    if versioned is not None:  # openEuler-22.03-LTS-SP3; Trivy says `amazon-2 (Karoo)`
        return Distribution(id=distribution_id(versioned[1]), version_id=versioned[2].partition(" ")[0])
    name, dash, codename = text.rpartition("-")
    if dash:
        return Distribution(id=distribution_id(name), codename=codename)
    own = distribution_id(namespace)
    if text[0].isdigit():
        return Distribution(id=own, version_id=text)
    known = not own or distribution_id(text) in (own, *_OTHER_IDS.values())
    return Distribution(id=distribution_id(text)) if known else Distribution(id=own, codename=text)


def _unquote(text: str) -> str:
    data = re.sub(
        rb"%([0-9A-Fa-f]{2})",
        lambda match: bytes.fromhex(match[1].decode()),
        text.encode("utf-8", "surrogateescape"),
    )
    return data.decode("utf-8", "replace")


@lru_cache(maxsize=65536)
def _quote(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    return "".join(
        char
        if (char.isascii() and char.isalnum()) or char in _SAFE
        else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )


def install_key(install: Install) -> str:
    """What names this occurrence inside one image: the purl, where it is proved, and where inside an archive."""
    place = path_text(install.proofs[0]) if install.proofs else ""
    return f"{purl_of(install.package)}#{place}" + (f"!{install.inside}" if install.inside else "")
