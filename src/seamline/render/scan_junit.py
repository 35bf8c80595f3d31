"""Findings as JUnit XML: a suite a side, a case a finding; the gates that were asked for as a suite of their own. Source: the JUnit 5 legacy format, as Jenkins reads it."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from seamline.expression import expression
from seamline.model.finding import Finding, ScanReport
from seamline.model.package import Side
from seamline.render.gaps import gap_text
from seamline.render.gates import gate_words
from seamline.render.scan_acts import due_words
from seamline.render.words import say

_FORBIDDEN = expression("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(reports: Sequence[ScanReport]) -> bytes:
    """One document; a side without findings is one case that passes."""
    root = Element("testsuites", name="seamline")
    for report in reports:
        for side in Side:
            found = [each for each in report.findings if each.side == side]
            if found or side != Side.UNKNOWN:
                _suite(root, report, side, found)
        if report.gates:
            _gates(root, report)
        if report.gaps:
            _unchecked(root, report)
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root) + b"\n"


def _suite(root: Element, report: ScanReport, side: Side, found: Sequence[Finding]) -> None:
    skipped = sum(bool(each.suppressed) for each in found)
    suite = SubElement(
        root,
        "testsuite",
        name=_clean(f"{report.image.reference} {side.value} side"),
        tests=str(len(found) or 1),
        failures=str(len(found) - skipped),
        skipped=str(skipped),
        errors="0",
        time="0",
        timestamp=report.as_of[:19],
    )
    if not found:
        SubElement(suite, "testcase", classname=_clean(side.value), name="no known flaw", time="0")
    for finding in found:
        _case(suite, report, finding)


def _gates(root: Element, report: ScanReport) -> None:
    """A case a gate; what nobody could judge fails each of them."""
    unjudged = [broken for broken in report.broken if broken.gate not in report.gates]
    cases = [
        (gate, [each for each in report.broken if each.gate == gate] + unjudged) for gate in report.gates
    ]
    suite = SubElement(
        root,
        "testsuite",
        name=_clean(f"{report.image.reference} gates"),
        tests=str(len(cases)),
        failures=str(sum(bool(broken) for _, broken in cases)),
        skipped="0",
        errors="0",
        time="0",
        timestamp=report.as_of[:19],
    )
    for gate, broken in cases:
        case = SubElement(suite, "testcase", classname="gates", name=_clean(gate), time="0")
        if broken:
            text = "; ".join(gate_words(each, report, "en") for each in broken)
            SubElement(case, "failure", message=_clean(text), type="gate")


def _unchecked(root: Element, report: ScanReport) -> None:
    """What could not be judged is skipped, and never passes."""
    number = str(len(report.gaps))
    suite = SubElement(
        root,
        "testsuite",
        name=_clean(f"{report.image.reference} not checked"),
        tests=number,
        failures="0",
        skipped=number,
        errors="0",
        time="0",
        timestamp=report.as_of[:19],
    )
    for gap in report.gaps:
        text = gap_text(gap, "en")
        case = SubElement(suite, "testcase", classname="not checked", name=_clean(text), time="0")
        SubElement(case, "skipped", message=_clean(text))


def _case(suite: Element, report: ScanReport, finding: Finding) -> None:
    name = _clean(f"{finding.id} {finding.package} {finding.version}")
    case = SubElement(
        suite, "testcase", classname=_clean(f"{finding.side.value}.{finding.package}"), name=name, time="0"
    )
    if finding.suppressed:
        SubElement(case, "skipped", message=_clean(finding.suppressed_why))
        return
    fixed = f"fixed in {', '.join(finding.fixed_in)}" if finding.fixed_in else finding.status
    failure = SubElement(
        case,
        "failure",
        message=_clean(f"{finding.severity}, {fixed}, owner {finding.owner}"),
        type=finding.severity,
    )
    due = f"due {due_words(finding, 'en')}" if finding.deadline else ""
    steps = [
        f"{say(action.message, 'en')}: {action.command}"
        for action in report.actions
        if action.key in finding.actions
    ]
    lines = (
        finding.summary,
        finding.purl,
        *finding.paths[:1],
        f"part {finding.stratum}" + (f", layer {finding.layer}" if finding.layer is not None else ""),
        due,
        *steps,
    )
    failure.text = _clean("\n".join(line for line in lines if line))


def _clean(text: str) -> str:
    """The text without what XML cannot hold. Source: XML 1.0, section 2.2."""
    return _FORBIDDEN.sub("?", text.encode("utf-8", "replace").decode())
