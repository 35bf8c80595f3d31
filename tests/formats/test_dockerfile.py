"""Dockerfiles as BuildKit's parser reads them."""

from __future__ import annotations

import pytest

from seamline.errors import Malformed
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.formats.dockerfile.values import Dockerfile, Instruction


def parsed(text: str) -> Dockerfile:
    dockerfile = parse_dockerfile(text.encode())
    check_dockerfile(dockerfile)
    return dockerfile


def last(text: str) -> Instruction:
    return parsed(f"FROM a\n{text}").instructions[-1]


def test_a_line_goes_on_over_comments_and_empty_lines() -> None:
    run = last("RUN a \\\n  # why\n\n  && b\n")
    assert run.arguments == ("a   && b",)
    assert (run.start_line, run.end_line) == (2, 5)


def test_every_character_of_a_joined_line_leads_back_to_its_source() -> None:
    dockerfile = parsed("FROM a\nRUN apt-get \\\n  # no\n  install b")
    run = dockerfile.instructions[1]
    for word in ("RUN", "apt-get", "install", "b"):
        source = run.source_at(run.text.index(word))
        assert dockerfile.text[source:].startswith(word)
    assert dockerfile.line_of(run.source_at(run.text.index("install"))) == 4


def test_heredocs_are_taken_with_their_quotes_tabs_and_places() -> None:
    copy = last("COPY <<A <<-'B' /d/\nx $y\nA\n\tz\n\tB\nCMD a")
    assert copy.keyword == "CMD"
    dockerfile = parsed("FROM a\nCOPY <<A <<-'B' /d/\nx $y\nA\n\tz\n\tB\n")
    first, second = dockerfile.instructions[1].heredocs
    assert (first.name, first.content, first.expands, first.chomps) == ("A", "x $y\n", True, False)
    assert (second.name, second.content, second.expands, second.chomps) == ("B", "\tz\n", False, True)
    assert dockerfile.text[second.at :].startswith("\tz")


@pytest.mark.parametrize(
    ("text", "line", "got"),
    [
        ("", 1, "none"),
        ("# only\n", 1, "none"),
        ("FROM a\nRNU b", 2, "'RNU'"),
        ("FROM a\nRUN <<E\nx\n", 2, "the end of the file"),
        ("FROM a\nENV b", 2, "'b'"),
        ("FROM a\nCMD [1]", 2, "[1]"),
        ("FROM a\nCOPY --form=b c d", 2, "--form"),
        ("FROM a\nHEALTHCHECK --interval=3 CMD b", 2, "'3'"),
        ("FROM a\nRUN --mount=type=tmp,target=/x b", 2, "'tmp'"),
        ("RUN a", 1, "RUN"),
        ("FROM a AS 1b", 1, "'1b'"),
        ("# escape=x\nFROM a", 1, "'x'"),
        ("FROM a\nONBUILD FROM b", 2, "FROM"),
    ],
)
def test_what_the_builder_refuses_is_refused_with_its_line(text: str, line: int, got: str) -> None:
    with pytest.raises(Malformed) as caught:
        parsed(text)
    assert caught.value.where.line == line
    assert caught.value.got == got
