"""The list of rules: numbers once, a title in both languages, the English one everywhere the same."""

from __future__ import annotations

from seamline.audit import RULES
from seamline.render.words import CHINESE, ENGLISH


def test_every_rule_has_its_own_number_and_its_title_in_both_languages() -> None:
    numbers = [rule.id for rule in RULES]
    assert len(set(numbers)) == len(numbers)
    for rule in RULES:
        assert ENGLISH[f"rule-{rule.id.lower()}"] == rule.title
        assert CHINESE[f"rule-{rule.id.lower()}"] != rule.title
