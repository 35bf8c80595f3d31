"""What is judged, whether it was read in an image or told by an SBOM."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from seamline import __version__
from seamline.catalog.reader import Reader
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.expression import expression
from seamline.model.entry import FILE, SYMLINK
from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Install
from seamline.model.purl import install_key
from seamline.model.report import ImageLine, SbomReport
from seamline.model.seam import Stratum
from seamline.surface.start import health_words, start_words
from seamline.verbs.inspect import Seen, image_line, package_line

if TYPE_CHECKING:
    from seamline.verbs.sources_in_force import SourcesInForce

SETTINGS = (b"etc/apt/", b"etc/apk/", b"etc/yum", b"etc/dnf/", b"etc/zypp/")
"""Where package managers are told what to go by."""
_WORD = expression(rb"[A-Za-z][A-Za-z0-9_.+-]*")
_PAPERS = (
    b"usr/share/doc/",
    b"usr/share/man/",
    b"usr/share/info/",
    b"usr/share/locale/",
    b"usr/share/lintian/",
)


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged: the installs, the strata that they belong to, and what could not be read. Of an image, or of an
    SBOM that tells about one. `unidentified` are the paths of programs of which nothing says what they are made of. `touched` gives the keys of the installs that something above their part changed; `uses` the words by
    which the start command, the health check and shell scripts name programs, None where scripts were not read; `sources` the package
    sources that each layer was made with, None where they were not read. All are asked for where a finding needs them: they take a
    while."""

    image: ImageLine
    distribution: Distribution | None
    installs: tuple[Install, ...]
    strata: tuple[Stratum, ...]
    index_of: Callable[[Install], int]
    gaps: tuple[Gap, ...]
    unidentified: tuple[str, ...] = ()
    touched: Callable[[], frozenset[str]] = frozenset
    uses: Callable[[], frozenset[str]] | None = None
    sources: Callable[[], SourcesInForce | None] | None = None


def stock_of(seen: Seen) -> Stock:
    """What an image holds."""
    catalog = seen.looked.catalog
    return Stock(
        image=image_line(seen),
        distribution=catalog.distribution,
        installs=tuple(catalog.installs),
        strata=seen.seam.strata,
        index_of=seen.seam.index_of_install,
        gaps=seen.looked.gaps,
        unidentified=tuple(
            each.entry.path.decode("utf-8", "backslashreplace")
            for each in catalog.unaccounted
            if not each.is_packed  # which is a gap of its own
        ),
        touched=lambda: frozenset(_touched(seen)),
        uses=(lambda: _uses(seen)) if _has(SCRIPTS, seen) else None,
        sources=(lambda: _sources(seen)) if _has(TEXTS, seen) else None,
    )


def _has(reader: Reader, seen: Seen) -> bool:
    return all(reader.name in facts.records for facts in seen.looked.facts)


def _sources(seen: Seen) -> SourcesInForce | None:
    """The sources; None where no file of the image sets any, nor keeps packages as they are."""
    looked = seen.looked
    held = (
        package.held_at
        for facts in looked.facts
        for record in facts.records.get("dpkg", ())
        if record.value is not None
        for package in record.value.packages
    )
    if not any(record.path.startswith(SETTINGS) for _, record in looked.records(TEXTS)) and not any(held):
        return None
    from seamline.verbs.sources_in_force import SourcesInForce  # noqa: PLC0415 - only fixes of a distribution ask

    return SourcesInForce(looked)


def _uses(seen: Seen) -> frozenset[str]:
    """The words of the start command, the health check and every shell script outside the tools' own folders."""
    from seamline.advisories.removal import TOOLS  # noqa: PLC0415 - only what may be removed asks for uses

    looked = seen.looked
    config, own = looked.image.config, tuple(tool.folder.encode() for tool in TOOLS)
    text = " ".join((*start_words(config), *health_words(config)))
    found = set(_WORD.findall(text.encode("utf-8", "replace")))
    for path, script in looked.visible(SCRIPTS).items():
        if not path.startswith(own):
            found.update(_WORD.findall(script.text))
    return frozenset(each.decode("ascii") for each in found)


def _touched(seen: Seen) -> Iterator[str]:
    """The keys of installs of which a higher part replaced or removed a file; papers that images leave out aside."""
    tree, seam, catalog = seen.looked.tree, seen.seam, seen.looked.catalog
    folders = {
        install.proofs[0].rpartition(b"/")[0]: install
        for install in catalog.installs
        if install.proofs and not install.package.is_distributed
    }
    by_key = {install_key(install): install for install in catalog.installs}
    for path, hidden in tree.hidden():
        files = [each for each in hidden if each.kind in (FILE, SYMLINK)]
        if not files or path.startswith(_PAPERS):
            continue
        install = by_key.get(catalog.suppliers.get(path, "")) or _around(path, folders)
        visible = tree.at(path)
        own = seam.index_of_install(install) if install is not None else -1
        if install is None or all(seam.index_of(each) != own for each in files):
            continue
        if visible is None or seam.index_of(visible) != own:
            yield install_key(install)


def _around(path: bytes, folders: Mapping[bytes, Install]) -> Install | None:
    """The package of a language whose folder a path lies in."""
    while path:
        path = path.rpartition(b"/")[0]
        if path in folders:
            return folders[path]
    return None


def sbom_of(stock: Stock, as_of: str) -> SbomReport:
    """Everything inside, as an SBOM."""
    return SbomReport(
        image=stock.image,
        distribution=stock.distribution,
        packages=tuple(package_line(each, stock.strata[stock.index_of(each)]) for each in stock.installs),
        gaps=stock.gaps,
        as_of=as_of,
        seamline=__version__,
    )
