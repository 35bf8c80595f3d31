"""The list of rules: numbers once, a title in both languages, the English one everywhere the same."""

from __future__ import annotations

import pytest

from seamline.audit import RULES
from seamline.model.audit import Danger, SurfaceLine
from seamline.model.package import Side
from seamline.render.words import CHINESE, ENGLISH
from tests.audit.cases import case, verdicts


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
