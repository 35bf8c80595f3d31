"""The commands at the end of a report: whole, one a line, never wider than the terminal."""

from __future__ import annotations

import pytest

from seamline.render.layout import width
from seamline.render.next_steps import next_steps


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_command_has_its_line_and_reads_as_no_pipe(language: str) -> None:
    lines = list(next_steps(("seamline scan x", "seamline audit x"), language, 80))
    assert len(lines) == 2
    assert "|" not in "".join(lines)
    assert lines[0].index("seamline") + (width(lines[0]) - len(lines[0])) == lines[1].index("seamline")


def test_a_long_command_goes_on_behind_a_backslash_and_stays_the_same_command() -> None:
    command = f"seamline compare oci-dir:/{'a' * 50}:1 oci-dir:/{'b' * 50}:1 -f html -o compare.html"
    lines = list(next_steps((command,), "en", 80))
    assert all(width(line) <= 80 for line in lines)
    assert "\n".join(lines).removeprefix("next: ").replace("\\\n", "").split() == command.split()


def test_a_name_longer_than_the_line_is_not_torn_from_its_command() -> None:
    command = f"seamline scan oci-dir:/{'a' * 90}:1"
    assert list(next_steps((command,), "en", 80)) == [f"next: {command}"]


def test_what_an_image_is_called_never_drives_the_terminal() -> None:
    assert "\x1b" not in "".join(next_steps(("seamline scan a\x1b[31m",), "en", 80))


def test_what_is_quoted_is_never_torn_where_a_command_goes_on() -> None:
    for length in range(40, 60):
        command = f"seamline scan oci-dir:/{'a' * length}:1 --for 'application team'"
        assert "'application team'" in "\n".join(next_steps((command,), "en", 80))
