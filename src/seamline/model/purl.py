"""Package URLs, and the keys by which installs name one another.

Source: purl-spec, and its type definitions for deb, rpm, apk, pypi, npm, golang, maven ...; `upstream`, `distro`
and `rpmmod` are qualifiers as Syft, Grype and Trivy exchange them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from seamline.model.package import Distribution, Install, Package

_SAFE = "-._~:"
_PYPI_RUNS = re.compile(r"[-_.]+")
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
    epoch = qualifiers.get("epoch", "")
    full = f"{epoch}:{_unquote(version)}" if epoch and epoch != "0" else _unquote(version)
    source, _, source_version = qualifiers.get("upstream", "").partition("@")
    if source.endswith(".src.rpm"):  # rpms name the file of their source
        source, source_version = _source_rpm(source, epoch)
    return Package(
        ecosystem=kind.lower(),
        namespace=_unquote(namespace),
        name=_unquote(name),
        version=full,
        architecture=qualifiers.get("arch", ""),
        source_name=source,
        source_version=(source_version or full) if source else "",
        distribution=_distribution(qualifiers.get("distro", "")),
        modularity=qualifiers.get("rpmmod", ""),
    )


def _source_rpm(file: str, epoch: str) -> tuple[str, str]:
    """`openssl-3.0.7-27.el9.src.rpm` is openssl, 3.0.7-27.el9."""
    name, _, release = file.removesuffix(".src.rpm").rpartition("-")
    name, _, version = name.rpartition("-")
    return name, f"{epoch}:{version}-{release}" if epoch and epoch != "0" else f"{version}-{release}"


def _distribution(text: str) -> Distribution | None:
    """`debian-12`, `opensuse-leap-15.5`: the version is what begins with a digit behind the last dash."""
    if not text:
        return None
    name, dash, version = text.rpartition("-")
    if not dash:
        return Distribution(id=text)
    return (
        Distribution(id=name, version_id=version)
        if version[:1].isdigit()
        else Distribution(id=name, codename=version)
    )


def _unquote(text: str) -> str:
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode())
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
    place = install.proofs[0].decode("utf-8", "backslashreplace") if install.proofs else ""
    return f"{purl_of(install.package)}#{place}" + (f"!{install.inside}" if install.inside else "")
