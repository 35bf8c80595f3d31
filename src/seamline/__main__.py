"""`seamline` and `python -m seamline`. `--version` is answered before anything else is imported."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import NoReturn

_INTERRUPTED = 130
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Records and trees hardly ever hold a cycle, and every look for one goes over all that was made: a tenth of a warm run."""


def main() -> None:
    """Runs the command line and exits with its code."""
    _open_closed()
    if sys.argv[1:] in (["--version"], ["-V"]):
        from seamline import __version__  # noqa: PLC0415

        sys.stdout.write(f"seamline {__version__}\n")
        sys.exit(0)
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    try:
        from seamline.cli.main import run  # noqa: PLC0415

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while it was still being loaded
        code = _INTERRUPTED
    _leave(code)


def _open_closed() -> None:
    """A stream that the caller closed (`>&-`) leads nowhere: a file of ours must not come to stand in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - open as long as the process


def _leave(code: int) -> NoReturn:
    """Ends at once: taking everything apart that the process made, piece by piece, would take a twentieth of a warm run."""
    atexit._run_exitfuncs()  # noqa: SLF001 - what asked to be told of the end is told, as by an ordinary one
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # an ordinary end says so
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
