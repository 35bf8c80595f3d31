"""The page of docs/ from what the benchmark measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.trivy import reasons
from benchmarks.trivy.cost import Cost
from benchmarks.trivy.images import Beside
from benchmarks.trivy.matches import Told
from benchmarks.trivy.reasons import Reasoned
from benchmarks.trivy.secrets import Sought
from benchmarks.trivy.verdicts import Verdict

_HEAD = """# Beside Trivy

Seamline and Trivy {version}, each part in one run, on the same packages, images and files, with databases made of the same OSV records and of nothing
else. `python -m benchmarks.trivy DATA -o docs/beside-trivy.md LAYOUT...` makes this page; a difference without a reason fails it.
"""
_MATCHES = """
## Flaws, with the ecosystems' own tools as the judge

Packages of real images and of every version that records name, as one SBOM for each release and language; a match is one package and one
record. Whether it holds is told by dpkg, rpm, apk, node-semver and the others ([how](concepts/matching.md)), never by either of the two.

| ecosystem | packages | hold | Seamline false | missed | Trivy false | missed | why |
|---|---:|---:|---:|---:|---:|---:|---|"""
_IMAGES = """
## Flaws of whole images

| image | both | only Seamline | only Trivy |
|---|---:|---|---|"""
_COST = """
## Cost

Whole processes in turn, medians of processor and wall time; ratios to Seamline's warm run on the same image. Cold is without what was
kept of the image's layers; both databases are there.

| image | who | wall | processor | peak memory |
|---|---|---:|---:|---:|"""
_VERDICTS = """
## Verdicts on Dockerfiles and manifests

Files on which both have a check that asks the same. *right* is by the truth that was written down before, where there is one.

| Trivy's check | rules here | files | the same | only Seamline | only Trivy | truth known | Seamline right | Trivy right |
|---|---|---:|---:|---|---|---:|---:|---:|"""


class Results:
    """What one run measured, part by part."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.matches: dict[str, tuple[Told, ...]] = {}
        self.images: list[Beside] = []
        self.costs: list[Cost] = []
        self.sizes = (0, 0)
        self.verdicts: list[Verdict] = []
        self.planted: list[Sought] = []
        self.noise: dict[str, tuple[Sought, ...]] = {}


def page(results: Results) -> str:
    """The whole page, with the parts that were run."""
    return "\n".join(_lines(results)) + "\n"


def unexplained(results: Results) -> list[str]:
    """Every difference that has no reason."""
    return [f"{each.who}: {each.what}" for each in _all(results) if not each.why]


def _lines(results: Results) -> Iterator[str]:
    yield _HEAD.format(version=results.version)[:-1]
    if results.matches:
        yield from _matches(results.matches)
    if results.images:
        yield _IMAGES
        yield from map(_image, results.images)
    if results.costs:
        yield from _costs(results)
    if results.verdicts:
        yield _VERDICTS
        yield from _verdicts(results.verdicts)
    if results.planted:
        yield from _secrets(results)
    yield from _why(results)


def _matches(found: dict[str, tuple[Told, ...]]) -> Iterator[str]:
    yield _MATCHES
    for base, told in sorted(found.items()):
        counted = Counter(f"{each.who}, {each.why}" for each in reasons.of_matches(told))
        cells = (
            len(told),
            sum(len(each.holding) for each in told),
            sum(len(each.seamline - each.holding) for each in told),
            sum(len(each.holding - each.seamline) for each in told),
            sum(len(each.trivy - each.holding) for each in told),
            sum(len(each.holding - each.trivy) for each in told),
        )
        yield f"| {base} | {' | '.join(map(str, cells))} | {_counted(counted)} |"


def _image(found: Beside) -> str:
    told = list(reasons.of_image(found))
    cells = [_counted(Counter(each.why for each in told if each.who == who)) for who in ("Seamline", "Trivy")]
    return f"| {found.image} | {found.same} | {' | '.join(cells)} |"


def _costs(results: Results) -> Iterator[str]:
    yield _COST
    for cost in results.costs:
        own = next(
            each for each in results.costs if each.image == cost.image and each.who == "Seamline, warm"
        )
        yield (
            f"| {cost.image} | {cost.who} | {cost.seconds / own.seconds:.2f} | {cost.busy_seconds / own.busy_seconds:.2f} "
            f"| {cost.peak_bytes / 1e6:.0f} MB |"
        )
    ours, theirs = results.sizes
    yield ""
    yield f"Index on disk: Seamline {ours / 1e6:.0f} MB, Trivy {theirs / 1e6:.0f} MB ({theirs / ours:.2f} times)."


def _verdicts(found: list[Verdict]) -> Iterator[str]:
    for checks, rules in dict.fromkeys((each.checks, each.rules) for each in found):
        mine = [each for each in found if each.checks == checks]
        told = list(reasons.of_verdicts(mine))
        sided = [
            _counted(Counter(each.why for each in told if each.who == who)) for who in ("Seamline", "Trivy")
        ]
        known = [each for each in mine if each.truth is not None]
        cells = (
            len(mine), sum(each.seamline == each.trivy for each in mine), *sided, len(known),
            sum(each.seamline == each.truth for each in known), sum(each.trivy == each.truth for each in known),
        )  # fmt: skip
        yield f"| {', '.join(checks)} | {', '.join(rules)} | {' | '.join(map(str, cells))} |"


def _secrets(results: Results) -> Iterator[str]:
    files = [each for each in results.planted if each.kind]
    yield "\n## Secrets\n\nPlanted in files of an image by a generator that shares no pattern with either; some are deleted in a later layer.\n"
    yield "| kind | planted | deleted | Seamline | Trivy |\n|---|---:|---:|---:|---:|"
    for kind in dict.fromkeys(each.kind for each in files):
        mine = [each for each in files if each.kind == kind]
        cells = (
            len(mine),
            sum(each.is_deleted for each in mine),
            sum(each.seamline for each in mine),
            sum(each.trivy for each in mine),
        )
        yield f"| {kind} | {' | '.join(map(str, cells))} |"
    yield f"| all | {len(files)} | {sum(e.is_deleted for e in files)} | {sum(e.seamline for e in files)} | {sum(e.trivy for e in files)} |"
    yield "\n| image that holds none | Seamline tells of | Trivy tells of |\n|---|---:|---|"
    for name, told in results.noise.items():
        paths = ", ".join(f"`{each.path}`" for each in told if each.trivy) or "-"
        yield f"| {name} | {sum(each.seamline for each in told)} | {paths} |"


def _all(results: Results) -> Iterator[Reasoned]:
    for told in results.matches.values():
        yield from reasons.of_matches(told)
    for image in results.images:
        yield from reasons.of_image(image)
    yield from reasons.of_verdicts(results.verdicts)
    yield from reasons.of_secrets(results.planted)
    for found in results.noise.values():
        yield from reasons.of_secrets(list(found))


def _why(results: Results) -> Iterator[str]:
    used = {each.why for each in _all(results) if each.why}
    yield "\n| difference | who is right, and why |\n|---|---|"
    yield from (f"| {key} | {text} |" for key, text in reasons.REASONS.items() if key in used)
    yield f"\nUnexplained: {len(unexplained(results))}."


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {why or 'UNEXPLAINED'}" for why, number in sorted(counts.items())) or "-"
