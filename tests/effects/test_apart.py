"""Works in processes of their own. Each test forks from a fresh process: one with other threads would do all by itself."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from seamline import errors
from seamline.errors import Malformed, SeamlineError, Where
from seamline.stores.advisory_index import AnotherFormat
from seamline.versions.keys import UnreadableVersion

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"
_BEGINNING = "import os, signal, sys, threading, time\nfrom seamline.effects.apart import Work, apart\n"
WHERE = Where(source="s", layer=2, path="p")
ERRORS = sorted(
    (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SeamlineError)),
    key=lambda kind: kind.__name__,
)


def told(script: str, code: int = 0) -> str:
    """What a fresh process prints that forks."""
    done = subprocess.run(
        [sys.executable, "-c", _BEGINNING + script],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, "")
    return done.stdout.strip()


@pytest.mark.parametrize("most", [1, 2, 3, 60])
def test_what_the_works_made_comes_in_their_order(most: int) -> None:
    script = f"""
works = [Work(str(at), lambda at=at: (time.sleep(0.001), at * at)[1], weight=at % 7) for at in range(50)]
print(apart(works, {most}) == [at * at for at in range(50)])
"""
    assert told(script) == "True"


def test_as_many_processes_work_as_may_and_this_is_one_of_them() -> None:
    script = """
works = [Work(str(at), lambda: (time.sleep(0.05), os.getpid())[1]) for at in range(12)]
for most in (1, 2, 3):
    pids = apart(works, most)
    print(len(set(pids)), os.getpid() in pids)
"""
    assert told(script).splitlines() == ["1 True", "2 True", "3 True"]


def test_other_threads_keep_all_works_in_this_process() -> None:
    script = """
end = threading.Event()
thread = threading.Thread(target=end.wait)
thread.start()
print(set(apart([Work("", os.getpid)] * 4, 4)) == {os.getpid()})
end.set()
thread.join()
"""
    assert told(script) == "True"


def test_where_nothing_more_can_be_forked_the_works_are_done_here() -> None:
    script = """
def no_more():
    raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = no_more
print(set(apart([Work("", os.getpid)] * 4, 4)) == {os.getpid()})
"""
    assert told(script) == "True"


def test_what_the_parent_had_not_written_yet_is_written_once() -> None:
    script = """
print("before", end=" ")
print(apart([Work("", lambda: 1)] * 3, 3))
"""
    assert told(script) == "before [1, 1, 1]"


def test_what_is_done_meanwhile_is_done_once_and_here() -> None:
    script = """
did = []
apart([Work("", lambda: time.sleep(0.05))] * 2, 2, lambda: did.append(os.getpid()))
print(did == [os.getpid()])
"""
    assert told(script) == "True"


def test_the_error_of_the_first_work_that_failed_is_raised_here_as_it_was_there() -> None:
    script = """
from seamline.errors import Malformed, Where
def broken(at):
    def do():
        time.sleep(0.02 * (5 - at))
        raise Malformed(Where(source=f"file {at}", line=3), expected="a", got="b", hint="c")
    return do
works = [Work(str(at), broken(at) if at > 1 else os.getpid, weight=at) for at in range(5)]
for most in (1, 2, 3, 5):
    try:
        apart(works, most)
    except Malformed as fault:
        print(fault, fault.exit_code, fault.where.line, fault.expected, fault.got, fault.hint)
"""
    assert told(script).splitlines() == ["file 2:3: expected a, got b (c) 2 3 a b c"] * 4


def test_an_error_of_the_system_keeps_its_number_and_its_file() -> None:
    script = """
def full():
    raise OSError(28, "No space left on device", "/var/full")
try:
    apart([Work("a", full, weight=1), Work("b", os.getpid)], 2)
except OSError as fault:
    print(fault.errno, fault.strerror, fault.filename)
"""
    assert told(script) == "28 No space left on device /var/full"


def test_an_error_that_cannot_travel_is_told_in_words() -> None:
    script = """
class Odd(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")
def odd():
    raise Odd(1, 2)
try:
    apart([Work("a", odd, weight=1), Work("b", os.getpid)], 2)
except RuntimeError as fault:
    print(fault, "in odd" in fault.__notes__[0] if hasattr(fault, "__notes__") else "")
"""
    assert told(script).startswith("Odd: 1 and 2")


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(9)", "sys.exit(9)"])
def test_a_child_that_is_ended_is_told_and_nothing_waits_for_it(end: str) -> None:
    script = f"""
from seamline.errors import Unreachable
def ended():
    {end}
try:
    apart([Work("image", ended, weight=1), Work("b", os.getpid)], 2)
except Unreachable as fault:
    print(fault.exit_code, fault)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("none is left")
"""
    first, last = told(script).splitlines()
    got = "its end by signal 9" if "SIGKILL" in end else "exit 9" if "_exit" in end else "exit 1"
    assert first == (
        f"3 image: expected the process that reads it to end by itself, got {got}"
        " (is there memory enough? run it again with --jobs 1)"
    )
    assert last == "none is left"


@pytest.mark.parametrize("fault", ["KeyboardInterrupt", "SystemExit"])
def test_an_interruption_here_ends_every_child(fault: str) -> None:
    script = f"""
def stop():
    time.sleep(0.1)
    raise {fault}
sleeping = [Work("", lambda: time.sleep(600), weight=1)] * 2
start = time.monotonic()
try:
    apart([*sleeping, Work("", stop)], 3)
except {fault}:
    print(time.monotonic() - start < 60)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("none is left")
"""
    assert told(script).splitlines() == ["True", "none is left"]


def test_children_that_whoever_began_this_has_forgotten_give_their_values_all_the_same() -> None:
    script = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print(apart([Work("", lambda: bytes(1 << 20), weight=1), Work("", lambda: b"x")], 2) == [bytes(1 << 20), b"x"])
"""
    assert told(script) == "True"


@pytest.mark.parametrize(
    "fault",
    [
        *(kind(WHERE, expected="e", got="g", hint="h") for kind in (*ERRORS, AnotherFormat)),
        Malformed("a name ", expected="e", got="g", hint="h"),
        UnreadableVersion("1.x", "a number"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_every_error_travels_as_it_is(fault: SeamlineError) -> None:
    there = pickle.loads(pickle.dumps(fault))  # noqa: S301 - made here
    assert (type(there), str(there), there.args) == (type(fault), str(fault), fault.args)
    assert vars(there) == vars(fault)
