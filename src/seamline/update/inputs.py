"""Build inputs that name no version: another day, another image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.expression import expression
from seamline.model.evidence import Message, first_names

_INSTALLS = (
    ("apt", expression(r"\b(?:apt-get|apt|aptitude)\s+(?:-\S+\s+)*install\s+([^;&|)]+)"), expression(r"^[^=/]+$")),
    ("apk", expression(r"\bapk\s+(?:-\S+\s+)*add\s+([^;&|)]+)"), expression(r"^[^=<>~/]+$")),
    ("dnf", expression(r"\b(?:yum|dnf|microdnf|tdnf|zypper)\s+(?:-\S+\s+)*install\s+([^;&|)]+)"), expression(r"^[A-Za-z][\w+.]*?(?:-[A-Za-z][\w+.]*)*$")),
    ("pip", expression(r"\bpip3?\s+(?:-\S+\s+)*install\s+([^;&|)]+)"), expression(r"^[A-Za-z][^=<>~@/]*$")),
    ("npm", expression(r"\bnpm\s+(?:-\S+\s+)*(?:install|i|add)\s+(?:-g\s+|--global\s+)?([^;&|)]+)"), expression(r"^@?[a-z][^@]*$")),
    ("gem", expression(r"\bgem\s+install\s+([^;&|)]+)"), expression(r"^[a-z][\w-]*$")),
)  # fmt: skip
_WITH_VALUE = frozenset(("-r", "-c", "-t", "--target", "--requirement", "--constraint", "-i", "--index-url", "--virtual", "-v", "--version"))  # fmt: skip
_NOT_NAMES = expression(r"^[-$\"'./]|^\\$|\.(?:txt|whl|tgz|deb|rpm|gz)$")
_MOST = 6


def unpinned(steps: Iterable[str]) -> Iterator[Message]:
    """One message a package manager: how many names without a version its steps install, and some of them."""
    found: dict[str, list[str]] = {}
    for text in steps:
        for manager, command, is_free in _INSTALLS:
            for names in command.findall(text):
                found.setdefault(manager, []).extend(name for name in _names(names) if is_free.match(name))
    for manager, names in found.items():
        plain = list(dict.fromkeys(names))
        if plain:
            shown = first_names(plain, _MOST)
            yield Message("inputs-unpinned", {"manager": manager, "number": len(plain), "names": shown})


def _names(text: str) -> Iterator[str]:
    words = text.split()
    for at, word in enumerate(words):
        if not _NOT_NAMES.search(word) and (at == 0 or words[at - 1] not in _WITH_VALUE):
            yield word
