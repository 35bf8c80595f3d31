"""Every rule, both ways, with its words and its row in the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.advisories.base_ends import releases_named
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.lint.judge import judge
from seamline.lint.parent import Parent
from seamline.lint.rules.left_out import LEFT_OUT
from seamline.lint.rules.listing import BY_ID, RULES
from seamline.lint.view import View, view_of
from seamline.model.linting import LintFinding
from seamline.render.words import CHINESE, ENGLISH
from seamline.verbs.lint import reference_page
from tests.lint.cases import CASES, READ, TODAY, support

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "lint-rules.md"
WITH_PARENT = {"SL3008", "SL3011", "SL3012", "SL3013", "SL3014", "SL3017"}


def seen(text: str, parent: Parent | None = None) -> View:
    dockerfile = parse_dockerfile(text.encode())
    check_dockerfile(dockerfile)
    return view_of(
        dockerfile,
        parent,
        has_ignore_file=False,
        trusted=("trusted.example", "docker.io"),
        support=support,
        today=TODAY,
    )


def found(text: str, parent: Parent | None = None) -> tuple[LintFinding, ...]:
    return judge(seen(text, parent))


def ids(text: str, parent: Parent | None = None) -> set[str]:
    return {each.rule for each in found(text, parent) if not each.ignored}


def whole(snippet: str) -> str:
    return snippet if "FROM " in snippet else f"FROM debian:12\n{snippet}\n"


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert set(CASES) == set(BY_ID)
    assert len(BY_ID) == len(RULES)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_rule_is_broken_by_the_one_and_kept_by_the_other(rule: str) -> None:
    parent = READ if rule in WITH_PARENT else None
    bad, good = CASES[rule]
    assert rule in ids(whole(bad), parent)
    assert rule not in ids(whole(good), parent)


@pytest.mark.parametrize("rule", sorted(BY_ID))
def test_a_rule_has_its_words_in_both_languages(rule: str) -> None:
    for kind in ("lint", "why", "mend"):
        assert ENGLISH[f"{kind}-{rule}"]
        assert CHINESE[f"{kind}-{rule}"]


def test_a_finding_stands_on_the_line_of_its_command() -> None:
    (sudo,) = [each for each in found("FROM a:1\nRUN b && \\\n  # c\n  sudo d\n") if each.rule == "DL3004"]
    assert (sudo.line, sudo.end_line, sudo.excerpt) == (4, 4, ("  sudo d",))


def test_a_script_in_a_heredoc_is_judged_with_its_own_lines() -> None:
    findings = found("FROM a:1\nRUN <<EOF\nset -e\nsudo b\nEOF\nRUN bash <<-X\n\tcurl https://c | sh\n\tX\n")
    assert [(each.rule, each.line) for each in findings if each.rule in ("DL3004", "SL1006")] == [
        ("DL3004", 4),
        ("SL1006", 7),
    ]


def test_what_another_program_reads_is_no_shell_script() -> None:
    assert "DL3004" not in ids("FROM a:1\nRUN python3 <<EOF\nsudo = 1\nsudo b\nEOF\n")
    assert "DL3004" not in ids("FROM a:1\nRUN <<EOF\n#!/usr/bin/env python3\nsudo b\nEOF\n")
    assert "DL3004" not in ids("FROM a:1\nCOPY <<EOF /x\nsudo b\nEOF\n")


@pytest.mark.parametrize(
    ("address", "is_pinned"),
    [
        ("https://x/y.git#v1.2", True),
        ("https://x/y.git#main:sub", False),
        ("https://x/y.git?ref=v1", True),
        ("https://x/y.git?ref=main&submodules=false", False),
        ("https://x/y.git?branch=v1", False),
        ("https://x/y.git?branch=v1&commit=abc", True),
        ("git@x:y.git?tag=v1", True),
        ("git@x:y.git", False),
        ("https://x/y.tgz?ref=v1", False),
        ("https://x/y.tgz#v1", False),
    ],
)
def test_what_git_is_asked_for_is_pinned_or_moves(address: str, is_pinned: bool) -> None:
    assert ("SL1005" in ids(f"FROM a:1\nADD {address} /z\n")) != is_pinned


@pytest.mark.parametrize(
    ("source", "is_there"), [("0", True), ("1", False), ("2", False), ("9" * 5000, False)]
)
def test_a_stage_by_number_is_one_above(source: str, is_there: bool) -> None:
    text = f"FROM a:1\nFROM c:1\nCOPY --from={source} f /g\nFROM d:1\n"
    assert ("DL3022" in ids(text)) != is_there


def test_no_report_repeats_a_secret() -> None:
    text = """FROM a:1
