"""Where in a content secrets may be: Hyperscan over all rules at once where it is installed, else `re` rule by rule.

Both give the same (rule, end of a hit); Hyperscan is tens of times as fast (`benchmarks/secrets.py --quiet`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from mmap import mmap
from typing import Any, Protocol

from seamline.catalog.secret_rules import HOLDS, RULES, SecretRule

Buffer = bytes | mmap
_MOST_HITS = 20_000
_FEW_BYTES = 32 << 10
_CASELESS = b"(?i)"


class Filter(Protocol):
    """Finds the hits of the rules' `seek` expressions."""

    def hits(self, data: Buffer) -> Iterator[tuple[int, int]]:
        """(number of the rule, end of the hit), at most 20,000 a rule; a rule's own are in rising order."""


class PlainFilter:
    """By `re` alone. What plainly holds nothing of the kind is not looked for, and its expression never compiled: of a short
    text that would take most of the time."""

    def __init__(self, rules: Sequence[SecretRule]) -> None:
        self._seeks = [(HOLDS.get(rule.kind) or (beginning(rule.seek),), rule.seek) for rule in rules]

    def hits(self, data: Buffer) -> Iterator[tuple[int, int]]:
        lowered = data[:].lower() if len(data) <= _FEW_BYTES else None
        for number, (held, seek) in enumerate(self._seeks):
            text = lowered if seek.startswith(_CASELESS) else data
            if text is not None and all(text.find(each) < 0 for each in held):
                continue
            for count, match in enumerate(_compiled(seek).finditer(data)):
                if count == _MOST_HITS:
                    break
                yield number, match.end()


_compiled = lru_cache(None)(re.compile)


def beginning(seek: bytes) -> bytes:
    """The bytes that every match of an expression begins with, as far as they are plain to see; empty where they are not."""
    plain = re.match(rb"[\w-]*", seek)
    if plain is None or b"|" in seek:
        return b""
    is_repeated = seek[plain.end() : plain.end() + 1] in (b"?", b"*", b"+", b"{")
    return plain[0][:-1] if is_repeated else plain[0]


class HyperscanFilter:
    """By Hyperscan; one scratch space a thread. It reports every end of a repetition: those close together are one hit."""

    def __init__(self, rules: Sequence[SecretRule], library: Any) -> None:
        self._library = library
        self._database = library.Database()
        self._database.compile(
            expressions=[rule.seek for rule in rules],
            ids=list(range(len(rules))),
            flags=[library.HS_FLAG_DOTALL] * len(rules),
        )
        self._own = threading.local()

    def hits(self, data: Buffer) -> Iterator[tuple[int, int]]:
        if not hasattr(self._own, "scratch"):
            self._own.scratch = self._library.Scratch(self._database)
        found: list[tuple[int, int]] = []
        counts: dict[int, int] = {}

        def seen(number: int, start: int, end: int, flags: int, context: object) -> bool | None:  # noqa: ARG001
            counts[number] = counts.get(number, 0) + 1
            if counts[number] <= _MOST_HITS:
                found.append((number, end))
            return None

        self._database.scan(data, match_event_handler=seen, scratch=self._own.scratch)
        return iter(found)


@lru_cache(1)
def filter_of_rules() -> Filter:
    """The quickest filter that is installed."""
    try:
        import hyperscan  # noqa: PLC0415 - 30 ms that only a scan for secrets needs
    except ImportError:  # no wheel for this machine
        return PlainFilter(RULES)
    return HyperscanFilter(RULES, hyperscan)


@lru_cache(1)
def _by_re() -> Filter:
    return PlainFilter(RULES)


def filter_for(size_bytes: int) -> Filter:
    """The filter that is done soonest with so many bytes in all: `re` is ready in 5 ms, Hyperscan in 50."""
    return _by_re() if size_bytes <= _FEW_BYTES else filter_of_rules()
