"""Which state of this program runs: what its code once concluded may be kept for as long as the code is the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

import seamline


@cache
def code_stamp(rooms: tuple[str, ...]) -> str:
    """Tells one state of the modules in these rooms (folders of the package, or modules of one) from another, by version, sizes
    and times, as Python tells whether bytecode is still good. By the version alone where the program is no folder of files."""
    home = Path(seamline.__file__).parent
    told = "\n".join(line for room in rooms for line in sorted(_modules(home / room)))
    return blake2b(f"{seamline.__version__}\n{told}".encode(), digest_size=8).hexdigest()


def _modules(room: Path) -> Iterator[str]:
    try:
        if room.suffix:
            yield _told(str(room), room.stat())
            return
        with os.scandir(room) as inside:
            for each in inside:
                if each.name.endswith(".py"):
                    yield _told(each.path, each.stat())
                elif each.is_dir():
                    yield from _modules(Path(each.path))
    except OSError:
        return


def _told(path: str, about: os.stat_result) -> str:
    return f"{path} {about.st_size} {about.st_mtime_ns}"
