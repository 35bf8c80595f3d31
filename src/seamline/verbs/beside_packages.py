"""What a scan finds beside flaws of packages: ends of support, release tags that moved; and what the reader should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from seamline.advisories.ecosystems import subjects_of
from seamline.advisories.end_of_life import covered_until, cycle_of_distribution, cycle_of_runtime, has_ended
from seamline.advisories.floors import is_upgraded
from seamline.advisories.judge import Place, publisher_of
from seamline.advisories.keys import Names, Numbered, named_key
from seamline.advisories.match import Matched
from seamline.errors import Where
from seamline.model.advisory import Cycle, Severity, Status
from seamline.model.day import day_of, noted
from seamline.model.evidence import Evidence, Gap, Message, first_names
from seamline.model.finding import Finding
from seamline.model.package import Install
from seamline.model.purl import install_key, purl_of
from seamline.model.seam import Base, repository_of, short_name
from seamline.seam.lines import is_fixed_tag, tag_of
from seamline.seam.own_names import own_names
from seamline.stores.advisory_index import Advisories
from seamline.stores.ledger import Bases
from seamline.verbs.fix_way import Ladder, Places
from seamline.verbs.stock import Stock

_MOST_NAMES = 6


def ended(stock: Stock, index: Advisories, places: Places, today: str) -> Iterator[Finding]:
    """Ends of support of the distribution and of runtimes built by hand, as findings."""
    distribution = stock.distribution
    if distribution is not None:
        cycle = cycle_of_distribution(distribution, index.cycles)
        # the lowest part that holds any of its packages brought it, whatever was installed above
        carriers = (each for each in stock.installs if each.package.distribution == distribution)
        carrier = min(carriers, key=lambda each: places.of(each).position, default=None)
        if cycle is not None and carrier is not None and has_ended(cycle, today):
            place = places.of(carrier)
            key = named_key(f"end-of-life {cycle.product}", cycle.cycle)
            name = distribution.pretty_name or f"{distribution.id} {distribution.version_id}"
            yield _end_finding(cycle, carrier, place, today, key=key, name=name)
    names, numbered = Names(stock.installs), Numbered()
    for install in stock.installs:
        cycle = cycle_of_runtime(install, index.cycles)
        if cycle is not None and has_ended(cycle, today):
            key = numbered.key(f"end-of-life {cycle.product} {cycle.cycle}", names.of(install))
            yield _end_finding(cycle, install, places.of(install), today, key=key)


def uncovered(stock: Stock, index: Advisories, today: str) -> Iterator[Gap]:
    """A distribution about which nobody promised advisories any more: few flaws are known of it because few were looked for."""
    distribution = stock.distribution
    cycle = cycle_of_distribution(distribution, index.cycles) if distribution is not None else None
    if distribution is not None and cycle is not None and (day := covered_until(cycle, today)):
        name = distribution.pretty_name or f"{distribution.id} {distribution.version_id}"
        yield Gap(
            where=Where(), message=Message("coverage-unknown-after", {"product": name, "day": noted(day)})
        )


def _end_finding(
    cycle: Cycle, install: Install, place: Place, today: str, *, key: str, name: str = ""
) -> Finding:
    extended = bool(cycle.extended_ends) and cycle.extended_ends >= today
    args = {
        "product": name or f"{cycle.product} {cycle.cycle}",
        "day": noted(cycle.ends),
        "extended": noted(cycle.extended_ends),
    }
    package = install.package
    bare = _bare(
        place, "end of life", Evidence(message=Message("ended-extended" if extended else "ended", args))
    )
    return msgspec.structs.replace(
        bare,
        key=key,
        id=f"EOL-{cycle.product}-{cycle.cycle}",
        summary=f"support of {args['product']} "
        + (f"ended on {args['day']}" if args["day"] else "has ended"),
        purl="" if name else purl_of(package),
        package=name or package.name,
        version=cycle.cycle,
        install=install_key(install),
        layer=install.current_layer,
        origin_layer=install.origin_layer,
        publisher=publisher_of(install),
        severity=(Severity.MEDIUM if extended else Severity.HIGH).value,
        published=args["day"],
    )


def _bare(place: Place, kind: str, evidence: Evidence) -> Finding:
    """A finding of no package's flaw."""
    return Finding(
        key="",
        id="",
        aliases=(),
        advisories=(),
        summary="",
        purl="",
        package="",
        version="",
        ecosystem=kind,
        source_name="",
        paths=(),
        side=place.side,
        stratum=place.stratum,
        layer=None,
        origin_layer=None,
        owner=place.owner,
        publisher="",
        severity=Severity.MEDIUM.value,
        score=0.0,
        scores=(),
        epss=-1.0,
        percentile=-1.0,
        kev=False,
        kev_due="",
        fixed_in=(),
        status=Status.WILL_NOT_FIX.value,
        published="",
        deadline=None,
        way=(),
        actions=(),
        evidence=(evidence,),
    )


