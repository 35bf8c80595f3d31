"""Expressions that are compiled when they are first asked."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

import seamline
from seamline.expression import expression


def test_an_expression_is_what_the_compiled_one_is() -> None:
    late, plain = expression(r"(?P<a>x)(y)?", re.IGNORECASE), re.compile(r"(?P<a>x)(y)?", re.IGNORECASE)
    assert late.sub("-", "aXYx") == plain.sub("-", "aXYx") == "a--"
    assert (late.pattern, late.flags, late.groups) == (plain.pattern, plain.flags, plain.groups)
    assert late.groupindex == plain.groupindex
    assert [m.span() for m in late.finditer("xyx")] == [(0, 2), (2, 3)]
    assert expression(rb"\d").search(b"a1") is not None
    assert expression("b").fullmatch("ab", 1) is not None


def test_what_no_expression_has_is_not_there() -> None:
    with pytest.raises(AttributeError):
        expression("x").no_such_thing  # type: ignore[attr-defined]  # noqa: B018
    used = expression("x")
    used.match("x")
    with pytest.raises(AttributeError):
        used.no_such_thing  # type: ignore[attr-defined]  # noqa: B018


def test_every_expression_that_a_module_knows_can_be_compiled() -> None:
    """None of them would be seen to be wrong before it is used."""
    found = 0
    for module in pkgutil.walk_packages(seamline.__path__, "seamline."):
        if module.name == "seamline.__main__":
            continue
        for name, value in vars(import_module(module.name)).items():
            for each in _expressions(value):
                assert re.compile(each.pattern, each.flags), f"{module.name}.{name}"
                found += 1
    assert found > 200


def _expressions(value: object) -> Iterator[re.Pattern[str]]:
    if type(value).__module__ == "seamline.expression":
        yield value  # type: ignore[misc]
    elif isinstance(value, tuple | list):
        yield from (each for of in value for each in _expressions(of))
    elif isinstance(value, dict):
        yield from _expressions(list(value.values()))


@pytest.mark.parametrize("verb", ["inspect", "scan", "audit", "compare", "report", "lint"])
def test_a_verb_compiles_no_expression_of_ours_before_it_needs_one(verb: str) -> None:
    asked = f"""
import re, sys
compile_, ours = re.compile, []
def noted(*given):
    if "seamline" in sys._getframe(1).f_globals["__name__"]:
        ours.append(given)
    return compile_(*given)
re.compile = noted
import seamline.cli.main, seamline.cli.{verb}
print(ours)"""
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
