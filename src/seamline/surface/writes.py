"""What an image writes when it runs: its volumes, what its server's usual configuration writes, what its start scripts write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.expression import expression
from seamline.model.entry import Kind
from seamline.model.image import Config
from seamline.model.readiness import WrittenPath
from seamline.surface.server_table import Server
from seamline.tree.tree import Tree

_WORD = r"[\w./+-]+"
_SCRIPT = (
    expression(rf"(?<![<>&\d=])>{{1,2}}\s*[\"']?(/{_WORD})"),
    expression(rf"\bsed\s+(?:-\w+\s+)*-i\S*\s[^;|&]*?\s[\"']?(/{_WORD})[\"']?\s*(?:$|[;|&])"),
    expression(rf"\b(?:mkdir|touch|tee)\s+(?:-\S+\s+)*[\"']?(/{_WORD})"),
)
_KINDS = (("run/", "pid"), ("var/run/", "pid"), ("var/cache/", "cache"), ("var/log/", "log"), ("tmp/", "temporary"), ("var/tmp/", "temporary"))  # fmt: skip
_NOT_FILES = ("/dev/", "/proc/", "/sys/")
_COMMENT = expression(r"(?:^|\s)#.*$")
_MOST = 24


def written_paths(
    tree: Tree, config: Config, server: Server | None, scripts: Mapping[bytes, str]
) -> tuple[WrittenPath, ...]:
    """The paths, the volumes first; what lies below or just around another one of them is told once."""
    found = [
        *(_written(tree, path, "state", "VOLUME") for path in config.volumes),
        *(_of_server(tree, server) if server is not None else ()),
        *_of_scripts(tree, scripts),
    ]
    kept: list[WrittenPath] = []
    for each in found:
        if not any(_is_inside(each, other) or _is_inside(other, each) for other in kept):
            kept.append(each)
    return tuple(kept[:_MOST])


def _is_inside(one: WrittenPath, other: WrittenPath) -> bool:
    return one.path == other.path or one.path.startswith(f"{other.path}/")


def _of_server(tree: Tree, server: Server) -> Iterator[WrittenPath]:
    """What is there of its usual folders, of each kind at least the first."""
    told: set[str] = set()
    for kind, path in server.writes:
        is_there = tree.resolve(path.encode()) is not None
        if is_there or (kind not in told and not _is_elsewhere(tree, server, kind)):
            told.add(kind)
            if kind != "log" or not _goes_to_the_terminal(tree, path.encode()):
                yield _written(tree, path, kind, server.name)


def _is_elsewhere(tree: Tree, server: Server, kind: str) -> bool:
    return any(tree.resolve(path.encode()) is not None for each, path in server.writes if each == kind)


def _goes_to_the_terminal(tree: Tree, folder: bytes) -> bool:
    """Whether the logs of a folder are links to standard output and error, as official images make them."""
    names = tree.names(folder)
    entries = [tree.at(tree.canonical(folder) + b"/" + name) for name in names]
    return bool(names) and all(
        each is not None and each.kind == Kind.SYMLINK and each.link_to.startswith((b"/dev/", b"/proc/"))
        for each in entries
    )


def _of_scripts(tree: Tree, scripts: Mapping[bytes, str]) -> Iterator[WrittenPath]:
    for script, text in scripts.items():
        for number, raw in enumerate(text.splitlines(), 1):
            line = _COMMENT.sub("", raw)
            for pattern in _SCRIPT:
                for path in pattern.findall(line):
                    if not path.startswith(_NOT_FILES):
                        by = f"/{script.decode('utf-8', 'backslashreplace')}:{number}"
                        yield _written(tree, path, _kind_of(path), by)


def _kind_of(path: str) -> str:
    inside = path.strip("/") + "/"
    return next((kind for head, kind in _KINDS if inside.startswith(head)), "configuration")


def _written(tree: Tree, path: str, kind: str, by: str) -> WrittenPath:
    entry = tree.resolve(path.strip("/").encode("utf-8", "surrogateescape"))
    return WrittenPath(
        path="/" + path.strip("/"),
        kind=kind,
        by=by,
        uid=entry.uid if entry is not None else None,
        gid=entry.gid if entry is not None else None,
        mode=entry.mode if entry is not None else 0,
    )
