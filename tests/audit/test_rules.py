"""The list of rules: numbers once, a title in both languages, the English one everywhere the same."""

from __future__ import annotations

import msgspec
import pytest

from seamline.audit import RULES
from seamline.audit.rule import judge
from seamline.model.audit import Danger, RunsAs, StartLine, SurfaceLine
from seamline.model.finding import DatabaseLine
from seamline.model.image import Config, History
from seamline.model.package import Side
from seamline.model.secret import SecretLine
from seamline.model.workload import Workload
from seamline.render.words import CHINESE, ENGLISH
from tests.audit.cases import case, verdicts
from tests.render.test_scan_formats import sample


def test_every_rule_has_its_own_number_and_its_title_in_both_languages() -> None:
    numbers = [rule.id for rule in RULES]
    assert len(set(numbers)) == len(numbers)
    for rule in RULES:
        assert ENGLISH[f"rule-{rule.id.lower()}"] == rule.title
        assert CHINESE[f"rule-{rule.id.lower()}"] != rule.title


@pytest.mark.parametrize(
    ("name", "detail", "expected"),
    [("dpkg", "", ("fail", "system")), ("dpkg", "busybox", ("not-applicable", ""))],
)
def test_busybox_s_dpkg_is_no_package_manager_that_lacks_sources(
    name: str, detail: str, expected: tuple[str, str]
) -> None:
    line = SurfaceLine(
        danger=Danger.DOWNLOAD,
        kind="package manager",
        name=name,
        path=f"usr/bin/{name}",
        side=Side.SYSTEM,
        stratum="debian",
        layer=0,
        detail=detail,
    )
    assert verdicts(case(surface=(line,)), "SL-0007") == [expected]


NOT_SET = RunsAs(written="", uid=0, gid=0)


@pytest.mark.parametrize(
    ("kind", "place", "runs_as", "user", "health"),
    [
        ("system", "oci-dir", NOT_SET, "not-applicable", "not-applicable"),
        ("system", "oci-dir", RunsAs(written="root", uid=0, gid=0), "fail", "not-applicable"),
        ("system", "rootfs", NOT_SET, "undecidable", "undecidable"),
        ("application", "rootfs-archive", NOT_SET, "undecidable", "undecidable"),
        ("application", "oci-dir", NOT_SET, "fail", "fail"),
    ],
)
def test_a_user_and_a_health_check_are_asked_of_images_that_serve(
    kind: str, place: str, runs_as: RunsAs, user: str, health: str
) -> None:
    found = case(kind=kind, place=place, runs_as=runs_as)
    assert [verdict for verdict, _ in verdicts(found, "CIS-4.1")] == [user]
    assert [verdict for verdict, _ in verdicts(found, "CIS-4.6")] == [health]


def test_a_deployment_decides_what_a_root_filesystem_leaves_open() -> None:
    found = case(
        kind="system",
        place="rootfs",
        runs_as=NOT_SET,
        workloads=(Workload(name="app", image="x", form="run line", where="run line", user="1000"),),
    )
    assert [verdict for verdict, _ in verdicts(found, "CIS-4.1")] == ["pass"]


def test_a_start_script_without_its_interpreter_fails() -> None:
    start = StartLine(words=("/entry.sh",), program="/entry.sh", lacks="/bin/sh\r")
    assert [verdict for verdict, _ in verdicts(case(start=start), "SL-0002")] == ["fail"]


def test_one_overdue_fix_fails_even_where_advisories_are_few_and_none_decides_nothing() -> None:
    few = msgspec.structs.replace(sample(), database=DatabaseLine(kind="starter", ecosystems=(), age_days=1))
    none = msgspec.structs.replace(few, findings=())
    assert {verdict for verdict, _ in verdicts(case(scan=few), "CIS-4.4")} == {"fail"}
    assert [verdict for verdict, _ in verdicts(case(scan=none), "CIS-4.4")] == ["undecidable"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("/bin/sh -c #(nop) HEALTHCHECK CMD curl -f localhost", "healthcheck-lost"),
        ('HEALTHCHECK &{["CMD" "/check"] "30s" "3s" "0s" "0s" \'\\x00\'}', "healthcheck-lost"),
        ("/bin/sh -c #(nop) HEALTHCHECK NONE", "no-healthcheck-set"),
        ('HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}', "no-healthcheck-set"),
        ("RUN echo HEALTHCHECK CMD", "no-healthcheck-set"),
    ],
)
def test_a_health_check_that_the_oci_format_dropped_is_told_apart_from_none(written: str, told: str) -> None:
    one = case(Config(history=(History(created_by=written, empty_layer=True),)))
    (line,) = (line for line in judge(RULES, one) if line.id == "CIS-4.6")
    assert (line.verdict.value, line.evidence[0].message.id) == ("fail", told)


def test_a_fail_that_nobody_can_place_is_of_unknown_side_and_somebody_is_asked() -> None:
    secret = SecretLine(
        kind="password", place="env", path="TOKEN", state="visible", side=Side.UNKNOWN, stratum="", group=1
    )
    line = next(
        each for each in judge(RULES, case(secrets=(secret,), nobody="nobody yet")) if each.id == "CIS-4.10"
    )
    assert (line.verdict.value, line.side, line.owner) == ("fail", "unknown", "nobody yet")


@pytest.mark.parametrize(
    ("user", "verdict"),
    [("1000", "pass"), ("2147483647", "pass"), ("2147483648", "fail"), ("9" * 5000, "fail"), ("²", "fail")],
)
def test_a_number_that_no_user_can_have_starts_nothing(user: str, verdict: str) -> None:
    """runc refuses what lies above 2147483647. Source: moby/sys/user, maxID."""
    deployed = case(
        workloads=(Workload(name="app", image="x", form="run line", where="run line", user=user),)
    )
    assert [line.verdict for line in judge(RULES, deployed) if line.id == "CIS-4.1"] == [verdict]
