"""Laws of acts, over worlds made at random: chains of bases with older and newer images, steps above them, upgrades in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.advisories.actions import Decided, decide
from seamline.advisories.forecast import at_version, judging
from seamline.advisories.judge import Bench, judged
from seamline.advisories.match import Matcher, match
from seamline.model.finding import Action, due_first
from seamline.model.image import Config, Digest
from seamline.model.package import Install, Side
from seamline.model.report import ImageLine
from seamline.model.seam import Base, Held, Inventory, LayerSpan, Stratum
from seamline.settings.file import Settings
from seamline.stores.shelf import Shelf as Bases
from seamline.verbs.fix_way import Ladder, Later, Places
from seamline.verbs.stock import Stock
from tests.advisories.records import BOOKWORM, Shelf, deb, language, record

NAMES = ("a", "b", "c")
AS_OF = "2026-06-01T00:00:00Z"
Versions = Mapping[str, int]


class World(NamedTuple):
    """Versions of the distribution's packages: in every base of the chain (None: no newer image of it is known) and in the
    top layer; the version that fixes each package (0: none does); the versions of a language package in the top layer, told
    without a path, and of which architectures `a` is there in a second version."""

    chain: tuple[tuple[Versions, Versions | None], ...]
    above: Versions
    fixes: Versions
    django: tuple[int, ...]
    foreign: tuple[str, ...]


versions = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 4), min_size=1, max_size=3)
worlds = st.builds(
    World,
    chain=st.lists(st.tuples(versions, versions | st.none()), max_size=3).map(tuple),
    above=versions,
    fixes=st.fixed_dictionaries({name: st.integers(0, 4) for name in NAMES}),
    django=st.lists(st.integers(1, 4), max_size=3, unique=True).map(tuple),
    foreign=st.lists(st.sampled_from(("i386", "armhf")), max_size=2, unique=True).map(tuple),
)


def held(packages: Versions) -> Inventory:
    rows = [
        Held(
            "deb",
            name,
            f"1-{number}",
            namespace="debian",
            path=b"var/lib/dpkg/status",
            distribution=0,
            architecture="amd64",
        )
        for name, number in sorted(packages.items())
    ]
    labels = tuple(f"deb/{row.name}={row.version}" for row in rows)
    return Inventory(packages=labels, contents=b"", installs=tuple(rows), distributions=(BOOKWORM,))


def base(at: int, packages: Versions, *, newer: bool) -> Base:
    text = f"{at}{'n' if newer else 'o'}"
    return Base(
        names=(f"registry.test/base{at}:1",),
        diff_ids=(Digest(f"sha256:{text}"),),
        digest=Digest(f"sha256:d{text}"),
        created=f"2026-0{3 if newer else 1}-0{at + 1}T00:00:00Z",
        team=f"team {at}" if at % 2 else "",
        inventory=held(packages),
    )


def advisories(world: World) -> Shelf:
    found = []
    for name, number in world.fixes.items():
        events = ({"introduced": "0"}, *(({"fixed": f"1-{number}"},) if number else ()))
        found.append(record(f"DEBIAN-CVE-1-{name}", "Debian:12", name, *events, upstream=[f"CVE-1-{name}"]))
        found.append(
            record(
                f"DEBIAN-CVE-2-{name}", "Debian:12", name, {"introduced": "1-3"}, upstream=[f"CVE-2-{name}"]
            )
        )
    found.append(record("PYSEC-1", "PyPI", "django", {"introduced": "0"}, {"fixed": "3"}))
    return Shelf(*found)


def stacked(world: World) -> tuple[list[Install], list[Stratum], list[Base]]:
    """The installs that are seen in the end, each with the layer that brought it first and last."""
    seen: dict[str, tuple[int, int, int]] = {}
    strata, known = [], []
    below: dict[str, int] = {}
    for at, (own, renewed) in enumerate(world.chain):
        below |= own
        made = base(at, dict(below), newer=False)
        known.append(made)
        if renewed is not None:
            known.append(base(at, renewed, newer=True))
        strata.append(Stratum(name=made.reference, extent=LayerSpan(at, at), side=Side.SYSTEM, base=made))
    layers = [own for own, _ in world.chain] + [world.above]
    for at, packages in enumerate(layers):
        for name, number in packages.items():
            origin, current, old = seen.get(name, (at, at, number))
            seen[name] = (origin, current if number == old else at, number)
    installs = [
        msgspec.structs.replace(deb(name, f"1-{number}"), origin_layer=origin, current_layer=current)
        for name, (origin, current, number) in sorted(seen.items())
    ]
    top = len(world.chain)
    strata.append(Stratum(name="application", extent=LayerSpan(top, top), side=Side.APPLICATION))
    for number in world.django:
        django = language("pypi", "django", str(number))
        installs.append(msgspec.structs.replace(django, proofs=(), origin_layer=top, current_layer=top))
    for architecture in world.foreign:
        other = deb("a", "1-2", architecture=architecture)
        installs.append(msgspec.structs.replace(other, origin_layer=top, current_layer=top))
    return installs, strata, known


def decided(world: World) -> tuple[Decided, Stock, list[Base]]:
    installs, strata, known = stacked(world)
    stock = stock_of(installs, strata)
    return decided_on(stock, advisories(world), known), stock, known


def stock_of(installs: Sequence[Install], strata: Sequence[Stratum]) -> Stock:
    image = ImageLine(
        reference="shop", place="oci-dir", digest=None, index_digest=None, platform="", platforms=(), names=(),
        artifact_type="", config=Config(), annotations={}, layers=(), attachments=(),
    )  # fmt: skip
    return Stock(
        image=image,
        distribution=BOOKWORM,
        installs=tuple(installs),
        strata=tuple(strata),
        index_of=lambda install: install.current_layer,
        gaps=(),
    )


def decided_on(stock: Stock, shelf: Shelf, known: Sequence[Base] = ()) -> Decided:
    matcher = Matcher(shelf.affected)
    ladder = Ladder(Places(stock, Settings()), stock, Later(Bases(known), AS_OF), matcher, is_pulled=False)
    bench = Bench(
        advisory=shelf.advisory,
        name_of=ladder.names.of,
        place_of=ladder.places.of,
        days_for=Settings().days_for,
        kev_days=Settings().kev_days,
        weather=lambda _: None,
        steps=ladder.way,
        today=AS_OF[:10],
    )
    flaws = match(stock.installs, shelf.affected).flaws
    return decide(list(judged(flaws, bench)), ladder.yard())


def acts_on(installs: Sequence[Install], shelf: Shelf) -> tuple[Action, ...]:
    """What is to be done about packages of an image that stands on nothing known."""
    application = Stratum(name="application", extent=LayerSpan(0, 0), side=Side.APPLICATION)
    return decided_on(stock_of(installs, [application]), shelf).actions


@given(worlds)
def test_every_finding_stands_under_exactly_one_act_and_what_has_no_fix_waits_or_goes_with_a_base(
    world: World,
) -> None:
    result, _, _ = decided(world)
    for finding in result.findings:
        acts = [each for each in result.actions if finding.key in each.mends]
        assert len(acts) == 1, finding.id
        assert finding.actions == (acts[0].key,)
        if acts[0].what == "wait":
            assert finding.status != "fixed"
    keys = {each.key for each in result.findings}
    assert len(keys) == len(result.findings)
    for act in result.actions:
        assert len(set(act.mends)) == len(act.mends)
        assert set(act.mends) <= keys
        assert keys.isdisjoint(act.brings)


@given(worlds)
def test_the_owner_who_acts_is_that_of_the_first_place_above_the_last_that_has_the_fix(world: World) -> None:
    result, _, _ = decided(world)
    for finding in result.findings:
        if finding.status != "fixed":
            continue
        last = max(at for at, step in enumerate(finding.way) if step.has_fix)
        assert finding.owner == finding.way[last + 1].owner
        assert all(step.has_fix is False for step in finding.way[last + 1 :])
        (act,) = (each for each in result.actions if finding.key in each.mends)
        assert act.owner == finding.owner
        assert set(act.waiting) == {s.owner for f in result.findings if f.key in act.mends for s in f.way[1:] if not s.has_fix and s.owner != act.owner and s in f.way[1 + max(at for at, x in enumerate(f.way) if x.has_fix) :]}  # fmt: skip


@given(worlds)
def test_an_act_counts_from_the_day_that_the_way_of_its_most_urgent_fix_shows(world: World) -> None:
    result, _, _ = decided(world)
    by_key = {each.key: each for each in result.findings}
    for act in result.actions:
        first = due_first([by_key[key] for key in act.mends])
        if first is None or first.deadline is None:
            continue
        assert act.due == first.deadline.due
        had = [step for step in first.way if step.has_fix]
        assert first.deadline.since == had[-1].day
        if act.message.id == "base-lacks-the-fix":
            assert (act.message.args["day"], act.message.args["source"]) == (had[-1].day, had[-1].place)


@settings(max_examples=400)
@given(worlds)
def test_standing_on_the_newest_base_does_what_was_foretold(world: World) -> None:
    """Against a plain model of a build: the newest base's packages, then the steps' own at their newest, which are at least the
    fixed ones, where the base has not overtaken them."""
    result, stock, _ = decided(world)
    bump = next((each for each in result.actions if each.what == "bump-base"), None)
    if bump is None:
        return
    renewed = world.chain[-1][1]
    assert renewed is not None
    after = dict(renewed)
    for install in stock.installs:
        name = install.package.name
        if not is_plain(install):
            continue
        if install.package.ecosystem == "deb" and install.current_layer == len(world.chain):
            own, fix = int(install.package.version[2:]), world.fixes[name]
            after[name] = max(after.get(name, 0), own, fix)
    shelf = advisories(world)
    built = [deb(name, f"1-{number}") for name, number in after.items()]
    fixed = world.fixes["a"]
    built += [each for each in stock.installs if each.package.ecosystem == "pypi"]
    built += [
        deb("a", f"1-{max(2, fixed)}", architecture=each.package.architecture)
        for each in stock.installs
        if not is_plain(each)
    ]
    fresh = judging(Matcher(shelf.affected))(built).keys()
    foretold = {each.key for each in result.findings if each.key not in result.rebuild_mends} | set(
        bump.brings
    )
    assert fresh == foretold
    assert set(bump.mends) <= set(result.rebuild_mends)


def foretold(result: Decided, act: Action) -> set[str]:
    """The keys that a fresh look finds once an act alone is done, as its report says."""
    gone = act.mends if act.gone is None else act.gone
    return {each.key for each in result.findings} - set(gone) | set(act.brings)


def is_plain(install: Install) -> bool:
    return install.package.architecture in ("", "amd64")


@given(worlds)
def test_one_upgrade_mends_the_findings_of_its_own_version_and_leaves_what_a_fresh_look_finds(
    world: World,
) -> None:
    result, stock, _ = decided(world)
    shelf = advisories(world)
    fresh_look = judging(Matcher(shelf.affected))
    for act in (each for each in result.actions if each.what == "upgrade"):
        old, new = str(act.message.args["version"]), str(act.message.args["target"])
        assert {each.version for each in result.findings if each.key in act.mends} == {old}
        moved = {
            (each.package.name, each.package.version.replace(old, new) if each.package.name == "django" else each.package.version, each.package.architecture): at_version(each, new) if each.package.name == "django" and each.package.version == old else each
            for each in stock.installs
        }  # fmt: skip
        assert fresh_look(moved.values()).keys() == foretold(result, act)


def test_what_the_publisher_will_not_fix_is_no_reason_to_wait() -> None:
    shelf = Shelf(
        record("DEBIAN-CVE-1", "Debian:12", "a", {"introduced": "0"}, upstream=["CVE-1"]),
        record("DEBIAN-CVE-2", "Debian:12", "a", {"introduced": "0"}, upstream=["CVE-2"], ecosystem_specific={"status": "ignored"}),
    )  # fmt: skip
    told = {act.message.id: act for act in acts_on([deb("a", "1-1")], shelf)}
    assert set(told) == {"wait-since", "will-not-fix-since"}
    assert all(act.what == "wait" and len(act.mends) == 1 for act in told.values())
    # no base of it is known that others could be sought beside
    assert (told["wait-since"].command, told["will-not-fix-since"].command) == ("", "")
