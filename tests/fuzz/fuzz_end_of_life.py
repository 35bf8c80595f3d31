"""When products end: the form of the service and that of its pages."""

from __future__ import annotations

from contextlib import suppress

from seamline.errors import SeamlineError
from seamline.formats.end_of_life import parse_end_of_life

SEEDS = (
    b'{"result":[{"name":"debian","releases":[{"name":"12","releaseDate":"2023-06-10","eolFrom":"2026-07-11","isEol":true}]}]}',
    b'{"python":{"releases":[{"releaseCycle":"3.12","eol":"2028-10-31","eoes":false,"latest":"3.12.9"}]}}',
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        parse_end_of_life(data)
