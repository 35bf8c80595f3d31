"""Asking a registry about a base that an image names: manifest and configuration, no layers; then remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from seamline.errors import SeamlineError
from seamline.model.image import Image
from seamline.model.seam import Base, full_name
from seamline.seam.known import LookUp
from seamline.seam.learn import base_of
from seamline.stores.ledger import Ledger
from seamline.verbs.blotting import without_secrets


def looking_up(open_image: Callable[[str], Image], ledger: Ledger, today: str) -> LookUp:
    """A look-up that opens references by `open_image` and keeps what it learns in `ledger`.

    A base that cannot be had proves nothing: the claim then stays a claim, and the report says that nobody checked.
    """

    def look_up(reference: str) -> Iterable[Base]:
        try:
            image = open_image(reference)
        except SeamlineError:
            return ()
        diff_ids = [layer.diff_id for layer in image.layers if layer.diff_id is not None]
        if len(diff_ids) < len(image.layers):
            return ()
        base = base_of(image, diff_ids, names=(full_name(reference),), team="", day=today, inventory=None)
        base = msgspec.structs.replace(base, config=without_secrets(image.config, image))
        ledger.put([base])
        return (base,)

    return look_up
