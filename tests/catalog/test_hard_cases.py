"""The hard cases of reading: what other tools get wrong, each as a whole scene with the right answer."""

from __future__ import annotations

import json

from seamline.catalog.inventory import Catalog
from seamline.model.package import Install
from tests.catalog.test_programs import elf
from tests.scenes import File, Scene, Thing, Whiteout, stock_of

OS_RELEASE: dict[str, Thing] = {"etc/os-release": b'ID=debian\nVERSION_ID="12"\n'}
SITE = "usr/lib/python3/dist-packages"


def one(catalog: Catalog, name: str) -> Install:
    (found,) = (install for install in catalog.installs if install.package.name == name)
    return found


def status(**versions: str) -> dict[str, Thing]:
    text = "".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n\n"
        for name, version in versions.items()
    )
    return {"var/lib/dpkg/status": text.encode()}


def npm(folder: str, name: str, version: str) -> dict[str, Thing]:
    return {f"{folder}/package.json": json.dumps({"name": name, "version": version}).encode()}


def dist_info(site: str, name: str, version: str) -> dict[str, Thing]:
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    return {f"{site}/{name}-{version}.dist-info/METADATA": metadata}


def test_npms_own_tar_is_the_bases_and_the_applications_newer_one_is_its_own() -> None:
    npms = "usr/local/lib/node_modules/npm"
    base = {**npm(npms, "npm", "10.8.0"), **npm(f"{npms}/node_modules/tar", "tar", "6.2.0")}
    catalog = stock_of([base, npm("app/node_modules/tar", "tar", "7.4.0")])
    tars = {i.package.version: i for i in catalog.installs if i.package.name == "tar"}
    assert (tars["6.2.0"].current_layer, tars["7.4.0"].current_layer) == (0, 1)
    assert tars["6.2.0"].owned_by
    assert not tars["7.4.0"].owned_by


def test_pip_install_over_the_bases_copy_leaves_one_copy_that_the_base_still_began() -> None:
    site = "usr/local/lib/python3.12/site-packages"
    above: dict[str, Thing] = {
        f"{site}/setuptools-65.0.dist-info": Whiteout(),
        **dist_info(site, "setuptools", "78.1.1"),
    }
    setuptools = one(stock_of([dist_info(site, "setuptools", "65.0"), above]), "setuptools")
    assert (setuptools.package.version, setuptools.origin_layer, setuptools.current_layer) == ("78.1.1", 0, 1)


def test_a_library_that_the_application_upgraded_is_one_package_with_both_layers() -> None:
    scene = [{**OS_RELEASE, **status(libssl3="3.0.1", libc6="2.36")}, status(libssl3="3.0.2", libc6="2.36")]
    catalog = stock_of(scene)
    ssl, libc = one(catalog, "libssl3"), one(catalog, "libc6")
    assert (ssl.package.version, ssl.origin_layer, ssl.current_layer) == ("3.0.2", 0, 1)
    assert (libc.origin_layer, libc.current_layer) == (0, 0)


def test_a_package_removed_and_reinstalled_in_the_same_version_is_the_reinstallers() -> None:
    scene = [{**OS_RELEASE, **status(a="1", b="1")}, status(a="1"), status(a="1", b="1")]
    again = one(stock_of(scene), "b")
    assert (again.origin_layer, again.current_layer) == (2, 2)


def test_a_python_package_that_a_distribution_package_installed_is_that_packages() -> None:
    metadata = f"{SITE}/cryptography-38.0.4.dist-info/METADATA"
    scene = {
        **OS_RELEASE,
        **status(**{"python3-cryptography": "38.0.4-3"}),
        "var/lib/dpkg/info/python3-cryptography.list": f"/.\n/{metadata}\n".encode(),
        **dist_info(SITE, "cryptography", "38.0.4"),
    }
    catalog = stock_of([scene])
    assert one(catalog, "cryptography").owned_by.startswith("pkg:deb/debian/python3-cryptography@38.0.4-3")
    over: dict[str, Thing] = dist_info(SITE, "cryptography", "38.0.4")
    rewritten = {path: data + b"Summary: patched\n" for path, data in over.items() if isinstance(data, bytes)}
    assert one(stock_of([scene, rewritten]), "cryptography").owned_by == ""


def test_a_go_program_without_build_information_is_unidentified_and_not_clean() -> None:
    note = b"\x04\0\0\0\x04\0\0\0\x04\0\0\0Go\0\0"
    catalog = stock_of([{"app/server": File(elf(note, b".gopclntab"), 0o755)}])
    assert [p.entry.path for p in catalog.unaccounted] == [b"app/server"]
    packed = stock_of([{"app/server": File(elf(b"UPX!\x0d\x24\x0e\x0a"), 0o755)}])
    assert [gap.message.id for gap in packed.gaps] == ["packed-program"]


def test_an_emptied_database_is_never_nothing_installed() -> None:
    scene: Scene = [{**OS_RELEASE, **status(libc6="2.36")}, {"var/lib/dpkg/status": b""}]
    catalog = stock_of(scene)
    assert one(catalog, "libc6").recovered
    assert len(catalog.gaps) == 1


def test_a_first_layer_without_a_release_file_hides_nothing_above_it() -> None:
    catalog = stock_of([{"app/readme": b"x"}, {**OS_RELEASE, **status(libc6="2.36")}])
    assert catalog.distribution is not None
    assert one(catalog, "libc6").package.namespace == "debian"


def test_a_root_filesystem_inside_the_image_has_its_own_distribution() -> None:
    inner: dict[str, Thing] = {"srv/root/etc/os-release": b'ID=debian\nVERSION_ID="11"\n'}
    inner |= {f"srv/root/{path}": data for path, data in status(bash="5.1").items()}
    catalog = stock_of([{**OS_RELEASE, **status(bash="5.2"), **inner}])
    versions = {i.package.version: i.package.distribution for i in catalog.installs}
    assert {v: d.version_id for v, d in versions.items() if d is not None} == {"5.2": "12", "5.1": "11"}
