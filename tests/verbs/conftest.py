"""A server that behaves like OSV's, and a place for what is made of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.stores.generations import Generations
from tests.advisory_server import AdvisoryServer, flaw, zipped


@pytest.fixture
def server() -> Iterator[AdvisoryServer]:
    made = AdvisoryServer()
    made.files["/known_exploited_vulnerabilities.json"] = json.dumps(
        {"vulnerabilities": [{"cveID": "CVE-2026-1001", "dateAdded": "2026-02-01", "dueDate": "2026-02-15"}]}
    ).encode()
    made.files["/epss_scores-current.csv.gz"] = gzip.compress(
        b"#model_version:v1\ncve,epss,percentile\nCVE-2026-1001,0.5,0.99\n"
    )
    releases = [{"name": "12", "releaseDate": "2023-06-10", "eolFrom": "2026-07-11"}]
    made.files["/endoflife.json"] = json.dumps(
        {"result": [{"name": "debian", "releases": releases}]}
    ).encode()
    made.files["/PyPI/all.zip"] = zipped(flaw(1), flaw(2))
    made.files["/ecosystems.txt"] = b"PyPI\nNo Such Order\n"
    yield made
    made.close()


@pytest.fixture
def place(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "advisories")
