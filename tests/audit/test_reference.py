"""The page of the rules is what the rules say."""

from __future__ import annotations

from pathlib import Path

from seamline.audit import RULES
from seamline.audit.mends import MENDS
from seamline.render.words import ENGLISH
from seamline.surface.program_table import OTHER_KINDS, TOOLS
from seamline.verbs.audit_reference import reference_page, surface_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "audit-rules.md"


def test_the_page_is_made_from_the_rules_of_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_page()


def test_every_rule_has_its_section_and_says_what_it_asks() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert [section.partition(":")[0] for section in sections] == [rule.id for rule in RULES]
    assert all("- Asks: " in section and "- Decided by: " in section for section in sections)


def test_whatever_can_fail_says_what_mends_it() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    without = {section.partition(":")[0] for section in sections if "- Mend: " not in section}
    assert without == {"CIS-4.5", "CIS-4.12", "CIS-5.1"}
    assert all(each in ENGLISH for mends in MENDS.values() for each in mends)


def test_the_page_of_the_surface_is_made_from_the_tables_of_today() -> None:
    page = PAGE.with_name("attack-surface.md").read_text(encoding="utf-8")
    assert page == surface_page()
    kinds = {
        f"surface-{kind.replace(' ', '-').lower()}" for kind in (*OTHER_KINDS, *(tool.kind for tool in TOOLS))
    }
    assert kinds == {name for name in ENGLISH if name.startswith("surface-")} - {"surface-found"}
