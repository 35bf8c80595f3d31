"""What start lines, health checks, probes and hooks run: found in the image or not, by itself and as it is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seamline.formats.kubernetes import workloads_of
from seamline.formats.run_line import parse_run_line
from seamline.formats.yaml_document import parse_marked
from seamline.model.audit import AuditReport
from seamline.model.limits import Limits
from seamline.model.workload import Check, Workload
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Stack
from seamline.verbs.audit import DEEP, Told, audit_report
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from tests.layouts import write_layout
from tests.scenes import File

RUNS = File(b"\x7fELF", 0o755)
TREE = {
    "bin/sh": RUNS,
    "usr/bin/env": RUNS,
    "app/server": RUNS,
    "app/check.py": File(b"#!/usr/bin/python3\nprint()\n", 0o755),
    "app/check.rb": File(b"#!/usr/bin/env ruby\n", 0o755),
    "app/check.sh": File(b"#!/bin/sh\nexit 0\n", 0o755),
}


def audited(folder: Path, config: Mapping[str, Any], *workloads: Workload) -> AuditReport:
    image = open_image(write_layout(folder, [TREE], config=config), Opening())
    seen = see(look(image, cache=None, limits=Limits(), deep=DEEP), Stack(()))
    return audit_report(seen, Told(workloads=workloads), "2026-11-26T00:00:00Z")


def said(report: AuditReport, rule: str) -> list[tuple[str, str, list[str]]]:
    """(verdict, side, what was not found) of each line of a rule."""
    return [
        (
            line.verdict.value,
            line.side,
            [
                str(e.message.args.get("interpreter") or e.message.args["program"])
                for e in line.evidence
                if "not" in e.message.id or "without" in e.message.id or "cannot" in e.message.id
            ],
        )
        for line in report.rules
        if line.id == rule
    ]


@pytest.mark.parametrize(
    ("config", "verdict", "missing"),
    [
        ({"Entrypoint": ["/app/server"]}, "pass", []),
        ({"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["cd /app && exec ./server"]}, "pass", []),
        ({"Cmd": ["/bin/sh", "-c", "migrate && exec /app/server"]}, "fail", ["migrate"]),
        ({"Cmd": ["/bin/sh", "-c", "/app/check.sh; exec java -jar x"]}, "fail", ["java"]),
        ({"Cmd": ["/bin/sh", "-c", "/app/check.py && /app/server"]}, "fail", ["/usr/bin/python3"]),
        ({"Cmd": ["env", "A=1", "/app/none"]}, "fail", ["/app/none"]),
        ({"Cmd": ["/bin/sh", "-c", 'test -n "$X" && /app/none; /app/server']}, "undecidable", ["/app/none"]),
        ({"Cmd": ["/bin/sh", "-c", "/app/none || /app/server"]}, "pass", []),
        ({"Cmd": ["/bin/sh", "-c", "test -x /app/none && /app/none; /app/server"]}, "pass", []),
        ({"Cmd": ["/bin/sh", "-c", "$APP/server"], "Env": ["APP=/app"]}, "pass", []),
    ],
)  # fmt: skip
def test_every_program_of_the_start_line_is_judged(
    config: dict[str, Any], verdict: str, missing: list[str], tmp_path: Path
) -> None:
    report = audited(tmp_path, config)
    ((found, _, names),) = said(report, "SL-0002")
    assert found == verdict
    if verdict == "fail":
        assert names == missing
    unsure = [each.name for each in report.start.programs if not each.is_sure and not each.path]
    assert verdict != "undecidable" or unsure == missing


@pytest.mark.parametrize(
    ("test", "verdict", "missing"),
    [
        (["CMD", "/app/check.sh"], "pass", []),
        (["CMD", "/app/check.py"], "fail", ["/usr/bin/python3"]),
        (["CMD", "/app/check.rb"], "fail", ["ruby"]),
        (["CMD-SHELL", "/app/check.py || exit 1"], "fail", ["/usr/bin/python3"]),
        (["CMD-SHELL", "curl -f http://localhost || exit 1"], "fail", ["curl"]),
        (["CMD-SHELL", "sh /app/check.py"], "pass", []),
    ],
)
def test_a_health_check_whose_interpreter_is_missing_cannot_run(
    test: list[str], verdict: str, missing: list[str], tmp_path: Path
) -> None:
    report = audited(tmp_path, {"Cmd": ["/app/server"], "Healthcheck": {"Test": test}})
    assert said(report, "CIS-4.6") == [(verdict, report_side(report), missing)]


def report_side(report: AuditReport) -> str:
    return next(line.side for line in report.rules if line.id == "CIS-4.6")


POD = """
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
  - name: web
    image: shop
    command: [/bin/sh, -c, "%s"]
    livenessProbe: {exec: {command: [%s]}}
    lifecycle: {preStop: {exec: {command: [%s]}}}
"""


def of_pod(start: str, probe: str, hook: str) -> tuple[Workload, ...]:
    (document,) = parse_marked((POD % (start, probe, hook)).encode(), "pod.yaml")
    return tuple(workloads_of(document.value, "pod.yaml"))


def test_a_pod_s_own_words_probes_and_hooks_are_judged(tmp_path: Path) -> None:
    good = audited(tmp_path / "good", {}, *of_pod("cd /app; ./server", "/app/check.sh", "sh, -c, exit 0"))
    bad = audited(
        tmp_path / "bad", {}, *of_pod("wait-for db && /app/server", "/app/check.py", "nginx, -s, quit")
    )
    assert said(good, "SL-0002")[1:] == [("pass", "application", [])]
    assert [line[:1] for line in said(good, "CIS-4.6")] == [("pass",)]
    assert said(bad, "SL-0002")[1:] == [
        ("fail", "application", ["wait-for"]),
        ("fail", "application", ["nginx"]),
    ]
    for rule in ("CIS-4.6", "CIS-5.27"):
        assert said(bad, rule) == [("fail", "application", ["/usr/bin/python3"])]


def test_a_run_line_s_words_replace_the_image_s_as_docker_does(tmp_path: Path) -> None:
    config = {"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["/app/server"]}
    line = parse_run_line("docker run shop 'no; exec /app/server'", "run line")
    other = parse_run_line("docker run --entrypoint /app/none shop", "run line")
    assert said(audited(tmp_path / "a", config, line), "SL-0002")[1:] == [("fail", "application", ["no"])]
    assert said(audited(tmp_path / "b", config, other), "SL-0002")[1:] == [
        ("fail", "application", ["/app/none"])
    ]


def test_a_workload_s_path_and_folder_count(tmp_path: Path) -> None:
    line = "docker run -w /app -e PATH=/app shop sh -c 'server && ./check.sh'"
    assert said(audited(tmp_path, {}, parse_run_line(line, "run line")), "SL-0002")[1:] == [
        ("pass", "application", [])
    ]


def test_a_compose_health_check_is_judged(tmp_path: Path) -> None:
    check = Check(name="healthcheck", words=("/bin/sh", "-c", "wget -q localhost || exit 1"))
    service = Workload(
        name="web", image="shop", form="compose", where="c services.web", checks=(check,), has_probe=True
    )
    report = audited(tmp_path, {"Cmd": ["/app/server"]}, service)
    assert said(report, "CIS-5.27") == [("fail", "application", ["wget"])]
    assert report.deployed[0].checks[0].programs[-1].name == "wget"
