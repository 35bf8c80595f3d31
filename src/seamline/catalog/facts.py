"""What is kept of a layer: its entries, and what each reader made of the files that it wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from seamline.model.evidence import Gap
from seamline.tree.columns import Columns

T = TypeVar("T")


class Record(msgspec.Struct, Generic[T], frozen=True, array_like=True, gc=False):
    """What one reader made of one path of a layer: its own record, why it made none, or that the path is a
    hardlink to `link`, whose content has passed already or stands in a lower layer."""

    path: bytes
    value: T | None = None
    gap: Gap | None = None
    link: bytes = b""


class LayerFacts(msgspec.Struct, frozen=True):
    """All that is kept of a layer: `records` by reader name, in the order of the tar."""

    columns: Columns
    records: Mapping[str, tuple[Record[Any], ...]]
