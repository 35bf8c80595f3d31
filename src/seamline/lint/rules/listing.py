"""Every rule, in the order of the documentation."""

from __future__ import annotations

from seamline.lint.rule import Rule
from seamline.lint.rules import apt, bases, users

RULES: tuple[Rule, ...] = (*bases.RULES, *users.RULES, *apt.RULES)
BY_ID = {rule.id: rule for rule in RULES}
