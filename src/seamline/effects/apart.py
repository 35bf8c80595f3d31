"""Works done at the same time: each in a process that is forked off this one, as many as may be, this one among them.

A child begins with all that was imported and read here, does works until none is left, gives back what they made
through a pipe, and ends without another word. What must not be shared over a fork (a database, a socket that two would
use) is opened by the work itself. Where there is nothing to fork, or other threads run, all is done here.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, NoReturn, TypeVar

import msgspec

from seamline.errors import Unreachable

T = TypeVar("T")
_TURN_BYTES = 4


class Work(msgspec.Struct, Generic[T], frozen=True):
    """Something to do, named for who reads of its failure. Heavy works are begun first; what `do` returns must be a value."""

    name: str
    do: Callable[[], T]
    weight: int = 0


class _Outcome(msgspec.Struct, frozen=True):
    """What a work made, or what it died of."""

    value: Any = None
    fault: Exception | None = None


class _Child:
    """One that was forked off and is still to be waited for, or the code that it ended with."""

    def __init__(self, pid: int, reader: int) -> None:
        self._pid = pid
        self._reader = reader
        self.code: int | None = None

    def collect(self, done: dict[int, _Outcome]) -> int:
        """Adds what it made; its exit code, or the number of the signal that ended it, negative."""
        import pickle  # noqa: PLC0415 - only what is forked needs it

        with os.fdopen(self._reader, "rb", closefd=False) as stream:
            data = stream.read()
        code = self._wait()
        if code == 0 and data:
            found: list[tuple[int, bytes]] = pickle.loads(data)  # noqa: S301 - a child of this very process made it
            done.update((at, pickle.loads(each)) for at, each in found)  # noqa: S301 - as above
        return code

    def end(self) -> None:
        if self.code is None:
            os.kill(self._pid, signal.SIGKILL)
            self._wait()

    def _wait(self) -> int:
        try:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        except ChildProcessError:  # whoever began this process has children forgotten: the pipe tells
            self.code = 0
        os.close(self._reader)
        return self.code


def apart(works: Sequence[Work[T]], most: int, meanwhile: Callable[[], object] = lambda: None) -> list[T]:
    """What each work made, in the order of the works; at most `most` are done at once. `meanwhile` is done while children
    are waited for. What the first work to fail raised is raised here, first in the order of the works.

    Raises:
        Unreachable: a child was ended from outside.
    """
    order = sorted(range(len(works)), key=lambda at: -works[at].weight)
    helpers = min(most, len(works)) - 1 if _may_fork() else 0
    if helpers < 1:
        return [work.do() for work in works]
    turns, given = os.pipe()
    children: list[_Child] = []
    try:
        try:
            while order and len(children) < helpers and _begins(works, order[0], (turns, given), children):
                del order[0]
        finally:  # whoever reads must find an end behind the last turn
            _hand_out(order, given)
        done = dict(_take(works, turns))
        meanwhile()
        codes = [child.collect(done) for child in children]
    finally:
        os.close(turns)
        for child in children:
            child.end()
    return _values(works, done, codes)


def _may_fork() -> bool:
    """Elsewhere than on Linux the system's own libraries may not live through a fork; nowhere may locks of other threads."""
    return sys.platform == "linux" and threading.active_count() == 1


def _begins(works: Sequence[Work[T]], first: int, pipe: tuple[int, int], children: list[_Child]) -> bool:
    """Whether there is one more child, which does the work at `first` and then whatever is left."""
    turns, given = pipe
    reader, writer = os.pipe()
    # a Ctrl-C that meets a child before it knows that it is one would make it go on as its parent, and one that meets
    # the parent before it has noted the child would leave that behind
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        pid = os.fork()
        if pid == 0:
            _be_child(works, first, (turns, writer), (given, reader))
        children.append(_Child(pid, reader))
        return True
    except OSError:  # too many processes, or too little memory for one more
        os.close(reader)
        return False
    finally:
        os.close(writer)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


def _be_child(
    works: Sequence[Work[T]], first: int, own: tuple[int, int], parents: tuple[int, int]
) -> NoReturn:
    """Nothing of the parent goes on in here: no handler, no buffer is written, no file is tidied away."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
        gc.freeze()  # looking for garbage among what the parent made would copy all of it
        for each in parents:
            os.close(each)
        turns, writer = own
        done = [(first, _outcome(works[first])), *_take(works, turns)]
        import pickle  # noqa: PLC0415 - only what is forked needs it

        data = pickle.dumps([(at, _packed(each)) for at, each in done])
        with os.fdopen(writer, "wb") as stream:
            stream.write(data)
        code = 0
    finally:
        os._exit(code)


def _hand_out(order: Sequence[int], given: int) -> None:
    with os.fdopen(given, "wb") as stream:
        stream.write(b"".join(at.to_bytes(_TURN_BYTES, "little") for at in order))


def _take(works: Sequence[Work[T]], turns: int) -> Iterator[tuple[int, _Outcome]]:
    """Does works until none is left; one after a work that failed is left undone."""
    failed = len(works)
    while turn := os.read(turns, _TURN_BYTES):
        at = int.from_bytes(turn, "little")
        if at < failed:
            outcome = _outcome(works[at])
            failed = failed if outcome.fault is None else at
            yield at, outcome


def _outcome(work: Work[T]) -> _Outcome:
    try:
        return _Outcome(work.do())
    except Exception as fault:  # noqa: BLE001 - raised by whoever asked for the work
        return _Outcome(fault=fault)


def _packed(outcome: _Outcome) -> bytes:
    """For the way home. A fault takes along where it was raised, for who debugs; one that cannot travel is told in words."""
    import pickle  # noqa: PLC0415 - only what is forked needs it

    if outcome.fault is None:
        return pickle.dumps(outcome)
    import traceback  # noqa: PLC0415 - only failures need it

    fault = outcome.fault
    fault.add_note("".join(traceback.format_exception(fault)))
    try:
        data = pickle.dumps(outcome)
        pickle.loads(data)  # noqa: S301 - it was just made here
    except Exception:  # noqa: BLE001 - whatever an exception's own way of travelling may raise
        return pickle.dumps(_Outcome(fault=RuntimeError(f"{type(fault).__name__}: {fault}")))
    return data


def _values(works: Sequence[Work[T]], done: dict[int, _Outcome], codes: Sequence[int]) -> list[T]:
    for at, work in enumerate(works):
        outcome = done.get(at)
        if outcome is None:
            raise _ended(work.name, next((code for code in codes if code), 0))
        if outcome.fault is not None:
            raise outcome.fault
    return [done[at].value for at in range(len(works))]


def _ended(name: str, code: int) -> Unreachable:
    return Unreachable(
        name,
        expected="the process that reads it to end by itself",
        got=f"its end by signal {-code}" if code < 0 else f"exit {code}",
        hint="is there memory enough? run it again with --jobs 1",
    )
