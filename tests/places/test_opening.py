"""Every way to name an image, on images that real tools wrote."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from seamline.effects.wire import Wire
from seamline.errors import Malformed, NotFound, SeamlineError, Unreachable, Unsupported
from seamline.model.entry import Kind
from seamline.model.image import Platform
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.verbs.demo import write_demo
from seamline.verbs.look import Looked, look
from tests.layouts import write_layout
from tests.neighbours import need
from tests.scenes import tar_of

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"


def read(name: str, opening: Opening | None = None) -> Looked:
    return look(open_image(name, opening or Opening()), cache=None, limits=Limits())


def packages(looked: Looked) -> list[tuple[str, str, int]]:
    return [(i.package.name, i.package.version, i.origin_layer) for i in looked.catalog.installs]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


def skopeo(*arguments: str) -> None:
    need("skopeo")
    subprocess.run(["skopeo", "copy", "-q", *arguments], check=True)


@pytest.mark.real
@pytest.mark.parametrize(
    ("form", "named"),
    [
        ("oci:{}/layout:x", "oci-dir:{}/layout:x"),
        ("oci:{}/layout:x", "{}/layout"),
        ("oci-archive:{}/a.tar:x", "oci-archive:{}/a.tar"),
        ("oci-archive:{}/a.tar:x", "{}/a.tar"),
        ("docker-archive:{}/d.tar:team/app:x", "docker-archive:{}/d.tar:team/app:x"),
        ("docker-archive:{}/d.tar:team/app:x", "{}/d.tar"),
        ("dir:{}/d", "dir:{}/d"),
        ("dir:{}/d", "{}/d"),
    ],
)
def test_what_skopeo_writes_is_opened_and_known_by_its_content(
    demo: Path, tmp_path: Path, form: str, named: str
) -> None:
    skopeo(f"oci:{demo}:shop", form.format(tmp_path))
    original = read(f"oci-dir:{demo}:shop")
    found = read(named.format(tmp_path))
    assert packages(found) == packages(original)
    assert [r.diff_id for r in found.layers] == [r.diff_id for r in original.layers]
    if "docker-archive" not in form:
        assert found.image.digest == original.image.digest or form.startswith("dir:")


def test_an_old_docker_archive_with_links_among_its_layers_is_read(tmp_path: Path) -> None:
    layer = tar_of({"etc/x": b"1"})
    diff_id = "sha256:" + sha256(layer).hexdigest()
    config = json.dumps(
        {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [diff_id, diff_id]}}
    )
    manifest = [{"Config": "abc.json", "RepoTags": ["a:1"], "Layers": ["one/layer.tar", "two/layer.tar"]}]
    path = tmp_path / "old.tar"
    with tarfile.open(path, "w") as archive:
        for name, data in (
            ("abc.json", config.encode()),
            ("one/layer.tar", layer),
            ("manifest.json", json.dumps(manifest).encode()),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("two/layer.tar")
        link.type, link.linkname = tarfile.SYMTYPE, "../one/layer.tar"
        archive.addfile(link)
    assert [reading.verification.value for reading in read(str(path)).layers] == ["full", "full"]
    path.with_suffix(".gz").write_bytes(gzip.compress(path.read_bytes()))
    assert len(read(str(path.with_suffix(".gz"))).tree) == 2


def test_an_archive_of_dockers_first_form_never_passes_for_a_root_filesystem(tmp_path: Path) -> None:
    path = tmp_path / "first.tar"
    path.write_bytes(
        tar_of({"repositories": b"{}", "one/layer.tar": tar_of({"etc/x": b"1"}), "one/json": b"{}"})
    )
    with pytest.raises(Unsupported, match=r"since 1\.10"):
        read(str(path))


def test_a_root_filesystem_is_read_from_a_folder_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "os-release").write_text("ID=sample\n")
    (tmp_path / "etc" / "outside").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "etc" / "pipe")
    looked = read(f"dir:{tmp_path}")
    assert looked.image.place == "rootfs"
    assert looked.catalog.distribution is not None
    outside, pipe = looked.tree.at(b"etc/outside"), looked.tree.at(b"etc/pipe")
    assert outside is not None
    assert (outside.kind, outside.link_to) == (Kind.SYMLINK, b"/etc/passwd")
    assert pipe is not None
    assert pipe.kind == Kind.FIFO


def test_further_names_of_one_file_weigh_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"content")
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    layer = open_image(f"dir:{tmp_path}", Opening()).layers[0]
    with layer.open() as stream, tarfile.open(fileobj=io.BytesIO(stream.read())) as tar:
        assert [(m.name, m.islnk(), m.linkname, m.size) for m in tar] == [
            ("one", False, "", 7),
            ("two", True, "one", 0),
        ]


def test_a_root_filesystem_on_standard_input_is_read(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "seamline", "files", "-", "/etc/os-release"],
        input=gzip.compress(tar_of({"etc/os-release": b"ID=sample\n"})),
        capture_output=True,
        env={"PYTHONPATH": str(SOURCE), "HOME": str(tmp_path)},
        check=True,
    )
    assert b"os-release" in done.stdout


def test_an_archive_of_another_platform_is_not_what_was_asked_for(tmp_path: Path) -> None:
    layer = tar_of({"etc/x": b"1"})
    config = {"os": "linux", "architecture": "s390x", "rootfs": {"diff_ids": ["sha256:" + "0" * 64]}}
    manifest = [{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar"]}]
    path = tmp_path / "a.tar"
    parts = {"c.json": json.dumps(config).encode(), "manifest.json": json.dumps(manifest).encode()}
    path.write_bytes(tar_of({**parts, "l.tar": layer}))
    assert open_image(str(path), Opening()).platform == Platform("linux", "s390x")
    with pytest.raises(NotFound, match="linux/s390x"):
        open_image(str(path), Opening(platform=Platform("linux", "arm64")))


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0)
    assert [gap.message.id for gap in read(f"dir:{tmp_path}").gaps] == ["not-readable"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_root_filesystem_is_read_from_a_tar(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "root.tar"
    path.write_bytes(pack(tar_of({"etc/os-release": b"ID=sample\n"})))  # type: ignore[operator]
    for name in (f"rootfs-archive:{path}", str(path)):
        looked = read(name)
        assert looked.image.place == "rootfs-archive"
        assert looked.catalog.distribution is not None


@pytest.mark.real
def test_an_archive_on_standard_input_is_read(demo: Path, tmp_path: Path) -> None:
    skopeo(f"oci:{demo}:shop", f"docker-archive:{tmp_path}/d.tar:a:1")
    done = subprocess.run(
        [sys.executable, "-m", "seamline", "sbom", "-", "-f", "json"],
        input=(tmp_path / "d.tar").read_bytes(),
        capture_output=True,
        env={"PYTHONPATH": str(SOURCE), "HOME": str(tmp_path)},
        check=True,
    )
    assert len(json.loads(done.stdout)["packages"]) >= 5


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"", Malformed), (b"text, no tar", SeamlineError), (tar_of({"manifest.json": b"[{}]"}), Malformed)],
)
def test_files_that_are_no_image_are_refused(
    tmp_path: Path, content: bytes, fault: type[SeamlineError]
) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    with pytest.raises(fault):
        open_image(f"docker-archive:{path}", Opening())


@pytest.mark.parametrize("place", ["", "rootfs-archive:", "docker-archive:", "oci-archive:"])
def test_an_empty_file_is_no_image(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty.tar").write_bytes(b"")
    with pytest.raises(Malformed, match="nothing at all"):
        open_image(f"{place}{tmp_path}/empty.tar", Opening())


def test_a_name_of_ones_own_store_says_where_it_is_to_be_had() -> None:
    with pytest.raises(Unreachable) as caught:
        open_image("localhost/app:1", Opening(wire=Wire(offline=True)))
    assert caught.value.hint == "is it in your own store? containers-storage:localhost/app:1"


def test_a_tag_asked_of_an_image_that_has_none_is_told_to_be_left_out(tmp_path: Path) -> None:
    write_layout(tmp_path / "image", [{"x": b"1"}])
    with pytest.raises(NotFound) as found:
        open_image(f"oci-dir:{tmp_path}/image:latest", Opening())
    assert "got one image without a tag (leave the tag out, or write the image under one" in str(found.value)
    assert open_image(f"oci-dir:{tmp_path}/image", Opening()).digest
