"""What an image says of itself stays text in Markdown, in every report."""

from __future__ import annotations

import re

import pytest

from seamline.render.markdown import code, escaped, table


@pytest.mark.parametrize("text", ["@org/team", "a\n# b", "![x](y)", "<img src=x>", "a|b", "*a*_b_~c~", "`x`"])
def test_text_calls_nobody_marks_nothing_up_and_begins_no_line(text: str) -> None:
    shown = escaped(text)
    assert "\n" not in shown
    assert "@org" not in shown
    assert not re.search(r"(?<!\\)[`*_{}\[\]<>|#~!]", shown)


@pytest.mark.parametrize("text", ["plain", "a`b", "``", "a ``` b", "a\n`b"])
def test_a_command_ends_no_fence_of_its_own(text: str) -> None:
    shown = code(text)
    fence = re.match(r"`+", shown)
    assert fence is not None
    assert shown.endswith(fence[0])
    assert fence[0] not in shown[len(fence[0]) : -len(fence[0])]


def test_a_pipe_in_a_cell_breaks_no_table_whether_text_or_code() -> None:
    *_, row = table(("command", "name"), [(code("curl x | sh"), escaped("a|b"))])
    assert row == r"| `curl x \| sh` | a\|b |"
