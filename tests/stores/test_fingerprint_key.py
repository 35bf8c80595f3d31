"""One key a machine, whoever asks for it first."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from seamline.stores.fingerprint_key import fingerprint_key

ASKING = 8
_ASK = "import sys; from pathlib import Path; from seamline.stores.fingerprint_key import fingerprint_key as ask; print(ask(Path(sys.argv[1])).hex())"


@pytest.mark.parametrize("number", range(20))
def test_threads_that_ask_at_once_get_one_key(number: int, tmp_path: Path) -> None:
    together = Barrier(ASKING)

    def ask(_: int) -> bytes:
        together.wait()
        return fingerprint_key(tmp_path / "cache")

    with ThreadPoolExecutor(ASKING) as pool:
        keys = set(pool.map(ask, range(ASKING)))
    assert keys == {(tmp_path / "cache" / "fingerprint.key").read_bytes()}
    assert [each.name for each in (tmp_path / "cache").iterdir()] == ["fingerprint.key"]


def test_processes_that_ask_at_once_get_one_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ASK, str(tmp_path / "cache")]
    asking = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate()[0] for process in asking}) == 1


def test_a_torn_key_is_made_anew_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    torn = tmp_path / "fingerprint.key"
    torn.write_bytes(b"short")
    key = fingerprint_key(tmp_path)
    assert torn.read_bytes() == key == fingerprint_key(tmp_path)
    assert stat.S_IMODE(torn.stat().st_mode) == 0o600


def test_where_nothing_can_be_kept_a_key_is_there_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert len(fingerprint_key(tmp_path / "file")) == 32
