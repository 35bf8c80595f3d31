"""What this machine is."""

from __future__ import annotations

import os

from seamline.model.image import Platform


def machine_platform() -> Platform:
    """The platform of images for this machine; containers run on Linux whatever the desktop is."""
    return Platform("linux", os.uname().machine)


def cores() -> int:
    """How many processes of this one can run at the same time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
