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
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.accuracy.expected_orders import order_results
from benchmarks.accuracy.expected_findings import finding_results
from benchmarks.accuracy.expected import Result

SHOWN = 6
