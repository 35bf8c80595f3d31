"""Dockerfiles as BuildKit's parser reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.expand import expand
from seamline.formats.dockerfile.mounts import Mount, parse_mount
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.formats.dockerfile.stages import Scope, global_args, stages
from seamline.formats.dockerfile.values import Dockerfile, Instruction

SAMPLES = Path(__file__).resolve().parents[1] / "lint" / "samples"
EXPANSION = json.loads(
    (Path(__file__).parent / "fixtures" / "dockerfile" / "expansion.json").read_text("utf-8")
)
RECORDED = json.loads((SAMPLES / "buildkit.json").read_text("utf-8"))


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
        ("FROM a\nHEALTHCHECK --timeout=999us CMD b", 2, "'999us'"),
        ("FROM a\nHEALTHCHECK --start-interval=-5s CMD b", 2, "'-5s'"),
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


def told(instruction: Instruction, *, inner: bool = False) -> dict[str, Any]:
    """An instruction as BuildKit's nodes were recorded."""
    record: dict[str, Any] = {
        "keyword": instruction.spelt,
        "flags": list(instruction.flags),
        "arguments": list(instruction.arguments),
    }
    if not inner:
        record["lines"] = [instruction.start_line, instruction.end_line]
    if instruction.is_json:
        record["json"] = True
    if instruction.heredocs:
        record["heredocs"] = [[h.name, h.content, h.expands, h.chomps] for h in instruction.heredocs]
    if instruction.comments:
        record["comments"] = list(instruction.comments)
    if instruction.inner is not None:
        record["inner"] = told(instruction.inner, inner=True)
    return record


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_file_is_read_as_buildkit_reads_it(name: str) -> None:
    dockerfile = parse_dockerfile((SAMPLES / name).read_bytes(), name)
    check_dockerfile(dockerfile)
    assert dockerfile.escape == RECORDED[name]["escape"]
    assert [told(each) for each in dockerfile.instructions] == RECORDED[name]["instructions"]


@pytest.mark.parametrize(("word", "escape", "expected"), EXPANSION["words"])
def test_a_word_is_filled_as_buildkit_fills_it(word: str, escape: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(Malformed):
            expand(word, EXPANSION["variables"], escape)
    else:
        assert expand(word, EXPANSION["variables"], escape) == expected


def test_arguments_hold_where_they_are_named() -> None:
    dockerfile = parsed(
        "ARG V=1\nARG W=${V}2\nFROM a:$W AS one\nARG V\nARG X=$V$W\nFROM one\nFROM a:${U:-3}\n"
    )
    first, second, third = stages(dockerfile, {"V": "9"})
    assert [each.resolved for each in (first, second, third)] == ["a:92", "one", "a:3"]
    assert (first.parent, second.parent, third.parent) == (None, 0, None)
    scope = Scope({"E": "e"}, global_args(dockerfile, {"V": "9"}), {"V": "9"}, "\\")
    for each in first.instructions:
        scope.take(each)
    assert scope.variables == {"V": "9", "X": "9", "E": "e"}


def test_env_wins_over_arg_and_sees_what_held_before_it() -> None:
    dockerfile = parsed("FROM a\nARG A=1\nENV A=2 B=$A\nENV C=$B")
    scope = Scope({}, {}, {}, "\\")
    for each in stages(dockerfile)[0].instructions:
        scope.take(each)
    assert scope.variables == {"A": "2", "B": "1", "C": "1"}


def test_mounts_are_read_with_all_their_spellings() -> None:
    assert parse_mount("type=cache,dst=/c,id=x,sharing=locked") == Mount(
        kind="cache", target="/c", id="x", sharing="locked", is_read_only=False
    )
    assert parse_mount("from=b,src=/a,target=/c,rw").is_read_only is False
    assert parse_mount("type=secret,id=t,env=T,required").is_required


def test_a_file_may_start_with_a_byte_order_mark_and_end_lines_as_windows_does() -> None:
    dockerfile = parse_dockerfile(b"\xef\xbb\xbf# escape=`\r\nFROM a\r\nRUN b `\r\n  c\r\n")
    assert dockerfile.escape == "`"
    assert dockerfile.instructions[1].arguments == ("b   c",)


_PIECES = st.lists(
    st.sampled_from(
        ["FROM a", "RUN b", "\\", "\n", "<<E", "<<-'F'", "E\n", "\tF\n", "# c", "[", '"x"', "]", " ", "--f=g", "COPY", "ONBUILD"]
    ),
    max_size=30,
)  # fmt: skip


@given(_PIECES)
def test_whatever_stands_there_is_read_or_refused_and_places_lead_back(pieces: list[str]) -> None:
    text = "FROM a\n" + " ".join(pieces)
    try:
        dockerfile = parse_dockerfile(text.encode())
    except Malformed:
        return
    assert dockerfile.text == text
    for each in dockerfile.instructions:
        for place, char in enumerate(each.text):
            assert text[each.source_at(place)] == char
