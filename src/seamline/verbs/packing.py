"""Layers packed into an unlinked file: as large as they may be, memory holds a megabyte of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from seamline.change.build import PackedLayer
from seamline.effects.spooled import Spool
from seamline.formats.digesting import hashed
from seamline.formats.gzip_writer import pack_gzip
from seamline.model.image import Digest


def pack_layer(created_by: str, tar: Iterable[bytes]) -> PackedLayer:
    """The layer of an uncompressed tar, which is read once."""
    unpacked, packed = hashlib.sha256(), hashlib.sha256()
    kept = Spool().keep(hashed(pack_gzip(hashed(tar, unpacked)), packed))
    return PackedLayer(
        created_by=created_by,
        digest=Digest(f"sha256:{packed.hexdigest()}"),
        diff_id=Digest(f"sha256:{unpacked.hexdigest()}"),
        size_bytes=kept.size_bytes,
        open=kept.open,
    )
