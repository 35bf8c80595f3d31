"""Real programs that tests need: skipped where they are missing, except in CI, where that is a failure."""

from __future__ import annotations

import os
import shutil
import socket

import pytest


def need(*programs: str) -> None:
    """Goes on only where every program is on PATH."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing in CI: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
