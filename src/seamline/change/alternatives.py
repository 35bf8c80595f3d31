"""Alternatives: of several programs for one job the best is linked, and dpkg's own record says which there are.

Source: update-alternatives(1), "QUERY FORMAT" and the files of /var/lib/dpkg/alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from seamline.change.scripts import Choice

_FOLDER = "etc/alternatives"
_DATABASE = "var/lib/dpkg/alternatives"


def links_of(choices: Iterable[Choice], exists: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """(path, target) of every link that the choices make; a follower whose file is not there is left out."""
    for group in _by_name(choices):
        best = _best(group)
        for link, name, path in ((best.link, best.name, best.path), *best.slaves):
            if exists(path):
                yield link.lstrip("/"), f"/{_FOLDER}/{name}"
                yield f"{_FOLDER}/{name}", path


def records_of(choices: Iterable[Choice]) -> Iterator[tuple[str, bytes]]:
    """(path, text) of every record of dpkg's."""
    for group in _by_name(choices):
        slaves = {name: link for choice in group for link, name, _ in choice.slaves}
        lines = ["auto", group[0].link]
        lines += [line for name, link in sorted(slaves.items()) for line in (name, link)]
        lines.append("")
        for choice in sorted(group, key=lambda each: each.path):
            paths = {name: path for _, name, path in choice.slaves}
            lines += [choice.path, str(choice.priority), *(paths.get(name, "") for name in sorted(slaves))]
        yield f"{_DATABASE}/{group[0].name}", "\n".join([*lines, "", ""]).encode()


def _by_name(choices: Iterable[Choice]) -> list[list[Choice]]:
    """The choices of each name, each path once."""
    groups: dict[str, dict[str, Choice]] = {}
    for choice in choices:
        groups.setdefault(choice.name, {})[choice.path] = choice
    return [list(groups[name].values()) for name in sorted(groups)]


def _best(group: list[Choice]) -> Choice:
    return max(group, key=lambda each: each.priority)
