"""Documents inside images: Bitnami's by component, apko's by package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamline.catalog.apk import READER as APK
from seamline.catalog.distribution import READER as DISTRIBUTION
from seamline.catalog.embedded_sbom import READER
from seamline.catalog.inventory import Catalog, take_stock
from seamline.catalog.reader import Supply
from seamline.model.evidence import Gap
from seamline.model.purl import purl_of
from seamline.tree.fold import fold
from tests.scenes import Scene, Whiteout, facts_of, installs_in, read_scene

REDIS = "opt/bitnami/redis/.spdx-redis.spdx"
MUSL = "var/lib/db/sbom/musl-1.2.5-r0.spdx.json"


def document(*purls: str, declared: str = "NOASSERTION", cpe: str = "") -> bytes:
    packages = [
        {
            "SPDXID": f"SPDXRef-{at}",
            "name": purl,
            "licenseConcluded": "NONE",
            "licenseDeclared": declared,
            "externalRefs": [
                {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": cpe},
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": purl,
                },
            ],
        }
        for at, purl in enumerate(purls)
    ]
    return json.dumps({"spdxVersion": "SPDX-2.3", "name": "x", "packages": packages}).encode()


def stock(scene: Scene) -> Catalog:
    readers = [APK, READER]
    facts = facts_of(scene, [DISTRIBUTION, *readers])
    return take_stock(fold([layer.columns for layer in facts]), facts, readers)


def test_a_bitnami_component_is_a_package_that_owns_its_programs() -> None:
    data = document(
        "pkg:bitnami/redis@7.2.4-10?arch=amd64&distro=debian-12",
        "pkg:bitnami/jemalloc@5.3.0",
        declared="BSD",
        cpe="cpe:2.3:a:redis:redis:7.2.4",
    )
    scene = [{REDIS: data, "opt/bitnami/redis/bin/redis-server": b"elf", "opt/bitnami/redis/lib/x.so": b"so"}]
    said = read_scene(READER, scene)
    assert [
        (purl_of(i.package), i.package.licenses, i.package.cpe[-5:], i.supplier) for i in installs_in(said)
    ] == [
        ("pkg:bitnami/redis@7.2.4-10", ("BSD",), "7.2.4", "Bitnami"),
        ("pkg:bitnami/jemalloc@5.3.0", ("BSD",), "7.2.4", "Bitnami"),
    ]
    assert [item.paths for item in said if isinstance(item, Supply)] == [
        (b"opt/bitnami/redis/bin/redis-server",)
    ]


def test_what_a_package_was_built_from_is_not_installed() -> None:
    purls = ("pkg:apk/wolfi/musl@1.2.5-r0?arch=x86_64", "pkg:github/wolfi-dev/os@23e8#musl.yaml")
    assert [i.package.name for i in installs_in(read_scene(READER, [{MUSL: document(*purls)}]))] == ["musl"]


@pytest.mark.parametrize(
    ("name", "license_"),
    [
        ("libattr1-2.5.1-r2", "GPL-2.0-or-later"),
        ("font-ubuntu-0.869-r1", "LicenseRef-ubuntu-font"),
        ("unbound-1.23.0-r0", "BSD-3-Clause"),
    ],
)
def test_each_melange_names_the_package_that_it_made_and_nothing_it_was_made_of(
    name: str, license_: str
) -> None:
    """Three of its versions, from 2023 to 2025: with the files, with a licence of its own, with its sources."""
    data = (Path(__file__).parent / "fixtures" / "melange" / f"{name}.spdx.json").read_bytes()
    layer = {"etc/os-release": b"ID=wolfi\n", f"var/lib/db/sbom/{name}.spdx.json": data}
    (install,) = stock([layer]).installs
    assert f"{install.package.name}-{install.package.version}" == name
    assert purl_of(install.package).startswith(
        f"pkg:apk/wolfi/{install.package.name}@{install.package.version}"
    )
    assert install.package.licenses == (license_,)


def test_a_package_of_the_database_is_listed_once_whatever_distribution_the_document_names() -> None:
    layer = {
        "etc/os-release": b"ID=chainguard\n",
        "usr/lib/apk/db/installed": b"P:musl\nV:1.2.5-r0\nA:x86_64\nF:var/lib/db/sbom\nR:musl-1.2.5-r0.spdx.json\n\n",
        MUSL: document("pkg:apk/wolfi/musl@1.2.5-r0?arch=x86_64", "pkg:npm/left-pad@1.0.0"),
    }
    found = {i.package.name: (i.found_by, i.owned_by.partition("?")[0]) for i in stock([layer]).installs}
    assert found == {
        "musl": ("apk", ""),
        "left-pad": ("embedded-sbom", "pkg:apk/chainguard/musl@1.2.5-r0"),
    }


def test_documents_alone_tell_what_an_image_without_a_database_holds() -> None:
    (musl,) = stock(
        [{"etc/os-release": b"ID=wolfi\n", MUSL: document("pkg:apk/wolfi/musl@1.2.5-r0")}]
    ).installs
    assert (musl.found_by, musl.package.distribution.id if musl.package.distribution else "") == (
        "embedded-sbom",
        "wolfi",
    )


def test_a_component_removed_above_is_gone_and_an_upgrade_keeps_its_origin() -> None:
    old, new = document("pkg:bitnami/redis@7.2.4"), document("pkg:bitnami/redis@7.2.5")
    assert installs_in(read_scene(READER, [{REDIS: old}, {REDIS: Whiteout()}])) == ()
    (redis,) = installs_in(read_scene(READER, [{REDIS: old}, {REDIS: new}]))
    assert (redis.package.version, redis.origin_layer, redis.current_layer) == ("7.2.5", 0, 1)


def test_a_document_in_another_form_is_a_gap() -> None:
    (gap,) = read_scene(READER, [{REDIS: b"SPDXVersion: SPDX-2.3\nPackageName: redis\n"}])
    assert isinstance(gap, Gap)
    assert gap.message.id == "unreadable-file"
