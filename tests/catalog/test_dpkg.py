"""dpkg beside dpkg itself, on this machine's own database, and on scenes of layers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from seamline.catalog.dpkg import READER
from seamline.catalog.reader import Supply
from seamline.formats.dpkg import parse_status
from seamline.formats.os_release import parse_os_release
from seamline.model.evidence import Gap
from seamline.model.purl import purl_of
from tests.data import data_path
from tests.scenes import Link, Scene, Whiteout, installs_in, read_scene

STATUS = "var/lib/dpkg/status"


def paragraph(name: str, version: str, **fields: str) -> str:
    more = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in fields.items())
    return f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n{more}\n"


def status(*paragraphs: str) -> dict[str, bytes]:
    return {STATUS: "".join(paragraphs).encode()}


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="not a Debian machine")
def test_this_machine_is_read_as_dpkg_query_reads_it() -> None:
    asked = subprocess.run(
        [
            "dpkg-query",
            "-W",
            "-f",
            "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    read = parse_status(Path("/var/lib/dpkg/status").read_bytes())
    found = [f"{p.name}\t{p.version}\t{p.architecture}\t{p.source_name}\t{p.source_version}" for p in read]
    assert sorted(found) == sorted(asked.splitlines())


def test_an_upgrade_above_keeps_the_origin_and_moves_the_current_layer() -> None:
    scene = [
        status(paragraph("libssl3", "3.0.1"), paragraph("bash", "5.2")),
        status(paragraph("libssl3", "3.0.2"), paragraph("bash", "5.2"), paragraph("curl", "8")),
    ]
    spans = {
        i.package.name: (i.origin_layer, i.current_layer) for i in installs_in(read_scene(READER, scene))
    }
    assert spans == {"libssl3": (0, 1), "bash": (0, 0), "curl": (1, 1)}


def test_removed_and_reinstalled_in_the_same_version_belongs_to_the_upper_layer() -> None:
    scene = [
        status(paragraph("curl", "8"), paragraph("bash", "5")),
        status(paragraph("bash", "5")),
        status(paragraph("curl", "8"), paragraph("bash", "5")),
    ]
    spans = {i.package.name: i.origin_layer for i in installs_in(read_scene(READER, scene))}
    assert spans == {"curl": 2, "bash": 0}


@pytest.mark.parametrize("above", [{STATUS: Whiteout()}, {STATUS: b""}, {"var/lib/dpkg": Whiteout()}])
def test_a_database_hidden_above_is_a_gap_and_its_packages_are_recovered(above: dict[str, object]) -> None:
    said = read_scene(READER, [status(paragraph("bash", "5")), above])  # type: ignore[list-item]
    assert [gap.message.id.startswith("package-database-") for gap in said if isinstance(gap, Gap)] == [True]
    (bash,) = installs_in(said)
    assert bash.recovered
    assert bash.origin_layer == 0


@pytest.mark.parametrize("database", [b"", b"\x93\x00 no database\n"])
def test_a_database_that_tells_of_nothing_is_a_gap(database: bytes) -> None:
    (gap,) = read_scene(READER, [{STATUS: database}])
    assert isinstance(gap, Gap)
    assert gap.message.id == "package-database-empty"


def test_an_empty_database_beside_distroless_paragraphs_is_no_gap() -> None:
    said = read_scene(READER, [{STATUS: b"", "var/lib/dpkg/status.d/bash": paragraph("bash", "5").encode()}])
    assert [i.package.name for i in installs_in(said)] == ["bash"]
    assert not any(isinstance(each, Gap) for each in said)


@pytest.mark.parametrize(
    "scene",
    [
        [{"var/lib/dpkg": Link("../../opt/dpkg"), "opt/dpkg/status": paragraph("bash", "5").encode()}],
        [
            status(paragraph("bash", "4")),
            {STATUS: Link("/opt/status"), "opt/status": paragraph("bash", "5").encode()},
        ],
    ],
)
def test_a_database_behind_a_link_is_a_gap_and_never_silence(scene: Scene) -> None:
    (gap,) = (said for said in read_scene(READER, scene) if isinstance(said, Gap))
    assert gap.message.id == "package-database-elsewhere"
    assert str(gap.message.args["path"]).startswith("opt/")


def test_a_removed_package_that_left_its_configuration_is_not_installed() -> None:
    left = "Package: nginx\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"
    assert [p.name for p in parse_status((left + paragraph("bash", "5")).encode())] == ["bash"]


def test_files_go_where_links_and_diversions_lead() -> None:
    scene = [
        {
            **status(paragraph("dash", "1"), paragraph("bash", "5")),
            "usr/bin/dash": b"elf",
            "bin": Link("usr/bin"),
            "var/lib/dpkg/info/dash.list": b"/.\n/bin\n/bin/dash\n/bin/sh\n",
            "var/lib/dpkg/info/bash.list": b"/.\n/bin/sh\n",
            "var/lib/dpkg/diversions": b"/bin/sh\n/bin/sh.distrib\ndash\n",
        }
    ]
    paths = {s.install.package.name: s.paths for s in read_scene(READER, scene) if isinstance(s, Supply)}
    assert paths == {"dash": (b"bin", b"usr/bin/dash", b"usr/bin/sh"), "bash": (b"usr/bin/sh.distrib",)}


def test_a_file_diverted_under_its_other_name_is_still_its_packages() -> None:
    moved = b"/usr/bin/tar\n/usr/bin/tar.distrib\n:\n/usr/bin/sh\n/usr/bin/sh.gone\n:\n"
    scene = [
        {
            **status(paragraph("tar", "1")),
            "usr/bin/tar": b"#!/bin/sh",
            "usr/bin/tar.distrib": b"elf",
            "bin": Link("usr/bin"),
            "var/lib/dpkg/info/tar.list": b"/bin/tar\n/bin/sh\n",
            "var/lib/dpkg/diversions": moved,
        }
    ]
    (said,) = (each for each in read_scene(READER, scene) if isinstance(each, Supply))
    assert said.paths == (b"usr/bin/tar.distrib", b"usr/bin/sh")


def test_dependencies_name_what_is_installed_through_alternatives_and_provides() -> None:
    scene = [
        status(
            paragraph("app", "1", Depends="default-mta | mail-transport-agent, awk (>= 1), gone"),
            paragraph("exim4", "4", Provides="mail-transport-agent"),
            paragraph("mawk", "1", Provides="awk (= 1)"),
        )
    ]
    app = next(i for i in installs_in(read_scene(READER, scene)) if i.package.name == "app")
    assert [key.partition("@")[0] for key in app.depends] == ["pkg:deb/debian/exim4", "pkg:deb/debian/mawk"]


def test_third_party_archives_are_told_from_the_distributions_own() -> None:
    scene = [
        status(
            paragraph("nginx", "1.27.0-1~bookworm", Maintainer="NGINX Packaging <nginx-packaging@f5.com>"),
            paragraph("postgresql-16", "16.3-1.pgdg120+1", Maintainer="Debian PostgreSQL Maintainers"),
            paragraph("bash", "5", Maintainer="Matthias Klose <doko@debian.org>"),
        )
    ]
    suppliers = {i.package.name: i.supplier for i in installs_in(read_scene(READER, scene))}
    assert suppliers == {"nginx": "nginx.org", "postgresql-16": "PGDG", "bash": ""}


@pytest.mark.data
def test_distroless_packages_are_read_with_their_files_and_licences() -> None:
    root = data_path("package-dbs/distroless-like-debian12")
    files = {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    release = parse_os_release(files["etc/os-release"])
    assert release is not None
    said = read_scene(READER, [files], {b"": release})
    supplies = {s.install.package.name: s for s in said if isinstance(s, Supply)}
    assert len(supplies) == 10
    assert any(path.endswith(b"libssl.so.3") for path in supplies["libssl3"].paths)
    assert purl_of(supplies["libssl3"].install.package).endswith(
        "?arch=amd64&distro=debian-12&upstream=openssl"
    )


def test_a_root_filesystem_inside_another_is_its_own_root() -> None:
    scene = [{**status(paragraph("bash", "5")), "srv/chroot/" + STATUS: paragraph("dash", "1").encode()}]
    assert {i.package.name: i.root for i in installs_in(read_scene(READER, scene))} == {
        "bash": b"",
        "dash": b"srv/chroot",
    }
