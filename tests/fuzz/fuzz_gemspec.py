"""Gem specifications."""

from __future__ import annotations

from seamline.formats.gemspec import parse_gemspec

SEEDS = (
    (
        b'# stub: a 1.0 ruby lib\n\nGem::Specification.new do |s|\n  s.name = "a".freeze\n  s.licenses = ["MIT".freeze]\n'
        b'  s.add_runtime_dependency(%q<b>.freeze, [">= 1"])\nend\n'
    ),
)


def run(data: bytes) -> None:
    parse_gemspec(data)
