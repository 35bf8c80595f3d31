"""A baseline in any of our forms that carries keys; whatever else is told as what it is."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest

from seamline.errors import Malformed
from seamline.formats.known_findings import parse_known_findings
from seamline.model.report import SbomReport
from seamline.render.scan_cyclonedx import write_scan_cyclonedx
from seamline.render.scan_sarif import write_sarif
from tests.render.test_scan_formats import REPORT

MOST = 1 << 20
SBOM = SbomReport(image=REPORT.image, distribution=None, packages=(), gaps=(), as_of=REPORT.as_of)
COUNTED = frozenset(each.key for each in REPORT.findings if not each.suppressed)
OTHER = msgspec.structs.replace(
    REPORT, findings=tuple(msgspec.structs.replace(each, key=f"{each.key}-b") for each in REPORT.findings)
)


def known(data: bytes) -> frozenset[str]:
    return parse_known_findings(data, "before.json", MOST)


def test_json_sarif_and_cyclonedx_give_the_same_keys() -> None:
    assert len(COUNTED) == 3
    assert known(msgspec.json.encode(REPORT)) == COUNTED
    assert known(msgspec.json.format(msgspec.json.encode(REPORT), indent=2)) == COUNTED
    assert known(write_sarif([REPORT])) == COUNTED
    assert known(write_scan_cyclonedx(REPORT, SBOM)) == COUNTED


def test_reports_of_several_images_count_together() -> None:
    both = COUNTED | {f"{key}-b" for key in COUNTED}
    assert known(b"".join(msgspec.json.encode(each) + b"\n" for each in (REPORT, OTHER))) == both
    assert known(write_sarif([REPORT, OTHER])) == both
    assert known(b"".join(write_scan_cyclonedx(each, SBOM) for each in (REPORT, OTHER))) == both


@pytest.mark.parametrize(
    ("document", "got"),
    [
        ({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "other"}}, "results": []}]}, "a SARIF report"),
        ({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "seamline"}}, "results": [{"ruleId": "SL-1"}]}]}, "a SARIF report"),
        ({"bomFormat": "CycloneDX", "components": []}, "an SBOM in CycloneDX"),
        ({"schema": "seamline.audit/1", "rules": []}, "a report of seamline audit"),
        ({"schema": "seamline.sbom/1", "packages": []}, "a report of seamline sbom"),
        ({"SchemaVersion": 2, "Results": []}, "a report of Trivy"),
        ({}, "JSON, and no SBOM"),
        ([], "JSON, and no SBOM"),
    ],
)  # fmt: skip
def test_another_document_is_told_as_what_it_is(document: Any, got: str) -> None:
    with pytest.raises(Malformed) as caught:
        known(json.dumps(document).encode())
    assert caught.value.expected == "a report that seamline scan wrote as json, sarif or cyclonedx-json"
    assert caught.value.got == got
    assert caught.value.hint == "write it with seamline scan IMAGE -f json -o FILE"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"id,severity\nCVE-1,high\n",
        b"[[[[",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"schema":"seamline.scan/1","findi',
    ],
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        known(data)


def test_many_reports_one_behind_the_other_are_read_once() -> None:
    """Twice as many take twice as long, not four times: 40,000 took 14 seconds."""
    one = b'{"schema":"seamline.scan/1","findings":[]}\n'

    def seconds(times: int) -> float:
        start = time.process_time()
        assert parse_known_findings(one * times, "x.json", 1 << 24) == frozenset()
        return time.process_time() - start

    many, few = (min(seconds(times) for _ in range(3)) for times in (20_000, 1_000))
    assert many < 150 * max(few, 0.001)
