"""A generator on its own thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from seamline.effects.ahead import ahead


def test_the_values_come_in_order_and_all() -> None:
    assert list(ahead(iter(range(1000)))) == list(range(1000))


def test_what_the_generator_raises_is_raised_by_the_reader() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("cut")

    values = ahead(broken())
    assert next(values) == 1
    with pytest.raises(ValueError, match="cut"):
        next(values)


def test_closing_early_stops_the_thread_and_closes_the_generator() -> None:
    closed = threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"x"
        finally:
            closed.set()

    before = threading.active_count()
    values = ahead(endless())
    next(values)
    values.close()
    assert closed.is_set()
    assert threading.active_count() == before
