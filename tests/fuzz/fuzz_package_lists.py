"""Documents that list packages: Composer's, .NET's and cargo-auditable's."""

from __future__ import annotations

import zlib

from seamline.catalog.content import HeldContent
from seamline.catalog.rust import READER as RUST
from seamline.errors import SeamlineError
from seamline.formats.composer import parse_installed
from seamline.formats.deps_json import parse_deps
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits
from tests.catalog.test_rust import auditable

SEEDS = (
    b'{"packages":[{"name":"a/b","version":"1","license":["MIT"],"require":{"php":"*"}}]}',
    b'{"runtimeTarget":{"name":"t"},"targets":{"t":{"a/1":{"runtime":{"a.dll":{}}}}},"libraries":{"a/1":{"type":"package"}}}',
    b'{"packages":[{"name":"a","version":"1.0.0","dependencies":[0],"root":true}]}',
)


def run(data: bytes) -> None:
    for parse in (parse_installed, parse_deps):
        try:
            parse(data)
        except SeamlineError:
            pass
    for section in (data, zlib.compress(data)):
        try:
            RUST.extract(Entry(path=b"x", kind=Kind.FILE), HeldContent(auditable(section)), Limits())
        except SeamlineError:
            pass
