"""The page of the rules is what the rules say."""

from __future__ import annotations

from pathlib import Path

from seamline.audit import RULES
from seamline.verbs.audit_reference import reference_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "audit-rules.md"


def test_the_page_is_made_from_the_rules_of_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_page()


def test_every_rule_has_its_section_and_says_what_it_asks() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert [section.partition(":")[0] for section in sections] == [rule.id for rule in RULES]
    assert all("- Asks: " in section and "- Decided by: " in section for section in sections)
