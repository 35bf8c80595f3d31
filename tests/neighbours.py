"""Real programs that tests need: skipped where they are missing, except in CI, where that is a failure."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest


def need(*programs: str) -> None:
    """Goes on only where every program is on PATH."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing in CI: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def need_podman() -> None:
    """Goes on only where podman runs: it wants to know the machine's control groups, which a bare chroot hides."""
    need("podman")
    if not Path("/sys/fs/cgroup").is_dir():
        pytest.skip("podman runs only where /sys is mounted")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
