"""Caches that a build step sees but no layer keeps: `RUN --mount=type=cache`."""

from __future__ import annotations

from seamline.formats.dockerfile.mounts import Mount, parse_mount
from seamline.lint.view import Step


def mounts_of(step: Step) -> tuple[Mount, ...]:
    """The mounts of a RUN; the file was checked, so all of them can be read."""
    return tuple(parse_mount(value) for value in step.instruction.flag_values("mount"))


def keeps_cache(step: Step, *paths: str) -> bool:
    """Whether one of these paths, or a folder above one, is a cache or tmpfs mount in this step."""
    targets = [
        mount.target.rstrip("/")
        for mount in mounts_of(step)
        if mount.kind in ("cache", "tmpfs") and mount.target
    ]
    return any(path == target or path.startswith(f"{target}/") for path in paths for target in targets)
