"""What an update tells while it runs, in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.render.words.progress import progress_in

_VERBS = Path(__file__).resolve().parents[2] / "src" / "seamline" / "verbs"
_TELLING = ("database_update", "advisories_beside", "advisory_intake", "exchange")


def _said() -> Iterator[str]:
    """The lines that updates tell, `{}` filled with a number."""
    for name in _TELLING:
        for node in ast.walk(ast.parse((_VERBS / f"{name}.py").read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "say"
            ):
                told = node.args[0]
                while isinstance(told, ast.BinOp):
                    told = told.left
                if isinstance(told, ast.Constant):
                    yield str(told.value)
                elif isinstance(told, ast.JoinedStr):
                    yield "".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in told.values)


@pytest.mark.parametrize("line", sorted(set(_said())))
def test_every_line_of_an_update_has_a_chinese_text(line: str) -> None:
    chinese = progress_in("zh", line)
    assert any("一" <= char <= "鿿" for char in chinese)
    assert chinese.count("7") == line.count("7")
    assert progress_in("en", line) == line


def test_counts_and_the_next_step_of_an_error_inside_a_line_are_told_in_chinese_too() -> None:
    line = "npm: 15 advisories about 5 packages, 3 new or changed, 2 unreadable, 1 about no flaw in it"
    assert (
        progress_in("zh", line)
        == "npm：15 条公告，涉及 5 个软件包，3 条新增或有变化，2 条无法读取，1 条与漏洞无关"
    )
    fault = "https://x.example: expected an answer, got timed out (check the path and its permissions)"
    assert progress_in("zh", f"warning: kev is left as it was: {fault}").endswith("(请检查路径与权限)")


def test_a_line_that_nobody_translated_stays() -> None:
    assert progress_in("zh", "sha256:00") == "sha256:00"
