"""What an image is and where its seam lies: looked at, cut into strata, everything given its side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from seamline import __version__
from seamline.catalog.leftovers import leftovers
from seamline.customization.changes import over_base
from seamline.model.entry import Entry, path_text
from seamline.model.image import Image
from seamline.model.package import Install, Side
from seamline.model.program import Program
from seamline.model.purl import install_key, purl_of
from seamline.model.report import (
    BaseLine,
    Extent,
    ImageLine,
    InspectReport,
    LayerLine,
    PackageLine,
    ProgramLine,
    SbomReport,
    SettingLine,
    Sides,
    SideWeight,
    StratumLine,
)
from seamline.model.seam import Base, LayerSpan, Seam, Stratum, Weight, place_keys_in
from seamline.seam.containment import place_keys_of
from seamline.seam.find import find_seam
from seamline.seam.known import KnownBases, LookUp
from seamline.seam.weigh import weigh, weigh_sides
from seamline.verbs.blotting import blots_of, blotted
from seamline.verbs.gists import Gist
from seamline.verbs.look import Looked


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An image that was read and cut."""

    looked: Looked
    seam: Seam

    def side_of(self, entry: Entry) -> Side:
        return self.seam.side_of(entry)

    def stratum_of_layer(self, position: int) -> str:
        stratum = self.seam.stratum_of_layer(position)
        return "" if stratum is None else stratum.name


PLACE_KEYS: Gist[Looked, bytes] = Gist(
    name="places", record=bytes, make=lambda looked: b"".join(sorted(place_keys_of(looked.tree)))
)
"""What stands where, as known bases tell it, joined."""


def see(looked: Looked, known: KnownBases, look_up: LookUp | None = None) -> Seen:
    """The image with its seam found among the known bases; `look_up` asks registries about claimed ones."""
    return Seen(
        looked=looked,
        seam=find_seam(
            looked.image,
            looked.tree,
            looked.catalog.installs,
            known=known,
            suppliers=looked.catalog.suppliers,
            look_up=look_up,
            place_keys=lambda: place_keys_in(looked.gist(PLACE_KEYS)),
        ),
    )


def inspect_report(seen: Seen, as_of: str) -> InspectReport:
    """What an image is, where its seam lies and why, what each side weighs, what was not checked."""
    looked, seam = seen.looked, seen.seam
    weights = weigh(seam, looked.tree, looked.catalog.installs)
    report = InspectReport(
        image=_plain_line(seen),
        kind=seam.kind.value,
        form=seam.form.value,
        reasons=(*seam.kind.reasons, *seam.form.reasons),
        distribution=looked.catalog.distribution,
        strata=tuple(
            _stratum_line(stratum, _weight_line(weights[at])) for at, stratum in enumerate(seam.strata)
        ),
        sides=_sides(seam, weights),
        settings=tuple(
            SettingLine(kind=s.kind, key=s.key, value=s.value, side=s.side, stratum=s.stratum)
            for s in seam.settings
        ),
        crossings=tuple(_crossings(seen)),
        notes=tuple(leftovers(looked.tree)),
        gaps=looked.gaps,
        unaccounted=tuple(_unaccounted(seen)),
        modules=tuple(_program_line(seen, program) for program in looked.catalog.programs if program.is_wasm),
        as_of=as_of,
        seamline=__version__,
    )
    return blotted(report, blots_of(looked.image))


def _unaccounted(seen: Seen) -> Iterable[ProgramLine]:
    """The programs that no package accounts for; a known base accounts for its own."""
    for program in seen.looked.catalog.unaccounted:
        if seen.seam.stratum_of(program.entry).base is None:
            yield _program_line(seen, program)


def _program_line(seen: Seen, program: Program) -> ProgramLine:
    stratum = seen.seam.stratum_of(program.entry)
    return ProgramLine(
        path=path_text(program.entry.path),
        layer=program.entry.origin_layer,
        size_bytes=program.entry.size_bytes,
        kind=program.kind.value,
        side=stratum.side,
        stratum=stratum.name,
        imports=program.imports,
        made_with=program.made_with,
    )


