"""What an image could stand on instead: every studied base of the same repository or kin, judged before anything is built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from seamline import __version__
from seamline.advisories.forecast import judging, on_base
from seamline.advisories.match import Matcher
from seamline.advisories.verdict import Flaw
from seamline.errors import NotFound
from seamline.model.advice import AdviseReport, Candidate
from seamline.model.evidence import Message
from seamline.model.package import Distribution, Install, Side
from seamline.model.purl import install_key
from seamline.model.seam import Base, Inventory, LayerSpan, repository_of
from seamline.seam.lines import is_later, tag_of
from seamline.stores.advisory_index import Advisories
from seamline.stores.ledger import Bases
from seamline.verbs.inspect import Seen
from seamline.verbs.needs import Need, needs_of, unmet
from seamline.verbs.scan import database_gaps, database_line, matcher_by, needed_ecosystems
from seamline.verbs.stock import Stock, stock_of

_MOST = 12
_TOOLS = frozenset(("bash", "dash", "busybox", "apt", "apk-tools", "rpm", "dnf", "microdnf"))


def advise(seen: Seen, known: Bases, index: Advisories, as_of: str) -> AdviseReport:
    """The candidates, the one with the fewest flaws first. `seen` was read by the readers of `needs.DEEP` too.

    Raises:
        NotFound: the image stands on no known base.
    """
    stock = stock_of(seen)
    at, base = _standing_on(stock)
    standing = [each for each in stock.installs if stock.index_of(each) <= at]
    above = [each for each in stock.installs if stock.index_of(each) > at]
    matcher = matcher_by(index, as_of)
    judge = judging(matcher)
    likes = (*above, *standing)
    own = base.inventory or known.inventory(base)
    # as it was released: the image may have upgraded some of it
    held = standing if own is None else list(on_base(likes, own))
    now = judge(held)
    needs = needs_of(seen, at)
    kin = [each for each in known.every() if _is_kin(each, base, stock.distribution)]
    inventories = {id(each): each.inventory or known.inventory(each) for each in kin}
    candidates = [
        _candidate(
            each,
            inventory,
            base,
            now=now,
            after=judge(on_base(likes, inventory)),
            misses=_misses(standing, above, inventory, needs),
        )
        for each in kin
        if (inventory := inventories[id(each)]) is not None and each.created <= as_of
    ]
    ordered = sorted(
        candidates,
        key=lambda each: (len(each.keeps) + len(each.adds), len(each.misses), each.packages, each.digest),
    )
    database = database_line(index, needed_ecosystems(stock.installs), as_of)
    return AdviseReport(
        image=stock.image,
        base=base.reference,
        packages=len(held),
        flaws=_ids(now),
        candidates=tuple(ordered[:_MOST]),
        unstudied=tuple(sorted({each.reference for each in kin if inventories[id(each)] is None})[:_MOST]),
        database=database,
        gaps=(*database_gaps(database), *stock.gaps),
        as_of=as_of,
        notes=tuple(_not_offered(stock, above, matcher, index, at, as_of[:10])),
        seamline=__version__,
    )


def _not_offered(
    stock: Stock, above: Sequence[Install], matcher: Matcher, index: Advisories, at: int, today: str
) -> Iterator[Message]:
    """That building the steps above a base again does not bring some fixes, whatever the base is or as long as it is this one:
    another base brings its own package sources, those of one's own steps stay."""
    sources = stock.sources() if stock.sources is not None else None
    if sources is None:
        return
    from seamline.verbs.offered import Offered  # noqa: PLC0415 - many images set no sources

    flaws = matcher(above).flaws
    offered = Offered(stock.installs, sources, flaws, index, today)
    reasons: dict[tuple[str, str | int], tuple[Message, bool, set[str]]] = {}
    for flaw in flaws:
        refusal = offered.refusal(flaw)
        if refusal is not None:
            told, where = refusal.evidence.message, refusal.evidence.where
            layer = where.layer if where is not None else None
            is_own = layer is None or _stratum_at(stock, layer) > at
            key = (told.id, told.args.get("at", ""))
            reasons.setdefault(key, (told, is_own, set()))[2].add(flaw.id)
    for told, is_own, ids in reasons.values():
        yield Message("advise-own-sources" if is_own else "advise-base-sources", {"number": len(ids)})
        yield told


