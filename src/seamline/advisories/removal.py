"""Taking a package manager away that came along with a runtime and that nothing uses.

Only with evidence: no package outside its own folder depends on one inside, and neither the start command, the health check
nor any shell script of the image names it. Where scripts were not read nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from seamline.advisories.floors import Yard, action_key
from seamline.advisories.series import Series
from seamline.model.evidence import Message
from seamline.model.finding import Action, Finding


class Tool(msgspec.Struct, frozen=True):
    """A package manager: the folder that holds it whole, the programs that start it, their folder beside it."""

    name: str
    folder: str
    programs: tuple[str, ...]


TOOLS = tuple(
    Tool(name, f"{prefix}lib/node_modules/{name}/", programs)
    for prefix in ("usr/local/", "usr/")
    for name, programs in (
        ("npm", ("npm", "npx")),
        ("corepack", ("corepack", "yarn", "pnpm")),
        ("yarn", ("yarn", "yarnpkg")),
    )
)


def removals(findings: Sequence[Finding], series: Series, yard: Yard) -> Iterator[Action]:
    """An action for each such tool that has any of the findings."""
    top = yard.floors[-1]
    if yard.uses is None or not top.is_ours:
        return
    for tool in TOOLS:
        members = [each for each in findings if each.paths and each.paths[0].startswith(tool.folder)]
        inside = _inside(tool, yard)
        if members and yard.uses().isdisjoint(tool.programs) and not _is_needed(inside, yard):
            yield Action(
                key=action_key("remove", tool.folder),
                what="remove",
                message=Message("remove-unused", {"name": tool.name, "path": f"/{tool.folder.rstrip('/')}"}),
                command=f"RUN rm -rf {' '.join(_paths(tool))}",
                owner=top.owner,
                side=members[0].side,
                mends=tuple(each.key for each in members),
                gone=tuple(sorted(series.without(series.of(inside)).gone)),
                detail=(Message("nothing-names-it", {"name": tool.name}), *_before_user(yard)),
            )


def _before_user(yard: Yard) -> tuple[Message, ...]:
    """Where the line has to stand: only root may remove what root's steps installed."""
    user = yard.user.partition(":")[0]
    return (Message("before-the-user", {"user": yard.user}),) if user not in ("", "root", "0") else ()


def _inside(tool: Tool, yard: Yard) -> frozenset[str]:
    """The installs below the tool's folder, by their keys."""
    folder = tool.folder.encode()
    return frozenset(
        key for key, each in yard.installs.items() if any(p.startswith(folder) for p in each.proofs)
    )


def _is_needed(inside: frozenset[str], yard: Yard) -> bool:
    """Whether a package outside the tool's folder depends on one inside it."""
    return any(inside.intersection(each.depends) for key, each in yard.installs.items() if key not in inside)


def _paths(tool: Tool) -> Iterator[str]:
    yield f"/{tool.folder.rstrip('/')}"
    programs = tool.folder.partition("lib/node_modules/")[0] + "bin/"
    yield from (f"/{programs}{name}" for name in tool.programs)
