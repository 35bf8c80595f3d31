"""The hard cases of matching, each under its number in our list of what scanners get wrong; those of ownership stand in
test_ownership_cases.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamline.formats.sbom_document import parse_sbom_document
from seamline.model.advisory import Cycle
from seamline.model.finding import ScanReport
from seamline.model.purl import install_key
from seamline.render.scan import write_scan
from seamline.render.scan_markdown import write_markdown
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.generations import Generations
from seamline.stores.shelf import Shelf
from seamline.verbs.documents import stock_of_document
from seamline.verbs.explain import explain_report
from seamline.verbs.scan import Terms, scan_report
from tests.advisories.fetched import fetch
from tests.advisories.records import record

AS_OF = "2026-06-01T00:00:00Z"
OTHER = record("PYSEC-2026-9", "PyPI", "django", {"introduced": "0"})


class Kept(AdvisoryIndex):
    """An index that also knows when releases end."""

    ends: tuple[Cycle, ...] = ()

    def cycles(self, product: str) -> tuple[Cycle, ...]:
        return tuple(each for each in self.ends if each.product == product)


def indexed(path: Path, *records: dict[str, Any], ends: tuple[Cycle, ...] = ()) -> Kept:
    place = Generations(path / "advisories")
    fetch(place, records, now="2026-05-31T00:00:00Z")
    index = Kept(place.current)
    index.ends = ends
    return index


def document(*purls: str, system: tuple[str, str] | None = None) -> Any:
    components: list[dict[str, Any]] = [
        {"type": "library", "bom-ref": str(at), "name": purl, "version": "", "purl": purl}
        for at, purl in enumerate(purls)
    ]
    if system is not None:
        components.append({"type": "operating-system", "name": system[0], "version": system[1]})
    text = msgspec.json.encode({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components})
    return stock_of_document(parse_sbom_document(text, "sbom.json"), "sbom.json")


def scanned(stock: Any, index: AdvisoryIndex) -> ScanReport:
    return scan_report(stock, index, Shelf(()), Terms(), AS_OF)


def ids(report: ScanReport) -> list[str]:
    return [each.id for each in report.findings]


def test_case_19_an_rpm_of_a_python_package_is_asked_of_its_vendor_alone(tmp_path: Path) -> None:
    index = indexed(
        tmp_path,
        record("GHSA-aaaa-bbbb-cccc", "PyPI", "cryptography", {"introduced": "0"}, {"fixed": "42.0.0"}, aliases=["CVE-2026-0001"]),
        record("SUSE-SU-2026:1", "SUSE:Linux Enterprise Server 15 SP5", "python-cryptography", {"introduced": "0"},
               {"fixed": "3.3.2-150400.23.1"}, upstream=["CVE-2026-0002"]),
    )  # fmt: skip
    stock = document(
        "pkg:rpm/suse/python3-cryptography@3.3.2-150400.20.3?arch=x86_64&distro=sles-15.5"
        "&upstream=python-cryptography-3.3.2-150400.20.3.src.rpm",
        "pkg:pypi/cryptography@3.3.2",
    )
    rpm, wheel = sorted(stock.installs, key=lambda each: each.package.ecosystem, reverse=True)
    owned = msgspec.structs.replace(wheel, owned_by=install_key(rpm))
    report = scanned(msgspec.structs.replace(stock, installs=(rpm, owned)), index)
    assert ids(report) == ["CVE-2026-0002"]
    apart = scanned(stock, index)
    assert sorted(ids(apart)) == ["CVE-2026-0001", "CVE-2026-0002"], "a wheel of one's own is asked of PyPI"


@pytest.mark.parametrize(
    ("system", "cycle"),
    [
        (("alpine", "3.8.5"), Cycle("alpine-linux", "3.8", ends="2020-05-01")),
        (("debian", "9"), Cycle("debian", "9", ends="2020-07-18", extended_ends="2022-06-30")),
    ],
)
def test_case_23_an_ended_base_without_advisories_is_a_finding_and_its_coverage_unknown_after_the_day(
    tmp_path: Path, system: tuple[str, str], cycle: Cycle
) -> None:
    kind = "apk" if system[0] == "alpine" else "deb"
    purl = f"pkg:{kind}/{system[0]}/busybox@1.28.4-r3?distro={system[0]}-{system[1]}"
    report = scanned(document(purl, system=system), indexed(tmp_path, OTHER, ends=(cycle,)))
    assert ids(report) == [f"EOL-{cycle.product}-{cycle.cycle}"]
    told = {gap.message.id: gap.message.args for gap in report.gaps}
    assert told["coverage-unknown-after"]["day"] == (cycle.extended_ends or cycle.ends)
    assert "since 202" in write_scan(report, "en")


def test_case_23_a_release_that_is_still_supported_has_no_such_gap(tmp_path: Path) -> None:
    cycle = Cycle("debian", "12", ends="2026-05-01", extended_ends="2028-06-30")
    purl = "pkg:deb/debian/bash@5.2-1?distro=debian-12"
    report = scanned(document(purl, system=("debian", "12")), indexed(tmp_path, OTHER, ends=(cycle,)))
    assert "coverage-unknown-after" not in {gap.message.id for gap in report.gaps}


def test_case_rhel_module_streams_an_erratum_of_one_stream_says_nothing_of_another(tmp_path: Path) -> None:
    fixed = "1:18.20.0-1.module_el9.4.0+1"
    index = indexed(
        tmp_path,
        record("ALSA-2026:1", "AlmaLinux:9", "nodejs", {"introduced": "0"}, {"fixed": fixed},
               summary="Important: nodejs:18 security update", related=["CVE-2026-0001"]),
    )  # fmt: skip

    def of(stream: str) -> list[str]:
        purl = f"pkg:rpm/almalinux/nodejs@16.1.0-1.module_el9.2.0%2B1?distro=almalinux-9.4&epoch=1&rpmmod=nodejs:{stream}:9:1"
        return ids(scanned(document(purl), index))

    assert (of("18"), of("16")) == (["CVE-2026-0001"], [])


def test_what_waits_without_any_published_day_says_so_and_counts_no_days(tmp_path: Path) -> None:
    index = indexed(tmp_path, record("PYSEC-2026-1", "PyPI", "flask", {"introduced": "0"}, published=""))
    text = " ".join(write_scan(scanned(document("pkg:pypi/flask@1.0"), index), "en").split())
    assert "without any fix yet; no record tells since when" in text
    assert "(0 days)" not in text


def test_an_erratum_that_was_set_aside_for_the_cves_own_record_is_told_so(tmp_path: Path) -> None:
    index = indexed(
        tmp_path,
        record("DSA-1-1", "Debian:12", "bash", {"introduced": "0"}, {"fixed": "5.2-3"}, upstream=["CVE-2026-0001"]),
        record("DEBIAN-CVE-2026-0001", "Debian:12", "bash", {"introduced": "0"}, {"fixed": "5.2-2"}, upstream=["CVE-2026-0001"]),
    )  # fmt: skip
    stock = document("pkg:deb/debian/bash@5.2-2?distro=debian-12")
    report = scanned(stock, index)
    assert ids(report) == []
    told = explain_report(stock, index, report, "CVE-2026-0001").compared
    reasons = {str(each.reason.args["advisory"]): (each.affected, each.reason.id) for each in told}
    assert reasons == {"DSA-1-1": (False, "set-aside"), "DEBIAN-CVE-2026-0001": (False, "has-the-fix")}


def test_the_vendors_word_and_the_base_score_stand_side_by_side(tmp_path: Path) -> None:
    severity = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
    index = indexed(
        tmp_path,
        record("UBUNTU-CVE-2026-0001", "Ubuntu:22.04:LTS", "bash", {"introduced": "0"}, upstream=["CVE-2026-0001"],
               severity=[*severity, {"type": "Ubuntu", "score": "low"}]),
    )  # fmt: skip
    report = scanned(document("pkg:deb/ubuntu/bash@5.1-6?distro=ubuntu-22.04"), index)
    assert "low 9.8" in write_scan(report, "en")
    assert "low (CVSS 9.8, Ubuntu low)" in write_markdown([report], "en").decode()
