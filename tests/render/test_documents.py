"""JSON documents and SBOMs beside their schemas and the official libraries."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from packageurl import PackageURL
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from seamline.model.limits import Limits
from seamline.model.report import SbomReport
from seamline.places.opening import Opening, open_image
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.schemas import SCHEMAS, write_schema
from seamline.render.spdx import write_spdx
from seamline.stores.shelf import Stack, starter
from seamline.verbs.demo import write_demo
from seamline.verbs.files import list_files
from seamline.verbs.inspect import Seen, inspect_report, sbom_report, see
from seamline.verbs.look import look

ROOT = Path(__file__).resolve().parent.parent.parent
AS_OF = "2026-02-01T00:00:00Z"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    image = open_image(write_demo(tmp_path_factory.mktemp("demo")).application, Opening())
    return see(look(image, cache=None, limits=Limits()), Stack((starter(),)))


@pytest.fixture(scope="module")
def sbom(seen: Seen) -> SbomReport:
    """The sample's packages, with licences that are no SPDX expressions among them."""
    report = sbom_report(seen, AS_OF)
    odd = msgspec.structs.replace(
        report.packages[0], licenses=("GPL-2+ with a/strange exception", "MIT"), key="odd", sha1="a" * 40
    )
    return msgspec.structs.replace(report, packages=(*report.packages, odd))


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_frozen_schemas_are_those_of_the_code(name: str) -> None:
    """Within /1 only optional fields are added; `script/make-schemas` writes them anew."""
    assert (ROOT / "schemas" / f"{name}.schema.json").read_bytes() == write_schema(name)


def test_every_document_holds_its_own_schema(seen: Seen) -> None:
    documents = {
        "seamline.inspect-1": inspect_report(seen, AS_OF),
        "seamline.sbom-1": sbom_report(seen, AS_OF),
        "seamline.files-1": list_files(seen, "/etc", as_of=AS_OF),
    }
    for name, document in documents.items():
        validator = jsonschema_rs.validator_for(json.loads(write_schema(name)))
        written = json.loads(msgspec.json.encode(document))
        validator.validate(written)
        assert not validator.is_valid({**written, "image": "a name alone"})


def cyclonedx_validator() -> Any:
    folder = files("cyclonedx") / "schema" / "_res"

    def load(name: str) -> Any:
        return json.loads((folder / name).read_text())

    registry = jsonschema_rs.Registry(
        [
            ("http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json", load("spdx.SNAPSHOT.schema.json")),
            (
                "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json",
                load("jsf-0.82.SNAPSHOT.schema.json"),
            ),
        ]
    )
    return jsonschema_rs.validator_for(load("bom-1.6.SNAPSHOT.schema.json"), registry=registry)


def test_cyclonedx_holds_the_official_schema(sbom: SbomReport) -> None:
    document = json.loads(write_cyclonedx(sbom))
    validator = cyclonedx_validator()
    validator.validate(document)
    document["components"][0]["type"] = "nonsense"
    assert not validator.is_valid(document)


def test_spdx_is_read_and_found_valid_by_the_official_library(sbom: SbomReport) -> None:
    document = JsonLikeDictParser().parse(json.loads(write_spdx(sbom)))
    assert validate_full_spdx_document(document, "SPDX-2.3") == []
    assert len(document.packages) == len(sbom.packages) + 1


def test_spdx_holds_the_official_schema(sbom: SbomReport) -> None:
    schema = json.loads((files("lib4sbom") / "schemas" / "spdx" / "2.3-schema.json").read_text())
    assert schema["$id"] == "http://spdx.org/rdf/terms/2.3"
    validator = jsonschema_rs.validator_for(schema)
    document = json.loads(write_spdx(sbom))
    validator.validate(document)
    document["packages"][0]["checksums"] = [{"algorithm": "nonsense", "checksumValue": "0"}]
    assert not validator.is_valid(document)


def test_the_same_report_gives_the_same_bytes(sbom: SbomReport) -> None:
    assert write_cyclonedx(sbom) == write_cyclonedx(sbom)
    assert write_spdx(sbom) == write_spdx(sbom)


def test_purls_are_those_of_the_reference_library(sbom: SbomReport) -> None:
    for package in sbom.packages:
        assert PackageURL.from_string(package.purl).to_string() == package.purl


def test_dependencies_are_edges_of_the_sbom(sbom: SbomReport) -> None:
    edges = {
        edge["ref"].partition("@")[0]: edge["dependsOn"]
        for edge in json.loads(write_cyclonedx(sbom))["dependencies"]
    }
    assert [ref.partition("@")[0] for ref in edges["pkg:deb/sample/sampleweb"]] == [
        "pkg:deb/sample/libsampletls3",
        "pkg:deb/sample/samplec",
    ]
