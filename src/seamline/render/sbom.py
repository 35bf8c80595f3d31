"""The packages of an image in a terminal."""

from __future__ import annotations

from seamline.model.report import SbomReport
from seamline.render.gaps import not_checked
from seamline.render.layout import layers_word, plain, table
from seamline.render.words import part_name, word


def write_sbom(report: SbomReport, language: str) -> str:
    """A row a package, then what was not checked."""
    heads = [word(f"column-{n}", language) for n in ("name", "version", "kind", "side", "part", "layer")]
    rows = [
        (
            plain(package.name),
            plain(package.version),
            package.ecosystem,
            word(f"side-{package.side.value}", language),
            plain(part_name(package.stratum, language)),
            layers_word(package.origin_layer, package.current_layer),
        )
        for package in report.packages
    ]
    lines = table([tuple(heads), *rows], align="llllll", most=(44, 32, 10, 12, 30, 9))
    return "\n".join([*lines, "", *not_checked(report.gaps, language, 100)]) + "\n"
