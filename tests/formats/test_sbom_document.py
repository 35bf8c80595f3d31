"""SBOMs as a scanner's input: our own read back, others' as they write them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed, SeamlineError, Unsupported
from seamline.formats.sbom_document import parse_sbom_document
from seamline.model.package import Side
from seamline.render.cyclonedx import write_cyclonedx
from seamline.render.spdx import write_spdx
from seamline.verbs.inspect import sbom_report
from tests.verbs.test_scan import APPLICATION, OLD_BASE, seen

DEB = "pkg:deb/debian/libssl3@3.0.17-1?arch=amd64&distro=debian-12&upstream=openssl"
PIP = "pkg:pypi/pip@23.0.1"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return sbom_report(
        seen(tmp_path_factory.mktemp("image"), [OLD_BASE, APPLICATION], ()), "2026-01-01T00:00:00Z"
    )


@pytest.mark.parametrize("form", ["json", "cyclonedx", "spdx"])
def test_what_we_wrote_is_read_back_as_the_same_packages(report: Any, form: str) -> None:
    write = {"json": msgspec.json.encode, "cyclonedx": write_cyclonedx, "spdx": write_spdx}[form]
    document = parse_sbom_document(write(report), "x")
    assert sorted(
        (i.package.name, i.package.version, i.package.source_name) for i in document.installs
    ) == sorted((line.name, line.version, line.source_name) for line in report.packages)
    places = {(i.package.name, i.side, i.proofs[:1], i.inside) for i in document.installs}
    assert places == {
        (line.name, line.side, tuple(path.encode() for path in line.paths[:1]), line.inside)
        for line in report.packages
    }
    assert document.distribution is not None
    assert (document.distribution.id, document.distribution.version_id, document.gaps) == ("debian", "12", ())


def test_our_own_documents_keep_the_side_and_stratum(report: Any) -> None:
    document = parse_sbom_document(msgspec.json.encode(report), "x")
    told = {i.package.name: (i.side, i.stratum) for i in document.installs}
    assert told == {line.name: (line.side, line.stratum) for line in report.packages}
    assert set(told.values()) != {(Side.UNKNOWN, "")}


def test_syfts_form_tells_distribution_source_and_owner() -> None:
    text = {
        "artifacts": [
            {"id": "1", "name": "python3-pip", "purl": "pkg:deb/debian/python3-pip@23.0.1?distro=debian-12", "locations": [{"path": "/var/lib/dpkg/status"}],
             "metadata": {"source": "python-pip", "sourceVersion": "23.0.1+dfsg-1"}},
            {"id": "2", "name": "pip", "purl": PIP, "locations": [{"path": "/usr/lib/python3/dist-packages/pip-23.0.1.dist-info/METADATA"}]},
            {"id": "3", "name": "mystery"},
        ],
        "artifactRelationships": [{"parent": "1", "child": "2", "type": "ownership-by-file-overlap"}],
        "source": {"name": "shop"}, "distro": {"id": "debian", "versionID": "12"}, "descriptor": {"name": "syft"},
    }  # fmt: skip
    document = parse_sbom_document(json.dumps(text).encode(), "x")
    system, pip = document.installs
    assert (system.package.source_name, system.package.source_version) == ("python-pip", "23.0.1+dfsg-1")
    assert pip.owned_by.startswith("pkg:deb/debian/python3-pip@23.0.1")
    assert [gap.message.args["name"] for gap in document.gaps] == ["mystery"]


def test_an_owner_that_the_form_dropped_is_found_by_the_distributions_own_folder() -> None:
    def component(purl: str, path: str) -> dict[str, Any]:
        return {
            "type": "library",
            "bom-ref": purl,
            "name": "x",
            "purl": purl,
            "properties": [{"name": "syft:location:0:path", "value": path}],
        }

    components = [
        component("pkg:deb/debian/python3-pip@23.0.1?distro=debian-12", "/var/lib/dpkg/status"),
        component(PIP, "/usr/lib/python3/dist-packages/pip-23.0.1.dist-info/METADATA"),
        component("pkg:pypi/flask@2.0", "/usr/lib/python3/dist-packages/flask-2.0.dist-info/METADATA"),
        component("pkg:pypi/wheel@0.4", "/usr/local/lib/python3/dist-packages/wheel-0.4.dist-info/METADATA"),
    ]
    text = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
    owned = {
        i.package.name: bool(i.owned_by) for i in parse_sbom_document(json.dumps(text).encode(), "x").installs
    }
    assert owned == {"python3-pip": False, "pip": True, "flask": False, "wheel": False}


def test_trivys_cyclonedx_tells_source_module_and_place_in_properties() -> None:
    def properties(**given: str) -> list[dict[str, str]]:
        return [{"name": f"aquasecurity:trivy:{name}", "value": value} for name, value in given.items()]

    text = {
        "bomFormat": "CycloneDX", "metadata": {"component": {"name": "shop", "type": "container"}},
        "components": [
            {"type": "operating-system", "name": "redhat", "version": "8.9"},
            {"type": "application", "name": "srv/package-lock.json", "properties": properties(Class="lang-pkgs")},
            {"type": "library", "name": "perl-libs", "version": "5.26.3-422.el8", "purl": "pkg:rpm/redhat/perl-libs@5.26.3-422.el8?distro=redhat-8.9&epoch=4",
             "properties": properties(SrcName="perl", SrcVersion="5.26.3", SrcRelease="422.el8", SrcEpoch="4", Modularitylabel="perl:5.26:82:9")},
            {"type": "library", "name": "tar", "purl": "pkg:npm/tar@6.1.0", "properties": properties(FilePath="srv/node_modules/tar/package.json")},
        ],
    }  # fmt: skip
    document = parse_sbom_document(json.dumps(text).encode(), "x")
    perl, tar = document.installs
    assert (perl.package.source_name, perl.package.source_version) == ("perl", "4:5.26.3-422.el8")
    assert (perl.package.modularity, perl.package.distribution) == ("perl:5.26:82:9", document.distribution)
    assert (document.distribution and document.distribution.id, document.gaps) == ("rhel", ())
    assert tar.proofs == (b"srv/node_modules/tar/package.json",)


def test_trivys_spdx_tells_the_source_in_words() -> None:
    def package(name: str, purl: str, **more: str) -> dict[str, Any]:
        return {
            "SPDXID": f"SPDXRef-{name}",
            "name": name,
            "externalRefs": [{"referenceType": "purl", "referenceLocator": purl}],
            **more,
        }

    text = {
        "spdxVersion": "SPDX-2.3", "name": "shop",
        "packages": [
            {"SPDXID": "SPDXRef-OperatingSystem", "name": "debian", "versionInfo": "12.5", "primaryPackagePurpose": "OPERATING-SYSTEM"},
            {"SPDXID": "SPDXRef-Application", "name": "srv/package-lock.json", "primaryPackagePurpose": "APPLICATION"},
            package("libssl3", "pkg:deb/debian/libssl3@3.0.17-1?distro=debian-12.5", sourceInfo="built package from: openssl 3.0.17-1"),
        ],
    }  # fmt: skip
    document = parse_sbom_document(json.dumps(text).encode(), "x")
    (install,) = document.installs
    assert (install.package.source_name, install.package.source_version) == ("openssl", "3.0.17-1")
    assert document.gaps == ()


def test_syfts_cyclonedx_tells_the_module_of_an_rpm() -> None:
    text = {
        "bomFormat": "CycloneDX",
        "components": [
            {"type": "operating-system", "name": "almalinux", "version": "8.9", "properties": [{"name": "syft:distro:id", "value": "almalinux"}]},
            {"type": "library", "name": "nodejs", "purl": "pkg:rpm/almalinux/nodejs@18.18.0-1.module_el8?distro=almalinux-8.9&epoch=1",
             "properties": [{"name": "syft:metadata:modularityLabel", "value": "nodejs:18:8090"}]},
        ],
    }  # fmt: skip
    (install,) = parse_sbom_document(json.dumps(text).encode(), "x").installs
    assert (install.package.modularity, install.package.version) == (
        "nodejs:18:8090",
        "1:18.18.0-1.module_el8",
    )


def test_other_documents_are_refused_with_the_next_step() -> None:
    with pytest.raises(Unsupported, match="XML of another kind"):
        parse_sbom_document(b"<?xml version='1.0'?><bom/>", "x")
    with pytest.raises(Malformed, match=r"got JSON, and no SBOM .name an image.* or an SBOM"):
        parse_sbom_document(b"{}", "x")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["components", "purl", "packages", "externalRefs", "artifacts", "locations", "properties", "relationships", "name", "metadata", "distro", "id"]),
    inner, max_size=4)))  # fmt: skip
def test_whatever_a_document_holds_it_is_read_or_refused(inside: Any) -> None:
    forms: list[dict[str, Any]] = [
        {"bomFormat": "CycloneDX"}, {"spdxVersion": "SPDX-2.3"}, {"artifacts": [], "descriptor": {}}, {"schema": "seamline.sbom/1"}
    ]  # fmt: skip
    for form in forms:
        whole = {
            **(inside if isinstance(inside, dict) else {"components": inside, "packages": inside}),
            **form,
        }
        with suppress(SeamlineError):
            assert parse_sbom_document(json.dumps(whole).encode(), "x").form


@pytest.mark.parametrize(
    "text",
    [
        {"bomFormat": "CycloneDX", "specVersion": "1.6"},
        {"spdxVersion": "SPDX-2.3", "packages": "nope"},
        {"schema": "seamline.sbom/1", "packages": []},
        {"artifacts": [], "descriptor": {"name": "syft"}},
    ],
)
def test_a_document_that_names_no_package_is_a_gap_and_never_clean(text: dict[str, Any]) -> None:
    document = parse_sbom_document(json.dumps(text).encode(), "x")
    assert [gap.message.id for gap in document.gaps] == ["document-without-packages"]


@pytest.mark.parametrize("schema", ["seamline.sbom/9", "seamline.scan/1"])
def test_a_document_of_ours_of_another_kind_or_version_is_refused(schema: str) -> None:
    with pytest.raises(Unsupported, match=schema):
        parse_sbom_document(json.dumps({"schema": schema, "packages": []}).encode(), "x")


def test_a_package_without_name_and_purl_is_a_gap_that_says_so() -> None:
    text = {"schema": "seamline.sbom/1", "packages": [{"name": 1}]}
    (gap,) = parse_sbom_document(json.dumps(text).encode(), "x").gaps
    assert gap.message.args == {"name": "?"}


@pytest.mark.parametrize(
    ("purl", "gaps"),
    [
        ("pkg:deb/debian/libssl3@3.0.17-1?distro=debian-12", ["document-without-sources"]),
        (DEB, []),
        (PIP, []),
    ],
)
def test_a_document_that_tells_no_source_packages_says_so(purl: str, gaps: list[str]) -> None:
    name = purl.partition("@")[0].rpartition("/")[2]
    component = {"type": "library", "name": name, "version": "1", "purl": purl}
    text = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}
    assert [gap.message.id for gap in parse_sbom_document(json.dumps(text).encode(), "x").gaps] == gaps


@pytest.mark.parametrize("form", ["cyclonedx", "syft", "spdx", "own"])
@pytest.mark.parametrize("name", ["", "x"])
def test_packages_that_a_document_names_alike_or_not_at_all_are_all_installed(form: str, name: str) -> None:
    purls = ["pkg:pypi/a@1", "pkg:pypi/a@2", "pkg:pypi/a@2"]
    documents = {
        "cyclonedx": {"bomFormat": "CycloneDX", "components": [{"type": "library", "bom-ref": name, "purl": each} for each in purls]},
        "syft": {"descriptor": {}, "artifacts": [{"id": name, "purl": each} for each in purls]},
        "spdx": {"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": name, "externalRefs": [{"referenceType": "purl", "referenceLocator": each}]} for each in purls]},
        "own": {"schema": "seamline.sbom/1", "packages": [{"key": name, "purl": each} for each in purls]},
    }  # fmt: skip
    found = parse_sbom_document(json.dumps(documents[form]).encode(), "x.json").installs
    assert [each.package.version for each in found] == ["1", "2"]
