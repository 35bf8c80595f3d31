"""Shell scripts, taken apart and never run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.formats.shell import commands, functions, open_quotation


def heads(script: str) -> list[str]:
    return [" ".join(word.text for word in command.words) for command in commands(script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a && b || c; d", ["a", "b", "c", "d"]),
        ('if [ -n "$x" ]; then a; elif b; then c; else (cd d && e); fi', ["[ -n $x ]", "a", "b", "c", "cd d", "e"]),
        ("for x in 1 2 $(ls z); do echo $x; done", ["ls z", "echo $x"]),
        ('case "$(uname -m)" in x86|amd64) a ;; *) b; c ;; esac; d', ["uname -m", "a", "b", "c", "d"]),
        ("f() { a; }; f", ["a", "f"]),
        ("a | b |& c", ["a", "b", "c"]),
        ("cat <<EOF > x\nb | c\nEOF\nd", ["cat", "d"]),
        ("cat <<-EOF\n\tb\n\tEOF\nd", ["cat", "d"]),
        ("a 2>/dev/null >&2 <in b", ["a b"]),
        ("a # b; c\nd", ["a", "d"]),
        ("a 'b; c' \"d; e\" f\\ g", ["a b; c d; e f g"]),
        ('sh -c "$(curl x | head)"', ["sh -c $(curl x | head)", "curl x", "head"]),
        ("diff <(a x) <(b)", ["diff <(a x) <(b)", "a x", "b"]),
        ("find . \\( -name a \\) -exec rm {} +", ["find . ( -name a ) -exec rm {} +"]),
        ("a 'open", ["a"]),
        ("! a; { b; }; time c", ["a", "b", "c"]),
        ("while read x; do a; done < b", ["read x", "a", ""]),
    ],
)  # fmt: skip
def test_a_script_falls_into_its_simple_commands(script: str, expected: list[str]) -> None:
    assert heads(script) == expected


def test_a_command_knows_its_pipeline_and_what_stands_before_it() -> None:
    a, b, c, d = commands("X=1 a && b | c; d > e")
    assert [each.joined for each in (a, b, c, d)] == ["", "&&", "|", ";"]
    assert b.pipeline == c.pipeline != d.pipeline
    assert [each.is_last for each in (a, b, c, d)] == [True, False, True, True]
    assert a.assignments[0].text == "X=1"
    assert (d.redirections[0].operator, d.redirections[0].target.text) == (">", "e")


def test_a_word_tells_whether_the_shell_fills_it() -> None:
    (command,) = commands("""a 'b$c' "d $e" $f* "g" """)
    assert [word.is_plain for word in command.words] == [True, True, False, False, True]
    assert [word.globs for word in command.words] == [False, False, False, True, False]


@given(st.text(alphabet="ab \n;|&()<>$`'\"\\{}#=-", max_size=60))
def test_any_text_is_taken_apart_and_words_stand_where_they_say(script: str) -> None:
    for command in commands(script):
        assert 0 <= command.start <= command.end <= len(script)
        for word in command.words:
            assert script[word.start : word.end] == word.raw


@pytest.mark.parametrize(
    ("script", "blocks"),
    [
        ("if a; then b; elif c; then d; else e; fi; f", "a:if b:then c:elif d:then e:then f:"),
        ("while a; do b; done; c", "a:if b:then c:"),
        ("for x in y; do a; done; b", "a:then b:"),
        ("case x in a) b;; c) d; esac; e", "b:then d:then e:"),
        ("f() { a; }; b", "a:f b:"),
        ("function f { a; }; b", "a:f b:"),
        ("function f() { a; }; b", "a:f b:"),
        ("f() (a); b", "a:f b:"),
        ("(a; { b; }); c", "a:( b:({ c:"),
        ("fi; done; }; a", "a:"),
    ],
)
def test_a_command_knows_what_it_stands_in(script: str, blocks: str) -> None:
    assert " ".join(f"{each.name}:{''.join(each.blocks)}" for each in commands(script)) == blocks


def test_functions_and_open_quotations_are_found() -> None:
    assert functions("f() { a; }; function g { b; }; $(h() { c; })") == {"f", "g", "h"}
    assert open_quotation("a 'b' \"c\" # it's\nd") is None
    assert (open_quotation("a 'b"), open_quotation('a b"c')) == (2, 2)


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("a=(x y\n z); b", "b"),
        ("declare -A m=([a]=b [c]=$(d)); e", "d declare e"),
        ("x+=( # c (\n a )\nb", "b"),
        ("((i++)); a", "a"),
        ("for ((i=0; i<3; i++)); do a; done; b", "a b"),
        ("if (( $# > (1+2) )); then a; fi", "a"),
        ("[[ $x =~ ^(a|b)$ && -f y ]] && c", "[[ c"),
        ("while [[ a < b ]]; do c; done", "[[ c"),
        ("(a; (b))", "a b"),
        ("( (a) )", "a"),
    ],
)
def test_what_stands_in_bash_s_arrays_arithmetic_and_tests_is_no_command(script: str, names: str) -> None:
    assert " ".join(each.name for each in commands(script) if each.words) == names


@pytest.mark.parametrize(
    ("script", "blocks"),
    [
        ("f() { x=$(y); for i in $(z); do :; done; }", "x=$(y):f y:f z:f ::fthen"),
        ("if [ $(a) ]; then b; fi", "[:if a:if b:then"),
        ("a || b $(c)", "a: b: c:then"),
    ],
)
def test_a_substitution_stands_in_what_stands_around_it(script: str, blocks: str) -> None:
    found = ((each.name or each.assignments[0].text, "".join(each.blocks)) for each in commands(script))
    assert " ".join(f"{name}:{around}" for name, around in found) == blocks
