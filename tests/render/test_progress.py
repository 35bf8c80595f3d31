"""What an update tells while it runs, in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.errors import counted
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
                    yield "".join(map(_filled, told.values))


def _filled(part: ast.expr) -> str:
    """A part of a line, `7` for what is put in, with the word behind it where that depends on the number."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    call = part.value if isinstance(part, ast.FormattedValue) else None
    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "counted":
        return counted(7, *(str(each.value) for each in call.args[1:] if isinstance(each, ast.Constant)))
    return "7"


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


def test_one_of_a_thing_is_told_as_one() -> None:
    assert counted(1, "advisory", "advisories") == "1 advisory"
    assert [counted(number, "layer") for number in (0, 1, 2)] == ["0 layers", "1 layer", "2 layers"]
    line = "npm: 1 advisory about 1 package, 1 new or changed"
    assert progress_in("zh", line) == "npm：1 条公告，涉及 1 个软件包，1 条新增或有变化"
    assert (
        progress_in("zh", "npm: 1 advisory about 1 package, taken over")
        == "npm：1 条公告，涉及 1 个软件包，已接收"
    )


def test_a_line_that_nobody_translated_stays() -> None:
    assert progress_in("zh", "sha256:00") == "sha256:00"