def sbom_report(seen: Seen, as_of: str) -> SbomReport:
    """Everything inside, with the side it belongs to."""
    looked = seen.looked
    return SbomReport(
        image=image_line(seen),
        distribution=looked.catalog.distribution,
        packages=tuple(
            package_line(install, seen.seam.stratum_of_install(install))
            for install in looked.catalog.installs
        ),
        gaps=looked.gaps,
        as_of=as_of,
        seamline=__version__,
    )


def image_line(seen: Seen) -> ImageLine:
    """The image as it was found, layer by layer, without the secrets that its configuration tells."""
    return blotted(_plain_line(seen), blots_of(seen.looked.image))


def _plain_line(seen: Seen) -> ImageLine:
    image = seen.looked.image
    return ImageLine(
        reference=image.reference,
        place=image.place,
        digest=image.digest,
        index_digest=image.index_digest,
        platform=str(image.platform),
        platforms=tuple(str(platform) for platform in image.platforms),
        names=image.names,
        artifact_type=image.artifact_type,
        config=image.config,
        annotations=dict(image.annotations),
        layers=tuple(_layer_lines(seen, image)),
        attachments=image.attachments,
    )


def _layer_lines(seen: Seen, image: Image) -> Iterable[LayerLine]:
    for layer, reading in zip(image.layers, seen.looked.layers, strict=True):
        yield LayerLine(
            position=layer.position,
            digest=reading.digest,
            diff_id=reading.diff_id,
            size_bytes=layer.size_bytes,
            unpacked_bytes=reading.size_bytes,
            created_by=layer.created_by,
            stratum=seen.stratum_of_layer(layer.position),
            verification=reading.verification.value,
            media_type=layer.media_type,
        )


def _sides(seam: Seam, weights: Sequence[Weight]) -> Sides:
    return Sides(**{side.value: _weight_line(weight) for side, weight in weigh_sides(seam, weights).items()})


def _weight_line(weight: Weight) -> SideWeight:
    return SideWeight(packages=weight.packages, files=weight.files, size_bytes=weight.size_bytes)


def _stratum_line(stratum: Stratum, weight: SideWeight) -> StratumLine:
    extent = stratum.extent
    return StratumLine(
        name=stratum.name,
        side=stratum.side,
        extent=Extent(layers=(extent.first, extent.last))
        if isinstance(extent, LayerSpan)
        else Extent(content=weight),
        base=_base_line(stratum.base) if stratum.base is not None else None,
        candidates=tuple(_base_line(base) for base in stratum.candidates),
        confidence=stratum.confidence.value,
        evidence=stratum.evidence,
        weight=weight,
        publisher=stratum.publisher,
        owner=stratum.owner,
    )


def _base_line(base: Base) -> BaseLine:
    return BaseLine(reference=base.reference, digest=base.digest, created=base.created, team=base.team)


def _crossings(seen: Seen) -> Iterable[str]:
    """Visible base paths whose content an application layer replaced."""
    tree, seam = seen.looked.tree, seen.seam
    for path in over_base(tree, seam.side_of)[0]:
        visible = tree.at(path)
        if visible is not None and seam.side_of(visible) == Side.APPLICATION:
            yield path_text(path)


def package_line(install: Install, stratum: Stratum) -> PackageLine:
    """One install as documents show it."""
    package = install.package
    return PackageLine(
        key=install_key(install),
        purl=purl_of(package),
        name=package.name,
        version=package.version,
        ecosystem=package.ecosystem,
        architecture=package.architecture,
        source_name=package.source_name,
        source_version=package.source_version,
        side=stratum.side,
        stratum=stratum.name,
        origin_layer=install.origin_layer,
        current_layer=install.current_layer,
        paths=tuple(path_text(proof) for proof in install.proofs),
        inside=install.inside,
        root=path_text(install.root),
        owned_by=install.owned_by,
        supplier=install.supplier,
        depends=install.depends,
        licenses=package.licenses,
        cpe=package.cpe,
        sha1=install.sha1,
        sha256=install.sha256,
        found_by=install.found_by,
    )
