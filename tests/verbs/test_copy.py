"""Copies read back by skopeo and by us: the same digest wherever a manifest can be kept, the same layers always."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from seamline.effects.wire import Wire
from seamline.errors import SeamlineError, Usage
from seamline.formats.digesting import digest_of
from seamline.model.image import Image, Platform
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Stack
from seamline.verbs.copy import copy_everything, copy_image
from seamline.verbs.demo import write_demo
from seamline.verbs.session import Session
from tests.local_registry import PASSWORD, USER, LocalRegistry
from tests.neighbours import need


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_demo(tmp_path_factory.mktemp("demo")).application


def session(wire: Wire | None = None) -> Session:
    opening = Opening(wire=wire or Wire())
    return Session(opening=opening, cache=None, known=Stack(()), limits=Limits(), jobs=1, verify=False)


def skopeo_sees(name: str, *options: str) -> tuple[str, list[str]]:
    need("skopeo")
    done = subprocess.run(["skopeo", "inspect", *options, name], capture_output=True, check=True)
    found = json.loads(done.stdout)
    return found["Digest"], found["Layers"]


@pytest.mark.real
@pytest.mark.parametrize("form", ["oci-dir:{}/out:1", "oci-archive:{}/out.tar:1"])
def test_a_copy_keeps_the_digest(demo: str, tmp_path: Path, form: str) -> None:
    target = form.format(tmp_path)
    copied = copy_image(demo, target, session())
    original = open_image(demo, Opening())
    assert (copied.digest, copied.kept) == (original.digest, True)
    assert skopeo_sees(target.replace("oci-dir", "oci"))[0] == original.digest
    assert open_image(target, Opening()).digest == original.digest


@pytest.mark.real
def test_a_docker_archive_and_back_keeps_layers_and_configuration(demo: str, tmp_path: Path) -> None:
    original = open_image(demo, Opening())
    copy_image(demo, f"docker-archive:{tmp_path}/a.tar:team/shop:1", session())
    skopeo_sees(f"docker-archive:{tmp_path}/a.tar")
    saved = open_image(f"docker-archive:{tmp_path}/a.tar", Opening())
    assert [layer.diff_id for layer in saved.layers] == [layer.diff_id for layer in original.layers]
    copy_image(f"docker-archive:{tmp_path}/a.tar", f"oci-dir:{tmp_path}/back:1", session())
    back = open_image(f"oci-dir:{tmp_path}/back:1", Opening())
    assert back.raw is not None
    assert original.raw is not None
    assert back.raw.config == original.raw.config
    assert back.digest == original.digest, "the demo's layers are packed by the same writer"


@pytest.mark.real
def test_a_push_is_what_skopeo_then_finds(demo: str, logged_in: LocalRegistry) -> None:
    wire = Wire(ca_file=str(logged_in.ca_file), attempts=2, backoff_seconds=0.01)
    target = f"registry:{logged_in.host}/pushed/shop:2"
    for _ in range(2):
        copied = copy_image(demo, target, session(wire))
    creds = ["--creds", f"{USER}:{PASSWORD}", "--tls-verify=false"]
    assert skopeo_sees(target.replace("registry:", "docker://"), *creds)[0] == copied.digest
    assert open_image(target, Opening(wire=wire)).digest == copied.digest


def first_layer(image: Image) -> bytes:
    with image.layers[0].open() as blob:
        return blob.read()


@pytest.mark.real
def test_a_whole_index_is_copied_with_its_digest_and_every_platform(platforms: str, tmp_path: Path) -> None:
    arm = Opening(platform=Platform("linux", "arm64"))
    original = open_image(platforms, arm)
    assert len(original.platforms) == 2
    name = platforms
    for target in (f"oci-dir:{tmp_path}/out:1", f"oci-archive:{tmp_path}/out.tar:1"):
        copied = copy_everything(name, target, session())
        assert (copied.digest, copied.kept) == (original.index_digest, True)
        found = open_image(target, arm)
        assert (found.index_digest, found.digest) == (original.index_digest, original.digest)
        assert first_layer(found) == first_layer(original)
        seen = target.replace("oci-dir", "oci")
        raw = subprocess.run(["skopeo", "inspect", "--raw", seen], capture_output=True, check=True).stdout
        assert digest_of(raw) == original.index_digest
        name = target


@pytest.mark.real
def test_a_whole_index_is_pushed(platforms: str, logged_in: LocalRegistry, tmp_path: Path) -> None:
    wire = Wire(ca_file=str(logged_in.ca_file), attempts=2, backoff_seconds=0.01)
    target = f"registry:{logged_in.host}/pushed/both:1"
    copied = copy_everything(platforms, target, session(wire))
    arm = Opening(platform=Platform("linux", "arm64"), wire=wire)
    assert open_image(target, arm).index_digest == copied.digest == open_image(platforms, arm).index_digest
    back = copy_everything(target, f"oci-dir:{tmp_path}/back:1", session(wire))
    assert back.digest == copied.digest


@pytest.mark.real
def test_a_whole_index_fits_no_docker_archive(platforms: str, tmp_path: Path) -> None:
    with pytest.raises(Usage, match="oci-archive"):
        copy_everything(platforms, f"docker-archive:{tmp_path}/out.tar:a:1", session())


def test_a_copy_adds_to_a_layout_and_moves_its_tag(demo: str, tmp_path: Path) -> None:
    base = demo.replace(":shop", ":base") if ":shop" in demo else demo
    copy_image(demo, f"oci-dir:{tmp_path}/out:a", session())
    copy_image(base, f"oci-dir:{tmp_path}/out:b", session())
    copy_image(base, f"oci-dir:{tmp_path}/out:a", session())
    digests = {open_image(f"oci-dir:{tmp_path}/out:{tag}", Opening()).digest for tag in "ab"}
    assert digests == {open_image(base, Opening()).digest}


def test_a_damaged_blob_in_the_destination_is_written_anew(demo: str, tmp_path: Path) -> None:
    blobs = tmp_path / "out" / "blobs" / "sha256"
    copied = copy_image(demo, f"oci-dir:{tmp_path}/out:1", session())
    before = {path: path.read_bytes() for path in blobs.iterdir()}
    *others, untouched = sorted(blobs.iterdir(), key=lambda path: path.stat().st_size)
    written = untouched.stat().st_ino
    for path in others:  # the size stays
        path.write_bytes(before[path][:-1] + b"x")
    assert copy_image(demo, f"oci-dir:{tmp_path}/out:1", session()).digest == copied.digest
    assert {path: path.read_bytes() for path in blobs.iterdir()} == before
    assert untouched.stat().st_ino == written


def test_a_root_filesystem_becomes_an_image(tmp_path: Path) -> None:
    (tmp_path / "root" / "etc").mkdir(parents=True)
    (tmp_path / "root" / "etc" / "os-release").write_text("ID=sample\n")
    copy_image(f"dir:{tmp_path}/root", f"oci-dir:{tmp_path}/image", session())
    again = copy_image(f"dir:{tmp_path}/root", f"oci-dir:{tmp_path}/image2", session())
    assert open_image(f"oci-dir:{tmp_path}/image", Opening()).digest == again.digest


def test_a_lying_layer_leaves_nothing_behind(demo: str, tmp_path: Path) -> None:
    copy_image(demo, f"oci-dir:{tmp_path}/source:1", session())
    largest = max((tmp_path / "source/blobs/sha256").iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1] + b"x")
    for target in (f"oci-archive:{tmp_path}/out.tar", f"oci-dir:{tmp_path}/out"):
        with pytest.raises(SeamlineError):
            copy_image(f"oci-dir:{tmp_path}/source:1", target, session())
    assert not (tmp_path / "out.tar").exists()
    assert not (tmp_path / "out" / "index.json").exists()
    assert [path for path in tmp_path.rglob(".*") if path.is_file()] == []


def test_a_destination_that_is_none_lists_what_there_is(demo: str) -> None:
    with pytest.raises(Usage, match="oci-archive"):
        copy_image(demo, "somewhere", session())
