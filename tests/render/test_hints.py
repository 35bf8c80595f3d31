"""The next step of every error, in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.render.words.hints import hint_in

_SOURCE = Path(__file__).resolve().parents[2] / "src" / "seamline"


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may give, `{}` for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    """What is passed on as `hint`, or kept under this name until it is."""
    if isinstance(node, ast.Call):
        yield from (word.value for word in node.keywords if word.arg == "hint")
    elif isinstance(node, ast.Assign) and any(
        isinstance(to, ast.Name) and to.id == "hint" for to in node.targets
    ):
        yield node.value


def _hints() -> list[str]:
    nodes = (node for path in _SOURCE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    return sorted(
        {text for node in nodes for expression in _expressions(node) for text in _texts(expression)}
    )


@pytest.mark.parametrize("hint", _hints())
def test_the_next_step_has_a_chinese_text(hint: str) -> None:
    shown = hint.replace("{}", "nginx")
    chinese = hint_in("zh", shown)
    assert any("一" <= char <= "鿿" for char in chinese)
    assert chinese.count("nginx") >= hint.count("{}")
    assert hint_in("en", shown) == shown
