"""Which VEX statement decides a finding. One about a base holds only while that base's layers lie there as its publisher
made them, and only for packages that nothing above has touched.

Source: OpenVEX 0.2.0 "Product identification"; CSAF 2.0 section 3.2.3; purl-spec, types oci, docker and deb (`arch=source` is
a source package, as OSV, Debian and Canonical write them; Red Hat writes `arch=src`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from seamline.advisories.ecosystems import version_of_codename
from seamline.model.evidence import Message
from seamline.model.finding import Finding
from seamline.model.package import Distribution
from seamline.model.purl import parse_purl
from seamline.model.seam import Base, full_name, repository_of
from seamline.model.vex import Heard, Statement

_SILENCING = frozenset(("not_affected", "fixed"))
_SOURCES = frozenset(("source", "src"))
_IMAGES = frozenset(("oci", "docker"))
_PLATFORMS = {  # CPE's vendor and product -> the distribution's id in os-release
    ("redhat", "enterprise_linux"): "rhel",
    ("redhat", "rhel_eus"): "rhel",
    ("suse", "sles"): "sles",
    ("suse", "suse_linux_enterprise_server"): "sles",
    ("opensuse", "leap"): "opensuse-leap",
    ("debian", "debian_linux"): "debian",
    ("canonical", "ubuntu_linux"): "ubuntu",
    ("almalinux", "almalinux"): "almalinux",
    ("rocky", "rocky"): "rocky",
    ("oracle", "linux"): "ol",
    ("amazon", "linux_2"): "amzn",
    ("alpinelinux", "alpine_linux"): "alpine",
}


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where a package stands: `image` are the names and digests of the image itself, `bases` the known ones whose layers
    hold it, the lowest first. `is_intact` where those layers are theirs byte for byte; `is_touched` where
    something above changed the package's files. `distribution` is that of the package."""

    image: tuple[str, ...] = ()
    bases: tuple[Base, ...] = ()
    is_intact: bool = True
    is_touched: bool = False
    distribution: Distribution | None = None


class _Product(NamedTuple):
    """An image as a statement names it: by digest, by repository, by repository and tag."""

    digest: str
    repository: str
    reference: str


def deciding(statements: Iterable[Statement], finding: Finding, scope: Scope) -> Statement | None:
    """The statement that makes a finding not count. Of several that hold here the latest decides, of several of the
    same moment the last."""
    return next((each.statement for each in hear(statements, finding, scope) if each.decides), None)


def hear(statements: Iterable[Statement], finding: Finding, scope: Scope) -> tuple[Heard, ...]:
    """Every statement about a finding's flaw and package, in their order, and why it decides here or not."""
    names = {finding.id, *finding.aliases, *finding.advisories}
    asked = [
        (each, _reaches(each, finding, scope) if means else Message("vex-names-binary", {"name": source}))
        for each in statements
        if names.intersection(each.ids)
        and ((means := _may_mean(each, finding)) or (source := _source_without_saying(each, finding)))
    ]
    holding = [at for at, (_, reason) in enumerate(asked) if reason.id.startswith("vex-holds-")]
    latest = max(holding, key=lambda at: (_moment(asked[at][0].timestamp), at), default=None)
    return tuple(_heard(finding, each, reason, asked, at, latest) for at, (each, reason) in enumerate(asked))


def _heard(
    finding: Finding,
    statement: Statement,
    reason: Message,
    asked: Sequence[tuple[Statement, Message]],
    at: int,
    latest: int | None,
) -> Heard:
    decides = at == latest and statement.status in _SILENCING
    if reason.id.startswith("vex-holds-") and latest is not None and at != latest:
        later = asked[latest][0]
        reason = Message("vex-later", {"status": later.status, "source": later.source})
    elif reason.id.startswith("vex-holds-") and not decides:
        reason = Message("vex-counts", {"status": statement.status})
    return Heard(statement=statement, package=finding.package, decides=decides, reason=reason)


