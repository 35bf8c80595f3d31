"""The frame of a SARIF 2.1.0 document, whatever it tells of. Source: OASIS SARIF 2.1.0; GitHub, "SARIF support"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/seamline/seamline"
LEVELS = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "unknown": "warning",
    "low": "note",
    "negligible": "note",
}
"""What SARIF calls our severities."""
SCORES = {"critical": 9.5, "high": 8.0, "medium": 5.5, "low": 2.0, "negligible": 0.1, "unknown": 5.0}
"""A number for a severity, where services want one and nobody gave a score."""


def document(runs: Iterable[Mapping[str, Any]]) -> bytes:
    """The whole document, ending in a newline; the same runs give the same bytes."""
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": list(runs)}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def run(
    *,
    version: str,
    identity: str,
    rules: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    bases: Mapping[str, Any],
    unchecked: Sequence[str],
    end_time: str = "",
) -> dict[str, Any]:
    """One run of ours. `unchecked` are what could not be read or decided; `bases` the roots of relative paths."""
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if end_time:
        invocation["endTimeUtc"] = end_time
    invocation["toolExecutionNotifications"] = [
        {"level": "warning", "message": {"text": f"not checked: {text}"}} for text in unchecked
    ]
    return {
        "tool": {
            "driver": {
                "name": "seamline",
                "version": version,
                "semanticVersion": version,
                "informationUri": _HOME,
                "rules": list(rules),
            }
        },
        "automationDetails": {"id": identity},
        "originalUriBaseIds": dict(bases),
        "invocations": [invocation],
        "results": list(results),
        "columnKind": "utf16CodeUnits",
    }


def uri(path: str) -> str:
    """A path as a relative URI."""
    return "".join(_quoted(path))


def _quoted(path: str) -> Iterable[str]:
    for char in path:
        if char.isascii() and (char.isalnum() or char in "-._~/+@!,"):
            yield char
        else:
            yield from (f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
