"""Licence texts of packages -> SPDX expressions, or a name where they are none."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any


@lru_cache(maxsize=4096)
def spdx_expression(text: str) -> str | None:
    """The SPDX licence expression that `text` spells, in its canonical form; None where it is something else."""
    if not text or len(text) > 2000:
        return None
    try:
        parsed = _licensing().parse(text.strip(), validate=True, strict=True)
    except Exception:  # noqa: BLE001 - the library raises many kinds for text that is no expression
        return None
    return None if parsed is None else str(parsed)


def license_ref(text: str) -> str:
    """A `LicenseRef-` name for a licence that has no SPDX id. Source: SPDX 2.3, 10.1."""
    safe = "".join(char if char.isascii() and (char.isalnum() or char in ".-") else "-" for char in text)
    return f"LicenseRef-{safe[:120].strip('-') or 'unknown'}"


@cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing  # noqa: PLC0415 - 75 ms that only an SBOM needs

    return get_spdx_licensing()
