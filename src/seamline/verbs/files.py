"""The visible files of an image; for one path, every layer that touched it."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from seamline import __version__
from seamline.errors import NotFound
from seamline.model.entry import Entry, Kind, path_text
from seamline.model.report import FileLine, FilesReport, HistoryLine
from seamline.verbs.blotting import blots_of
from seamline.verbs.inspect import Seen, image_line

_TYPE_BITS = {
    Kind.FILE: stat.S_IFREG,
    Kind.HARDLINK: stat.S_IFREG,
    Kind.DIRECTORY: stat.S_IFDIR,
    Kind.SYMLINK: stat.S_IFLNK,
    Kind.CHARACTER_DEVICE: stat.S_IFCHR,
    Kind.BLOCK_DEVICE: stat.S_IFBLK,
    Kind.FIFO: stat.S_IFIFO,
}


def list_files(seen: Seen, path: str, *, as_of: str) -> FilesReport:
    """The files below `path` (all of them for ""), and the history of `path` itself where it is no folder's root.

    Raises:
        NotFound: no layer has the path.
    """
    wanted = path.strip("/").encode("utf-8", "surrogateescape")
    tree = seen.looked.tree
    history = tree.history(wanted) if wanted else ()
    listed: Iterator[Entry] = tree.under(wanted)
    files = [_line(seen, entry) for entry in listed]
    here = tree.at(wanted) if wanted else None
    if wanted and here is None and not history and not files:
        raise NotFound(
            f"/{path.strip('/')}",
            expected="a path of some layer",
            got=f"none in {seen.looked.image.platform}" if len(seen.looked.image.platforms) > 1 else "none",
            hint=f"list what is there with `seamline files {seen.looked.image.reference}`",
        )
    if here is not None and here.kind != Kind.DIRECTORY:
        files = [_line(seen, here)]
    return FilesReport(
        image=image_line(seen),
        path="/" + path.strip("/"),
        canonical="/" + path_text(tree.canonical(wanted)),
        files=tuple(sorted(files, key=lambda line: line.path)),
        history=tuple(_step(seen, entry) for entry in history),
        gaps=seen.looked.gaps,
        as_of=as_of,
        seamline=__version__,
    )


def _line(seen: Seen, entry: Entry) -> FileLine:
    return FileLine(
        path="/" + path_text(entry.path),
        path_base64=_base64(entry.path),
        kind=entry.kind.name.lower().replace("_", "-"),
        mode=stat.filemode(_TYPE_BITS.get(entry.kind, 0) | entry.mode),
        uid=entry.uid,
        gid=entry.gid,
        size_bytes=entry.size_bytes,
        link_to=path_text(entry.link_to),
        layer=entry.layer,
        origin_layer=entry.origin_layer,
        side=seen.side_of(entry),
        supplier=seen.looked.catalog.suppliers.get(seen.looked.tree.canonical(entry.path), ""),
        capabilities="security.capability" in entry.xattrs,
    )


def _step(seen: Seen, entry: Entry) -> HistoryLine:
    layer = seen.looked.image.layers[entry.layer]
    return HistoryLine(
        layer=entry.layer,
        what=_what(entry),
        size_bytes=entry.size_bytes,
        mode=stat.filemode(_TYPE_BITS.get(entry.kind, 0) | entry.mode),
        content_key=entry.content_key.hex(),
        stratum=seen.stratum_of_layer(entry.layer),
        created_by=blots_of(seen.looked.image).without(layer.created_by),
    )


def _what(entry: Entry) -> str:
    if entry.kind == Kind.WHITEOUT:
        return "removed"
    if entry.kind == Kind.OPAQUE:
        return "emptied"
    return "written" if entry.layer == entry.origin_layer else "copied-up"


def _base64(path: bytes) -> str:
    """The exact bytes of a path that is not UTF-8; empty for all others."""
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        import base64  # noqa: PLC0415 - rarely needed

        return base64.b64encode(path).decode("ascii")
    return ""
