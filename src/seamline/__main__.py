"""`seamline` and `python -m seamline`. `--version` is answered before anything else is imported."""

from __future__ import annotations

import gc
import sys

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Records and trees hardly ever hold a cycle, and every look for one goes over all that was made: a tenth of a warm run."""


def main() -> None:
    """Runs the command line and exits with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from seamline import __version__  # noqa: PLC0415

        sys.stdout.write(f"seamline {__version__}\n")
        sys.exit(0)
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    from seamline.cli.main import run  # noqa: PLC0415

    code = run(sys.argv[1:])
    gc.freeze()  # the process ends: looking for garbage once more would take 50 ms
    sys.exit(code)


if __name__ == "__main__":
    main()
