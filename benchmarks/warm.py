"""The verbs on an image that was read before, beside their budgets: `benchmarks/run --warm OCI-LAYOUT[:TAG]...`.

Every verb is a whole process, from its start to its exit, taken in turn; one round that does not count fills the cache and
the bytecode. An image is compared with the next one named. The advisories are those of XDG_DATA_HOME where that is set,
else the starter set. A busy machine shows by the clock being far above the processor's time: budgets are for an idle one.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from run import Run, measure

BUDGETS = {"inspect": 0.25, "sbom": 0.25, "scan": 0.5, "audit": 0.7, "compare": 0.7, "report": 0.7}
"""Seconds by the clock."""
_PAGE_MB = 3.0


def main() -> None:
    """Prints a table an image."""
    images = [f"oci-dir:{each}" for each in sys.argv[1:]]
    rounds = int(os.environ.get("ROUNDS", "5"))
    with tempfile.TemporaryDirectory(prefix="seamline-bench-") as name:
        env = {
            **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPYCACHEPREFIX": f"{name}/bytecode",
            "HOME": name,
            "XDG_CACHE_HOME": f"{name}/cache",
            "XDG_DATA_HOME": os.environ.get("XDG_DATA_HOME", f"{name}/data"),
        }
        for image, other in zip(images, [*images[1:], images[0]], strict=True):
            page = Path(name) / "page.html"
            runs: dict[str, list[Run]] = {}
            for counted in (False, *[True] * rounds):
                for verb in BUDGETS:
                    more = {"compare": (other,), "report": ("-o", str(page))}.get(verb, ())
                    run = measure([sys.executable, "-m", "seamline", verb, image, *more, "--offline"], env)
                    if counted:
                        runs.setdefault(verb, []).append(run)
            _report(image, runs, page.stat().st_size / 1e6)


def _report(image: str, runs: dict[str, list[Run]], page_mb: float) -> None:
    print(image)
    print(f"  {'':10} {'seconds':>8} {'fewest':>8} {'budget':>8} {'busy s':>8} {'peak MB':>8}")
    for verb, found in runs.items():
        seconds = [run.seconds for run in found]
        busy = statistics.median(run.busy_seconds for run in found)
        print(
            f"  {verb:10} {statistics.median(seconds):8.3f} {min(seconds):8.3f} {BUDGETS[verb]:8.2f} {busy:8.3f}"
            f" {max(run.peak_bytes for run in found) / 1e6:8.0f}"
        )
    print(f"  {'page MB':10} {page_mb:8.3f} {'':8} {_PAGE_MB:8.2f}", flush=True)


if __name__ == "__main__":
    main()