def _stratum_at(stock: Stock, layer: int) -> int:
    spans = [(at, each.extent) for at, each in enumerate(stock.strata) if isinstance(each.extent, LayerSpan)]
    return next((at for at, span in spans if span.first <= layer <= span.last), len(stock.strata))


def _standing_on(stock: Stock) -> tuple[int, Base]:
    """The topmost known base of the system side, else the topmost known one, and the position of its stratum."""
    found = [(at, each.base, each.side) for at, each in enumerate(stock.strata) if each.base is not None]
    system = [row for row in found if row[2] == Side.SYSTEM]
    if not found:
        raise NotFound(
            stock.image.reference,
            expected="an image on a known base",
            got="none",
            hint="seamline base add <its base image>",
        )
    at, base, _ = (system or found)[-1]
    return at, base


def _is_kin(each: Base, base: Base, distribution: Distribution | None) -> bool:
    """Another image of the same platform, and of the same repository, of one whose name it shares, or of the same release of
    the same distribution."""
    if each.platform not in (base.platform, "") or each.diff_ids == base.diff_ids:
        return False
    own, other = ({repository_of(name) for name in names} for names in (base.names, each.names))
    if own & other or {name.rpartition("/")[2] for name in own} & {name.rpartition("/")[2] for name in other}:
        return True
    releases = {(d.id, d.version_id) for d in (each.inventory.distributions if each.inventory else ())}
    return distribution is not None and (distribution.id, distribution.version_id) in releases


def _candidate(
    each: Base,
    inventory: Inventory,
    base: Base,
    *,
    now: Mapping[str, Flaw],
    after: Mapping[str, Flaw],
    misses: Iterable[str],
) -> Candidate:
    before, then = set(_ids(now)), set(_ids(after))
    return Candidate(
        reference=each.reference,
        digest=each.digest or "",
        created=each.created[:10],
        kind=_kind(each, inventory, base),
        packages=len(inventory.packages),
        removes=tuple(sorted(before - then)),
        keeps=tuple(sorted(before & then)),
        adds=tuple(sorted(then - before)),
        misses=tuple(misses),
    )


def _kind(each: Base, inventory: Inventory, base: Base) -> str:
    """newer, distroless (no shell, no package manager), slim, or other."""
    if is_later(base, each):
        return "newer"
    names = {label.partition("=")[0].rpartition("/")[2] for label in inventory.packages}
    if not names & _TOOLS:
        return "distroless"
    tags = {tag_of(name) for name in each.names}
    return "slim" if any(mark in tag for tag in tags for mark in ("slim", "minimal", "micro")) else "other"


def _misses(
    standing: Sequence[Install], above: Sequence[Install], inventory: Inventory, needs: tuple[Need, ...]
) -> Iterator[str]:
    """What the application needs of its base and the candidate lacks: packages that its packages depend on, and files that
    its programs, scripts and start command ask for, with who asks."""
    there = {label.partition("=")[0] for label in inventory.packages}
    by_key = {install_key(each): each for each in standing}
    needed = {key for each in above for key in each.depends if key in by_key}
    names = {f"{by_key[key].package.ecosystem}/{by_key[key].package.name}" for key in needed}
    yield from sorted(name.partition("/")[2] for name in names - there)
    yield from (f"{need.name} ({need.asked_by})" for need in unmet(needs, inventory))


def _ids(flaws: Mapping[str, Flaw]) -> tuple[str, ...]:
    return tuple(sorted({flaw.id for flaw in flaws.values()}))
