"""What a user named to be read: files, pipes, the empty device; never what does not end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from seamline.effects.given import is_piped, passing, read_given
from seamline.errors import Bomb, NotFound, Unsupported


@contextmanager
def piped(data: bytes) -> Iterator[str]:
    """A pipe that gives `data`, named as a shell names one of `<(...)`."""
    out, into = os.pipe()

    def write() -> None:
        with open(into, "wb") as file:
            try:
                file.write(data)
            except BrokenPipeError:
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield f"/dev/fd/{out}"
    finally:
        os.close(out)
        writer.join(10)


def test_a_pipe_gives_all_that_is_written_and_the_same_when_asked_again() -> None:
    written = b"vex" * 100_000  # more than a pipe holds at once
    with piped(written) as name:
        assert is_piped(name)
        assert (read_given(name, 1 << 20), read_given(name, 1 << 20)) == (written, written)


def test_a_named_pipe_waits_for_who_writes_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Timer(0.1, pipe.write_bytes, (b"late",))
    writer.start()
    assert read_given(str(pipe), 100) == b"late"
    writer.join(10)


def test_what_was_looked_at_ahead_is_not_lost_to_who_reads_on() -> None:
    with piped(b"{}") as name:
        assert passing(name).peek(1)[:1] == b"{"
        assert read_given(name, 100) == b"{}"


def test_more_than_allowed_is_refused_of_pipes_as_of_files(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    with piped(b"12345") as name:
        for each in (name, str(tmp_path / "file")):
            assert read_given(str(tmp_path / "file"), 5) == b"12345"
            with pytest.raises(Bomb, match="at most 4 bytes"):
                read_given(each, 4)


def test_a_pipe_that_gives_nothing_is_a_command_that_failed_unless_it_may_be_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert [read_given(each, 9) for each in (str(tmp_path / "empty"), os.devnull)] == [b"", b""]
    with piped(b"") as name:
        with pytest.raises(NotFound, match="did the command that writes it fail"):
            read_given(name, 9)
        assert read_given(name, 9, may_be_empty=True) == b""


@pytest.mark.parametrize(
    ("name", "kind"), [("/", "a folder"), ("/dev/zero", "a device"), ("/dev/urandom", "a device")]
)
def test_folders_and_devices_without_end_are_refused_at_once(name: str, kind: str) -> None:
    with pytest.raises(Unsupported, match=f"expected a file or a pipe, got {kind} "):
        read_given(name, 1 << 40)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No such file"):
        read_given(str(tmp_path / "absent"), 9)
    with pytest.raises(NotFound, match="File name too long"):
        read_given("x" * 5000, 9)
