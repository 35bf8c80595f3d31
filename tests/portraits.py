"""Portraits of whole images, for tests of what compares and shows them."""

from __future__ import annotations

from seamline.compare.sketch import Sketch
from seamline.model.comparison import CompareReport
from seamline.model.limits import Limits
from seamline.model.portrait import Portrait
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Stack
from seamline.verbs.audit import DEEP
from seamline.verbs.compare import compare_report, sketch_of
from seamline.verbs.database import open_database
from seamline.verbs.inspect import Seen, see
from seamline.verbs.look import look
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms

AS_OF = "2026-11-26T00:00:00Z"


def seen_of(name: str) -> Seen:
    """The image, read and cut, with no base known."""
    return see(look(open_image(name, Opening()), cache=None, limits=Limits(), deep=DEEP), Stack(()))


def sketch_of_image(letter: str, name: str) -> Sketch:
    """What a comparison reads of it where it stands as A or B."""
    return sketch_of(letter, seen_of(name), portrait_of(name))


def comparison_of(a: str, b: str) -> CompareReport:
    """Both beside each other, neither taken as the other's base."""
    return compare_report(sketch_of_image("A", a), sketch_of_image("B", b))


def portrait_of(name: str) -> Portrait:
    """Its portrait, as of a fixed day."""
    return portrait(seen_of(name), open_database(), Stack(()), Terms(), AS_OF)
