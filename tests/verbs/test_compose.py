"""Images composed from an archive made here, signed by a throw-away key, and from the machine's own sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.effects.openpgp import verify_inline
from seamline.effects.wire import Wire
from seamline.errors import Lying, Malformed, MissingTool, NotFound, Refused, SeamlineError
from seamline.formats.apt import AptSource, parse_sources_deb822, parse_sources_list
from seamline.formats.recipe import parse_recipe
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Stack
from seamline.verbs.compose import Composed, ComposeOptions, compose
from seamline.verbs.look import Looked, look
from seamline.verbs.session import Session
from seamline.versions import deb
from tests.neighbours import need

AS_OF = "2026-02-01T00:00:00Z"
CONTROL = "Package: {}\nVersion: {}\nArchitecture: amd64\nMaintainer: Nobody <nobody@example.org>\nDescription: made for a test\n"


class LocalArchive(NamedTuple):
    folder: Path
    keyring: Path
    home: Path

    def publish(self, *, valid_until: str = "", signed: bool = True) -> None:
        """Indexes what is in the pool and signs it."""
        lists = self.folder / "dists/stable/main/binary-amd64"
        lists.mkdir(parents=True, exist_ok=True)
        packages = subprocess.run(
            ["dpkg-scanpackages", "-m", "pool"], cwd=self.folder, capture_output=True, check=True
        ).stdout
        (lists / "Packages").write_bytes(packages)
        digest = hashlib.sha256(packages).hexdigest()
        release = "Suite: stable\nArchitectures: amd64\nComponents: main\n"
        release += f"Valid-Until: {valid_until}\n" if valid_until else ""
        release += f"SHA256:\n {digest} {len(packages)} main/binary-amd64/Packages\n"
        plain = self.folder / "dists/stable/Release"
        plain.write_text(release)
        inline = self.folder / "dists/stable/InRelease"
        inline.unlink(missing_ok=True)
        if signed:
            sign = ["gpg", "--homedir", self.home, "--batch", "--yes", "--clearsign", "-o", inline, plain]
            subprocess.run(sign, check=True, capture_output=True)
        else:
            inline.write_text(release)

    def add(self, name: str, version: str, files: dict[str, str] | None = None, **fields: str) -> Path:
        """Builds one package with dpkg-deb itself."""
        root = self.home / f"{name}-{version}"
        (root / "DEBIAN").mkdir(parents=True)
        more = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in fields.items())
        (root / "DEBIAN/control").write_text(CONTROL.format(name, version) + more)
        for path, content in {f"usr/share/doc/{name}/copyright": "License: MIT\n", **(files or {})}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)
        (self.folder / "pool").mkdir(exist_ok=True)
        target = self.folder / f"pool/{name}_{version.replace(':', '%3a')}_amd64.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-b", root, target], check=True, capture_output=True
        )
        return target


@pytest.fixture
def archive(tmp_path: Path) -> LocalArchive:
    need("dpkg-deb", "dpkg-scanpackages", "gpg", "gpgv")
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    generate = [
        "gpg",
        "--homedir",
        home,
        "--batch",
        "--passphrase",
        "",
        "--quick-gen-key",
        "test@example.org",
        "rsa2048",
    ]
    subprocess.run(generate, check=True, capture_output=True)
    keyring = tmp_path / "keyring.gpg"
    exported = subprocess.run(["gpg", "--homedir", home, "--export"], check=True, capture_output=True).stdout
    keyring.write_bytes(exported)
    made = LocalArchive(tmp_path / "archive", keyring, home)
    made.folder.mkdir()
    made.add(
        "app",
        "1.2-1",
        {"usr/bin/app": "#!/bin/sh\n", "bin/old": "x"},
        Depends="lib (>= 1), default-x | virtual-x",
    )
    made.add("lib", "1:1.0-1", {"usr/lib/lib.so.1": "lib"})
    made.add("lib", "0.9-1", {"usr/lib/lib.so.0": "old"})
    made.add("provider", "1", {"usr/bin/x": "x"}, Provides="virtual-x")
    made.add("rival", "1", Conflicts="app")
    made.publish()
    yield made  # type: ignore[misc]
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def recipe(archive: LocalArchive, text: str) -> Path:
    source = f"sources: [{{uri: 'file://{archive.folder}', suite: stable, signed-by: {archive.keyring}}}]\n"
    path = archive.home / f"recipe-{hashlib.sha256(text.encode()).hexdigest()[:8]}.yaml"
    path.write_text(source + text)
    return path


def make(path: Path, destination: str, *, update: bool = False, as_of: str = AS_OF) -> Composed:
    session = Session(
        opening=Opening(wire=Wire()), cache=None, known=Stack(()), limits=Limits(), jobs=1, verify=False
    )
    return compose(
        ComposeOptions(recipe=path, destination=destination, update_lock=update, as_of=as_of), session
    )


def read(name: str) -> Looked:
    return look(open_image(name, Opening()), cache=None, limits=Limits())


@pytest.mark.real
def test_the_closure_is_installed_once_in_its_newest_versions_and_dpkg_agrees(
    archive: LocalArchive, tmp_path: Path
) -> None:
    made = make(recipe(archive, "layers: [{packages: [app]}]\n"), f"oci-dir:{tmp_path}/out:1")
    assert made.packages == (("app 1.2-1", "lib 1:1.0-1", "provider 1"),)
    looked = read(f"oci-dir:{tmp_path}/out:1")
    assert [(i.package.name, i.package.version) for i in looked.catalog.installs] == [
        ("app", "1.2-1"),
        ("lib", "1:1.0-1"),
        ("provider", "1"),
    ]
    assert looked.tree.at(b"bin/old") is not None
    assert looked.tree.canonical(b"bin/old") == b"usr/bin/old"
    assert looked.catalog.suppliers[b"usr/bin/app"].startswith("pkg:deb/debian/app@1.2-1")
    admin = tmp_path / "admin"
    (admin / "info").mkdir(parents=True)
    status = next(e for e in looked.tree.entries() if e.path == b"var/lib/dpkg/status")
    session = Session(opening=Opening(), cache=None, known=Stack(()), limits=Limits(), jobs=1, verify=False)
    (admin / "status").write_bytes(session.read_file(looked, status))
    asked = subprocess.run(
        ["dpkg-query", f"--admindir={admin}", "-W", "-f", "${Package} ${db:Status-Abbrev}\n"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.split("\n")[:3] == ["app ii ", "lib ii ", "provider ii "]


@pytest.mark.real
def test_the_same_bytes_come_out_again_and_the_lock_holds_against_newer_packages(
    archive: LocalArchive, tmp_path: Path
) -> None:
    path = recipe(archive, "layers: [{packages: [app]}]\n")
    first = make(path, f"oci-dir:{tmp_path}/a:1")
    archive.add("lib", "1:2.0-1")
    archive.publish()
    again = make(path, f"oci-dir:{tmp_path}/b:1", as_of="2026-03-01T00:00:00Z")
    assert again.digest == first.digest
    newer = make(path, f"oci-dir:{tmp_path}/c:1", update=True)
    assert "lib 1:2.0-1" in newer.packages[0]


@pytest.mark.real
def test_an_image_on_a_base_brings_only_what_the_base_lacks(archive: LocalArchive, tmp_path: Path) -> None:
    make(recipe(archive, "layers: [{packages: [lib]}]\n"), f"oci-dir:{tmp_path}/base:1")
    text = f"base: oci-dir:{tmp_path}/base:1\nlayers: [{{packages: [app]}}]\nusers: [{{name: app}}]\nconfig: {{user: app, env: {{A: b}}}}\n"
    made = make(recipe(archive, text), f"oci-dir:{tmp_path}/app:1")
    assert made.packages == (("app 1.2-1", "provider 1"),)
    looked = read(f"oci-dir:{tmp_path}/app:1")
    origins = {i.package.name: i.origin_layer for i in looked.catalog.installs}
    assert origins == {"app": 1, "lib": 0, "provider": 1}
    assert looked.image.config.user == "app"
    assert (
        looked.image.annotations["org.opencontainers.image.base.digest"]
        == open_image(f"oci-dir:{tmp_path}/base:1", Opening()).digest
    )


@pytest.mark.real
def test_a_distroless_database_is_read_with_its_files(archive: LocalArchive, tmp_path: Path) -> None:
    make(recipe(archive, "layers: [{packages: [lib]}]\ndatabase: status.d\n"), f"oci-dir:{tmp_path}/out:1")
    looked = read(f"oci-dir:{tmp_path}/out:1")
    assert [i.proofs for i in looked.catalog.installs] == [(b"var/lib/dpkg/status.d/lib",)]
    assert b"usr/lib/lib.so.1" in looked.catalog.suppliers


@pytest.mark.real
@pytest.mark.parametrize(
    ("text", "fault", "says"),
    [
        ("layers: [{packages: [nothing]}]\n", NotFound, "the request needs"),
        ("layers: [{packages: [app, rival]}]\n", Refused, "conflicts with"),
    ],
)
def test_what_cannot_be_chosen_says_why(
    archive: LocalArchive, tmp_path: Path, text: str, fault: type[SeamlineError], says: str
) -> None:
    with pytest.raises(fault, match=says):
        make(recipe(archive, text), f"oci-dir:{tmp_path}/out:1")
    assert not (tmp_path / "out").exists()


def flat(archive: LocalArchive, **fields: str) -> None:
    """The same packages as a flat archive: everything in one folder."""
    packages = subprocess.run(
        ["dpkg-scanpackages", "-m", "pool"], cwd=archive.folder, capture_output=True, check=True
    ).stdout
    (archive.folder / "Packages").write_bytes(packages)
    digest = hashlib.sha256(packages).hexdigest()
    release = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    release += f"SHA256:\n {digest} {len(packages)} Packages\n"
    (archive.folder / "Release").write_text(release)
    target = archive.folder / "InRelease"
    sign = ["gpg", "--homedir", archive.home, "--batch", "--yes", "--clearsign", "-o", target]
    subprocess.run([*sign, archive.folder / "Release"], check=True, capture_output=True)
    kept = archive.folder / "by-hash/SHA256" / digest
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(packages)


@pytest.mark.real
@pytest.mark.parametrize("suite", ["./", "/"])
def test_a_flat_archive_is_read(archive: LocalArchive, tmp_path: Path, suite: str) -> None:
    flat(archive)
    path = tmp_path / "flat.yaml"
    path.write_text(
        f"sources: [{{uri: 'file://{archive.folder}', suite: {suite}, components: [], signed-by: {archive.keyring}}}]\n"
        "layers: [{packages: [lib]}]\n"
    )
    assert make(path, f"oci-dir:{tmp_path}/out:1").packages == (("lib 1:1.0-1",),)


@pytest.mark.real
def test_an_index_is_asked_for_under_its_checksum_where_the_archive_offers_that(
    archive: LocalArchive, tmp_path: Path
) -> None:
    flat(archive, Acquire_By_Hash="yes")
    (archive.folder / "Packages").write_text("renewed meanwhile")
    path = tmp_path / "flat.yaml"
    path.write_text(
        f"sources: [{{uri: 'file://{archive.folder}', suite: ./, components: [], signed-by: {archive.keyring}}}]\n"
        "layers: [{packages: [lib]}]\n"
    )
    assert make(path, f"oci-dir:{tmp_path}/out:1").packages == (("lib 1:1.0-1",),)


@pytest.mark.real
@pytest.mark.parametrize("program", ["gpgv", "library"])
def test_a_signature_is_checked_by_whatever_is_there(
    archive: LocalArchive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    signed = (archive.folder / "dists/stable/InRelease").read_bytes()
    armoured = subprocess.run(
        ["gpg", "--homedir", archive.home, "--export", "--armor"], check=True, capture_output=True, text=True
    ).stdout
    with monkeypatch.context() as patch:
        if program == "library":
            patch.setenv("PATH", "/nonexistent")
        for key in (archive.keyring, armoured):
            verify_inline(signed, [key], "here")
            with pytest.raises(Refused, match="signature by"):
                verify_inline(signed.replace(b"Suite: stable", b"Suite: unstable"), [key], "here")
        with pytest.raises(Refused, match="keyring to check"):
            verify_inline(signed, [tmp_path / "none"], "here")


def test_without_anything_to_check_it_a_signature_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    (tmp_path / "key.gpg").write_bytes(b"key")
    with pytest.raises(MissingTool, match="apt-get install gpgv"):
        verify_inline(b"message", [tmp_path / "key.gpg"], "here")


def test_apts_sources_are_read_in_both_forms() -> None:
    line = "deb [arch=amd64,arm64 signed-by=/k.gpg] http://a.example/debian stable main contrib # x\n"
    assert list(
        parse_sources_list(line + "deb-src http://a.example x main\ndeb http://flat.example ./\n")
    ) == [
        AptSource(
            uri="http://a.example/debian",
            suite="stable",
            components=("main", "contrib"),
            keyring="/k.gpg",
            architectures=("amd64", "arm64"),
            line=1,
        ),
        AptSource(uri="http://flat.example", suite="./", components=(), line=3),
    ]
    text = "Types: deb\nURIs: http://a.example/\nSuites: s t\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDM=\n -----END PGP PUBLIC KEY BLOCK-----\n"
    first, second = parse_sources_deb822(text)
    assert (first.place, second.place) == ("http://a.example/dists/s", "http://a.example/dists/t")
    assert first.keyring.split("\n")[1:3] == ["", "mDM="]


@pytest.mark.real
def test_what_is_not_signed_expired_or_changed_is_refused(archive: LocalArchive, tmp_path: Path) -> None:
    path = recipe(archive, "layers: [{packages: [lib]}]\n")
    target = f"oci-dir:{tmp_path}/out:1"
    archive.publish(signed=False)
    with pytest.raises(Refused, match="signature"):
        make(path, target)
    archive.publish(valid_until="Sat, 31 Jan 2026 00:00:00 UTC")
    with pytest.raises(Refused, match="stale"):
        make(path, target)
    archive.publish()
    deb = archive.folder / "pool/lib_1%3a1.0-1_amd64.deb"
    deb.write_bytes(deb.read_bytes()[:-8] + b"tampered")
    with pytest.raises((Lying, NotFound)):
        make(path, target)
    index = archive.folder / "dists/stable/main/binary-amd64/Packages"
    index.write_bytes(index.read_bytes().replace(b"Version: 1", b"Version: 9"))
    with pytest.raises(Lying):
        make(path, target)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    [b"", b"layers: 1", b"layers: []", b"what: x", b"[" * 50_000, b"layers: [{packages: [a]}]\ndatabase: x"],
)
def test_recipes_that_are_none_are_malformed(text: bytes) -> None:
    with pytest.raises(Malformed):
        parse_recipe(text, "x.yaml")


VERSIONS = st.from_regex(r"\A([0-9]:)?[0-9][0-9a-z.+~]{0,6}(-[0-9a-z.+~]{1,4})?\Z")


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="not a Debian machine")
@settings(max_examples=60, deadline=None)
@given(VERSIONS, VERSIONS)
def test_versions_sort_as_dpkg_sorts_them(one: str, other: str) -> None:
    def dpkg(operator: str) -> bool:
        return (
            subprocess.run(
                ["dpkg", "--compare-versions", one, operator, other], check=False, capture_output=True
            ).returncode
            == 0
        )

    assert (deb.key(one) < deb.key(other)) == dpkg("lt")
    assert (deb.key(one) == deb.key(other)) == dpkg("eq")


@pytest.mark.real
@pytest.mark.skipif(
    not Path("/etc/apt").is_dir() or os.environ.get("SEAMLINE_NO_APT") == "1", reason="no apt here"
)
def test_the_machines_own_sources_give_a_real_package(tmp_path: Path) -> None:
    need("gpgv")
    path = tmp_path / "real.yaml"
    path.write_text("layers: [{packages: [netbase]}]\ndatabase: status.d\n")
    make(path, f"oci-dir:{tmp_path}/out:1", as_of="2026-11-24T00:00:00Z")
    assert "netbase" in {i.package.name for i in read(f"oci-dir:{tmp_path}/out:1").catalog.installs}
