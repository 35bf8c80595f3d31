"""The files of an image in a terminal: a listing, or the history of one path."""

from __future__ import annotations

from seamline.model.report import FilesReport
from seamline.render.layout import plain, table
from seamline.render.words import part_name, word


def write_files(report: FilesReport, language: str) -> str:
    """The text, ending in a newline: the history of a path first, newest layer on top, then what is visible."""
    lines: list[str] = []
    if report.history:
        where = "" if report.canonical == report.path else f" -> {report.canonical}"
        lines += [f"{plain(report.path)}{plain(where)}", ""]
        rows = [
            (
                str(step.layer),
                word(f"history-{step.what}", language),
                step.mode,
                str(step.size_bytes),
                step.content_key or "-",
                plain(part_name(step.stratum, language)),
                " ".join(plain(step.created_by).split()),
            )
            for step in reversed(report.history)
        ]
        lines += [*table(rows, align="lllrlll", most=(4, 12, 10, 12, 16, 24, 40)), ""]
    listed = [
        (
            line.mode,
            f"{line.uid}:{line.gid}",
            str(line.size_bytes),
            str(line.layer),
            word(f"side-{line.side.value}", language),
            plain(line.path) + (f" -> {plain(line.link_to)}" if line.link_to else ""),
            _supplier(line.supplier),
        )
        for line in report.files
    ]
    heads = [
        word(f"column-{name}", language)
        for name in ("mode", "owner", "size", "layer", "side", "path", "package")
    ]
    lines += table([tuple(heads), *listed], align="lrrrlll")
    return "\n".join(lines) + "\n"


def _supplier(key: str) -> str:
    """`bash@5.2` of a package's key."""
    return key.partition("?")[0].partition("#")[0].rpartition("/")[2]
