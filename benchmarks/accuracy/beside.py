"""Seamline beside OSV-Scanner on the same SBOM and the same exports: `python -m benchmarks.accuracy.beside DATA [ROUNDS]`.

OSV_SCANNER names the program (a Go module: github.com/google/osv-scanner/v2/cmd/osv-scanner). Both get a mixed SBOM drawn from DATA
(`osv/<Ecosystem>/all.zip`), offline. Printed: records that both, one or the other find for a package, with each difference; then
whole processes in turn (A B A B ...): median seconds and peak memory, as ratios to Seamline's.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.accuracy.packages import named, real
from benchmarks.accuracy.truth import Item

DRAWN = {"PyPI": 60, "npm": 60, "Go": 40, "crates.io": 30, "RubyGems": 30, "Maven": 30, "Packagist": 20}
DEBIAN = 200
Found = dict[tuple[str, str, str], set[str]]


def draw(data: Path) -> list[Item]:
    chance = random.Random(1)  # noqa: S311
    debian = [item for item in real(data) if item.ecosystem.startswith("Debian")]
    items = chance.sample(debian, min(DEBIAN, len(debian)))
    for base, most in DRAWN.items():
        items += named(data / "osv" / base / "all.zip", base, most)
    return items


def write_sbom(items: list[Item], path: Path) -> None:
    components = [
        {"type": "library", "bom-ref": str(at), "name": item.name, "version": item.version, "purl": item.purl,
         "evidence": {"occurrences": [{"location": f"/at/{at}"}]}}
        for at, item in enumerate(items)
    ]  # fmt: skip
    path.write_text(
        json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components})
    )


def key(base: str, name: str, version: str) -> tuple[str, str, str]:
    return base, re.sub(r"[-_.]+", "-", name).lower() if base == "PyPI" else name, version


def theirs(report: Mapping[str, list[dict[str, list[dict[str, object]]]]]) -> Found:
    found: Found = defaultdict(set)
    for result in report["results"]:
        for each in result["packages"]:
            package = json.loads(json.dumps(each["package"]))
            at = key(package["ecosystem"].partition(":")[0], package["name"], package["version"])
            found[at] |= {str(told["id"]) for told in each.get("vulnerabilities", ())}
    return found


def ours(report: Mapping[str, list[dict[str, list[str]]]], items: list[Item]) -> Found:
    found: Found = defaultdict(set)
    for finding in report["findings"]:
        if finding["paths"]:
            item = items[int(finding["paths"][0].rpartition("/")[2])]
            found[key(item.ecosystem.partition(":")[0], item.name, item.version)] |= set(
                finding["advisories"]
            )
    return found


def measure(command: list[str], env: dict[str, str], output: Path) -> tuple[float, int]:
    start = time.perf_counter()
    with (
        output.open("wb") as file,
        subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL, env=env) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main() -> None:
    data, rounds = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    peer = shutil.which(os.environ.get("OSV_SCANNER", "osv-scanner"))
    if peer is None:
        raise SystemExit(
            "OSV_SCANNER names no program: go install github.com/google/osv-scanner/v2/cmd/osv-scanner@latest"
        )
    items = draw(data)
    with tempfile.TemporaryDirectory(prefix="seamline-beside-") as name:
        home = Path(name)
        (home / "osv-scalibr").symlink_to(data / "osv")  # where OSV-Scanner looks for exports
        work = Path(os.environ.get("WORK") or name)
        env = {
            **os.environ,
            "XDG_DATA_HOME": str(work / "data"),
            "XDG_CACHE_HOME": str(work / "cache"),
            "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY": name,
            "OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY": name,
        }
        seamline = [sys.executable, "-m", "seamline"]
        if not (work / "data").exists():
            subprocess.run(
                [*seamline, "db", "update", "--from", str(data)], env=env, check=True, capture_output=True
            )
        sbom = home / "mixed.cdx.json"
        write_sbom(items, sbom)
        commands = {
            "seamline": [*seamline, "scan", str(sbom), "--offline", "-f", "json"],
            "osv-scanner": [peer, "scan", "source", "-L", str(sbom), "--offline", "--format", "json"],
        }
        runs: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for _ in range(rounds):
            for who, command in commands.items():
                runs[who].append(measure(command, env, home / f"{who}.json"))
        compare(
            ours(json.loads((home / "seamline.json").read_bytes()), items),
            theirs(json.loads((home / "osv-scanner.json").read_bytes())),
        )
        show(runs)


def compare(mine: Found, peers: Found) -> None:
    both = sum(len(mine[at] & peers[at]) for at in {*mine, *peers})
    print(f"records that both find: {both}")
    for title, one, other in (("Seamline", mine, peers), ("OSV-Scanner", peers, mine)):
        lines = sorted(f"{'/'.join(at)} {record}" for at in one for record in one[at] - other.get(at, set()))
        print(f"  {title} alone: {len(lines)}")
        for line in lines[:20]:
            print(f"    {line}")


def show(runs: Mapping[str, list[tuple[float, int]]]) -> None:
    base = statistics.median(seconds for seconds, _ in runs["seamline"])
    for who, found in runs.items():
        seconds = statistics.median(each for each, _ in found)
        print(
            f"{who:12} {seconds:7.2f} s  {seconds / base:6.2f} times  {max(peak for _, peak in found) / 1e6:6.0f} MB"
        )


if __name__ == "__main__":
    main()
