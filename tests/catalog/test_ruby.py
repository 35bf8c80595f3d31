"""Ruby's gems by their specifications."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog.ruby import READER
from seamline.formats.gemspec import Gem, parse_gemspec
from seamline.model.purl import purl_of
from tests.scenes import Whiteout, installs_in, read_scene

_FIXTURES = Path(__file__).parent / "fixtures" / "ruby"
_DEBUG = (_FIXTURES / "debug-1.4.0.gemspec").read_bytes()
_RELINE = next(_FIXTURES.glob("reline-*.gemspec"))
_HOME = "usr/local/lib/ruby/gems/3.1.0/specifications"


def test_a_specification_is_read_without_running_it() -> None:
    assert parse_gemspec(_DEBUG) == Gem("debug", "1.4.0", "", ("Ruby", "BSD-2-Clause"), ("irb", "reline"))


def test_gems_of_one_home_know_what_they_need() -> None:
    scene = {f"{_HOME}/debug-1.4.0.gemspec": _DEBUG, f"{_HOME}/default/{_RELINE.name}": _RELINE.read_bytes()}
    debug, reline = sorted(installs_in(read_scene(READER, [scene])), key=lambda i: i.package.name)
    assert purl_of(debug.package) == "pkg:gem/debug@1.4.0"
    assert len(debug.depends) == 1
    assert reline.package.name == "reline"


def test_a_removed_gem_is_gone_and_one_of_an_upper_layer_is_its_own() -> None:
    path = f"{_HOME}/debug-1.4.0.gemspec"
    assert installs_in(read_scene(READER, [{path: _DEBUG}, {path: Whiteout()}])) == ()
    (gem,) = installs_in(read_scene(READER, [{"x": b""}, {path: _DEBUG}]))
    assert (gem.origin_layer, gem.current_layer) == (1, 1)


def test_a_gem_for_one_platform_names_it() -> None:
    text = b'# stub: ffi 1.16.3 x86_64-linux lib\n\nGem::Specification.new do |s|\n  s.name = "ffi".freeze\nend\n'
    gem = parse_gemspec(text)
    assert gem is not None
    assert (gem.version, gem.platform) == ("1.16.3", "x86_64-linux")


@pytest.mark.parametrize(
    "text",
    [
        b"Gem::Specification.new do |spec|\n  spec.name = 'a'\n  spec.version = \"1.2\"\n  spec.license = 'MIT'\nend",
        b'Gem::Specification.new do |g|\n  g.name = %q<a>\n  g.version = "1.2"\n  g.licenses = ["MIT"]\nend',
    ],
)
def test_older_forms_are_read_too(text: bytes) -> None:
    assert parse_gemspec(text) == Gem("a", "1.2", "", ("MIT",))


def test_other_ruby_code_is_no_gem() -> None:
    assert parse_gemspec(b"puts 1") is None
    assert (
        parse_gemspec(b"Gem::Specification.new do |s|\n  s.name = NAME\n  s.version = VERSION\nend") is None
    )


_WORD = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


@given(
    _WORD,
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r")), max_size=3),
    st.lists(_WORD, max_size=3),
)
def test_reading_what_rubygems_writes_gives_the_same(
    name: str, licenses: list[str], needs: list[str]
) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '".freeze'

    lines = [
        f"  s.name = {quoted(name)}",
        '  s.version = "1.0"',
        f"  s.licenses = [{', '.join(map(quoted, licenses))}]",
    ]
    lines += [f'  s.add_runtime_dependency(%q<{need}>.freeze, [">= 0"])' for need in needs]
    text = "Gem::Specification.new do |s|\n" + "\n".join(lines) + "\nend\n"
    assert parse_gemspec(text.encode()) == Gem(name, "1.0", "", tuple(licenses), tuple(dict.fromkeys(needs)))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_gem_with_a_name_or_none(data: bytes) -> None:
    gem = parse_gemspec(b'Gem::Specification.new do |s|\n s.version = "1"\n s.name = ' + data)
    assert gem is None or (gem.name and gem.version == "1")
