"""The page of the attack surface: which programs count, what each kind allows, by which source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from seamline.render.words import word

_HEAD = """# What counts as attack surface

Made by `script/make-audit-rules` from the tables that `seamline audit` works with: what an intruder who got in would find,
by kind, with what it allows, the worst first. A program counts by the name of its file; versions (`python3.11`) and
target triplets (`x86_64-linux-gnu-gcc`) are no part of it. Each applet of a busybox counts as the program that it is.

由 `script/make-audit-rules` 根据 `seamline audit` 所用的表生成：入侵者会找到什么，各类允许做什么，最严重者在前。

## Classes

| class | 类别 | serves, in MITRE ATT&CK v15 |
|---|---|---|
"""
_PROGRAMS = """
## Programs

What a program allows is told by its own manual.

| kind | 类别 | allows | names |
|---|---|---|---|
"""
_OTHERS = """
## Besides programs

| kind | 类别 |
|---|---|
"""

Kind = tuple[str, Sequence[str], Sequence[str]]
"""A kind of program, the classes that it allows, the names of its files."""


def write_surface_reference(classes: Mapping[str, str], kinds: Sequence[Kind], others: Sequence[str]) -> str:
    """The page; `classes` gives the techniques of a class, `others` are the kinds that are no programs."""
    return "".join(f"{line}\n" for line in _lines(classes, kinds, others))


def _lines(classes: Mapping[str, str], kinds: Sequence[Kind], others: Sequence[str]) -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    for name, techniques in classes.items():
        yield f"| {' | '.join(_both('danger', name))} | {techniques} |"
    yield _PROGRAMS.rstrip("\n")
    for name, allows, names in kinds:
        shown = ", ".join(_both("danger", each)[0] for each in allows)
        yield f"| {' | '.join(_both('surface', name))} | {shown} | {', '.join(f'`{each}`' for each in names)} |"
    yield _OTHERS.rstrip("\n")
    for name in others:
        yield f"| {' | '.join(_both('surface', name))} |"


def _both(shelf: str, name: str) -> tuple[str, str]:
    identifier = f"{shelf}-{name.replace(' ', '-').lower()}"
    return word(identifier, "en"), word(identifier, "zh")
