"""How right Seamline's matches are: `python -m benchmarks.accuracy DATA [ECOSYSTEM...]`.

Real packages, and packages at every version that records name, are judged by Seamline (a whole `seamline scan` of an SBOM with
a database made of DATA) and by the raw records with the ecosystems' own tools (truth.py). A match is one package and one
flaw. Printed per ecosystem: matches, false, missed, precision, recall; then every false and missed one with its reason.
Then the verdicts of `seamline audit` on images and deployments of known truth (benchmarks/verdicts, which also runs alone).
WORK keeps the database between runs, ITEMS limits the packages of an ecosystem, APK names Alpine's apk.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.accuracy.own_tools import tools
from benchmarks.accuracy.packages import named, real
from benchmarks.accuracy.truth import Answer, Item, answers, facts_of
from benchmarks.verdicts.show import main as verdicts

ORDERS = {
    "Debian": "deb", "Ubuntu": "deb", "Alpine": "apk", "Wolfi": "apk", "AlmaLinux": "rpm", "PyPI": "pep440", "npm": "semver",
    "crates.io": "semver", "Go": "go", "Maven": "maven", "RubyGems": "rubygems", "Packagist": "composer", "Bitnami": "bitnami",
    "NuGet": "nuget",
}  # fmt: skip
SHOWN = 15


class Score(NamedTuple):
    """One ecosystem's result: right matches, false and missed ones by reason, packages that neither can read, and findings
    by other data than this ecosystem's export (Node.js' own advisories beside Bitnami's)."""

    items: int
    right: int
    false: list[str]
    missed: list[str]
    unread: int
    elsewhere: int


def sample(items: list[Item], most: int) -> list[Item]:
    return items if len(items) <= most else random.Random(5).sample(items, most)  # noqa: S311


def seamline(arguments: list[str], env: dict[str, str]) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "seamline", *arguments], env=env, capture_output=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return done.stdout


def scanned(
    items: list[Item], folder: Path, env: dict[str, str]
) -> tuple[dict[int, list[dict[str, Any]]], set[int]]:
    """Seamline's findings by the number of the package, and the packages that it could not compare."""
    components = [
        {"type": "library", "bom-ref": str(at), "name": item.name, "version": item.version, "purl": item.purl,
         "evidence": {"occurrences": [{"location": f"/at/{at}"}]}}
        for at, item in enumerate(items)
    ]  # fmt: skip
    path = folder / "sbom.json"
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}))
    report = json.loads(seamline(["scan", str(path), "-f", "json", "--offline"], env))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for finding in report["findings"]:
        if finding["ecosystem"] != "end of life":
            found[int(finding["paths"][0].rpartition("/")[2])].append(finding)
    gaps = {
        int(gap["where"]["path"].rpartition("/")[2]) for gap in report["gaps"] if gap["where"].get("path")
    }
    return found, gaps


def score(
    items: list[Item],
    told: list[Answer],
    found: dict[int, list[dict[str, Any]]],
    gaps: set[int],
    records: set[str],
) -> Score:
    right, elsewhere, false, missed = 0, 0, [], []
    for at, (item, answer) in enumerate(zip(items, told, strict=True)):
        told_names = {name for fact in answer.holding for name in (fact.record, *(fact.cves or fact.names))}
        mine = {
            name
            for finding in found[at]
            for name in (finding["id"], *finding["aliases"], *finding["advisories"])
        }
        for finding in found[at]:
            names = {finding["id"], *finding["aliases"], *finding["advisories"]}
            if names & told_names:
                right += 1
            elif records.isdisjoint(finding["advisories"]):
                elsewhere += 1
            else:
                unread = any(names & fact.names for fact in answer.unread)
                false.append(
                    f"{item.purl}: {finding['id']}: "
                    + ("the tool reads no such version" if unread else "not so")
                )
        for fact in answer.holding:
            wanted = fact.cves or {fact.record}
            lost = {
                name for name in wanted if name not in mine and not (len(wanted) == 1 and fact.record in mine)
            }
            missed += [
                f"{item.purl}: {fact.record} {name}: " + ("told as a gap" if at in gaps else "lost")
                for name in lost
            ]
    return Score(len(items), right, false, missed, sum(bool(answer.unread) for answer in told), elsewhere)


def main() -> None:
    data, only = Path(sys.argv[1]), sys.argv[2:]
    most = int(os.environ.get("ITEMS", "400"))
    with tempfile.TemporaryDirectory(prefix="seamline-accuracy-") as name:
        work = Path(os.environ.get("WORK") or name)
        env = {**os.environ, "XDG_DATA_HOME": str(work / "data"), "XDG_CACHE_HOME": str(work / "cache")}
        if not (work / "data").exists():
            seamline(["db", "update", "--from", str(data)], env)
        comparers = tools()
        real_items = defaultdict(list)
        for item in real(data):
            real_items[item.ecosystem.partition(":")[0]].append(item)
        print(
            f"{'ecosystem':12} {'packages':>8} {'matches':>8} {'false':>6} {'missed':>6} {'precision':>9} {'recall':>8}"
        )
        for base, order in ORDERS.items():
            archive = data / "osv" / base / "all.zip"
            if (only and base not in only) or not archive.exists():
                continue
            if order not in comparers:
                print(f"{base:12} not judged: no tool for {order} here (own_tools.py)")
                continue
            items = [*dict.fromkeys((*sample(real_items[base], most), *named(archive, base, most)))]
            facts = facts_of(archive, base)
            records = {fact.record for each in facts.values() for fact in each}
            told = answers(items, facts, comparers[order])
            show(base, score(items, told, *scanned(items, Path(name), env), records))
    if not only:
        print()
        verdicts()


def show(base: str, result: Score) -> None:
    precision = result.right / max(result.right + len(result.false), 1)
    recall = result.right / max(result.right + len(result.missed), 1)
    print(
        f"{base:12} {result.items:8} {result.right:8} {len(result.false):6} {len(result.missed):6} {precision:9.2%} {recall:8.2%}",
        flush=True,
    )
    for title, lines in (("false", result.false), ("missed", result.missed)):
        for reason, number in Counter(line.rpartition(": ")[2] for line in lines).items():
            print(f"    {title}, {reason}: {number}")
        for line in sorted(lines)[:SHOWN]:
            print(f"        {line}")
    if result.elsewhere:
        print(f"    by other data than this export, not counted: {result.elsewhere}")
    if result.unread:
        print(f"    packages with a bound that the tool cannot read: {result.unread}")


if __name__ == "__main__":
    main()
