"""BuildKit's own checks beside the rules that mean the same, and what a Dockerfile asks of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from seamline.errors import Malformed
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.checks import parse_checks
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.formats.dockerfile.values import Dockerfile
from seamline.lint.builder_checks import EQUAL, RULES, WITHOUT
from seamline.lint.judge import judge
from seamline.lint.parent import Parent
from seamline.lint.rules.listing import BY_ID
from seamline.lint.view import view_of
from tests.lint.dockerfiles import DOCKERFILES, HERE

RECORDED = json.loads((HERE / "checks.json").read_bytes())
UNREAD = "the parent may well set it, and was not read (BuildKit reads it)"
LAST = "BuildKit names the one that no longer holds, we the one that replaces it"
WINDOWS = "the path is absolute on Windows, for which the file is"
OTHERS: Mapping[tuple[str, int, str], str] = {
    ("dotnet", 10, "UndefinedVar"): UNREAD,
    ("dotnet-alpine", 13, "UndefinedVar"): UNREAD,
    ("jupyter", 4, "UndefinedVar"): UNREAD,
    ("secrets-leaked", 3, "UndefinedVar"): UNREAD,
    ("centos-yum", 9, "MultipleInstructionsDisallowed"): LAST,
    ("continuations", 12, "MultipleInstructionsDisallowed"): LAST,
    ("multi-service", 12, "MultipleInstructionsDisallowed"): LAST,
    ("windows-escape", 6, "WorkdirRelativePath"): WINDOWS,
    ("windows-powershell", 7, "WorkdirRelativePath"): WINDOWS,
    ("ignored", 8, "JSONArgsRecommended"): "forgiven by a comment that names hadolint",
}
"""What BuildKit finds and we do not there: sample, line of the instruction, check."""
OURS = {("centos-yum", 10, "DL4003"), ("continuations", 14, "DL3012"), ("multi-service", 13, "DL4003")}
"""The other side of LAST."""
REFUSED = {"arg-no-default": "the base is named when it is built", "java-tomcat-legacy": "port 70000: DL3011"}


def start(dockerfile: Dockerfile, line: int) -> int:
    return dockerfile.start_of(line)


@pytest.mark.parametrize("name", [name for name in DOCKERFILES if name not in REFUSED])
def test_a_file_is_judged_as_buildkit_does(name: str) -> None:
    dockerfile = parse_dockerfile(DOCKERFILES[name].read_bytes())
    assert not RECORDED[name]["refused"]
    theirs = {(start(dockerfile, line), check) for line, check in RECORDED[name]["found"] if check in EQUAL}
    ours = {
        (start(dockerfile, each.line), each.rule)
        for each in judge(view_of(dockerfile, None))
        if each.rule in RULES and not each.ignored
    }
    unmet = {pair for pair in theirs if not any((pair[0], rule) in ours for rule in EQUAL[pair[1]])}
    assert unmet == {(line, check) for sample, line, check in OTHERS if sample == name}
    alone = {
        pair
        for pair in ours
        if not any((pair[0], check) in theirs for check in EQUAL if pair[1] in EQUAL[check])
    }
    assert alone == {(line, rule) for sample, line, rule in OURS if sample == name}


def test_what_buildkit_refuses_is_known() -> None:
    assert {name for name, told in RECORDED.items() if told["refused"]} == set(REFUSED)
    assert set(RECORDED) == set(DOCKERFILES)


def test_every_check_has_its_rules_or_its_reason() -> None:
    assert not set(EQUAL) & set(WITHOUT)
    assert set(BY_ID) >= RULES
    recorded = {check for told in RECORDED.values() for _, check in told["found"]}
    assert recorded <= set(EQUAL) | set(WITHOUT)


def left(text: str) -> list[tuple[int, str]]:
    dockerfile = parse_dockerfile(text.encode())
    check_dockerfile(dockerfile)
    found = judge(view_of(dockerfile, None))
    return [
        (each.line, each.rule) for each in found if each.rule in ("DL3025", "DL4000") and not each.ignored
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# check=skip=JSONArgsRecommended;error=true\nFROM a\nCMD a\nMAINTAINER b", [(4, "DL4000")]),
        ("# check=skip=all\nFROM a\nCMD a\nMAINTAINER b", []),
        ("FROM a\n# check=skip=JSONArgsRecommended\nCMD a\nENTRYPOINT a", [(4, "DL3025")]),
        ("FROM a\n# check=skip=JSONArgsRecommended words behind\nCMD a", []),
        ("FROM a\n# check=bogus\nENTRYPOINT a", [(3, "DL3025")]),
        ("FROM a\n# check = skip = JSONArgsRecommended\nCMD a", [(3, "DL3025")]),
        ("# check=skip=JSONArgsRecommended, MaintainerDeprecated\nFROM a\nCMD a\nMAINTAINER x", [(4, "DL4000")]),
        ("# check=skip=jsonargsrecommended\nFROM a\nCMD a", [(3, "DL3025")]),
        ("# check=skip=NoSuch\nFROM a\nCMD a", [(3, "DL3025")]),
    ],
)  # fmt: skip
def test_checks_are_left_out_as_buildkit_leaves_them(text: str, expected: list[tuple[int, str]]) -> None:
    """Each was given to BuildKit's own linter."""
    assert left(text) == expected


@pytest.mark.parametrize(
    "value",
    ["bogus", "bogus=1", "error=maybe", "skip=a;error=true;x=1"],
)
def test_what_buildkit_refuses_to_be_asked_is_refused(value: str) -> None:
    with pytest.raises(Malformed, match="check=skip=NAME"):
        left(f"# check={value}\nFROM a")


def test_options_are_read_in_any_order() -> None:
    checks = parse_checks("error=1;skip=A,B;experimental=all")
    assert checks.errors
    assert checks.skips == {"A", "B"}


def unset(text: str, environment: Mapping[str, str] | None = None) -> list[str]:
    parent = (
        Parent(reference="a:1", known_from="image", environment=environment or {}) if environment else None
    )
    dockerfile = parse_dockerfile(text.encode())
    return [each.detail for each in judge(view_of(dockerfile, parent)) if each.rule == "SL3014"]


def test_a_variable_that_nobody_sets_is_found_where_the_parent_is_known() -> None:
    assert unset("FROM scratch\nCOPY --chown=$E a $F/\nUSER $G\nVOLUME $H\nLABEL a=$K\nWORKDIR $P") == [
        "$F $E",
        "$G",
        "$H",
        "$K",
        "$P",
    ]
    assert unset("FROM scratch\nENV A=${X:-3} C=${Z+1} D=${W#a}") == ["$W"]
    assert unset("FROM scratch AS a\nARG Q=1\nENV E=2\nFROM a\nENV B=$Q$E") == []
    assert unset("FROM scratch AS a\nARG Q=1\nFROM scratch\nENV B=$Q") == ["$Q"]
    assert unset("FROM a:1\nUSER $APP_UID") == []
    assert unset("FROM a:1\nUSER $APP_UID$NO", {"APP_UID": "5"}) == ["$NO"]