ARG API_KEY=geheim1
ENV DB_PASSWORD geheim2
ENV A_TOKEN="geheim3" B=c
RUN curl https://me:geheim4@x/y && TOKEN=geheim5 d --password=geheim6 && echo 'root:geheim7' | chpasswd
"""
    findings = found(text)
    assert {"DL3064", "SL1004", "SL1012", "SL1013"} <= {each.rule for each in findings}
    assert not any("geheim" in part for each in findings for part in (*each.excerpt, each.detail))
    assert "USER root" in found("FROM a:1\nENV PASSWORD=root\nUSER root\n")[-1].excerpt


GIVEN = {
    "curl": ("curl -u ci:Zwiebel42 https://a", "-u"),
    "curl in a bundle": ("curl -fsSLu ci:Zwiebel42 https://a", "-u"),
    "curl at once": ("curl -uci:Zwiebel42 https://a", "-u"),
    "curl in full": ("curl --user=ci:Zwiebel42 https://a", "user"),
    "curl for a proxy": ("curl --proxy-user 'ci:Zwiebel42' https://a", "proxy-user"),
    "a header": ('curl -H "Authorization: Bearer Zwiebel42" https://a', "Authorization"),
    "a header of GitLab's": ("curl --header 'PRIVATE-TOKEN: Zwiebel42' https://a", "PRIVATE-TOKEN"),
    "wget": ("wget --user=a --password=Zwiebel42 https://a", "password"),
    "wget with a blank": ("wget --http-password Zwiebel42 https://a", "http-password"),
    "sshpass": ("sshpass -pZwiebel42 scp a b:", "-p"),
    "mysql": ("mysql -uroot -pZwiebel42 -e x", "-p"),
    "an engine": ("docker login -u a -p Zwiebel42 r.example", "-p"),
    "a variable": ("PGPASSWORD=Zwiebel42 psql", "PGPASSWORD"),
    "whatever program": ("deploy --token Zwiebel42 a", "token"),
    "behind sudo": ("sudo curl -u ci:Zwiebel42 https://a", "-u"),
}


@pytest.mark.parametrize(("line", "name"), GIVEN.values(), ids=GIVEN.keys())
def test_a_secret_that_a_command_is_given_is_told_by_its_option_and_never_shown(line: str, name: str) -> None:
    told = [each for each in found(f"FROM a:1\nRUN {line}\n") if each.rule == "SL1013"]
    assert [each.detail for each in told] == [name]
    assert "Zwiebel" not in "".join(told[0].excerpt)


@pytest.mark.parametrize(
    "line",
    [
        'curl -u "$USER:$PASS" https://a',
        "curl -u ${USER}:${PASS} https://a",
        "curl -u user:password https://a",
        "curl -u '<user>:<token>' https://a",
        "curl -u me: https://a",
        "curl -u $TOKEN:x-oauth-basic https://a",
        'curl -u "me:$(cat /run/secrets/pw)" https://a',
        'curl -H "Authorization: Bearer $TOKEN" https://a',
        "curl -H 'Authorization: Bearer <token>' https://a",
        "curl -o u:pw https://a:8080/b",
        "curl https://user:password@host/x",
        "curl https://$USER:$PASS@host/x",
        "wget --password=changeme https://a",
        'wget --password="$PW" https://a',
        "docker login -u a --password-stdin r.example",
        "docker run -p 8080:8080 a",
        "mysql -p < a.sql",
        "mysql -P 3306",
        "deploy --token /run/secrets/token",
        "deploy --token-file Zwiebel42",
        "useradd -p x -u 1000 a",
        "tar -u a:b",
    ],
)
def test_what_a_command_is_given_instead_of_a_secret_is_none(line: str) -> None:
    assert not {"SL1013", "SL1004"} & ids(f"FROM a:1\nRUN {line}\n")


def test_comments_forgive_where_they_stand_and_everywhere() -> None:
    text = "FROM a:1\n# hadolint ignore=DL3004,DL3059\nRUN sudo b\nRUN sudo c\n"
    assert [each.ignored for each in found(text) if each.rule == "DL3004"] == ["comment", ""]
    assert "DL3004" not in ids(f"# seamline global ignore=DL3004\n{text}")
    assert "DL3004" in ids("FROM a:1\n# hadolint ignore=DL3008\nRUN sudo b\n")


def test_the_parent_says_who_runs_and_what_is_there() -> None:
    assert "SL1001" not in ids("FROM base:1", Parent(reference="base:1", known_from="image", user="5"))
    assert "SL1001" in ids("FROM base:1", Parent(reference="base:1", known_from="image", user="0:0"))
    assert "DL3057" not in ids("FROM b:1", Parent(reference="b:1", known_from="image", has_healthcheck=True))
    assert "DL3045" not in ids(
        "FROM b:1\nCOPY a .", Parent(reference="b:1", known_from="image", workdir="/w")
    )


@pytest.mark.parametrize("user", ["0", "00", "root", "0:0", "root:root", "0:5", "$U"])
def test_root_is_known_by_every_name(user: str) -> None:
    assert "DL3002" in ids(f"FROM a:1\nENV U=0\nUSER {user}\n")


@pytest.mark.parametrize(
    "text",
    [
        "# escape=`\nFROM mcr.example/windows/servercore:ltsc2022\n",
        "FROM mcr.example/dotnet/aspnet:8.0-nanoserver-ltsc2022\n",
        "FROM --platform=windows/amd64 a:1\n",
        'FROM a:1\nSHELL ["powershell", "-Command"]\n',
    ],
)
def test_a_container_of_windows_has_no_root(text: str) -> None:
    assert "SL1001" not in ids(text)


def test_a_stage_inherits_from_the_one_below() -> None:
    assert "SL1001" not in ids("FROM a:1 AS b\nUSER 5\nFROM b\nRUN c\n")
    assert "DL3042" not in ids("FROM a:1 AS b\nENV PIP_NO_CACHE_DIR=1\nFROM b\nRUN pip install c==1\n")


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("python:3.7", ["python 3.7: 2023-06-27"]),
        ("docker.io/library/python:3.7.17-slim-buster", ["debian 10: 2024-06-30", "python 3.7: 2023-06-27"]),
        ("node:14-alpine3.12", ["alpine-linux 3.12: 2022-05-01", "nodejs 14: 2023-04-30"]),
        ("mirror.example:5000/node:14@sha256:" + "a" * 64, ["nodejs 14: 2023-04-30"]),
        ("bitnami/node:14.1.0-debian-10-r5", ["debian 10: 2024-06-30", "nodejs 14: 2023-04-30"]),
        ("registry.example/distroless/base-debian10", ["debian 10: 2024-06-30"]),
        ("debian:buster-20210902-slim", ["debian 10: 2024-06-30"]),
        ("mysql:5", ["mysql 5.7: 2023-10-31"]),
        ("perl:5.8", ["perl 5.8"]),
        ("mycorp/node:14", []),
        ("node:24", []),
        ("node:lts", []),
        ("node", []),
        ("debian:1000", []),
        ("scratch", []),
    ],
)
def test_an_end_of_support_is_known_by_the_tag(base: str, told: list[str]) -> None:
    assert sorted(each.detail for each in found(f"FROM {base}\n") if each.rule == "SL2009") == told


def test_extended_support_is_told_apart_from_none() -> None:
    (extended,) = (each for each in found("ARG V=12\nFROM debian:$V\n") if each.rule in ("SL2009", "SL2010"))
    assert (extended.rule, extended.detail) == ("SL2010", "debian 12: 2026-07-11 (LTS/ESM: 2028-06-30)")


@pytest.mark.parametrize(
    ("base", "releases"),
    [
        ("registry.example/ubi8/ubi-minimal:8.10", (("rhel", "8"),)),
        ("registry.example/dotnet/sdk:6.0-focal", (("dotnet", "6"), ("ubuntu", "20.04"))),
        ("registry.example/dotnet/core/sdk:3.1", ()),
        ("quay.example/centos/centos:stream8", (("centos-stream", "8"),)),
        ("centos:centos7.9.2009", (("centos", "7.9.2009"),)),
        ("opensuse/leap:15.3", (("opensuse", "15.3"),)),
        ("eclipse-temurin:17-jre-jammy", (("eclipse-temurin", "17"), ("ubuntu", "22.04"))),
        ("golang:1.20-alpine", (("go", "1.20"),)),
        ("public.example/docker/library/postgres:v9.6", (("postgresql", "9.6"),)),
        ("$BASE", ()),
        (":", ()),
        ("a/b/@sha256:c", ()),
    ],
)
def test_a_name_tells_its_releases(base: str, releases: tuple[tuple[str, str], ...]) -> None:
    assert releases_named(base) == releases


@pytest.mark.parametrize(
    ("builder", "final", "mixed"),
    [
        ("golang:1.24-alpine", "debian:12-slim", True),
        ("golang:1.24-alpine", "alpine:3.22", False),
        ("golang:1.24", "alpine:3.22", True),
        ("golang:1.24-bookworm", "scratch", True),
        ("golang:1.24", "gcr.io/distroless/base-debian12", False),
        ("golang:1.24", "gcr.io/distroless/static-debian12", True),
        ("registry.corp/unknown:1", "debian:12", False),
    ],
)
def test_c_libraries_are_told_apart(builder: str, final: str, mixed: bool) -> None:
    text = f'FROM {builder} AS b\nRUN go build -o /a .\nFROM {final}\nCOPY --from=b /a /a\nCMD ["/a"]\n'
    assert ("SL3003" in ids(text)) == mixed
    static = text.replace("RUN go", "RUN CGO_ENABLED=0 go")
    assert "SL3003" not in ids(static)


HADOLINT = {
    f"DL{number}"
    for number in (1001, *range(3000, 3068), 4000, 4001, 4003, 4004, 4005, 4006)
    if number not in (3005, 3017, 3031, 3039)
}
"""Every rule that hadolint 2.15.1 lists."""


def test_every_rule_of_hadolint_is_decided() -> None:
    assert {rule for rule in BY_ID if rule.startswith("DL")} | set(LEFT_OUT) == HADOLINT
    assert not set(BY_ID) & set(LEFT_OUT)


def test_the_reference_is_that_of_the_rules() -> None:
    """`script/make-lint-rules` writes it anew."""
    assert REFERENCE.read_text(encoding="utf-8") == reference_page()


@pytest.mark.parametrize(
    ("step", "is_alone"),
    [
        ("apk update", True),
        ("apk update && apk add a=1", False),
        ("apk add --update a=1", False),
        ("zypper --non-interactive refresh", True),
        ("dnf -y makecache", True),
        ("yum -y update", False),
        ("apt-get update && apt-get upgrade -y", False),
    ],
)
def test_lists_grow_old_whatever_manager_fetched_them(step: str, is_alone: bool) -> None:
    assert ("SL2003" in ids(whole(f"RUN {step}"))) == is_alone
