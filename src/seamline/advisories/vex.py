"""Which VEX statement decides a finding. One about a base holds only inside that base, as far as nobody touched it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.advisories.judge import Place
from seamline.model.finding import Finding
from seamline.model.purl import parse_purl
from seamline.model.seam import Base, full_name
from seamline.model.vex import Statement

_SILENCING = frozenset(("not_affected", "fixed"))


def deciding(
    statements: Iterable[Statement], finding: Finding, place: Place, image: Sequence[str]
) -> Statement | None:
    """The statement that makes a finding not count; `image` are the names and digests of the image itself.

    Of several about the same flaw here the latest decides.
    """
    names = {finding.id, *finding.aliases, *finding.advisories}
    fitting = [
        each
        for each in statements
        if names.intersection(each.ids) and _speaks_of(each, finding, place, image)
    ]
    latest = max(fitting, key=lambda each: each.timestamp, default=None)
    return latest if latest is not None and latest.status in _SILENCING else None


def _speaks_of(statement: Statement, finding: Finding, place: Place, image: Sequence[str]) -> bool:
    if statement.packages and not any(same_package(purl, finding.purl) for purl in statement.packages):
        return False
    if not statement.products:
        return bool(statement.packages)
    # what an upper layer replaced is no longer in its base's stratum, so the place itself is the scope
    return any(
        names_image(product, image)
        or (place.base is not None and names_base(product, place.base))
        or (not statement.packages and same_package(product, finding.purl))
        for product in statement.products
    )


def same_package(stated: str, purl: str) -> bool:
    """Whether a purl means a package: what it leaves out (version, qualifiers) may be anything."""
    one, other = parse_purl(stated), parse_purl(purl)
    if one is None or other is None or one.ecosystem in ("oci", "docker"):
        return False
    return (
        (one.ecosystem, one.namespace, one.name) == (other.ecosystem, other.namespace, other.name)
        and one.version in ("", other.version)
        and one.architecture in ("", other.architecture, "source")
        and (one.distribution is None or one.distribution == other.distribution)
    )


def names_image(product: str, image: Sequence[str]) -> bool:
    """Whether a product is the image: by digest, by `pkg:oci` with that digest, or by name."""
    digest = _digest(product)
    if digest:
        return digest in image
    return not product.startswith("pkg:") and full_name(product) in {
        full_name(name) for name in image if name
    }


def names_base(product: str, base: Base) -> bool:
    """The same of a base: its digest, its index's, or one of its names."""
    digest = _digest(product)
    if digest:
        return digest in (base.digest, base.index_digest)
    return not product.startswith("pkg:") and full_name(product) in base.names


def _digest(product: str) -> str:
    """`sha256:...` of a digest, of `name@sha256:...` or of `pkg:oci/name@sha256%3A...`."""
    text = product.partition("?")[0].replace("%3A", ":").replace("%3a", ":")
    at = text.rfind("sha256:")
    return text[at:] if at >= 0 else ""
