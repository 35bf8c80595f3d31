"""Every rule, in the order of the documentation."""

from __future__ import annotations

from seamline.lint.rule import Rule
from seamline.lint.rules import (
    apk,
    apt,
    bases,
    copies,
    given,
    labels,
    languages,
    layers,
    libc,
    rpm,
    scripts,
    secrets,
    starting,
    users,
    variables,
)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *bases.RULES,
            *users.RULES,
            *secrets.RULES,
            *copies.RULES,
            *scripts.RULES,
            *apt.RULES,
            *apk.RULES,
            *rpm.RULES,
            *languages.RULES,
            *starting.RULES,
            *labels.RULES,
            *layers.RULES,
            *libc.RULES,
            *given.RULES,
            *variables.RULES,
        ),
        key=lambda rule: rule.id,
    )
)
BY_ID = {rule.id: rule for rule in RULES}
