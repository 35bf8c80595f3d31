"""Dockerfiles mended: they parse, the mended findings are gone, the rest stays byte for byte, twice is once."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.lint.judge import judge
from seamline.lint.mending.edit import Means
from seamline.lint.mending.listing import FIXERS
from seamline.lint.mending.mend import mend, mendable
from seamline.lint.parent import Parent
from seamline.lint.rules.listing import BY_ID
from seamline.lint.view import View, view_of
from tests.lint.cases import CASES, DIGEST
from tests.lint.dockerfiles import DOCKERFILES
from tests.lint.fresh import FRESH
from tests.lint.odd import ODD

SAMPLES = list(DOCKERFILES.values())
MEANS = Means(pin=lambda _: DIGEST)
NO_PIN = Means(pin=lambda _: "")


def seen(data: bytes, parent: Parent | None = None) -> View:
    dockerfile = parse_dockerfile(data)
    check_dockerfile(dockerfile)
    return view_of(dockerfile, parent)


def mended(text: str, means: Means = NO_PIN, parent: Parent | None = None) -> str:
    return mend(seen(text.encode(), parent), means, lambda data: seen(data, parent))[0]


def added(before: str, after: str) -> list[str]:
    """The lines that came in."""
    diff = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line[2:] for line in diff if line.startswith("+ ")]


def assert_lawful(data: bytes) -> None:
    view = seen(data)
    source, done = mend(view, MEANS, seen)
    again = seen(source.encode("utf-8", "surrogateescape"))
    assert not [(rule, found) for rule in FIXERS for found, _ in mendable(again, rule, MEANS)]
    assert mend(again, MEANS, seen) == (source, ())
    if not done:
        assert source.encode("utf-8", "surrogateescape") == data
    if done:
        told = {(each.rule, each.detail) for each in done}
        for rule in {each.rule for each in done}:
            for found in BY_ID[rule].check(again):
                assert (rule, found.detail) in told or not FIXERS[rule](again, MEANS)(found)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_mended_lawfully(path: Path) -> None:
    assert_lawful(path.read_bytes())
    assert_lawful(path.read_bytes().replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_is_said_to_be_mended_is_found_less_and_comments_stay(path: Path) -> None:
    view = seen(path.read_bytes())
    source, done = mend(view, MEANS, seen)
    again = seen(source.encode())
    for rule in {each.rule for each in done}:
        assert len(list(BY_ID[rule].check(again))) < len(list(BY_ID[rule].check(view))) or rule == "DL3015", (
            rule
        )
    assert [text for _, text in again.dockerfile.comments] == [text for _, text in view.dockerfile.comments]
    touched = {
        line for each in judge(view) for line in range(view.dockerfile.start_of(each.line), each.end_line + 1)
    }
    if "DL3064" in {each.rule for each in done}:  # the steps that read the secret get it another way
        touched |= {
            line
            for each in view.steps("RUN")
            for line in range(each.outer.start_line, each.outer.end_line + 1)
        }
    lines = view.dockerfile.lines(1, len(view.dockerfile.line_starts))
    kept = iter(source.splitlines())
    assert all(line in kept for at, line in enumerate(lines, 1) if at not in touched)


@pytest.mark.parametrize("name", sorted(ODD))
def test_an_odd_file_is_mended_lawfully(name: str) -> None:
    assert_lawful(ODD[name].encode())


@pytest.mark.parametrize("name", sorted(FRESH))
def test_a_file_as_written_today_is_mended_lawfully(name: str) -> None:
    assert_lawful(FRESH[name].encode())


def test_what_a_base_starts_in_its_children_keeps_its_user() -> None:
    """`ONBUILD RUN npm install` under USER 10001 could not write into the folder that the base made."""
    view = seen(FRESH["onbuild-parent"].encode())
    (found,) = BY_ID["SL1001"].check(view)
    assert found.advice == ("lint-root-triggers", "ONBUILD RUN")
    assert "USER" not in mended(FRESH["onbuild-parent"])


def test_a_stage_on_a_stage_is_told_by_the_image_below() -> None:
    (found,) = BY_ID["SL1001"].check(seen(FRESH["node-pnpm"].encode()))
    assert found.detail == "node:22-slim"


def test_a_maintainer_with_quotes_becomes_a_label_that_says_the_same() -> None:
    source = mended(FRESH["supervisord"])
    (label,) = (line for line in source.splitlines() if line.startswith("LABEL"))
    assert label == r'LABEL org.opencontainers.image.authors="Jane Roe \"jane@example.org\""'
    assert 'authors="jane"' in mended("FROM a:1\nMAINTAINER 'jane'\n")


_LINES = st.lists(
    st.sampled_from([line for pair in CASES.values() for text in pair for line in text.split("\n") if "<<" not in line]),
    min_size=1,
    max_size=8,
)  # fmt: skip


@settings(max_examples=150)
@given(_LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_whatever_lines_stand_together_are_mended_lawfully(lines: list[str], end: str, closed: bool) -> None:
    data = end.join(["FROM debian:12", *lines]).encode() + (end.encode() if closed else b"")
    assert_lawful(data)


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("SL2001", "FROM debian:12 AS x", f"FROM debian:12@{DIGEST} AS x"),
        ("DL3020", "ADD a /b", "COPY a /b"),
        ("DL3015", "RUN apt-get -q install -y a=1", "RUN apt-get -q install --no-install-recommends -y a=1"),
        ("DL3009", "RUN apt-get update && apt-get install --no-install-recommends -y a=1",
         "RUN apt-get update && apt-get install --no-install-recommends -y a=1 && rm -rf /var/lib/apt/lists/*"),
        ("SL2003", "RUN apt-get update\nRUN apt-get install -y a=1",
         "RUN apt-get update && apt-get install --no-install-recommends -y a=1 && rm -rf /var/lib/apt/lists/*"),
        ("SL2003", "RUN apt update -q\n# tools\nENV A=b\n\nRUN set -x && apt install -y a=1",
         "RUN apt-get update -q && set -x && apt-get install --no-install-recommends -y a=1 && rm -rf /var/lib/apt/lists/*"),
        ("DL3019", "RUN apk add a=1", "RUN apk add --no-cache a=1"),
        ("DL3027", "RUN apt update", "RUN apt-get update && rm -rf /var/lib/apt/lists/*"),
        ("DL3042", "RUN pip install a==1", "RUN --mount=type=cache,target=/root/.cache/pip pip install a==1"),
        ("DL3042", "USER 5\nRUN pip install a==1", "RUN pip install --no-cache-dir a==1"),
        ("SL3004", "RUN npm ci", "RUN --mount=type=cache,target=/root/.npm npm ci"),
        ("DL3004", "RUN a && sudo b", "RUN a && b"),
        ("DL3025", "CMD python3 -m 'my app'", 'CMD ["python3", "-m", "my app"]'),
        ("DL3025", "ENTRYPOINT exec a", 'ENTRYPOINT ["a"]'),
        ("DL3046", "RUN useradd -u 200000 a", "RUN useradd --no-log-init -u 200000 a"),
        ("DL3066", "RUN useradd -u 3000 a\nUSER a:b", "USER 3000:b"),
        ("DL3066", "USER nobody", "USER 65534"),
        ("SL1001", 'CMD ["a"]', "USER 10001:10001"),
        ("DL3002", "USER root\nRUN a", "USER 10001:10001"),
        ("DL4000", "MAINTAINER a <b@c>", 'LABEL org.opencontainers.image.authors="a <b@c>"'),
        ("DL4006", "RUN a | b", 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'),
        ("SL3005", "ENV DEBIAN_FRONTEND noninteractive", "ARG DEBIAN_FRONTEND=noninteractive"),
        ("DL3064", "ARG API_TOKEN\nRUN a $API_TOKEN",
         'RUN --mount=type=secret,id=API_TOKEN API_TOKEN="$(cat /run/secrets/API_TOKEN)" && export API_TOKEN && a $API_TOKEN'),
        ("DL3057", "EXPOSE 8080/tcp",
         'HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["/bin/bash", "-c", "</dev/tcp/127.0.0.1/8080"]'),
        ("SL2004", "COPY package-lock.json .\nRUN npm install", "RUN --mount=type=cache,target=/root/.npm npm ci"),
    ],
)  # fmt: skip
def test_a_finding_is_mended_so(rule: str, before: str, after: str) -> None:
    text = before if before.startswith("FROM") else f"FROM debian:12\n{before}\n"
    means = MEANS if rule == "SL2001" else NO_PIN
    assert rule in FIXERS
    assert after in added(text, mended(text, means))


@pytest.mark.parametrize(
    "text",
    [
        "FROM $BASE\nUSER 5\nHEALTHCHECK NONE",  # whose digest that would be is the builder's choice
        "FROM debian:12\nADD --checksum=x a /b\nUSER 5",
        "FROM debian:12\nADD a b.tar /c/\nUSER 5",
        "FROM debian:12\nCMD a $B\nUSER 5",
        "FROM debian:12\nCMD a && b\nUSER 5",
        'FROM debian:12\nENTRYPOINT a\nCMD ["b"]\nUSER 5',  # a JSON form would take the CMD as arguments
        "FROM debian:12\nARG TOKEN\nENV X=$TOKEN\nRUN a $TOKEN\nUSER 5",
        "FROM registry.corp/x:1\nRUN a | b\nUSER 5",  # nobody knows its shell
        "FROM debian:12\nRUN echo 'a\\n' | b\nUSER 5",  # bash's echo would print other bytes
        "FROM debian:12\nUSER stranger",
        "FROM scratch\nEXPOSE 80\nUSER 5",  # nothing there to check with
        "FROM debian:12\nRUN apt-get update &\nUSER 5",
    ],
)
def test_what_takes_a_person_is_left_alone(text: str) -> None:
    assert mended(text, NO_PIN) == text


def test_style_and_comments_of_a_step_are_kept() -> None:
    text = "FROM debian:12\n# why\nRUN apt-get update && \\\n    # tools\n    apt-get install -y \\\n      a=1\nUSER 5\n"
    assert mended(text) == text.replace(
        "apt-get install -y", "apt-get install --no-install-recommends -y"
    ).replace("a=1\n", "a=1 && \\\n      rm -rf /var/lib/apt/lists/*\n")


def test_what_the_parent_is_known_to_have_decides() -> None:
    alpine = Parent(
        reference="x:1", known_from="image", libc="musl", programs=frozenset(("ash", "sh")), users={"app": 7}
    )
    text = "FROM x:1\nRUN a | b\nEXPOSE 80\nUSER app\n"
    assert added(text, mended(text, NO_PIN, alpine)) == [
        'SHELL ["/bin/ash", "-eo", "pipefail", "-c"]',
        "USER 7",
        'HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["nc", "-z", "127.0.0.1", "80"]',
    ]


def test_what_a_comment_forgives_is_left_as_it_is() -> None:
    text = "FROM debian:12\n# seamline ignore=DL3020\nADD a /b\nUSER 5\n"
    assert mended(text) == text


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("FROM nginx:1.27\nCOPY a /usr/share/nginx/html/", ("lint-root-nginx", "nginx")),
        ("FROM debian:12\nRUN apt-get install -y nginx\nEXPOSE 80\nCMD exec nginx -g 'daemon off;'", ("lint-root-nginx", "nginx")),
        ("FROM httpd:2.4\nUSER root", ("lint-root-httpd", "httpd")),
        ("FROM php:8.4-apache\nCOPY . /var/www/html/", ("lint-root-httpd", "httpd")),
        ("FROM docker.io/library/postgres:17-alpine\nCOPY a.sql /docker-entrypoint-initdb.d/", ("lint-root-drops", "postgres")),
        ('FROM redis:7\nCOPY redis.conf /etc/\nCMD ["redis-server", "/etc/redis.conf"]', ("lint-root-drops", "redis")),
        ("FROM mariadb:11\nENV A=b", ("lint-root-drops", "mysql")),
        ('FROM alpine:3\nCMD ["/usr/sbin/crond", "-f"]', ("lint-root-needs", "crond")),
        ('FROM python:3.12\nEXPOSE 443/tcp 8080\nCMD ["app"]', ("lint-root-port", "443/tcp")),
        ('FROM python:3.12\nEXPOSE 8080\nCMD ["app"]', None),
        ("FROM redis:7 AS a\nFROM python:3.12\nCOPY --from=a /b /c", None),
    ],
)  # fmt: skip
def test_what_would_not_start_as_an_ordinary_user_gets_none_and_a_person_is_told_how(
    text: str, advice: tuple[str, str] | None
) -> None:
    view = seen(text.encode())
    rule = "DL3002" if "USER root" in text else "SL1001"
    (found,) = BY_ID[rule].check(view)
    assert found.advice == advice
    assert ("USER 10001:10001" in mended(text)) == (advice is None)


@pytest.mark.parametrize(
    "between",
    [
        "COPY sources.list /etc/apt/\n",
        "USER app\n",
        'SHELL ["/bin/bash", "-c"]\n',
        "RUN a\n",
        "FROM ubuntu:24.04\n",
    ],
)
def test_an_update_is_not_joined_over_what_changes_the_step_below(between: str) -> None:
    text = f"FROM debian:12\nRUN apt-get update\n{between}RUN apt-get install -y a=1\n"
    assert "RUN apt-get update && apt-get install" not in mended(text)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("RUN apt-get update &", "RUN apt-get install -y a=1"),
        ("RUN apt-get update", "RUN apt-get install -y a=1 || true"),
        ("RUN --network=none apt-get update", "RUN apt-get install -y a=1"),
        ("RUN apt-get update", 'RUN ["apt-get", "install", "-y", "a=1"]'),
        ("RUN apt-get update", "RUN <<E\napt-get install -y a=1\nE"),
        ("RUN apt-get update", "RUN apt-get update && apt-get install -y a=1"),
        ("RUN apt-get update # all", "RUN apt-get install -y a=1"),
    ],
)
def test_an_update_is_joined_only_where_both_are_chains_of_commands(first: str, second: str) -> None:
    assert mended(f"FROM debian:12\n{first}\n{second}\n").count("RUN") == 2


def test_lists_that_a_later_step_installs_by_are_left_alone() -> None:
    """Removed there, the next step finds no package; where that one updates by itself, they may go."""
    one = "RUN apt-get update && rm -rf /var/lib/apt/lists/*"
    kept = "FROM debian:12\nRUN apt-get update\nCOPY a /b\nRUN apt-get install -y a=1\n"
    assert one not in mended(kept)
    above = "FROM debian:12 AS x\nRUN apt-get update\nFROM x\nRUN apt-get install -y a=1\n"
    assert one not in mended(above)
    renewed = "FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y a=1\n"
    assert one in mended(renewed)


KEEPING = Parent(reference="x:1", known_from="image", libc="glibc", keeps_archives=True)
CLEANING = Parent(reference="x:1", known_from="image", libc="glibc", keeps_archives=False)
INSTALL = "RUN apt-get update && apt-get install --no-install-recommends -y a=1"
CACHED = INSTALL.replace("RUN", "RUN --mount=type=cache,target=/var/cache/apt")
LISTS = "rm -rf /var/lib/apt/lists/*"


@pytest.mark.parametrize(
    ("parent", "before", "after"),
    [
        (KEEPING, INSTALL, f"{INSTALL} && apt-get clean && {LISTS}"),
        (CLEANING, INSTALL, f"{INSTALL} && {LISTS}"),
        (None, INSTALL, f"{INSTALL} && apt-get clean && {LISTS}"),  # nobody knows, and it does no harm
        (KEEPING, CACHED, f"{CACHED} && {LISTS}"),  # what the mount keeps is in no layer, and the next build wants it
        (KEEPING, f"{INSTALL} && apt-get clean", f"{INSTALL} && apt-get clean && {LISTS}"),
        (KEEPING, "RUN apt-get update", f"RUN apt-get update && {LISTS}"),
        (KEEPING, "RUN apt-get install --no-install-recommends -y a=1", "RUN apt-get install --no-install-recommends -y a=1 && apt-get clean"),
    ],
)  # fmt: skip
def test_what_apt_fetched_goes_where_the_base_would_keep_it(
    parent: Parent | None, before: str, after: str
) -> None:
    text = f"FROM x:1\n{before}\nUSER 5\n"
    assert mended(text, NO_PIN, parent).splitlines()[1] == after
    assert mended(mended(text, NO_PIN, parent), NO_PIN, parent).splitlines()[1] == after


def test_a_file_whose_last_line_goes_on_past_its_end_is_left_where_mending_would_break_it() -> None:
    text = "FROM a:1 \\\n # the end"
    assert seen(mended(text).encode()).dockerfile.instructions[0].keyword == "FROM"
    assert "a:1 USER" not in mended(text)
