"""How long work tells of itself while it goes on; who hears it shows it, or nobody does."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], None]
"""A line of its own."""
Tell = Callable[[int, int | None], None]
"""How many bytes are done, and of how many; None where nobody knows."""
Meter = Callable[[str, int, int | None], None]
"""The same with the name of the work."""


def silent(*_: object) -> None:
    """Hears everything and says nothing."""
