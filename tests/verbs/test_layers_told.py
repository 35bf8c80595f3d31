"""Which layer brought a package: told in every form where a document says so, and in none where it does not."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from seamline.formats.sbom_document import parse_sbom_document
from seamline.model.finding import ScanReport
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.explain import write_explain
from seamline.render.sbom import write_sbom
from seamline.render.scan import write_scan
from seamline.render.scan_csv import write_csv
from seamline.render.scan_cyclonedx import write_scan_cyclonedx
from seamline.render.scan_gitlab import write_gitlab
from seamline.render.scan_junit import write_junit
from seamline.render.scan_markdown import write_markdown
from seamline.render.scan_sarif import write_sarif
from seamline.render.spdx import write_spdx
from seamline.render.ticket import write_ticket
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf
from seamline.verbs.documents import stock_of_document
from seamline.verbs.explain import explain_report
from seamline.verbs.inspect import sbom_report
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.stock import Stock, sbom_of
from tests.layouts import write_layout
from tests.neighbours import need
from tests.scenes import Scene
from tests.verbs.test_scan import APPLICATION, AS_OF, OLD_BASE, index, seen, status

__all__ = ["index"]  # a fixture

UPGRADED: Mapping[str, Any] = {
    "var/lib/dpkg/status": status(("libssl3", "openssl", "3.0.17-1.1"), ("zlib1g", "zlib", "1.2-1")),
}
IMAGE: Scene = [OLD_BASE, UPGRADED, APPLICATION]
FORMS = ("syft-json", "cyclonedx-json", "spdx-json")
Syft = Callable[[str], Mapping[str, bytes]]


@pytest.fixture(scope="module")
def syft(tmp_path_factory: pytest.TempPathFactory) -> Syft:
    """What Syft writes of a source, by form."""
    need("syft")
    folder = tmp_path_factory.mktemp("syft")
    write_layout(folder / "image", IMAGE)
    root = folder / "root"
    for scene in (OLD_BASE, APPLICATION):
        for path, content in scene.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
    known: dict[str, Mapping[str, bytes]] = {}

    def write(source: str) -> Mapping[str, bytes]:
        if source not in known:
            outputs = [part for form in FORMS for part in ("-o", f"{form}={folder}/{form}")]
            place = folder / ("root" if source == "dir" else "image")
            environment = {**os.environ, "HOME": str(folder), "SYFT_CHECK_FOR_APP_UPDATE": "false"}
            subprocess.run(["syft", "-q", f"{source}:{place}", *outputs], check=True, env=environment)
            known[source] = {form: (folder / form).read_bytes() for form in FORMS}
        return known[source]

    return write


def stock_in(text: bytes) -> Stock:
    return stock_of_document(parse_sbom_document(text, "sbom.json"), "sbom.json")


def scan(stock: Stock, advisories: AdvisoryIndex) -> ScanReport:
    return scan_report(stock, advisories, Shelf(()), Terms(), AS_OF)


def texts(stock: Stock, advisories: AdvisoryIndex) -> Mapping[str, str]:
    """Every form, a person's and a machine's."""
    report, sbom = scan(stock, advisories), sbom_of(stock, AS_OF)
    why = [explain_report(stock, advisories, report, each.id) for each in report.findings]
    return {
        "table": write_scan(report, "en", every=True),
        **{f"explain {each.id}": write_explain(each, "en") for each in why},
        "explain json": msgspec.json.encode(why).decode(),
        "csv": write_csv([report]).decode("utf-8-sig"),
        "junit": write_junit([report]).decode(),
        "sarif": write_sarif([report]).decode(),
        "gitlab": write_gitlab([report]).decode(),
        "markdown": write_markdown([report], "en").decode(),
        "json": msgspec.json.encode(report).decode(),
        "cyclonedx": write_scan_cyclonedx(report, sbom).decode(),
        "ticket": write_ticket(report, "application team", "en"),
        "packages": write_sbom(sbom, "en"),
        "spdx": write_spdx(sbom).decode(),
    }


def told(forms: Mapping[str, str]) -> Mapping[str, dict[str, str]]:
    """The layer of each flaw, by form that tells layers; empty where it tells none."""
    results = json.loads(forms["sarif"])["runs"][0]["results"]
    layer = re.compile(r"[ (]layer (\d+)")
    explained = ((name.removeprefix("explain "), text) for name, text in forms.items() if "explain C" in name)
    failed = re.findall(r' name="(\S+) [^>]*>\s*(<failure.*?</failure>)', forms["junit"], re.DOTALL)
    rows = re.findall(
        r"^ (CVE-\S+|EOL-\S+) .* (\S+)$", forms["table"].partition("WORST FIRST")[2], re.MULTILINE
    )

    def in_words(pairs: Any) -> dict[str, str]:
        return {name: found[1] if (found := layer.search(text)) else "" for name, text in pairs}

    return {
        "table": {name: last.rpartition(">")[2].replace("-", "") for name, last in rows},
        "explain": in_words(explained),
        "csv": {row["id"]: row["layer"] for row in csv.DictReader(io.StringIO(forms["csv"]))},
        "junit": in_words(failed),
        "sarif": {each["ruleId"]: str(each["properties"].get("layer", "")) for each in results},
        "sarif words": in_words((each["ruleId"], f" {each['locations'][0]['message']['text']}") for each in results),
        "json": {
            each["id"]: "" if each["layer"] is None else str(each["layer"])
            for each in json.loads(forms["json"])["findings"]
        },
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_syft_writes_of_a_folder_names_no_layer_in_any_form(
    syft: Syft, index: AdvisoryIndex, form: str
) -> None:
    forms = texts(stock_in(syft("dir")[form]), index)
    for name, flaws in told(forms).items():
        assert set(flaws.values()) == {""}, name
        assert len(flaws) >= 4, name
    for name, text in forms.items():
        assert not re.search(r"layers? \d|layer\"?: ?\d|(origin|current)-layer", text), name


def test_syfts_own_form_of_an_image_tells_layers_and_every_form_names_them(
    syft: Syft, index: AdvisoryIndex
) -> None:
    forms = told(texts(stock_in(syft("oci-dir")["syft-json"]), index))
    for name, flaws in forms.items():
        # the packages' database lies in the layer that wrote it last: no proof for any one package
        assert (flaws["CVE-2026-0001"], flaws["CVE-2026-0004"]) == ("", "2"), name


@pytest.mark.parametrize("form", ["cyclonedx-json", "spdx-json"])
def test_digests_of_layers_without_their_order_name_no_layer(
    syft: Syft, index: AdvisoryIndex, form: str
) -> None:
    text = syft("oci-dir")[form]
    assert b"layerID" in text
    for name, flaws in told(texts(stock_in(text), index)).items():
        assert set(flaws.values()) == {""}, name


@pytest.mark.parametrize("form", ["json", "cyclonedx", "spdx"])
def test_our_own_documents_keep_the_layers_in_every_form(
    tmp_path_factory: pytest.TempPathFactory, index: AdvisoryIndex, form: str
) -> None:
    image = seen(tmp_path_factory.mktemp("image"), IMAGE, ())
    write = {"json": msgspec.json.encode, "cyclonedx": write_cyclonedx, "spdx": write_spdx}[form]
    stock = stock_in(write(sbom_report(image, AS_OF)))
    assert stock.image.layers == ()
    forms = texts(stock, index)
    for name, flaws in told(forms).items():
        assert (flaws["CVE-2026-0001"], flaws["CVE-2026-0002"], flaws["CVE-2026-0004"]) == ("1", "0", "2"), (
            name
        )
    assert " 0->1" in forms["table"]
    assert "layer 0 brought it, layer 1 this version of it" in forms["explain CVE-2026-0001"]


def test_a_package_with_files_of_its_own_in_the_database_has_their_layer() -> None:
    def artifact(name: str, *locations: tuple[str, str]) -> dict[str, Any]:
        told = [{"path": path, "layerID": layer} for path, layer in locations]
        return {
            "id": name,
            "name": name,
            "purl": f"pkg:deb/debian/{name}@1?distro=debian-12",
            "locations": told,
        }

    database = "/var/lib/dpkg/status"
    text = {
        "artifacts": [
            artifact("below", (database, "sha256:c"), ("/var/lib/dpkg/info/below.list", "sha256:a")),
            artifact("above", (database, "sha256:c"), ("/var/lib/dpkg/info/above:amd64.md5sums", "sha256:b")),
            artifact("anywhere", (database, "sha256:c"), ("/usr/share/doc/anywhere/copyright", "sha256:a")),
            artifact("elsewhere", (database, "sha256:z")),
            {"id": "x", "name": "x", "purl": "pkg:pypi/x@1", "locations": [{"path": "/x", "layerID": "sha256:b"}]},
        ],
        "source": {"metadata": {"layers": [{"digest": "sha256:a"}, {"digest": "sha256:b"}, {"digest": "sha256:c"}]}},
        "descriptor": {"name": "syft"},
    }  # fmt: skip
    stock = stock_in(json.dumps(text).encode())
    assert {each.package.name: (each.origin_layer, each.current_layer) for each in stock.installs} == {
        "below": (0, 0),
        "above": (None, 1),
        "anywhere": (None, None),
        "elsewhere": (None, None),
        "x": (None, 1),
    }


@pytest.mark.parametrize("layer", ["x", -1, True, 1.5, None, "-2", "99999999", [0], {}])
def test_a_layer_that_is_no_position_is_none(layer: object) -> None:
    line = {"key": "k", "purl": "pkg:pypi/x@1", "origin_layer": layer, "current_layer": layer}
    text = {"schema": "seamline.sbom/1", "packages": [line]}
    (install,) = parse_sbom_document(json.dumps(text).encode(), "x").installs
    assert (install.origin_layer, install.current_layer) == (None, None)
