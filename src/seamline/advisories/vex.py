"""Which VEX statement decides a finding. One about a base holds only while that base's layers lie there as its publisher
made them, and only for packages that nothing above has touched.

Source: OpenVEX 0.2.0 "Product identification" and "Updating statements"; CSAF 2.0 section 3.2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from seamline.advisories.vex_products import (
    IMAGE_TYPES,
    names_base,
    names_image,
    names_platform,
    parsed,
    same_package,
)
from seamline.expression import expression
from seamline.model.evidence import Message
from seamline.model.finding import Finding
from seamline.model.package import Distribution
from seamline.model.purl import identity_of
from seamline.model.seam import Base
from seamline.model.vex import Heard, Statement

_SILENCING = frozenset(("not_affected", "fixed"))
_CVE = "cve-"
_WHOLE = ""
_SEPARATORS = expression(r"[-_.]+")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where a package stands: `image` are the names and digests of the image itself, `bases` the known ones whose layers
    hold it, the lowest first. `is_intact` where those layers are theirs byte for byte; `is_touched` where
    something above changed the package's files. `distribution` is that of the package, `programs` are the purls of what it
    was linked into or packed in: the main module of a Go program, the archive around a jar."""

    image: tuple[str, ...] = ()
    bases: tuple[Base, ...] = ()
    is_intact: bool = True
    is_touched: bool = False
    distribution: Distribution | None = None
    programs: tuple[str, ...] = ()


class Said:
    """Statements by the names of their flaws and packages: a vendor's files hold tens of thousands, many about one flaw."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._all = tuple(statements)
        self._at: dict[str, list[int]] = {}
        self._named: dict[str, dict[str, list[int]]] = {}
        for at, each in enumerate(self._all):
            for name in each.ids:
                self._at.setdefault(name.casefold(), []).append(at)

    def knows(self, finding: Finding) -> bool:
        """Whether any is about the finding's flaw."""
        return not self._at.keys().isdisjoint(_flaws(finding))

    def about(self, finding: Finding, programs: Sequence[str] = ()) -> tuple[Statement, ...]:
        """Those about the finding's flaw that may mean its package or a program around it, in their order. Where both name CVEs
        one of these must be the same: a notice that mends several flaws, which both may name besides, makes none of them another."""
        names = _flaws(finding)
        own = {name for name in names if name.startswith(_CVE)}
        called = {_WHOLE, *(name for purl in (finding.purl, *programs) for name in _names_in(purl))}
        among = [self._by_package(name) for name in names if name in self._at]
        found = sorted({at for places in among for name in called for at in places.get(name, ())})
        return tuple(self._all[at] for at in found if _shares_a_cve(self._all[at], own))

    def _by_package(self, flaw: str) -> dict[str, list[int]]:
        """The places of the statements about a flaw, by what they mean; made when the flaw is first asked for."""
        places = self._named.get(flaw)
        if places is None:
            places = self._named[flaw] = {}
            for at in self._at[flaw]:
                for name in _meant_by(self._all[at]):
                    places.setdefault(name, []).append(at)
        return places


def _flaws(finding: Finding) -> set[str]:
    return {name.casefold() for name in (finding.id, *finding.aliases, *finding.advisories)}


def _meant_by(statement: Statement) -> set[str]:
    """The names of the packages that a statement may mean; `_WHOLE` where it speaks of something whole."""
    if statement.packages:
        return {name for purl in statement.packages for name in _names_in(purl)}
    meant = [parsed(product) for product in statement.products]
    is_whole = any(each is None or each.ecosystem in IMAGE_TYPES for each in meant)
    names = {name for purl in statement.products for name in _names_in(purl)}
    return names | {_WHOLE} if is_whole else names


def _names_in(purl: str) -> Iterator[str]:
    """What a package and its source are called, without what ways of writing differ in."""
    package = parsed(purl)
    for name in (package.name, package.source_name) if package is not None else ():
        if name:
            yield _SEPARATORS.sub("-", name.casefold())


def _shares_a_cve(statement: Statement, own: set[str]) -> bool:
    told = {name for name in map(str.casefold, statement.ids) if name.startswith(_CVE)}
    return not told or not own or bool(told & own)


