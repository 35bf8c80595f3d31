"""Files written whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from seamline.effects.disk import write_whole


def test_a_file_is_replaced_whole_and_a_failure_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    write_whole(target, [b"old"])

    def failing() -> list[bytes]:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_whole(target, (piece for piece in failing()))
    assert target.read_bytes() == b"old"
    write_whole(target, [b"n", b"ew"])
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_no_regular_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, [b"a report"])
    reader.join(10)
    assert (got, pipe.is_fifo()) == ([b"a report"], True)


def test_a_link_goes_on_leading_to_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to("real")
    write_whole(link, [b"new"])
    assert (link.is_symlink(), (tmp_path / "real").read_bytes()) == (True, b"new")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, [b"x"])
    assert list(tmp_path.iterdir()) == []
