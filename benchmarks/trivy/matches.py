"""Flaws beside Trivy: the same packages, the same records, and the ecosystems' own tools to say who is right.

For each release of a distribution and each language one SBOM that both read as their own. A match is one package and one record.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from benchmarks.accuracy.__main__ import sample
from benchmarks.accuracy.own_tools import Compare
from benchmarks.accuracy.packages import named, real
from benchmarks.accuracy.truth import Answer, Fact, Item, answers, facts_of
from benchmarks.trivy.peer import flaws

_SYSTEMS = {"Debian": "debian", "Ubuntu": "ubuntu", "Alpine": "alpine", "Wolfi": "wolfi", "AlmaLinux": "alma"}
_SYSTEM_KINDS = ("deb", "rpm", "apk")
_PROPERTY = "aquasecurity:trivy:"


class Told(NamedTuple):
    """The records that each finds for one package, what the tool says, and every fact about the package by its record."""

    item: Item
    seamline: frozenset[str]
    trivy: frozenset[str]
    answer: Answer
    facts: Mapping[str, Fact]

    @property
    def holding(self) -> frozenset[str]:
        """The records that hold by the tool."""
        return frozenset(fact.record for fact in self.answer.holding)


def sbom(items: list[Item]) -> dict[str, Any]:
    """A CycloneDX document of packages of one release or language, with what Trivy says of a package's source and module."""
    base, _, release = items[0].ecosystem.partition(":")
    components: list[dict[str, Any]] = []
    for at, item in enumerate(items):
        component: dict[str, Any] = {
            "type": "library", "bom-ref": str(at), "name": _name(item), "version": item.version, "purl": _purl(item),
            "evidence": {"occurrences": [{"location": f"/at/{at}"}]},
        }  # fmt: skip
        if base in _SYSTEMS:
            told = {"SrcName": item.name, "SrcVersion": item.version}
            if item.module:
                told["Modularitylabel"] = f"{item.module}:1:2"
            component["properties"] = [
                {"name": _PROPERTY + key, "value": value} for key, value in told.items()
            ]
        components.append(component)
    if base in _SYSTEMS:
        version = release.removeprefix("v") or "20230201"
        components.append(
            {"type": "operating-system", "bom-ref": "system", "name": _SYSTEMS[base], "version": version}
        )
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}


def _purl(item: Item) -> str:
    """The purl in Trivy's own form: it leaves out what lies in another namespace than its own name of the distribution."""
    return item.purl.replace("pkg:rpm/almalinux/", "pkg:rpm/alma/").replace(
        "distro=almalinux-", "distro=alma-"
    )


def _name(item: Item) -> str:
    """The name as its maker writes it; of a distribution's package that of the binary."""
    path = item.purl.removeprefix("pkg:").partition("?")[0].rpartition("@")[0].split("/")
    kind, *rest = path
    parts = rest[-1:] if kind in _SYSTEM_KINDS else rest
    return (":" if kind == "maven" else "/").join(unquote(part) for part in parts)


def seamline_findings(path: Path, env: Mapping[str, str]) -> dict[int, set[str]]:
    """The records that Seamline names, by the package's number."""
    words = [sys.executable, "-m", "seamline", "scan", str(path), "-f", "json", "--offline"]
    done = subprocess.run(words, env=env, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    found: dict[int, set[str]] = defaultdict(set)
    for finding in json.loads(done.stdout)["findings"]:
        if finding["ecosystem"] != "end of life":
            found[int(finding["paths"][0].rpartition("/")[2])] |= set(finding["advisories"])
    return found


def trivy_findings(path: Path, cache: Path) -> dict[int, set[str]]:
    """The records that Trivy names, by the package's number."""
    found: dict[int, set[str]] = defaultdict(set)
    for flaw in flaws("sbom", str(path), cache):
        found[int(flaw["PkgIdentifier"]["BOMRef"])].add(flaw["VulnerabilityID"])
    return found


def judged(base: str, data: Path, most: int, compare: Compare, work: Path, env: Mapping[str, str], cache: Path) -> Iterator[Told]:  # fmt: skip
    """Every package of one ecosystem, drawn from real lists and from the records themselves."""
    archive = data / "osv" / base / "all.zip"
    facts = facts_of(archive, base)
    known = {fact.record for each in facts.values() for fact in each}
    for items in _by_release(drawn(base, data, archive, most)):
        path = work / "sbom.cdx.json"
        path.write_text(json.dumps(sbom(items)))
        ours, theirs = seamline_findings(path, env), trivy_findings(path, cache)
        told = answers(items, facts, compare)
        for at, (item, answer) in enumerate(zip(items, told, strict=True)):
            spoken = _by_record(facts.get((item.ecosystem, item.name), ()))
            yield Told(item, frozenset(ours[at] & known), frozenset(theirs[at] & known), answer, spoken)


def _by_record(facts: Iterable[Fact]) -> dict[str, Fact]:
    """All that a record says of the package as one fact: some tell each of its builds by itself."""
    found: dict[str, Fact] = {}
    for fact in facts:
        before = found.get(fact.record)
        found[fact.record] = fact if before is None else before._replace(ranges=before.ranges + fact.ranges)
    return found


def drawn(base: str, data: Path, archive: Path, most: int) -> list[Item]:
    """Up to `most` packages of real images and as many that records name, each once, however its purl is written: of two with
    one name and version Trivy tells one."""
    own = [item for item in real(data) if item.ecosystem.partition(":")[0] == base]
    found: dict[tuple[str, str, str, str], Item] = {}
    for item in (*sample(own, most), *named(archive, base, most)):
        found.setdefault((item.ecosystem, _name(item), item.version, item.module), item)
    return [*found.values()]


def _by_release(items: Iterable[Item]) -> Iterator[list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.ecosystem].append(item)
    yield from (found[key] for key in sorted(found))