def moved_tags(stock: Stock, known: Bases, places: Places, today: str) -> Iterator[Finding]:
    """Release tags (`v2.3.0`) under which another digest was seen, before or since, by today: whoever builds by the tag gets
    another image than the one that was looked at."""
    image, told = stock.image, set[str]()
    used: list[tuple[tuple[str, ...], str | None, Place]] = [
        (place.base.names, place.base.digest, place) for place in places.all if place.base is not None
    ]
    if places.all:
        used.append((own_names(image), image.digest, places.all[-1]))
    for names, digest, place in used:
        for name in names:
            others = [
                each
                for each in known.with_name(name, image.platform)
                if each.digest and each.digest != digest and each.first_seen[:10] <= today
            ]
            if digest and others and name not in told and is_fixed_tag(tag_of(name)):
                told.add(name)
                yield _moved(name, digest, others[-1], place)


def _moved(name: str, digest: str, other: Base, place: Place) -> Finding:
    args = {"tag": short_name(name), "digest": digest, "other": other.digest or "", "seen": other.first_seen}
    bare = _bare(place, "tag", Evidence(message=Message("release-tag-moved", args)))
    return msgspec.structs.replace(
        bare,
        key=named_key("tag-moved", name),
        id="TAG-MOVED",
        summary=f"{short_name(name)} names {digest[:19]} here and {(other.digest or '')[:19]} elsewhere",
        package=short_name(name),
        version=digest,
        publisher=repository_of(name),
        published=other.first_seen,
    )


def stale_copy(stock: Stock, known: Bases, as_of: str) -> Iterator[Message]:
    """Whether the image's own name is known to stand for a later image by then; not told of an image that says no day."""
    image = stock.image
    later = [
        each
        for name in own_names(image)
        for each in known.with_name(name, image.platform)
        if image.config.created < each.created <= as_of and each.digest not in (None, image.digest)
    ]
    newest = max(later, key=lambda each: each.created, default=None)
    if newest is not None and day_of(image.config.created):
        args = {
            "day": image.config.created[:10],
            "newest": newest.created[:10],
            "digest": (newest.digest or "")[:19],
        }
        yield Message("copy-is-old", args)


def patched_above(ladder: Ladder) -> Iterator[Message]:
    """The packages that a base brought and a step above it upgraded, a line for each such layer."""
    yard, cut = ladder.yard(), ladder.floors[-1].cut
    layers: dict[tuple[str, int], list[str]] = {}
    for install in yard.installs.values():
        if is_upgraded(install, cut, yard):
            origin = yard.origin_of(install).stratum
            package = install.package
            layers.setdefault((origin, install.current_layer or 0), []).append(
                f"{package.name} {package.version}"
            )
    for (base, layer), names in sorted(layers.items()):
        shown = first_names(sorted(names), _MOST_NAMES)
        yield Message("patched-above", {"names": shown, "number": len(names), "base": base, "layer": layer})


def judged_how(matched: Matched, installs: Sequence[Install]) -> Iterator[Message]:
    """What the reader should know of how it was judged."""
    if matched.skipped["owned"]:
        yield Message("owned-follow-distribution", {"number": matched.skipped["owned"]})
    if matched.skipped["headers"]:
        yield Message("kernel-headers-skipped", {"number": matched.skipped["headers"]})
    by_supplier: dict[str, list[str]] = {}
    for install in installs:
        if install.supplier and any(True for _ in subjects_of(install)):
            by_supplier.setdefault(install.supplier, []).append(install.package.name)
    for supplier, names in sorted(by_supplier.items()):
        yield Message(
            "judged-by-its-maker", {"supplier": supplier, "names": ", ".join(sorted(names)[:_MOST_NAMES])}
        )
