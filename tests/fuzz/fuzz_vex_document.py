"""VEX in its three forms; what was read is written again."""

from __future__ import annotations

from contextlib import suppress

from seamline.advisories.vex_products import names_image, names_platform, same_package
from seamline.errors import SeamlineError
from seamline.formats.vex_document import parse_vex_document, write_openvex
from seamline.model.package import Distribution

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
        b'"vulnerabilities":[{"id":"CVE-2026-1000","analysis":{"state":"not_affected"},"affects":[{"ref":"r","versions":[{"range":"vers:npm/>=1|<2"}]}]}]}'
    ),
    (
        b'{"document":{"category":"csaf_vex"},"product_tree":{"branches":[{"category":"product_name","product":{"product_id":"p",'
        b'"product_identification_helper":{"cpe":"cpe:/o:suse:sles:15:sp5"}}},{"category":"product_version","product":{"name":"a-1-2","product_id":"a"}},'
        b'{"category":"product_version_range","name":"<2","product":{"product_id":"r","product_identification_helper":{"purl":"pkg:deb/debian/a"}}}],'
        b'"relationships":[{"full_product_name":{"product_id":"y"},"product_reference":"a","relates_to_product_reference":"p"}]},'
        b'"vulnerabilities":[{"cve":"CVE-2026-1000","product_status":{"recommended":["y"],"known_affected":["r"]},'
        b'"remediations":[{"category":"no_fix_planned","product_ids":["r"]}]}]}'
    ),
)
_PACKAGES = (
    "pkg:deb/debian/a@1?distro=debian-12",
    "pkg:rpm/sles/a@1-2",
    "pkg:npm/a@1.5.0",
    "pkg:rpm/rhel/a@1?rpmmod=a:1:2:3",
)
_SLES = Distribution(id="sles", version_id="15.5")


def run(data: bytes) -> None:
    with suppress(SeamlineError):
        statements = parse_vex_document(data, "fuzz")
        write_openvex(statements, author="a", as_of="2026-01-01T00:00:00Z")
        for name in (name for each in statements for name in (*each.products, *each.packages)):
            names_platform(name, _SLES)
            names_image(name, ("docker.io/library/a:1", "sha256:1"))
            for purl in _PACKAGES:
                same_package(name, purl)
