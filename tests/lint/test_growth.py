"""Judging and mending grow as the file does: counted in calls of functions, which no busy machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import process_time

import pytest

from seamline.lint.judge import judge
from seamline.lint.mending.mend import mend
from tests.lint.test_mending import NO_PIN, seen

MOST_GROWTH = 2.3
SHAPES: dict[str, Callable[[int], str]] = {
    "installs and pipes": lambda at: f"RUN apt-get update && apt-get install -y a{at} | b",
    "lists that a later step uses": lambda at: f"RUN apt-get update\nRUN apt-get install -y a{at}",
    "users by name": lambda at: f"RUN useradd -u 3{at} a{at}\nUSER a{at}",
    "secrets as arguments": lambda at: f"ARG A{at}_TOKEN\nRUN a $A{at}_TOKEN",
    "secrets in variables": lambda at: f"ENV A{at}_PASSWORD=geheim{at}",
    "starts": lambda at: f"CMD a{at} b",
    "stages on each other": lambda at: (
        f"FROM a{at} AS a{at + 1}\nRUN apt-get update && pip install a\nCOPY --from=a0 b c"
    ),
    "stages beside each other": lambda at: f"FROM debian:{at}\nCOPY --from=a0 b /c\nRUN a | b && npm install",
}


def calls_of(work: Callable[[], object]) -> int:
    """How many functions are called, those of C too."""
    number = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return number


def work(shape: Callable[[int], str], times: int) -> Callable[[], object]:
    data = "\n".join(["FROM debian:12 AS a0", *(shape(at) for at in range(times)), ""]).encode()

    def judged_and_mended() -> None:
        view = seen(data)
        judge(view)
        mend(view, NO_PIN, seen)

    return judged_and_mended


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_twice_the_file_costs_about_twice_the_work(shape: Callable[[int], str]) -> None:
    work(shape, 10)()  # what is made once only
    work(shape, 40)()  # and what is kept of every line
    assert calls_of(work(shape, 40)) < MOST_GROWTH * calls_of(work(shape, 20))


def test_twice_the_stages_on_one_base_cost_about_twice_the_work() -> None:
    """So many that what each of them asks of all the others would show: 2,000 took 12 seconds."""

    def stages(at: int) -> str:
        return (
            f"FROM a0 AS b{at}\nRUN apt-get update && apt-get install -y a | b\nCOPY --from=b{at // 2} a /b"
        )

    work(stages, 300)()
    assert calls_of(work(stages, 300)) < MOST_GROWTH * calls_of(work(stages, 150))


def test_one_run_with_twice_the_commands_costs_about_twice_the_work() -> None:
    def one(times: int) -> Callable[[], object]:
        line = " | ".join(f"sudo curl http://a{at} -o x | sh && apt-get install a" for at in range(times))
        return work(lambda _: f"RUN {line}", 1)

    one(40)()
    one(20)()
    assert calls_of(one(40)) < MOST_GROWTH * calls_of(one(20))


def test_a_long_word_costs_as_much_as_it_is_long() -> None:
    def judged(size: int) -> float:
        view = seen(f"FROM debian:12\nENV P={'a' * size}\nRUN b $P\n".encode())
        start = process_time()
        for _ in range(20):
            judge(view)
        return process_time() - start

    judged(1000)
    assert judged(30_000) < 1  # a thousand times that, where every place is looked at from every other
