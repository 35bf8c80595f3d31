"""Installed gem specifications: Ruby code that RubyGems writes in one form, read without running it.

Source: RubyGems, Gem::Specification#to_ruby; the `# stub:` line carries what is needed before all is loaded.
"""

from __future__ import annotations

import re

import msgspec

from seamline.expression import expression

_STUB = expression(r"^# stub: (?P<name>[\w.-]+) (?P<version>[\w.]+) (?P<platform>[\w.-]+) ", re.MULTILINE)
_BLOCK = expression(r"Gem::Specification\.new do \|(\w+)\|")
_STRING = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|%q<([^>]*)>)"""
_TEXT = expression(_STRING)
_MOST_TEXT = 4096


class Gem(msgspec.Struct, frozen=True):
    """One gem. `platform` is empty for pure Ruby; `depends` are names that it needs when it runs."""

    name: str
    version: str
    platform: str = ""
    licenses: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()


def parse_gemspec(data: bytes) -> Gem | None:
    """The gem that a specification describes, None where it is not in the form that RubyGems writes."""
    text = data.decode("utf-8", "replace")
    block = _BLOCK.search(text)
    if block is None:
        return None
    fields = _Fields(text[block.end() :], block[1])
    stub = _STUB.search(text[: block.start()])
    name = stub["name"] if stub else fields.first("name")
    version = stub["version"] if stub else fields.first("version")
    platform = stub["platform"] if stub else fields.first("platform")
    if not name or not version:
        return None
    return Gem(
        name=name,
        version=version,
        platform="" if platform == "ruby" else platform,
        licenses=fields.all("licenses") or fields.all("license"),
        depends=fields.needed(),
    )


class _Fields:
    """The assignments and calls of one block, by name."""

    __slots__ = ("_block", "_text")

    def __init__(self, text: str, block: str) -> None:
        self._text = text
        self._block = re.escape(block)

    def all(self, field: str) -> tuple[str, ...]:
        """The strings that `field` is set to."""
        line = re.search(
            rf"^\s*{self._block}\.{field}\s*=\s*([^\n]{{1,{_MOST_TEXT}}})", self._text, re.MULTILINE
        )
        return tuple(_plain(match) for match in _TEXT.finditer(line[1])) if line else ()

    def first(self, field: str) -> str:
        return next(iter(self.all(field)), "")

    def needed(self) -> tuple[str, ...]:
        calls = rf"^\s*{self._block}\.add_(?:runtime_)?dependency\(?\s*{_STRING}"
        names = (_plain(match) for match in re.finditer(calls, self._text, re.MULTILINE))
        return tuple(dict.fromkeys(names))


def _plain(match: re.Match[str]) -> str:
    text = next((group for group in match.groups() if group is not None), "")
    return re.sub(r"\\(.)", r"\1", text)
