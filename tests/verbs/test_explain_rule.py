"""A rule of the audit explained, and the audit by the lists that rules stand in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.verdicts.deployments import POD
from benchmarks.verdicts.images import app, user
from benchmarks.verdicts.make import write_layout
from benchmarks.verdicts.show import seamline

from seamline.audit import RULES
from seamline.audit.tags import tagged
from seamline.cli.main import run
from seamline.errors import Usage
from seamline.verbs.explain_rule import rule_named


@pytest.mark.parametrize("turned", [False, True])
def test_a_rule_is_explained_in_either_order(turned: bool, tmp_path: Path) -> None:
    image = write_layout(tmp_path / "image", user("root:root"))
    names = ["cis-4.1", image] if turned else [image, "cis-4.1"]
    seamline(["explain", *names, "-o", str(tmp_path / "told"), "--offline"], tmp_path / "home")
    told = " ".join((tmp_path / "told").read_text().split())  # wherever long paths wrap
    for part in ("CIS-4.1 on", ": fail", "Asks", "USER root:root is root", "Mend", "PSS restricted"):
        assert part in told


def test_the_explanation_as_data_has_the_rule_and_what_decides_it(tmp_path: Path) -> None:
    image = write_layout(tmp_path / "image", app())
    (tmp_path / "pod.yaml").write_text(POD)
    arguments = ["explain", image, "CIS-5.26", "--deploy", str(tmp_path / "pod.yaml"), "-f", "json"]
    seamline([*arguments, "-o", str(tmp_path / "told"), "--offline"], tmp_path / "home")
    told = json.loads((tmp_path / "told").read_bytes())
    assert [(rule["id"], rule["verdict"]) for rule in told["rules"]] == [("CIS-5.26", "pass")]
    assert told["decided_by"] == "deployment"


def test_a_tag_leaves_the_rules_of_its_list_and_gates_hold_for_them_alone(tmp_path: Path) -> None:
    image = write_layout(tmp_path / "image", app())
    (tmp_path / "pod.yaml").write_text(POD)
    arguments = [
        "audit",
        image,
        "--deploy",
        str(tmp_path / "pod.yaml"),
        "--tag",
        "pss restricted",
        "-f",
        "json",
    ]
    seamline([*arguments, "-o", str(tmp_path / "told"), "--offline", "--fail-on", "any"], tmp_path / "home")
    rules = json.loads((tmp_path / "told").read_bytes())["rules"]
    assert {rule["id"] for rule in rules} >= {"CIS-4.1", "CIS-5.5", "CIS-5.26", "SL-0024", "SL-0027"}
    assert all(any(tag.lower().startswith("pss restricted") for tag in rule["tags"]) for rule in rules)
    assert {rule["verdict"] for rule in rules if rule["id"].startswith("CIS-5")} == {"pass"}
    assert not [rule["id"] for rule in rules if rule["verdict"] == "fail"]


def test_an_unknown_tag_is_told_with_those_there_are() -> None:
    with pytest.raises(Usage, match="PSS restricted"):
        tagged(RULES, ["no such list"])
    assert run(["audit", "oci-dir:/nowhere", "--tag", "no such list"]) == 2


@pytest.mark.parametrize(
    ("text", "rule"),
    [("sl-6", "SL-0006"), ("SL-0006", "SL-0006"), ("cis-5.4", "CIS-5.4"), ("CIS-9.9", ""), ("SL-x", "")],
)
def test_a_rule_is_known_however_it_is_spelt(text: str, rule: str) -> None:
    assert rule_named(text) == rule
