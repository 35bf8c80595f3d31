"""VEX in its three forms; what was read is written again."""

from __future__ import annotations

from contextlib import suppress

from seamline.errors import SeamlineError
from seamline.formats.vex_document import parse_vex_document, write_openvex

SEEDS = (
    (
        b'{"@context":"https://openvex.dev/ns/v0.2.0","author":"a","timestamp":"2026-01-01T00:00:00Z","statements":[{'
        b'"vulnerability":{"name":"CVE-2026-1000"},"products":[{"@id":"pkg:deb/debian/a@1","subcomponents":'
        b'[{"@id":"pkg:npm/b"}]}],"status":"not_affected","justification":"component_not_present"}]}'
    ),
    (
        b'{"document":{"category":"csaf_vex","publisher":{"name":"p"}},"product_tree":{"branches":[{"branches":[{'
        b'"product":{"product_id":"x","product_identification_helper":{"purl":"pkg:rpm/redhat/a@1"}}}]}],'
        b'"relationships":[{"full_product_name":{"product_id":"y"},"product_reference":"x","relates_to_product_reference":"x"}]},'
        b'"vulnerabilities":[{"cve":"CVE-2026-1000","product_status":{"known_not_affected":["x","y"]},'
        b'"flags":[{"label":"component_not_present","product_ids":["x"]}]}]}'
    ),
    (
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"bom-ref":"r","purl":"pkg:npm/a@1"}],'
        b'"vulnerabilities":[{"id":"CVE-2026-1000","analysis":{"state":"not_affected"},"affects":[{"ref":"r"}]}]}'
    ),
)


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        write_openvex(parse_vex_document(data, "fuzz"), author="a", as_of="2026-01-01T00:00:00Z")
