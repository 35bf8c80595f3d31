"""What compose-go makes of the cases (answers.json), and both told alike."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from seamline.formats.compose.services import workloads_of

_FALSE_IS_UNSAID = ("privileged", "read_only")
_SORTED = ("environment", "ports", "ulimits", "sysctls", "mounts")


def workloads_told(document: Any, profiles: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The workloads that start, by name: what rules look at, in one order."""
    return {
        each.name: _told(msgspec.to_builtins(each))
        for each in workloads_of(document, "", profiles)
        if each.starts
    }


def _told(workload: dict[str, Any]) -> Mapping[str, Any]:
    for mount in workload.get("mounts", ()):
        mount["source"] = posixpath.normpath(mount.get("source", "") or ".")
    for port in workload.get("ports", ()):
        port["protocol"] = port.get("protocol", "tcp")
    workload["devices"] = [device.partition(":")[0] for device in workload.get("devices", ())]
    for key in _FALSE_IS_UNSAID:
        workload[key] = workload.get(key) or None
    for key in _SORTED:
        if key in workload:
            workload[key] = sorted(workload[key], key=repr)
    for key in ("memory", "cpu"):
        workload[key] = _number(workload.get(key, ""))
    return workload


def _number(text: str) -> str:
    """`512m` and 536870912 are one."""
    units = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
    number, unit = (text[:-1], text[-1].lower()) if text[-1:].isalpha() else (text, "")
    return str(float(number) * units.get(unit, 1)) if number else ""
