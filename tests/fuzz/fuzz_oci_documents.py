"""Index, manifest and configuration."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from seamline.errors import SeamlineError
from seamline.formats.oci.documents import Descriptor, parse_config, parse_index, parse_manifest
from seamline.formats.oci.layout import blob_path, select_top

_DIGEST = b'"digest":"sha256:' + b"0" * 64 + b'","size":1,"mediaType":"m"'
SEEDS = (
    b'{"manifests":[{' + _DIGEST + b',"platform":{"os":"linux","architecture":"arm64","variant":"v8"}}]}',
    b'{"config":{' + _DIGEST + b'},"layers":[{' + _DIGEST + b"}]}",
    b'{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:'
    + b"1" * 64
    + b'"]},"config":{"Env":["A=b"],"ExposedPorts":{"1/tcp":{}}},"history":[{"created_by":"x"}]}',
)


def run(data: bytes) -> None:
    parsers: tuple[Callable[[bytes, str], object], ...] = (parse_index, parse_manifest, parse_config)
    for parse in parsers:
        with suppress(SeamlineError):
            parse(data, "fuzz")
    with suppress(SeamlineError):
        select_top(data, "", _fetch, "fuzz")


def _fetch(descriptor: Descriptor) -> bytes:
    assert ".." not in blob_path(descriptor.digest).parts
    return b"{}"
