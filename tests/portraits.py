"""Portraits of whole images, for tests of what compares and shows them."""

from __future__ import annotations

from seamline.model.limits import Limits
from seamline.model.portrait import Portrait
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Stack
from seamline.verbs.audit import DEEP
from seamline.verbs.database import open_database
from seamline.verbs.inspect import Seen, see
from seamline.verbs.look import look
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms

AS_OF = "2026-11-26T00:00:00Z"


def seen_of(name: str) -> Seen:
    """The image, read and cut, with no base known."""
    return see(look(open_image(name, Opening()), cache=None, limits=Limits(), deep=DEEP), Stack(()))


def portrait_of(name: str) -> Portrait:
    """Its portrait, as of a fixed day."""
    return portrait(seen_of(name), open_database(), Stack(()), Terms(), AS_OF)
