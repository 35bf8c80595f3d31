"""Rules by the lists that they stand in: a benchmark, a standard's profile, another tool's number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamline.audit.rule import Rule
from seamline.errors import Usage


def tagged(rules: Iterable[Rule], tags: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that carry every one of `tags`, by a tag's beginning or a word in it, small or large; all rules without any.

    Raises:
        Usage: no rule carries a tag.
    """
    left = tuple(rules)
    for tag in tags:
        found = tuple(rule for rule in left if any(tag.lower() in name.lower() for name in names_of(rule)))
        if not found:
            lists = ", ".join(
                sorted({name.rpartition(" ")[0] or name for rule in left for name in rule.tags})
            )
            raise Usage(
                f"--tag {tag}", expected="a tag that a rule carries", got=repr(tag), hint=f"there are {lists}"
            )
        left = found
    return left


def names_of(rule: Rule) -> tuple[str, ...]:
    """Every name that a rule can be asked for by: its id, its benchmark, its tags."""
    return (rule.id, rule.benchmark, *rule.tags)


def inputs_of(rule: Rule) -> str:
    """What decides a rule, as the name of a word."""
    head, _, number = rule.id.partition("-")
    if rule.id == "CIS-5.1":
        return "host"
    if rule.id in ("CIS-5.23", "CIS-5.24"):
        return "hooks"
    if rule.id in ("CIS-4.1", "CIS-4.6", "CIS-5.7", "CIS-5.9", "CIS-5.27"):
        return "image-and-deployment"
    if head == "CIS" and number.startswith("5"):
        return "deployment"
    by_id = {"CIS-4.4": "scan", "CIS-4.5": "signatures", "CIS-4.12": "signatures", "CIS-4.7": "history", "CIS-4.9": "history", "SL-0016": "history", "SL-0003": "image-and-deployment", "SL-0013": "image-and-deployment"}  # fmt: skip
    is_pods = head == "SL" and int(number) >= _FIRST_OF_PODS
    return by_id.get(rule.id, "deployment" if is_pods else "image")


_FIRST_OF_PODS = 24
