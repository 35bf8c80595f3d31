"""The count of right, wrong and unknown verdicts, and every one that is not right."""

from __future__ import annotations

import io
import os
import tempfile
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

from benchmarks.verdicts.measure import CASES, measured

SHELVES = ("CIS-4", "CIS-5", "SL")


def seamline(arguments: list[str], home: Path) -> None:
    """Seamline's own command line, in this process: a start of Python an image would be most of the time."""
    from seamline.cli.main import run  # noqa: PLC0415 - the makers above import nothing of it

    places = {"XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache")}
    with mock.patch.dict(os.environ, places), redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        code = run(arguments)
    if code:
        raise SystemExit(f"{arguments}: exit code {code}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="seamline-verdicts-") as name:
        found = list(measured(Path(name), seamline))
    print(f"{len(CASES)} images and deployments of known truth, {len(found)} verdicts")
    print(f"{'rules':10} {'right':>6} {'wrong':>6} {'unknown':>8}")
    for shelf in SHELVES:
        counts = Counter(each.outcome for each in found if each.rule.startswith(shelf))
        print(f"{shelf:10} {counts['right']:6} {counts['wrong']:6} {counts['unknown']:8}")
    for each in found:
        if each.outcome != "right":
            print(f"    {each.outcome}: {each.rule}: {each.case}: {each.answer}, not {each.truth}")


if __name__ == "__main__":
    main()
