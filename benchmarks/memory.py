"""Peak memory on images that no disk needs to hold: `benchmarks/memory.py [GIGABYTES] [ENTRIES]`.

A generator writes one layer of so many gigabytes in files of 1 to 64 MiB, and one of so many empty files; each is
looked at as any image is, uncached, in a process of its own. Printed: seconds, peak megabytes.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import tarfile
import time
from collections.abc import Callable, Iterator

from seamline.model.image import Config, Image, Layer, Platform
from seamline.model.limits import Limits
from seamline.verbs.look import look

_BLOCK = os.urandom(1 << 20)


class Generated(io.RawIOBase):
    """A stream of what a generator yields."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def header(path: str, size_bytes: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.size, info.mode = size_bytes, 0o755
    return info.tobuf(tarfile.GNU_FORMAT)


def large_files(gigabytes: int) -> Iterator[bytes]:
    left, number = gigabytes << 10, 0
    while left > 0:
        size = min(left, 1 << (number % 7))
        yield header(f"srv/part-{number:06}.bin", size << 20)
        for _ in range(size):
            yield _BLOCK
        left, number = left - size, number + 1
    yield bytes(1024)


def many_files(entries: int) -> Iterator[bytes]:
    for first in range(0, entries, 1000):
        yield b"".join(
            header(f"srv/folder-{first // 1000:05}/file-{number:07}.dat", 0)
            for number in range(first, min(first + 1000, entries))
        )
    yield bytes(1024)


def image_of(pieces: Callable[[], Iterator[bytes]]) -> Image:
    layer = Layer(
        position=0,
        digest=None,
        diff_id=None,
        media_type="application/vnd.oci.image.layer.v1.tar",
        size_bytes=None,
        open=lambda: io.BufferedReader(Generated(pieces()), 1 << 18),
    )
    return Image(
        reference="generated", place="generated", platform=Platform(), config=Config(), layers=(layer,)
    )


def measured(name: str, pieces: Callable[[], Iterator[bytes]]) -> None:
    """Looks at the image in a child process and prints what that cost."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        looked = look(image_of(pieces), cache=None, limits=Limits())
        os._exit(0 if len(looked.tree) else 1)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{name}: the child ended with {status}")
    scale = 1 if sys.platform == "darwin" else 1024
    print(
        f"{name:24} {time.perf_counter() - start:7.1f} s {usage.ru_maxrss * scale / 1e6:8.0f} MB", flush=True
    )


def main() -> None:
    gigabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    entries = int(sys.argv[2]) if len(sys.argv) > 2 else 3_000_000
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{'before':24} {'':7}   {own * 1024 / 1e6:8.0f} MB")
    measured(f"{gigabytes} GiB", lambda: large_files(gigabytes))
    measured(f"{entries:,} entries", lambda: many_files(entries))


if __name__ == "__main__":
    main()
