"""What engines and clusters say runs."""

from __future__ import annotations

from contextlib import suppress

from seamline.errors import SeamlineError
from seamline.formats.running import parse_running

SEEDS = (
    b'{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"p","namespace":"n"},"spec":{"containers":[{"name":"c",'
    b'"image":"nginx:1.27","imagePullPolicy":"Always"}]},"status":{"containerStatuses":[{"name":"c","image":"nginx:1.27",'
    b'"imageID":"docker.io/library/nginx@sha256:'
    + b"a" * 64
    + b'","state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}}}]}}]}',
    b'{"ID":"x","Names":"a","Image":"nginx:1.27","State":"running"}\n{"ID":"y","Names":"b","Image":"c"}\n',
    b'[{"Id":"x","Name":"/a","Image":"sha256:'
    + b"b" * 64
    + b'","Config":{"Image":"nginx"},"State":{"Running":true}}]',
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        parse_running(data)
