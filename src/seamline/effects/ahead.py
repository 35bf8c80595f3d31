"""Runs a generator on a thread of its own, a few values ahead of who reads them."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from queue import Queue

T = TypeVar("T")


class _End:
    """Closes the queue; carries what the generator died of."""

    __slots__ = ("fault",)

    def __init__(self, fault: BaseException | None) -> None:
        self.fault = fault


def ahead(values: Iterator[T], depth: int = 4) -> Generator[T, None, None]:
    """The same values, made on another thread while they are used on this one.

    Closing the result early stops and joins the thread. What the generator raises is raised here.
    """
    from queue import Queue as BoundedQueue  # noqa: PLC0415 - a warm run never needs it

    queue: Queue[T | _End] = BoundedQueue(depth)
    stop = threading.Event()

    def run() -> None:
        fault: BaseException | None = None
        try:
            for value in values:
                if stop.is_set():
                    break
                queue.put(value)
        except BaseException as error:  # noqa: BLE001 - handed over to the reading thread
            fault = error
        queue.put(_End(fault))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while True:
            value = queue.get()
            if isinstance(value, _End):
                if value.fault is not None:
                    raise value.fault
                return
            yield value
    finally:
        stop.set()
        while thread.is_alive():
            while not queue.empty():
                queue.get_nowait()
            thread.join(0.01)
        _close(values)


def _close(values: Iterator[T]) -> None:
    close = getattr(values, "close", None)
    if close is not None:
        close()
