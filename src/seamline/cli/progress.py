"""Progress on a terminal: one line on standard error, gone when the work is done."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seamline.verbs.layers import Progress

if TYPE_CHECKING:
    from seamline.effects.progress import Meter

_EVERY_SECONDS = 0.1


@contextmanager
def reading(name: str, total_bytes: int | None, *, quiet: bool) -> Iterator[Progress | None]:
    """What to tell how many bytes were read; None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    line = _Line(name, total_bytes)
    try:
        yield line.advance
    finally:
        line.clear()


class _Line:
    def __init__(self, name: str, total_bytes: int | None) -> None:
        self._name = name[-40:]
        self._total = total_bytes
        self._done = 0
        self._shown = 0.0
        self._lock = threading.Lock()

    def advance(self, count_bytes: int) -> None:
        with self._lock:
            self._done += count_bytes
            now = time.monotonic()
            if now - self._shown < _EVERY_SECONDS:
                return
            self._shown = now
            of = f" of {self._total / 1e6:.0f}" if self._total else ""
            sys.stderr.write(f"\r\x1b[K{self._name}: {self._done / 1e6:.0f}{of} MB read")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class _Meter:
    """One line for works that go on at the same time: the one that was told last is shown."""

    def __init__(self) -> None:
        self._shown = 0.0

    def tell(self, name: str, done_bytes: int, total_bytes: int | None) -> None:
        now = time.monotonic()
        if now - self._shown >= _EVERY_SECONDS:
            self._shown = now
            of = f" of {total_bytes / 1e6:.0f}" if total_bytes else ""
            sys.stderr.write(f"\r\x1b[K{name[-50:]} {done_bytes / 1e6:.0f}{of} MB")
            sys.stderr.flush()


def _nobody(_: str, __: int, ___: int | None) -> None:
    return


@contextmanager
def metered(*, quiet: bool) -> Iterator[Meter]:
    """What to tell how far a named work is (bytes done, of how many); it costs nothing where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield _nobody
        return
    try:
        yield _Meter().tell
    finally:
        sys.stderr.write(clearing())
        sys.stderr.flush()


def clearing() -> str:
    """What wipes a progress line away before another line is written; nothing where there is none."""
    return "\r\x1b[K" if sys.stderr.isatty() else ""
