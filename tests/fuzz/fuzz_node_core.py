"""Node.js's own list of its flaws, compiled."""

from __future__ import annotations

from contextlib import suppress

from seamline.advisories.compile import compile_record
from seamline.errors import SeamlineError
from seamline.formats.node_core import parse_node_core

SEEDS = (
    b'[{"cve":["CVE-2026-1000"],"vulnerable":"20.x || >=6.0.0 <6.2.0","patched":"^20.19.4 || 4.4.2","severity":"high"}]',
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        for record in parse_node_core(data):
            compile_record(record, "Bitnami")
