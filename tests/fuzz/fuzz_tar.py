"""The tar walker: every header form."""

from __future__ import annotations

import io
import tarfile

from seamline.errors import SeamlineError
from seamline.formats.tar import members
from seamline.model.limits import Limits

LIMITS = Limits(layer_bytes=1 << 24, header_bytes=1 << 16, layer_entries=1000)


def _seed(form: int, **fields: object) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as tar:
        info = tarfile.TarInfo("d/" * 80 + "x")
        for field, value in fields.items():
            setattr(info, field, value)
        info.size = 700
        tar.addfile(info, io.BytesIO(bytes(700)))
        tar.addfile(tarfile.TarInfo("a/.wh.b"))
    return target.getvalue()


SEEDS = (
    _seed(tarfile.GNU_FORMAT),
    _seed(tarfile.PAX_FORMAT, mtime=1.5, pax_headers={"SCHILY.xattr.user.x": "1"}),
    _seed(tarfile.PAX_FORMAT, pax_headers={"GNU.sparse.map": "0,700", "GNU.sparse.size": "900"}),
)


def run(data: bytes) -> None:
    try:
        for member in members([data[:700], data[700:]], LIMITS):
            sum(len(piece) for piece in member.pieces())
            assert not member.entry.path.startswith((b"/", b"../"))
    except SeamlineError:
        pass
