"""What GitLab and Jenkins read holds their schemas, whatever an image holds and an advisory says: one fault and GitLab refuses it all."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import hypothesis.strategies as st
import jsonschema_rs
import msgspec
import xmlschema
from hypothesis import given, settings

from seamline.errors import Where
from seamline.model.advisory import Score
from seamline.model.evidence import Gap, Message
from seamline.model.finding import BrokenGate, Finding, ScanReport
from seamline.model.package import Side
from seamline.render.scan_gitlab import write_gitlab
from seamline.render.scan_junit import write_junit
from tests.render.test_scan_formats import EVIL, LATE, REPORT, WAY
from tests.settings.findings import finding

JENKINS = xmlschema.XMLSchema(str(Path(__file__).parent / "fixtures" / "junit-10.xsd"))
TEXT = {"type": "string"}
FILLED = {"type": "string", "minLength": 1}
ADDRESS = {"type": "string", "pattern": "^(https?|ftp)://.+"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
TOOL = {
    "type": "object",
    "required": ["id", "name", "version", "vendor"],
    "properties": {
        "id": FILLED, "name": FILLED, "version": FILLED, "url": ADDRESS,
        "vendor": {"type": "object", "required": ["name"], "properties": {"name": FILLED}},
    },
    "additionalProperties": False,
}  # fmt: skip
V2 = (
    "(AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(U|POC|F|H|ND)|RL:(OF|TF|W|U|ND)|RC:(UC|UR|C|ND)|CDP:(N|L|LM|MH|H|ND)"
    "|TD:(N|L|M|H|ND)|[CIA]R:(L|M|H|ND))"
)
V3 = (
    "(AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]|MAV:[XNALP]"
    "|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH])"
)
VECTOR = {
    "type": "object",
    "required": ["vendor", "vector"],
    "properties": {
        "vendor": FILLED,
        "vector": {
            "oneOf": [
                {"type": "string", "minLength": 16, "maxLength": 128, "pattern": f"^({V2}/)*{V2}$"},
                {"type": "string", "minLength": 32, "maxLength": 128, "pattern": f"^CVSS:3[.][01]/({V3}/)*{V3}$"},
            ]
        },
    },
    "additionalProperties": False,
}  # fmt: skip
IDENTIFIER = {
    "type": "object",
    "required": ["type", "name", "value"],
    "properties": {"type": FILLED, "name": FILLED, "value": FILLED, "url": ADDRESS},
    "additionalProperties": False,
}
DETAIL = {  # of GitLab's thirteen kinds of details the one that is written here
    "type": "object",
    "required": ["name", "type", "value"],
    "properties": {"name": FILLED, "type": {"const": "text"}, "value": TEXT},
    "additionalProperties": False,
}
LOCATION = {
    "type": "object",
    "required": ["dependency", "operating_system", "image"],
    "properties": {
        "dependency": {
            "type": "object",
            "required": ["package", "version"],
            "properties": {
                "package": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
                "version": TEXT,
            },
            "additionalProperties": False,
        },
        "operating_system": FILLED,
        "image": FILLED,
    },
    "additionalProperties": False,
}
VULNERABILITY = {
    "type": "object",
    "required": ["id", "identifiers", "location"],
    "properties": {
        "id": FILLED,
        "name": {"type": "string", "maxLength": 255},
        "description": {"type": "string", "maxLength": 1048576},
        "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
        "solution": {"type": "string", "maxLength": 7000},
        "identifiers": {"type": "array", "minItems": 1, "items": IDENTIFIER},
        "cvss_vectors": {"type": "array", "minItems": 1, "maxItems": 10, "items": VECTOR},
        "links": {"type": "array", "items": {"type": "object", "required": ["url"], "properties": {"name": TEXT, "url": ADDRESS}}},
        "details": {"type": "object", "additionalProperties": DETAIL},
        "location": LOCATION,
    },
    "additionalProperties": False,
}  # fmt: skip
# What GitLab's schema 15.2.1 of container scanning asks, said again for the fields that Seamline writes. It lets others pass;
# here none is written that it does not know.
GITLAB = jsonschema_rs.validator_for(
    {
        "type": "object",
        "required": ["scan", "version", "vulnerabilities"],
        "properties": {
            "version": {"const": "15.2.1"},
            "scan": {
                "type": "object",
                "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
                "properties": {
                    "analyzer": TOOL,
                    "scanner": TOOL,
                    "start_time": TIME,
                    "end_time": TIME,
                    "status": {"enum": ["success", "failure"]},
                    "type": {"enum": ["container_scanning", "container_scanning_for_registry"]},
                    "messages": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["level", "value"],
                            "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": FILLED},
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
            "vulnerabilities": {"type": "array", "items": VULNERABILITY},
            "remediations": {"type": "array", "maxItems": 0},
        },
        "additionalProperties": False,
    }
)
VECTORS = (
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C", "AV:N/AC:L/Au:N/C:P/I:P/A:P",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "high", "", EVIL,
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n", "AV:N/AC:L/Au:N/C:P/I:P/A:P" + "/A:P" * 40,
)  # fmt: skip

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    ("", EVIL, "严重漏洞", "x" * 300, "]]>", "&lt;\x00\ufffe")
)
findings = st.builds(
    finding,
    name=words.filter(bool), package=words, version=words, summary=words, stratum=words, owner=words, side=st.sampled_from(Side),
    severity=st.sampled_from(("critical", "high", "medium", "low", "negligible", "unknown")),
    aliases=st.lists(words.filter(bool), max_size=30).map(tuple), fixed_in=st.lists(words, max_size=2).map(tuple),
    paths=st.lists(words, max_size=2).map(tuple), scores=st.lists(st.sampled_from(VECTORS), max_size=14).map(lambda texts: tuple(Score("CVSS_V3", text) for text in texts)),
    suppressed=st.sampled_from(("", "settings", "vex")), suppressed_why=words, deadline=st.sampled_from((None, LATE)), way=st.just(WAY),
    actions=st.sampled_from(((), ("a1",), ("a2", "a3"))),
)  # fmt: skip
gaps = st.builds(
    lambda path, name: Gap(
        where=Where(path=path), message=Message("release-without-advisories", {"name": name, "number": 1, "packages": name})
    ),
    words, words,
)  # fmt: skip


@st.composite
def scans(draw: st.DrawFn) -> ScanReport:
    image = msgspec.structs.replace(REPORT.image, reference=draw(words))
    found: tuple[Finding, ...] = tuple(draw(st.lists(findings, max_size=4)))
    return msgspec.structs.replace(
        REPORT, image=image, findings=found, gaps=tuple(draw(st.lists(gaps, max_size=2))), gates=(draw(words), "kev"),
        broken=(BrokenGate(gate="kev", keys=tuple(each.key for each in found)), BrokenGate(gate="kev, x", why="stale")),
        distribution=draw(st.sampled_from((REPORT.distribution, None))),
    )  # fmt: skip


def faults(reports: Sequence[ScanReport]) -> list[str]:
    """What either schema finds wrong."""
    gitlab = GITLAB.iter_errors(json.loads(write_gitlab(reports)))
    jenkins = JENKINS.iter_errors(io.BytesIO(write_junit(reports)))
    return [*(f"{fault.instance_path}: {fault}" for fault in gitlab), *map(str, jenkins)]


@settings(max_examples=25, deadline=None)
@given(st.lists(scans(), min_size=1, max_size=2))
def test_gitlab_and_jenkins_take_any_report(reports: list[ScanReport]) -> None:
    assert faults(reports) == []


def test_gitlab_and_jenkins_take_reports_without_findings_and_of_several_images() -> None:
    clean = msgspec.structs.replace(REPORT, findings=(), actions=(), gaps=(), distribution=None)
    starter = msgspec.structs.replace(
        clean, gaps=(Gap(where=Where(), message=Message("only-starter-set", {})),)
    )
    for reports in ([REPORT], [clean], [starter], [REPORT, clean, starter]):
        assert faults(reports) == []


def test_a_wrong_document_holds_neither_schema() -> None:
    document = json.loads(write_gitlab([REPORT]))
    document["vulnerabilities"][0]["severity"] = "awful"
    assert not GITLAB.is_valid(document)
    assert not JENKINS.is_valid(io.BytesIO(write_junit([REPORT]).replace(b"classname=", b"class-name=")))


def test_gitlab_gets_the_vectors_that_it_can_read() -> None:
    rated = finding("CVE-1", "zlib", scores=tuple(Score("CVSS_V3", text) for text in VECTORS))
    (told,) = json.loads(write_gitlab([msgspec.structs.replace(REPORT, findings=(rated,))]))[
        "vulnerabilities"
    ]
    assert [each["vector"] for each in told["cvss_vectors"]] == list(VECTORS[:3])
