"""Secrets beside the truth: `python benchmarks/secrets.py [--quiet FOLDER...] [--peer gitleaks]`.

Plants the secrets of tests/planted.py, looks for them with both filters, and prints what was found of each kind. Every
FOLDER is a tree that holds no secret (packages of a registry, the root of a distribution): what is found there is noise.
With `--peer`, gitleaks looks at the same files.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.planted import planted  # noqa: E402

from seamline.catalog.content import HeldContent  # noqa: E402
from seamline.catalog.secret_filter import PlainFilter, filter_of_rules  # noqa: E402
from seamline.catalog.secret_rules import RULES  # noqa: E402
from seamline.catalog.secrets import HEAD_BYTES, secrets_reader  # noqa: E402
from seamline.model.entry import Entry, Kind  # noqa: E402
from seamline.model.limits import Limits  # noqa: E402
from seamline.verbs.secrets import is_believed  # noqa: E402

_READER = secrets_reader(lambda: bytes(32))


def main() -> None:
    """Prints the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quiet", nargs="*", default=[], type=Path)
    arguments.add_argument("--peer", default="")
    chosen = arguments.parse_args()
    found, layers, *_ = planted()
    files = {each.path: each for each in found if each.place == "file"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for layer in layers:
            for path, data in layer.items():
                if data is not None:
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / path).write_bytes(data)
        ours = {path for path, _ in _search(folder)}
        theirs = _peer(chosen.peer, folder) if chosen.peer else set()
    for path, each in sorted(files.items()):
        print(
            f"{each.kind:<22} {path:<34} {_yes(path in ours):<4} {_yes(path in theirs) if chosen.peer else ''}"
        )
    print(f"found {len(ours & files.keys())} of {len(files)}, peer {len(theirs & files.keys())}")
    print(f"false {len(ours - files.keys())}, peer {len(theirs - files.keys())}")
    for quiet in chosen.quiet:
        print(
            f"{quiet}: {len(list(_search(quiet)))} ours, {len(_peer(chosen.peer, quiet)) if chosen.peer else '-'} the peer's"
        )
        _speed(quiet)


def _search(folder: Path) -> Iterator[tuple[str, str]]:
    for path, data in _files(folder):
        entry = Entry(path=path.encode(), kind=Kind.FILE, size_bytes=len(data))
        for spot in _READER.extract(entry, HeldContent(data), Limits()) or ():
            if spot.kind and is_believed(spot, path.encode()):
                yield path, spot.kind


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                yield path.relative_to(folder).as_posix(), file.read(HEAD_BYTES)


def _peer(program: str, folder: Path) -> set[str]:
    """The files in which gitleaks finds something."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        words = (
            program,
            "dir",
            str(folder),
            "--report-format",
            "json",
            "--report-path",
            report.name,
            "--no-banner",
            "--max-archive-depth",
            "3",
            "--exit-code",
            "0",
        )
        subprocess.run(words, check=True, capture_output=True)
        return {
            str(Path(each["File"].partition("!")[0]).relative_to(folder))
            for each in json.loads(Path(report.name).read_bytes())
        }


def _speed(folder: Path) -> None:
    """How much longer `re` alone takes to filter the same bytes (a sample of 40 MB)."""
    sample, size = [], 0
    for _, data in _files(folder):
        sample.append(data)
        size += len(data)
        if size > 40 << 20:
            break
    taken = []
    for each in (filter_of_rules(), PlainFilter(RULES)):
        start = time.perf_counter()
        for data in sample:
            sum(1 for _ in each.hits(data))
        taken.append(time.perf_counter() - start)
    print(
        f"  filter: re alone takes {taken[1] / taken[0]:.1f} times as long as {type(filter_of_rules()).__name__}"
    )


def _yes(found: bool) -> str:
    return "yes" if found else "no"


if __name__ == "__main__":
    main()