def deciding(statements: Iterable[Statement], finding: Finding, scope: Scope) -> Statement | None:
    """The statement that makes a finding not count. Of several that hold here the latest decides; of several of the
    same moment one that names the version before one that does not, then the last."""
    return next((each.statement for each in hear(statements, finding, scope) if each.decides), None)


def hear(statements: Iterable[Statement], finding: Finding, scope: Scope) -> tuple[Heard, ...]:
    """Every statement about a finding's flaw and package, in their order, and why it decides here or not."""
    asked = [
        (each, _reaches(each, finding, scope) if means else Message("vex-names-binary", {"name": source}))
        for each in Said(statements).about(finding, scope.programs)
        if (means := _may_mean(each, finding, scope)) or (source := _source_without_saying(each, finding))
    ]
    holding = [at for at, (_, reason) in enumerate(asked) if reason.id.startswith("vex-holds-")]
    latest = max(holding, key=lambda at: (*_weight(asked[at][0], finding), at), default=None)
    return tuple(_heard(finding, each, reason, asked, at, latest) for at, (each, reason) in enumerate(asked))


def _weight(statement: Statement, finding: Finding) -> tuple[datetime, bool]:
    """What one of several is preferred by: its moment, and that it names the version found."""
    names = statement.packages or statement.products
    meant = (parsed(each) for each in names if same_package(each, finding.purl))
    return _moment(statement.timestamp), any(each is not None and each.version for each in meant)


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
        other = asked[latest][0]
        when = "later" if _moment(other.timestamp) > _moment(statement.timestamp) else "same-moment"
        reason = Message(f"vex-{when}", {"status": other.status, "source": other.source})
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


def _may_mean(statement: Statement, finding: Finding, scope: Scope) -> bool:
    """Whether it speaks of this package: named itself, or as a part of a whole product."""
    if statement.packages:
        return any(same_package(purl, finding.purl) for purl in statement.packages)
    meant = [parsed(product) for product in statement.products]
    others = [each for each in meant if each is not None and each.ecosystem not in IMAGE_TYPES]
    return len(others) < len(meant) or _names_any(statement.products, (finding.purl, *scope.programs))


def _names_any(stated: Iterable[str], purls: Sequence[str]) -> bool:
    return any(same_package(each, purl) for each in stated for purl in purls)


def _source_without_saying(statement: Statement, finding: Finding) -> str:
    """The source package of a finding where a statement names it as if it were a binary one; empty where it does not."""
    package = parsed(finding.purl)
    if package is None or not package.source_name:
        return ""
    own = identity_of(msgspec.structs.replace(package, name=package.source_name))
    for stated in statement.packages or statement.products:
        one = parsed(stated)
        if one is not None and not one.architecture and identity_of(one) == own:
            return package.source_name
    return ""


def _reaches(statement: Statement, finding: Finding, scope: Scope) -> Message:
    """Whether a statement about this package holds where the package stands."""
    products = statement.products
    if not products or (not statement.packages and _names_any(products, (finding.purl,))):
        return Message("vex-holds-package", {})
    if any(names_image(each, scope.image) for each in products):
        return Message("vex-holds-image", {})
    if _names_any(products, scope.programs):
        return Message("vex-holds-program", {})
    if statement.packages and any(names_platform(each, scope.distribution) for each in products):
        return _in_platform(statement, finding)
    named = next((base for base in scope.bases if any(names_base(each, base) for each in products)), None)
    if named is None:
        return Message("vex-other-product", {"products": ", ".join(products[:3])})
    if not scope.is_intact:
        return Message("vex-not-intact", {"base": named.reference})
    if scope.is_touched:
        return Message("vex-touched", {"base": named.reference, "package": finding.package})
    return Message("vex-holds-base", {})


def _in_platform(statement: Statement, finding: Finding) -> Message:
    """A vendor names the stream of what is in one: a package of a stream is meant by its version or its stream alone."""
    package = parsed(finding.purl)
    meant = [parsed(each) for each in statement.packages if same_package(each, finding.purl)]
    if package is None or not package.modularity:
        return Message("vex-holds-distribution", {})
    if any(each is not None and (each.modularity or each.version) for each in meant):
        return Message("vex-holds-distribution", {})
    return Message("vex-other-stream", {"stream": package.modularity})
