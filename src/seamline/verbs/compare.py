"""Two images on three dimensions: indicators side by side, what differs, what it means. Several in an overview.

An image that the cache knows is looked at where it is judged, in a process of its own beside the others'; one that must
be read is read before, in this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from seamline import __version__
from seamline.compare.conclude import conclude
from seamline.compare.delta import delta
from seamline.compare.files import SIDES, Files, files_of
from seamline.compare.indicator import compared
from seamline.compare.relation import relation, stands_on
from seamline.compare.sketch import DIMENSIONS, Outline, Sketch, outline, sketch
from seamline.effects.apart import Work, apart
from seamline.model.comparison import CompareReport, DimensionLine, OverviewReport
from seamline.model.evidence import Gap
from seamline.model.image import Image
from seamline.model.portrait import Portrait
from seamline.model.seam import Base
from seamline.seam.learn import base_of, inventory_of
from seamline.seam.weigh import strata_by_row
from seamline.stores.ledger import Bases
from seamline.stores.shelf import Shelf, Stack
from seamline.verbs.base import names_of
from seamline.verbs.gists import Asked, Gist
from seamline.verbs.inspect import Seen, see
from seamline.verbs.layers import LayerReading
from seamline.verbs.look import Looked
from seamline.verbs.portrait import DEEP as OF_PORTRAIT
from seamline.verbs.session import Session

Paint = Callable[[Seen, Bases], Portrait]
"""Makes the portrait of an image among known bases."""
T = TypeVar("T")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An image that was opened; `read` sees it where the cache does not know it, `seen` is what that saw."""

    image: Image
    read: Callable[[], Seen] | None = None
    seen: Seen | None = None

    @property
    def diff_ids(self) -> Sequence[str | None]:
        layers = self.image.layers if self.seen is None else self.seen.looked.layers
        return tuple(layer.diff_id for layer in layers)

    def now(self) -> Taken:
        """The image, read if it must be."""
        return self if self.read is None else Taken(image=self.image, seen=self.read())


class Studio(msgspec.Struct, frozen=True, kw_only=True):
    """Where portraits are made, at most `most` at once; `meanwhile` is done while one waits for others."""

    session: Session
    paint: Paint
    most: int = 1
    meanwhile: Callable[[], object] = lambda: None

    def look(self, taken: Taken, below: Sequence[LayerReading] = ()) -> Looked:
        """What was read of an image, or what the cache knows of it; the layers of one under it were looked at before."""
        return self.session.look(taken.image, None, DEEP, below) if taken.seen is None else taken.seen.looked

    def see(self, taken: Taken) -> Seen:
        """The image among the bases that are known anyway."""
        return see(self.look(taken), self.session.known) if taken.seen is None else taken.seen

    def at_once(self, works: Sequence[tuple[Image, Callable[[], T]]]) -> list[T]:
        """What each work about an image makes; no open database goes along into another process."""
        self.session.let_go()
        named = [Work(image.reference, do, _size_bytes(image)) for image, do in works]
        return apart(named, self.most, self.meanwhile)


def _size_bytes(image: Image) -> int:
    return sum(layer.size_bytes or 0 for layer in image.layers)


def compare_two(a: Taken, b: Taken, studio: Studio) -> CompareReport:
    """The comparison of A with B. Where one stands on the other, that other is taken as a known base, so that what came
    from it is on the system side.

    Raises:
        SeamlineError: a database is damaged; what judges an image was ended from outside.
    """
    both = {"A": a, "B": b}
    known: Bases = studio.session.known
    eyes = {letter: partial(studio.see, taken) for letter, taken in both.items()}
    for upper, lower in (("A", "B"), ("B", "A")):
        if stands_on(both[upper].diff_ids, both[lower].diff_ids):
            looked = studio.look(both[lower])
            known = Stack((studio.session.known, Shelf([_as_base(looked)])))
            eyes[upper] = partial(_see_above, studio, both[upper], looked, known)
            if both[lower].seen is None:
                eyes[lower] = partial(see, looked, studio.session.known)

    def sketched(letter: str) -> Sketch:
        seen = eyes[letter]()
        return sketch_of(letter, seen, studio.paint(seen, known))

    one, other = studio.at_once([(both[letter].image, partial(sketched, letter)) for letter in both])
    return compare_report(one, other)


def _see_above(studio: Studio, taken: Taken, below: Looked, known: Bases) -> Seen:
    return see(studio.look(taken, below.layers), known)


def _as_base(looked: Looked) -> Base:
    told = [reading.diff_id for reading in looked.layers if reading.diff_id is not None]
    inventory = inventory_of(looked.tree, looked.catalog.installs)
    return base_of(looked.image, told, names=names_of(looked.image), team="", day="", inventory=inventory)


def sketch_of(letter: str, seen: Seen, portrait: Portrait) -> Sketch:
    """What a comparison reads of an image that stands as A or B."""
    return sketch(letter, portrait, _files(seen))


FILES: Gist[Looked, Files] = Gist(
    name="files", record=Files, make=lambda looked: files_of(looked.tree, looked.tree.origins)
)
"""The files of an image, each at the place of its layer, where a byte can tell it."""
_MOST_LAYERS = 256
DEEP: tuple[Asked, ...] = (*OF_PORTRAIT, FILES)
"""What a comparison asks for."""


def _files(seen: Seen) -> Files:
    """The files with their sides. Layers are of one side each, unless the content of another was found in them."""
    seam, tree = seen.seam, seen.looked.tree
    sides = bytes(SIDES.index(each.side) for each in seam.strata)
    if seam.by_content or tree.layers > _MOST_LAYERS:
        return files_of(tree, [sides[at] for at in strata_by_row(seam, tree)])
    return seen.looked.gist(FILES).moved(bytes(sides[at] for at in seam.by_layer))


def compare_report(a: Sketch, b: Sketch) -> CompareReport:
    """The comparison of A with B."""
    difference = delta(a.held, b.held)
    return CompareReport(
        a=a.line.image,
        b=b.line.image,
        relation=tuple(relation(a.line.image, b.line.image, (a.bases, b.bases), (a.known_as, b.known_as))),
        dimensions=tuple(
            DimensionLine(name=name, indicators=tuple(compared(every, a.line.indicators, b.line.indicators)))
            for name, every in DIMENSIONS
        ),
        delta=difference,
        words=tuple(conclude(a.said, b.said, difference)),
        gaps=_once((*a.gaps, *b.gaps)),
        as_of=a.as_of,
        seamline=__version__,
    )


def overview(images: Sequence[Taken], studio: Studio) -> OverviewReport:
    """Several images, one line each.

    Raises:
        SeamlineError: as for two.
    """

    def outlined(taken: Taken) -> Outline:
        return outline(studio.paint(studio.see(taken), studio.session.known))

    known = [at for at, taken in enumerate(images) if taken.read is None]
    made = studio.at_once([(images[at].image, partial(outlined, images[at])) for at in known])
    found = dict(zip(known, made, strict=True))
    for at, taken in enumerate(images):
        if taken.read is not None:
            found[at] = outlined(taken.now())
    return overview_report([found[at] for at in range(len(images))])


def overview_report(outlines: Sequence[Outline]) -> OverviewReport:
    """Several images, one line each."""
    return OverviewReport(
        images=tuple(each.line for each in outlines),
        gaps=_once(gap for each in outlines for gap in each.gaps),
        as_of=outlines[0].as_of if outlines else "",
        seamline=__version__,
    )


def _once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    told = {(str(gap.where), gap.message.id, *map(str, gap.message.args.values())): gap for gap in gaps}
    return tuple(told.values())
