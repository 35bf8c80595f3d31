"""Dockerfiles: parsed, checked, seen with their variables, judged by every rule; small ones mended."""

from __future__ import annotations

from zlib import crc32

from seamline.errors import SeamlineError
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.lint.judge import judge
from seamline.lint.mending.edit import Means
from seamline.lint.mending.mend import mend
from seamline.lint.view import View, view_of

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

MOST_MENDED, EVERY = 300, 6
"""Bytes, and one of how many: a mend looks at the file anew after every rule, and what can go wrong stands in few lines."""
MEANS = Means(pin=lambda _: "sha256:" + "a" * 64)


def run(data: bytes) -> None:
    try:
        dockerfile = parse_dockerfile(data)
        check_dockerfile(dockerfile)
    except SeamlineError:
        return
    assert data.startswith(b"\xef\xbb\xbf") or dockerfile.text.encode("utf-8", "surrogateescape") == data
    view = view_of(dockerfile, None)
    for finding in judge(view):
        assert 1 <= finding.line <= finding.end_line <= len(dockerfile.line_starts)
    if len(data) <= MOST_MENDED and crc32(data) % EVERY == 0:
        source, done = mend(view, MEANS, seen)
        assert done or source == dockerfile.text
        seen(source.encode("utf-8", "surrogateescape"))


def seen(data: bytes) -> View:
    dockerfile = parse_dockerfile(data)
    check_dockerfile(dockerfile)
    return view_of(dockerfile, None)
