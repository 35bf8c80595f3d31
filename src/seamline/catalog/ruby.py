"""Ruby's gems, by their installed specifications; those that come with Ruby itself too."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seamline.catalog.lineage import span_of_path
from seamline.catalog.reader import Content, Reader, View
from seamline.formats.gemspec import Gem, parse_gemspec
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from seamline.model.package import Install, Package
from seamline.model.purl import install_key


def _extract(entry: Entry, content: Content, limits: Limits) -> Gem | None:  # noqa: ARG001 - shape of extract
    return parse_gemspec(content.stream().read())


def _assemble(view: View) -> Iterator[Install]:
    found: list[tuple[Gem, Install]] = []
    keys: dict[tuple[bytes, str], str] = {}
    for sighting in view.sightings:
        entry = view.tree.at(sighting.path)
        if entry is not None and entry.layer == sighting.layer:
            install = _install(view, sighting.path, sighting.record)
            found.append((sighting.record, install))
            keys[_home(sighting.path), sighting.record.name] = install_key(install)
    for gem, install in found:
        home = _home(install.proofs[0])
        needs = (keys[home, name] for name in gem.depends if (home, name) in keys)
        yield msgspec.structs.replace(install, depends=tuple(needs))


def _home(path: bytes) -> bytes:
    """The gem folder: gems there find one another."""
    return path.rpartition(b"/specifications/")[0]


def _install(view: View, path: bytes, gem: Gem) -> Install:
    span = span_of_path(view.tree, path)
    return Install(
        package=Package(
            ecosystem="gem",
            name=gem.name,
            version=gem.version,
            architecture=gem.platform,
            licenses=gem.licenses,
        ),
        proofs=(path,),
        origin_layer=span.origin_layer,
        current_layer=span.current_layer,
        found_by="ruby",
    )


READER = Reader(
    name="ruby",
    version=1,
    wants=("**/specifications/*.gemspec", "**/specifications/default/*.gemspec"),
    record=Gem,
    extract=_extract,
    assemble=_assemble,
    most_bytes=4 << 20,
)
