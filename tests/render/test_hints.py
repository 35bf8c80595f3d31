"""The next step of every error, in Chinese: wherever the code says one, found by reading the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from seamline.cli.neighbours import OPTIONS
from seamline.formats import stranger
from seamline.render.words.hints import hint_in

_SOURCE = Path(__file__).resolve().parents[2] / "src" / "seamline"
_CODE = {path.relative_to(_SOURCE).as_posix(): path.read_text() for path in _SOURCE.rglob("*.py")}
_HANDED_ON = {"hint_in", "with_hint"}  # what was said elsewhere


def _texts(node: ast.expr, names: Mapping[str, list[ast.expr]]) -> Iterator[str | None]:
    """The texts that an expression may give, `{}` for what is put in; None where that cannot be seen."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=body, orelse=other):
            yield from _texts(body, names)
            yield from _texts(other, names)
        case ast.Name(id=name) if name in names:
            for each in names[name]:
                yield from _texts(each, names)
        case ast.Call(func=ast.Name(id=name)) if f"{name}()" in names:
            for each in names[f"{name}()"]:
                yield from _texts(each, names)
        case ast.Attribute(attr="hint"):  # of an error or a value that was made with it
            return
        case ast.Name(id="hint"):  # the argument of a function, whose callers are looked at
            return
        case _:
            yield None


def _assigned(nodes: Iterable[ast.AST]) -> Mapping[str, list[ast.expr]]:
    """What every name is set to, anywhere in a module, and what every function gives back."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
        if isinstance(node, ast.FunctionDef):
            given = [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value]
            found.setdefault(f"{node.name}()", []).extend(given)
    return found


def _places(arguments: Iterable[str]) -> int | None:
    """At which place a hint is taken; None where none is."""
    names = [each for each in arguments if each != "self"]
    return names.index("hint") if "hint" in names else None


def _takers(nodes: Iterable[ast.AST]) -> Mapping[str, int]:
    """The functions and classes that take a hint, and at which place."""
    found: dict[str, int | None] = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name not in {"__init__", *_HANDED_ON}:
            found[node.name] = _places(argument.arg for argument in node.args.args)
        if isinstance(node, ast.ClassDef):
            fields = [each.target for each in node.body if isinstance(each, ast.AnnAssign)]
            makers = [
                each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"
            ]
            made = [argument.arg for each in makers for argument in each.args.args]
            found[node.name] = _places(made or (each.id for each in fields if isinstance(each, ast.Name)))
    return {name: at for name, at in found.items() if at is not None}


def _said(nodes: Iterable[ast.AST], takers: Mapping[str, int]) -> Iterator[ast.expr]:
    """Every expression that a module gives as a hint."""
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        yield from (word.value for word in node.keywords if word.arg == "hint")
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        at = takers.get(called)
        if at is not None and len(node.args) > at:
            yield node.args[at]


def _nodes_naming(*words: str) -> dict[str, list[ast.AST]]:
    """The nodes of every module that names one of these words."""
    named = re.compile(rf"\b(?:{'|'.join(words)})\b")
    return {name: list(ast.walk(ast.parse(code))) for name, code in _CODE.items() if named.search(code)}


@cache
def _seen() -> Sequence[tuple[str, str | None]]:
    defining = _nodes_naming("hint")
    takers = _takers(node for nodes in defining.values() for node in nodes)
    everywhere = {name: at for name, at in takers.items() if not name.startswith("_")}
    found = []
    for name, nodes in (defining | _nodes_naming(*everywhere)).items():
        names = _assigned(nodes)
        said = [*_said(nodes, {**everywhere, **_takers(nodes)}), *names.get("hint", [])]
        found += [(name, text) for expression in said for text in _texts(expression, names)]
    return found


_HINTS = sorted({text for _, text in _seen() if text is not None})


def test_every_place_that_says_a_next_step_was_understood() -> None:
    blind = {name for name, text in _seen() if text is None}
    assert blind == {"formats/stranger.py"}, "its tables are looked at below"
    assert len(_HINTS) > 150


_OF_TABLES = sorted({hint for *_, hint in (*stranger._MAGIC, *stranger._FORMS)})


@pytest.mark.parametrize("hint", [*_HINTS, *_OF_TABLES, *sorted(set(OPTIONS.values()))])
def test_the_next_step_has_a_chinese_text(hint: str) -> None:
    shown = hint.replace("{}", "nginx")
    chinese = hint_in("zh", shown)
    assert any("一" <= char <= "鿿" for char in chinese)
    assert chinese.count("nginx") >= hint.count("{}")
    assert hint_in("en", shown) == shown
