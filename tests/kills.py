"""Real updates, killed: how long one writes, and what is left whenever it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from seamline.errors import Malformed
from seamline.stores.advisory_index import AdvisoryIndex, read_manifest
from seamline.stores.generations import Generations

_UPDATE = """
import sys
from pathlib import Path
from seamline.places.advisory_source import FolderSource
from seamline.stores.generations import Generations
from seamline.verbs.database_update import update
place, source = Generations(Path(sys.argv[1])), FolderSource(Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
update(place, source, (), now=sys.argv[3])
"""


class Killed(NamedTuple):
    """One killed update: whether it was writing then, and which index was left (old, new)."""

    was_writing: bool
    left: str


class Window(NamedTuple):
    """When an update writes, in seconds after its start: from the folder of the new generation on, until that is in place."""

    first: float
    last: float


class Kills:
    """One database that updates from two exports in turn. `look` tells what an index holds; it must be what the old export
    gives, or what the new one gives."""

    def __init__(self, folder: Path, exports: tuple[Path, Path]) -> None:
        self._folder = folder
        self._exports = exports
        self._turn = 0
        self.place = Generations(folder / "advisories")
        self._told: list[dict[str, str]] = []
        for at, export in enumerate(exports):
            self._finish(self._started(export))
            self._told.append(self._look())
            self._turn = at
        assert self._told[0] != self._told[1]

    def window(self) -> Window:
        """The write window, measured on one whole update."""
        process = self._started(self._next())
        start, first = self._go(process), None
        last = 0.0
        while process.poll() is None:
            if self._is_writing(process):
                last = time.monotonic() - start
                first = last if first is None else first
            time.sleep(0.0005)
        self._finish(process)
        self._turn ^= 1
        assert first is not None
        return Window(first, last)

    def kill(self, writing_seconds: float | None) -> Killed:
        """Kills an update, and proves that a whole index is left that the next update can work with. The moment counts
        from its first file, so that a busy machine moves it with the window; None is before it may begin."""
        process = self._started(self._next())
        if writing_seconds is not None:
            self._go(process)
            while process.poll() is None and not self._is_writing(process):
                time.sleep(0.0005)
            time.sleep(writing_seconds)
        was_writing = self._is_writing(process) and process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        self._finish(process, may_fail=True)
        found = self._look()
        old, new = self._told[self._turn], self._told[self._turn ^ 1]
        assert found in (old, new), f"a torn index, killed {writing_seconds} s after its first file"
        if found == new:
            self._turn ^= 1
        return Killed(was_writing, "new" if found == new else "old")

    def tidied(self) -> int:
        """Generations that are left after the next whole update."""
        self._finish(self._started(self._next()))
        return len(list(self.place.folder.glob("generation-*")))

    def unfinished(self) -> set[str]:
        """The files of generations that are not in place and have no whole manifest: killed updates left them. Proves that a
        manifest comes last: one that can be read names files that are whole."""
        current = self.place.current.resolve()
        found: set[str] = set()
        for folder in self.place.folder.glob("generation-*"):
            if folder == current:
                continue
            try:
                manifest = read_manifest(folder)
            except (FileNotFoundError, Malformed):
                found |= {file.name for file in folder.iterdir()}
                continue
            for state in manifest.ecosystems:
                data = (folder / state.file).read_bytes()
                assert (len(data), sha256(data).hexdigest()) == (state.size_bytes, state.sha256)
        return found

    def _next(self) -> Path:
        return self._exports[self._turn ^ 1]

    def _started(self, export: Path) -> subprocess.Popen[bytes]:
        """An update that waits for the word to go, everything imported."""
        process = subprocess.Popen(
            [sys.executable, "-c", _UPDATE, str(self.place.folder), str(export), "2026-06-01T00:00:00Z"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parent.parent,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    def _go(self, process: subprocess.Popen[bytes]) -> float:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        return time.monotonic()

    def _finish(self, process: subprocess.Popen[bytes], *, may_fail: bool = False) -> None:
        if process.returncode is None:
            self._go(process)
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        assert may_fail or process.returncode == 0

    def _is_writing(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it has a generation of its own that is not in place: those of killed ones bear other numbers."""
        current = self.place.current.resolve().name
        return any(each.name != current for each in self.place.folder.glob(f"generation-{process.pid}-*"))

    def _look(self) -> dict[str, str]:
        """Everything that the index says of every package."""
        with AdvisoryIndex(self.place.current) as index:
            return {
                f"{state.ecosystem} {key!r}": repr(bytes(file.unpack(value)))
                for state in index.manifest.ecosystems
                if (file := index.file_of(state.ecosystem)) is not None
                for key, value in file.packed()
            }
