"""The variables that programs and templates take from their environment, by the words that their languages have for it.

Sources: Python's os.environ and os.getenv; Node's process.env; Ruby's ENV; envsubst(1), whose templates name variables as
a shell does. Read by their text, not run: a name that is put together at run time is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from seamline.expression import expression

_QUOTED = r"[\"']([A-Za-z_]\w*)[\"']"
_PYTHON = expression(rf"\b(?:environ(?:\.(?:get|setdefault|pop))?\s*[\[(]|getenv\()\s*{_QUOTED}")
_NODE = expression(rf"\bprocess\.env(?:\.([A-Za-z_]\w*)|\[\s*{_QUOTED}\s*\])")
_RUBY = expression(rf"\bENV(?:\.fetch\(|\[)\s*{_QUOTED}")
_TEMPLATE = expression(r"\$(?:\{([A-Z][A-Z0-9_]*)\}|([A-Z][A-Z0-9_]+)\b)")
"""In capitals alone: what a template is for (nginx) has variables of its own, in small letters."""
_LANGUAGES = {"python": _PYTHON, "node": _NODE, "ruby": _RUBY, "template": _TEMPLATE}
_MOST_NAMES = 200


def variables_of(text: str, language: str) -> Iterator[tuple[str, int]]:
    """Each variable with the first line (from 1) that reads it; `language` is python, node, ruby or template. A comment to
    the end of a line does not count."""
    told: set[str] = set()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw if language == "template" else _code(raw, language)
        for found in _LANGUAGES[language].finditer(line):
            name = next(each for each in found.groups() if each)
            if name not in told and len(told) < _MOST_NAMES:
                told.add(name)
                yield name, number


def _code(line: str, language: str) -> str:
    plain = line.lstrip()
    return "" if plain.startswith("//" if language == "node" else "#") else line
