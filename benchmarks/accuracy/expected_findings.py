"""Trivy's expectations of its detectors: advisories and packages made up for its tests, and what is to be found.

The advisories become OSV records and the packages SBOMs; both go through a whole `seamline scan`.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from benchmarks.accuracy.__main__ import scanned, seamline
from benchmarks.accuracy.expected_orders import Held
from benchmarks.accuracy.packages import purl
from benchmarks.accuracy.truth import Item

FAMILIES = {"alma": "AlmaLinux", "alpine": "Alpine", "debian": "Debian", "ubuntu": "Ubuntu", "wolfi": "Wolfi"}
_FIELD = re.compile(r'\b(\w+):\s+(?:"([^"]*)"|(\d+))')
_CASE = re.compile(r'\n\t\t\{\n\t\t\tname:\s+"')
_OF_BINARIES = ("AlmaLinux",)
Found = frozenset[tuple[str, str]]


class Case(NamedTuple):
    """One test of Trivy's: the release, the packages, and what is expected as (package, flaw); `elsewhere` where the
    machine says more of its release than its os-release does."""

    title: str
    release: str
    packages: tuple[Mapping[str, str], ...]
    wanted: Found
    elsewhere: bool = False


def finding_results(peer: Path) -> Iterator[tuple[str, Held]]:
    """The result of every family that OSV has."""
    for family, base in sorted(FAMILIES.items()):
        folder = peer / "pkg" / "detector" / "ospkg" / family
        if folder.is_dir():
            yield (
                f"Trivy {family}",
                judged(base, folder, list(cases((folder / f"{family}_test.go").read_text()))),
            )


def cases(source: str) -> Iterator[Case]:
    """The table of a Go test. A case that expects an error of the detector is left out."""
    for part in _CASE.split(source.partition("\nfunc TestScanner_IsSupportedVersion")[0])[1:]:
        if "wantErr:" in part or "Name:" not in part:
            continue
        given, _, wanted = part.partition("\n\t\t\twant:")
        fields = _FIELD.findall(given)
        packages: list[dict[str, str]] = []
        for key, text, number in fields:
            if key == "Name":
                packages.append({})
            if packages:
                packages[-1][key] = text or number
        found = [
            (key, text) for key, text, _ in _FIELD.findall(wanted) if key in ("PkgName", "VulnerabilityID")
        ]
        names = [text for key, text in found if key == "PkgName"]
        flaws = [text for key, text in found if key == "VulnerabilityID"]
        release = next((text for key, text, _ in fields if key == "osVer"), "").removesuffix("-ESM")
        yield Case(
            part.partition('"')[0],
            release,
            tuple(packages),
            frozenset(zip(names, flaws, strict=True)),
            elsewhere="repo: &" in given or '-ESM"' in given,
        )


def judged(base: str, folder: Path, told: list[Case]) -> Held:
    """What a scan says of the packages of every case; each (package, flaw) that is expected or found counts."""
    differing: list[tuple[str, str]] = []
    number = 0
    with tempfile.TemporaryDirectory(prefix="seamline-expected-") as name:
        work = Path(name)
        unfixed = written(base, (folder / "testdata" / "fixtures").glob("*.yaml"), work / "osv" / base)
        env = {**os.environ, "XDG_DATA_HOME": str(work / "data"), "XDG_CACHE_HOME": str(work / "cache")}
        seamline(["db", "update", "--from", str(work / "osv"), "-e", base], env)
        for case in told:
            items = [item(base, case.release, package) for package in case.packages]
            found, gaps = scanned(items, work, env)
            names = [package["Name"] for package in case.packages]
            mine = {(names[at], each["id"]) for at, listed in found.items() for each in listed}
            number += len(case.wanted | mine)
            unread = {names[at] for at in gaps}
            for package, flaw in sorted(case.wanted ^ mine):
                is_lost = (package, flaw) in case.wanted
                why = reason(
                    case, is_gap=is_lost and package in unread, is_open=not is_lost and flaw in unfixed
                )
                differing.append((f"{case.title}: {package} {flaw} {'lost' if is_lost else 'found'}", why))
    return Held(number, tuple(differing))


def reason(case: Case, *, is_gap: bool, is_open: bool) -> str:
    """Why Seamline does not find what was expected, or finds more."""
    if case.elsewhere:
        return "Trivy asks for another release than the system's: a repository's, or a paid one"
    if is_open:
        return "Trivy's detector passes over flaws without a fix"
    return "told as a gap" if is_gap else "unexplained"


def item(base: str, release: str, package: Mapping[str, str]) -> Item:
    """A package as an SBOM has it."""
    version = spelt(package, "")
    source = "" if base in _OF_BINARIES else package.get("SrcName", "")
    upstream = f"{source}@{spelt(package, 'Src')}" if source and spelt(package, "Src") else source
    label = package.get("Modularitylabel", "")
    address = purl(base, release, package["Name"], version, upstream=upstream, rpmmod=label)
    return Item(base, package["Name"], version, address, label)


def spelt(package: Mapping[str, str], prefix: str) -> str:
    epoch, release = package.get(f"{prefix}Epoch", "0"), package.get(f"{prefix}Release", "")
    head = f"{epoch}:" if epoch not in ("", "0") else ""
    return head + package.get(f"{prefix}Version", "") + (f"-{release}" if release else "")


def written(base: str, fixtures: Iterable[Path], target: Path) -> set[str]:
    """Trivy's buckets (release, package, flaw) as OSV records; the flaws that have no fix."""
    unfixed = set()
    records: dict[str, dict[str, Any]] = {}
    for path in fixtures:
        for bucket in yaml.safe_load(path.read_text()):
            system, _, release = bucket["bucket"].partition(" ")
            if FAMILIES.get(system) != base:
                continue
            for package in bucket["pairs"]:
                for flaw in package.get("pairs") or ():
                    if isinstance(flaw["value"], dict):
                        record = recorded(base, release, package["bucket"], flaw)
                        records[record["id"]] = record
                        if not flaw["value"].get("FixedVersion"):
                            unfixed.add(flaw["key"])
    target.mkdir(parents=True)
    for number, record in enumerate(records.values()):
        (target / f"{number}.json").write_text(json.dumps(record))
    return unfixed


def recorded(base: str, release: str, package: str, flaw: Mapping[str, Any]) -> dict[str, Any]:
    module, colon, name = package.rpartition("::")
    fixed = flaw["value"].get("FixedVersion", "")
    events = [{"introduced": flaw["value"].get("AffectedVersion") or "0"}]
    ecosystem = ":".join(part for part in (base, f"v{release}" if base == "Alpine" else release) if part)
    return {
        "schema_version": "1.6.0",
        "id": f"X-{flaw['key']}-{release}-{package.replace(':', '-')}",
        "summary": f"Important: {module} security update" if colon else "",
        "modified": "2026-01-01T00:00:00Z",
        "published": "2026-01-01T00:00:00Z",
        "upstream": [flaw["key"]],
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": name},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": events + ([{"fixed": fixed}] if fixed else [])},
                ],
            }
        ],
    }
