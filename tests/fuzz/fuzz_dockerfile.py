"""Dockerfiles: parsed, checked, seen with their variables, judged by every rule."""

from __future__ import annotations

from seamline.errors import SeamlineError
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.lint.judge import judge
from seamline.lint.view import view_of

SEEDS = (
    (
        b"# syntax=docker/dockerfile:1\nARG V=3\nFROM a:${V:-4} AS b\nRUN --mount=type=cache,target=/x a && \\\n # c\n\n b | c\n"
        b'COPY --from=b <<E <<-"F" /d/\nx\nE\n\ty\n\tF\nCMD ["a", "b"]\n'
    ),
    (
        b"# escape=`\nFROM a\nENV a=\"b c\" d='e' f=${a#b*}\nRUN <<EOF\nset -e; for i in $(ls); do case $i in a) b;; esac; done\nEOF\n"
        b"ONBUILD RUN apt-get install `\n x\nHEALTHCHECK --interval=3s CMD curl x || exit 1\n"
    ),
    b"FROM python:3-alpine\nUSER 0:0\nRUN curl x | sh && (cd a; pip install b=='1') 2>&1 >/dev/null\n# hadolint ignore=DL3008\nRUN apk add c\n",
)


def run(data: bytes) -> None:
    try:
        dockerfile = parse_dockerfile(data)
        check_dockerfile(dockerfile)
    except SeamlineError:
        return
    assert data.startswith(b"\xef\xbb\xbf") or dockerfile.text.encode("utf-8", "surrogateescape") == data
    for finding in judge(view_of(dockerfile, None)):
        assert 1 <= finding.line <= finding.end_line <= len(dockerfile.line_starts)
