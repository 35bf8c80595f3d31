"""What somebody says of a flaw in a product: whether it is affected at all."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Message


class Statement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement. `ids` are names of the flaw; `status` is not_affected, affected, fixed or under_investigation;
    `products` are purls, image references or digests; `packages` the purls inside the product that alone are meant."""

    ids: tuple[str, ...]
    status: str
    products: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    justification: str = ""
    impact: str = ""
    action: str = ""
    timestamp: str = ""
    author: str = ""
    source: str = ""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A statement beside one package of an image: whether it `decides` there, and why or why not."""

    statement: Statement
    package: str
    decides: bool
    reason: Message