def _moment(text: str) -> datetime:
    """The moment of a statement; the very first where it gives none that can be read."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _may_mean(statement: Statement, finding: Finding) -> bool:
    """Whether it speaks of this package: named itself, or as a part of a whole product."""
    if statement.packages:
        return any(same_package(purl, finding.purl) for purl in statement.packages)
    meant = [parse_purl(product) for product in statement.products]
    others = [each for each in meant if each is not None and each.ecosystem not in _IMAGES]
    return len(others) < len(meant) or any(same_package(p, finding.purl) for p in statement.products)


def _source_without_saying(statement: Statement, finding: Finding) -> str:
    """The source package of a finding where a statement names it as if it were a binary one; empty where it does not."""
    package = parse_purl(finding.purl)
    if package is None or not package.source_name:
        return ""
    for stated in statement.packages or statement.products:
        one = parse_purl(stated)
        own = (package.ecosystem, package.namespace, package.source_name)
        if one is not None and not one.architecture and (one.ecosystem, one.namespace, one.name) == own:
            return package.source_name
    return ""


def _reaches(statement: Statement, finding: Finding, scope: Scope) -> Message:
    """Whether a statement about this package holds where the package stands."""
    if not statement.products:
        return Message("vex-holds-package", {})
    if not statement.packages and any(same_package(each, finding.purl) for each in statement.products):
        return Message("vex-holds-package", {})
    if any(names_image(each, scope.image) for each in statement.products):
        return Message("vex-holds-image", {})
    if statement.packages and any(names_platform(each, scope.distribution) for each in statement.products):
        return Message("vex-holds-distribution", {})
    named = next(
        (base for base in scope.bases if any(names_base(each, base) for each in statement.products)), None
    )
    if named is None:
        return Message("vex-other-product", {"products": ", ".join(statement.products[:3])})
    if not scope.is_intact:
        return Message("vex-not-intact", {"base": named.reference})
    if scope.is_touched:
        return Message("vex-touched", {"base": named.reference, "package": finding.package})
    return Message("vex-holds-base", {})


def same_package(stated: str, purl: str) -> bool:
    """Whether a purl means a package: what it leaves out (version, qualifiers) may be anything, and one of a source
    package means everything that was built from it. Any other means the one binary package of its name."""
    one, other = parse_purl(stated), parse_purl(purl)
    if one is None or other is None or one.ecosystem in _IMAGES:
        return False
    of_source = one.architecture in _SOURCES
    name, version = other.name, other.version
    if of_source and other.source_name:
        name, version = other.source_name, other.source_version or other.version
    return (
        (one.ecosystem, one.namespace, one.name) == (other.ecosystem, other.namespace, name)
        and one.version in _ways_to_write(version, one.ecosystem)
        and (of_source or one.architecture in ("", other.architecture))
        and (one.distribution is None or same_release(one.distribution, other.distribution))
        and (bool(one.version) or not _is_of_a_channel(stated))
    )


def _ways_to_write(version: str, ecosystem: str) -> tuple[str, ...]:
    """Not at all, whole, and of rpms without the epoch, which is a qualifier and may be left out."""
    return ("", version, version.rpartition(":")[2]) if ecosystem == "rpm" else ("", version)


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
    package = parse_purl(text)
    if package is None:
        return _Product("", "", "" if text.startswith(("pkg:", "cpe:")) else text)
    if package.ecosystem not in _IMAGES:
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
    """Whether a CPE names a distribution and its release. Source: CPE 2.2 and 2.3 bindings (NISTIR 7695)."""
    parts = product.removeprefix("cpe:2.3:").removeprefix("cpe:/").split(":")
    if distribution is None or not product.startswith("cpe:") or len(parts) < 4:
        return False
    _, vendor, name, version, *more = parts
    update = more[0].lower().removeprefix("sp") if more else ""
    release = f"{version}.{update}" if update.isdigit() else version
    own = distribution.version_id
    return _PLATFORMS.get((vendor, name)) == distribution.id and (
        release == own or (distribution.id != "ubuntu" and release == own.partition(".")[0])
    )
