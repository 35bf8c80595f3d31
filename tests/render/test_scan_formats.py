"""Machine forms of a scan: read by those who will read them, and safe whatever an image calls its packages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import msgspec
import pytest

from seamline.errors import Where
from seamline.formats.vex_document import write_openvex
from seamline.model.advisory import DatabaseLine, Score
from seamline.model.evidence import Gap, Message
from seamline.model.finding import Action, BrokenGate, Deadline, Finding, ScanReport, Step, Suppressed
from seamline.model.image import Config
from seamline.model.package import Distribution, Side
from seamline.model.report import ImageLine
from seamline.render.gaps import how_judged
from seamline.render.scan import write_scan
from seamline.render.scan_csv import write_csv
from seamline.render.scan_cyclonedx import write_scan_cyclonedx
from seamline.render.scan_gitlab import write_gitlab
from seamline.render.scan_junit import write_junit
from seamline.render.scan_markdown import write_markdown
from seamline.render.scan_sarif import write_sarif
from seamline.render.ticket import write_ticket
from seamline.verbs.inspect import sbom_report
from tests.render.test_documents import cyclonedx_validator
from tests.settings.findings import finding
from tests.verbs.test_scan import APPLICATION, OLD_BASE, seen

EVIL = "=cmd|' /C calc'!A0 | <b>@all</b> `x` \x1b[31m\x00"
LATE = Deadline(due="2026-05-01", since="2026-04-01", because="distribution", days_left=-31)
WAY = (
    Step(place="Debian 12", has_fix=True, day="2026-04-01"),
    Step(place="this image", has_fix=False, owner="shop"),
)


def sample() -> ScanReport:
    findings: tuple[Finding, ...] = (
        finding("CVE-2026-0001", "openssl", kev=True, kev_due="2026-04-20", deadline=LATE, way=WAY, actions=("a1",), severity="critical",
                scores=(Score("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8), Score("Debian", "high")), epss=0.06, percentile=0.9),
        finding("GHSA-aaaa-bbbb-cccc", EVIL, aliases=("CVE-2026-0002",), side=Side.APPLICATION, owner="shop", severity="medium", actions=("a2",),
                paths=("srv/ä b/x",), inside="lib/y.jar", summary=EVIL, stratum="application", layer=2),
        finding("CVE-2026-0003", "mystery", side=Side.UNKNOWN, owner="nobody yet", severity="unknown", status="no fix yet", fixed_in=(), actions=("a3",)),
        finding("CVE-2026-0004", "zlib", severity="low", suppressed="settings", suppressed_why="not reachable (2026-12-31)"),
        finding("CVE-2026-0005", "curl", severity="negligible", suppressed="vex", suppressed_why="not_affected"),
    )  # fmt: skip
    actions = (
        Action(key="a1", what="bump-base", message=Message("stand-on-newer-base", {"base": "debian:12", "created": "2026-04-02", "old": "2026-01-01", "digest": ""}),
               command="FROM debian:12@sha256:1", owner="infrastructure", side=Side.SYSTEM, mends=(findings[0].key,), due="2026-05-01", days_left=-31, adds=("CVE-2026-0009",)),
        Action(key="a2", what="upgrade", message=Message("upgrade-package", {"package": EVIL, "version": "1", "target": "2", "paths": "/srv"}),
               command="pip install 'x`>=2'", owner="shop", side=Side.APPLICATION, mends=(findings[1].key,)),
        Action(key="a3", what="wait", message=Message("wait-since", {"number": 1, "oldest": "2026-01-01", "days": 200}), command="", owner="", side=Side.UNKNOWN, mends=(findings[2].key,)),
    )  # fmt: skip
    image = ImageLine(
        reference="registry.corp/shop:1", place="registry", digest="sha256:" + "a" * 64, index_digest=None, platform="linux/amd64", platforms=(),
        names=(), artifact_type="", config=Config(), annotations={}, layers=(), attachments=(),
    )  # fmt: skip
    return ScanReport(
        image=image, distribution=Distribution(id="debian", version_id="12"), findings=findings, actions=actions,
        suppressed=Suppressed(settings=1, vex=1), rebuild="needed", database=DatabaseLine(kind="osv", ecosystems=(), age_days=1), notes=(),
        gaps=(Gap(where=Where(), message=Message("release-without-advisories", {"name": "X", "number": 1, "packages": "y"})),),
        as_of="2026-06-01T00:00:00Z", seamline="0.1.0",
    )  # fmt: skip


REPORT = sample()


def test_every_form_is_the_same_bytes_for_the_same_report() -> None:
    for write in (write_sarif, write_gitlab, write_junit, write_csv):
        assert write([REPORT]) == write([sample()])
    assert write_markdown([REPORT], "en") == write_markdown([sample()], "en")


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (Message("only-starter-set", {}), b"only the starter set"),
        (Message("advisories-too-old", {"days": 9}), b"9 days old"),
        (Message("advisories-not-there", {"name": "npm", "number": 1, "packages": "y"}), b"never fetched"),
    ],
    ids=["starter", "stale", "missing"],
)
def test_every_form_says_what_the_database_lacked(tmp_path: Path, gap: Message, told: bytes) -> None:
    gaps = (Gap(where=Where(), message=gap),)
    report = msgspec.structs.replace(REPORT, findings=(), actions=(), gaps=gaps, contacts={"shop": ""})
    sbom = sbom_report(seen(tmp_path / "image", [OLD_BASE, APPLICATION], ()), REPORT.as_of)
    forms = [write([report]) for write in (write_sarif, write_gitlab, write_junit, write_csv)]
    forms += [write_scan_cyclonedx(report, sbom), write_markdown([report], "en")]
    forms += [write_ticket(report, "shop", "en").encode(), write_scan(report, "en").encode()]
    forms.append(write_openvex((), author="shop", as_of=REPORT.as_of, tooling=how_judged([report])))
    for form in forms:
        assert told in b" ".join(form.split())


def test_every_form_says_from_which_day_a_deadline_counts(tmp_path: Path) -> None:
    report = msgspec.structs.replace(REPORT, contacts={"infrastructure": ""})
    sbom = sbom_report(seen(tmp_path / "image", [OLD_BASE, APPLICATION], ()), REPORT.as_of)
    forms = [write([report]) for write in (write_sarif, write_gitlab, write_junit, write_csv)]
    forms += [write_scan_cyclonedx(report, sbom), msgspec.json.encode(report)]
    forms += [write_ticket(report, "infrastructure", "en").encode(), write_scan(report, "en").encode()]
    for form in forms:
        assert b"2026-05-01" in form
        assert b"2026-04-01" in form


def test_sarif_has_what_code_scanning_asks_for() -> None:
    (run,) = json.loads(write_sarif([REPORT]))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(REPORT.findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert 0.0 < float(rules[result["ruleIndex"]]["properties"]["security-severity"]) <= 10.0
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert result["partialFingerprints"]["primaryLocationLineHash"].partition(":")[::2] == (
            result["partialFingerprints"]["seamlineKey/v1"],
            "1",
        )
        assert result["message"]["text"]
    assert [bool(result.get("suppressions")) for result in run["results"]] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert (
        run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "srv/%C3%A4%20b/x"
    )


def sarif_validator() -> Any:
    """The OASIS schema. Its pattern for a language has a bracket too many, which a strict reader refuses."""
    text = (Path(__file__).parent / "fixtures" / "sarif-2.1.0-rtm.5.json").read_text()
    broken = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$"
    assert broken in text
    return jsonschema_rs.validator_for(json.loads(text.replace(broken, "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$")))


def test_sarif_holds_the_official_schema_also_for_several_images_and_for_none_found() -> None:
    validator = sarif_validator()
    clean = msgspec.structs.replace(REPORT, findings=(), actions=(), gaps=())
    for reports in ([REPORT], [REPORT, clean], [clean]):
        validator.validate(json.loads(write_sarif(reports)))
    document = json.loads(write_sarif([REPORT]))
    del document["runs"][0]["tool"]
    assert not validator.is_valid(document)


def test_junit_has_a_case_for_every_gate() -> None:
    gated = msgspec.structs.replace(
        REPORT,
        gates=("app=high", "kev"),
        broken=(
            BrokenGate(gate="kev", keys=(REPORT.findings[0].key,)),
            BrokenGate(gate="app=high", keys=(REPORT.findings[2].key,), why="unknown-side"),
        ),
    )
    root = ET.fromstring(write_junit([gated]))  # noqa: S314 - our own document
    (gates,) = (suite for suite in root if suite.get("name", "").endswith(" gates"))
    told = {case.get("name"): case.find("failure") for case in gates}
    assert "side of 1 finding is unknown" in told["app=high"].get("message")  # type: ignore[union-attr]
    assert "seamline explain registry.corp/shop:1 CVE-2026-0001" in told["kev"].get("message")  # type: ignore[union-attr]
    document = msgspec.structs.replace(
        gated, image=msgspec.structs.replace(REPORT.image, given="shop.cdx.json")
    )
    assert b"say where your part begins: --mine LAYER" in write_junit(
        [document]
    )  # no base can be told of a document
    assert b"--mine" not in write_junit([gated])
    unjudged = msgspec.structs.replace(
        REPORT, gates=("kev",), broken=(BrokenGate(gate="kev, app=high", why="stale"),)
    )
    assert b"too old" in write_junit([unjudged])
    assert "too old" in write_markdown([unjudged], "en").decode()
    assert "Gates hold" in write_markdown([msgspec.structs.replace(REPORT, gates=("kev",))], "en").decode()


def test_gitlab_gets_ids_places_and_identifiers() -> None:
    document = json.loads(write_gitlab([REPORT]))
    assert {each["severity"] for each in document["vulnerabilities"]} == {"Critical", "Medium", "Unknown"}
    for each in document["vulnerabilities"]:
        assert len(each["id"]) == 36
        assert set(each["location"]) == {"dependency", "operating_system", "image"}
        assert all(set(i) == {"type", "name", "value", "url"} for i in each["identifiers"])
    assert document["scan"]["end_time"] == "2026-06-01T00:00:00"


def test_junit_is_whole_xml_with_failures_and_skipped_counted() -> None:
    root = ET.fromstring(write_junit([REPORT]))  # noqa: S314 - our own document
    told = {
        suite.get("name", "").split()[-2]: (suite.get("failures"), suite.get("skipped")) for suite in root
    }
    assert told == {
        "system": ("1", "2"),
        "application": ("1", "0"),
        "unknown": ("1", "0"),
        "not": ("0", "1"),
    }
    for suite in root:
        assert len(suite.findall("testcase/failure")) == int(suite.get("failures", ""))
        assert len(suite.findall("testcase/skipped")) == int(suite.get("skipped", ""))


def test_csv_is_read_back_and_runs_in_no_spreadsheet() -> None:
    rows = list(csv.DictReader(io.StringIO(write_csv([REPORT]).decode())))
    assert [row["id"] for row in rows] == [*(each.id for each in REPORT.findings), ""]
    assert [bool(row["not_checked"]) for row in rows] == [False] * len(REPORT.findings) + [True]
    assert rows[1]["package"].startswith("'=cmd")
    cells = {cell for row in rows for cell in row.values() if not cell.removeprefix("-").isdecimal()}
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_number_in_csv_is_a_number_also_below_zero() -> None:
    late = Deadline(due="2026-01-01", since="2025-12-01", because="advisory", days_left=-106)
    findings = (msgspec.structs.replace(REPORT.findings[0], deadline=late, version="-1+2"),)
    (row, *_) = csv.DictReader(
        io.StringIO(write_csv([msgspec.structs.replace(REPORT, findings=findings)]).decode())
    )
    assert (row["days_left"], row["version"]) == ("-106", "'-1+2")


def test_what_a_name_holds_drives_no_terminal_that_csv_is_shown_on() -> None:
    evil = msgspec.structs.replace(
        REPORT.findings[0], package="a\x1b[2Jb\x9b\u202ec\nd", owner="\t=cmd()", paths=("\x00/x\r",)
    )
    told = write_csv([msgspec.structs.replace(REPORT, findings=(evil,))]).decode()
    assert told.replace("\r\n", "").isprintable()
    (row, *_) = csv.DictReader(io.StringIO(told))
    assert row["package"] == "a\\x1b[2Jb\\x9b\\u202ec\\nd"


@pytest.mark.parametrize("images", [1, 3, 300])
def test_a_comment_is_no_larger_than_github_takes(images: int) -> None:
    """And says how much it leaves out; whoever wants all of it gets all of it."""
    findings = tuple(
        msgspec.structs.replace(REPORT.findings[0], key=f"{number}", id=f"CVE-2026-{number:05}", package="x" * 60)
        for number in range(300)
    )  # fmt: skip
    actions = tuple(
        msgspec.structs.replace(REPORT.actions[0], key=f"{number}", command="y" * 300)
        for number in range(300)
    )
    gaps = tuple(
        Gap(where=Where(), message=Message("package-without-purl", {"name": "z" * 40 + f"{n}"}))
        for n in range(400)
    )
    large = msgspec.structs.replace(REPORT, findings=findings, actions=actions, gaps=gaps)
    text = write_markdown([large] * images, "en").decode()
    assert len(text) <= 65_000
    told = text.count("**300 findings")
    assert told == images or f"... {images - told} more images" in text
    assert "more: -f json" in text
    assert "260 more: --all" in text or images > 1
    every = write_markdown([large] * images, "en", every=True).decode()
    assert every.count("CVE-2026-00299") == images
    assert "more: --all" not in every


@pytest.mark.parametrize("language", ["en", "zh"])
def test_markdown_calls_nobody_and_breaks_no_table(language: str) -> None:
    text = write_markdown([REPORT], language).decode()
    assert "<b>" not in text
    assert "@all" not in text
    rows = [line for line in text.splitlines() if line.startswith("| GHSA")]
    assert [line.replace("\\|", "").count("|") for line in rows] == [7]
    assert "\x1b" not in text


def test_a_ticket_holds_one_teams_part() -> None:
    text = write_ticket(REPORT, "shop", "en")
    assert "GHSA" in text
    assert "CVE-2026-0001" not in text
    assert "pip install" in text
    assert "Others act on the rest: infrastructure" in text


def test_the_table_draws_the_seam_and_ends_with_what_was_not_checked() -> None:
    text = write_scan(REPORT, "en", show_suppressed=True)
    assert text.index("application side") < text.index("= seam =") < text.index("system side")
    assert "Suppressed 2 (settings 1, VEX 1)" in text
    assert "not reachable" in text
    assert "\x1b" not in text
    assert "31 days late" in text
    assert all(len(line) <= 140 for line in text.splitlines())
    assert "处置" in write_scan(REPORT, "zh")


def test_a_name_of_any_length_fills_no_screens() -> None:
    long = "1." * 500_000
    gap = Gap(where=Where(), message=Message("version-not-compared", {"package": long, "version": long}))
    act = msgspec.structs.replace(
        REPORT.actions[0],
        message=Message(
            "upgrade-package", {"package": long, "version": "1", "target": "2", "paths": long, "source": ""}
        ),
    )
    told = write_scan(msgspec.structs.replace(REPORT, gaps=(gap,), actions=(act,)), "en")
    assert len(told.splitlines()) < 120


def test_json_holds_its_schema() -> None:
    schema = json.loads(
        (Path(__file__).resolve().parents[2] / "schemas" / "seamline.scan-1.schema.json").read_text()
    )
    document: dict[str, Any] = json.loads(msgspec.json.encode(REPORT))
    jsonschema_rs.validate(schema, document)
    del document["findings"]
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, document)


def test_cyclonedx_with_vulnerabilities_holds_the_official_schema(tmp_path: Path) -> None:
    sbom = sbom_report(seen(tmp_path / "image", [OLD_BASE, APPLICATION], ()), REPORT.as_of)
    document = json.loads(write_scan_cyclonedx(REPORT, sbom))
    validator = cyclonedx_validator()
    validator.validate(document)
    assert [each["id"] for each in document["vulnerabilities"]] == [each.id for each in REPORT.findings]
    assert document["vulnerabilities"][3]["analysis"]["state"] == "not_affected"
    document["vulnerabilities"][0]["ratings"][0]["severity"] = "nonsense"
    assert not validator.is_valid(document)


def test_owners_that_nobody_named_are_chinese_in_chinese() -> None:
    report = msgspec.structs.replace(
        REPORT,
        actions=tuple(msgspec.structs.replace(each, owner="application team") for each in REPORT.actions),
        findings=tuple(msgspec.structs.replace(each, owner="infrastructure") for each in REPORT.findings),
    )
    text = write_markdown([report], "zh").decode()
    assert "application team" not in text
    assert "infrastructure" not in text
    assert "应用团队：" in text
