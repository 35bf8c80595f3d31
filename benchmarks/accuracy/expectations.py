"""Seamline beside what other scanners' authors expect of theirs: `python -m benchmarks.accuracy.expectations PEER...`.

A PEER is a checkout of their source, fetched for the purpose; nothing of it is kept here. Read are

| what | where | how it is judged |
|---|---|---|
| OSV-Scalibr's version orders, most of them made by the ecosystems' own tools | `semantic/testdata/*-versions*.txt` | by the version orders |
| Trivy's detectors of distributions: advisories and packages made up for its tests, with the findings expected | `pkg/detector/ospkg/*` | by a whole `seamline scan` |

Printed: expectations, those that hold, and every difference with its reason; one without a known reason makes the exit code 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.accuracy.expected_findings import finding_results
from benchmarks.accuracy.expected_orders import order_results

SHOWN = 8


def main() -> None:
    unexplained = 0
    print(f"{'expected of':16} {'number':>7} {'hold':>7} {'differ':>7}")
    for peer in map(Path, sys.argv[1:]):
        for results in (order_results, finding_results):
            for name, held in results(peer):
                number = len(held.differing)
                print(f"{name:16} {held.number:7} {held.number - number:7} {number:7}", flush=True)
                for reason, times in held.reasons():
                    print(f"    differ, {reason}: {times}")
                    for title, _ in [each for each in held.differing if each[1] == reason][:SHOWN]:
                        print(f"        {title}")
                    unexplained += times if reason == "unexplained" else 0
    sys.exit(bool(unexplained))


if __name__ == "__main__":
    main()
