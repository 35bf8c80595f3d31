"""Chiselled images: the manifest alone, and beside a dpkg database that tells of the same packages."""

from __future__ import annotations

from seamline.catalog.chisel import READER
from seamline.catalog.distribution import READER as DISTRIBUTION
from seamline.catalog.dpkg import READER as DPKG
from seamline.catalog.inventory import take_stock
from seamline.catalog.reader import Supply
from seamline.model.evidence import Gap
from seamline.model.purl import purl_of
from seamline.tree.fold import fold
from tests.formats.test_chisel import manifest, package, path
from tests.scenes import Link, Whiteout, facts_of, installs_in, read_scene

WALL = "var/lib/chisel/manifest.wall"
LIBC = manifest(
    package("libc6", "2.39"), path("/lib", "libc6_libs"), path("/lib/x86_64/libc.so.6", "libc6_libs")
)


def test_packages_own_the_paths_of_their_slices_behind_links() -> None:
    scene = [{"usr/lib/x86_64/libc.so.6": b"elf", "lib": Link("usr/lib"), WALL: LIBC}]
    (libc,) = (said for said in read_scene(READER, scene) if isinstance(said, Supply))
    assert libc.paths == (b"lib", b"usr/lib/x86_64/libc.so.6")
    assert purl_of(libc.install.package) == "pkg:deb/ubuntu/libc6@2.39?arch=amd64"


def test_a_recut_above_moves_the_current_layer_alone() -> None:
    scene = [{WALL: LIBC}, {WALL: manifest(package("libc6", "2.40"), package("openssl"))}]
    spans = {
        i.package.name: (i.origin_layer, i.current_layer) for i in installs_in(read_scene(READER, scene))
    }
    assert spans == {"libc6": (0, 1), "openssl": (1, 1)}


def test_a_manifest_deleted_above_is_a_gap_and_its_packages_are_recovered() -> None:
    said = read_scene(READER, [{WALL: LIBC}, {WALL: Whiteout()}])
    assert [gap.message.id for gap in said if isinstance(gap, Gap)] == ["package-database-deleted"]
    assert [install.recovered for install in installs_in(said)] == [True]


def test_a_damaged_manifest_is_a_gap() -> None:
    (gap,) = read_scene(READER, [{WALL: LIBC[:-4]}])
    assert isinstance(gap, Gap)
    assert gap.message.id == "unreadable-file"


def test_a_package_that_dpkg_tells_of_too_is_listed_once_and_keeps_its_slices_files() -> None:
    status = b"Package: libc6\nVersion: 2.39\nArchitecture: amd64\nSource: glibc\n\n"
    layer = {"etc/os-release": b"ID=ubuntu\n", "var/lib/dpkg/status.d/libc6": status, WALL: LIBC}
    without_a_release = {path: data for path, data in layer.items() if path != "etc/os-release"}
    for scene in (layer, without_a_release):
        facts = facts_of([scene], [DISTRIBUTION, DPKG, READER])
        catalog = take_stock(fold([layer.columns for layer in facts]), facts, [DPKG, READER])
        assert [(i.found_by, i.package.source_name) for i in catalog.installs] == [("dpkg", "glibc")]
        assert catalog.suppliers[b"lib/x86_64/libc.so.6"].endswith("#var/lib/dpkg/status.d/libc6")
