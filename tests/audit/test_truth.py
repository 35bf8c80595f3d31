"""Verdicts on images and deployments of known truth, made without Seamline; a case's name says what is true of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from benchmarks.verdicts.measure import CASES, measured
from benchmarks.verdicts.show import seamline

from seamline.audit import RULES
from seamline.audit.mends import MENDS

NEVER_BOTH_WAYS = {
    "CIS-4.5": "superseded whatever is there",
    "CIS-4.12": "never fails: signed provenance passes (verbs/test_attested), what is unsigned is undecidable",
    "CIS-5.1": "the host's",
    "CIS-5.19": "nobody can say from outside that ulimits are needed",
    "CIS-5.23": "never passes: a hook fails, what people run by hand is a log's",
    "CIS-5.24": "never passes: a hook fails, what people run by hand is a log's",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("truth")


@pytest.fixture(scope="module")
def answers(folder: Path) -> Mapping[tuple[str, str], str]:
    found = measured(folder, seamline)
    return {(each.case, each.rule): each.answer for each in found}


def asked() -> Iterator[object]:
    for case in CASES:
        for rule, truth in case.truth.items():
            yield pytest.param(case.name, rule, truth, id=f"{case.name}: {rule} {truth}")


@pytest.mark.parametrize(("case", "rule", "truth"), list(asked()))
def test_the_verdict_is_the_truth(
    case: str, rule: str, truth: str, answers: Mapping[tuple[str, str], str]
) -> None:
    assert answers[case, rule] == truth


def test_every_fail_says_what_mends_it_and_the_page_of_the_rules_says_it_too(
    folder: Path, answers: Mapping[tuple[str, str], str]
) -> None:
    reports = [json.loads(path.read_bytes()) for path in folder.glob("report-*.json")]
    failed = {
        (rule["id"], rule["mend"]["id"])
        for each in reports
        for rule in each["rules"]
        if rule["verdict"] == "fail"
    }
    assert len(reports) == len(CASES)
    assert answers
    assert failed <= {(rule, mend) for rule, mends in MENDS.items() for mend in mends}


def test_case_names_are_not_used_twice() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_truth_knows_every_rule_both_ways(rule: str) -> None:
    verdicts = {
        part.split()[0] for case in CASES if rule in case.truth for part in case.truth[rule].split(" + ")
    }
    assert verdicts
    assert rule in NEVER_BOTH_WAYS or {"pass", "fail"} <= verdicts


def test_the_makers_of_truth_import_nothing_of_seamline() -> None:
    folder = Path(__file__).parents[2] / "benchmarks" / "verdicts"
    for name in ("make", "images", "deployments", "measure"):
        assert "seamline." not in "".join(
            line for line in (folder / f"{name}.py").read_text().splitlines(keepends=True) if "import" in line
        )
