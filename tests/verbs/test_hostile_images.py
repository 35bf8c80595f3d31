"""Images that lie, are damaged or made to exhaust their reader: one line, the right exit code, nothing left behind."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pytest
from backports import zstd

from seamline.errors import Bomb, Lying, Malformed, NotFound, SeamlineError
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.layer_cache import LayerCache
from seamline.verbs.look import Looked, look

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def tar(*names: str, data: bytes = b"x") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


class Layout:
    """An OCI layout written by hand, so that every part of it may be wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "blobs" / "sha256").mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def blob(self, data: bytes) -> dict[str, Any]:
        digest = sha256(data).hexdigest()
        (self.folder / "blobs" / "sha256" / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    def image(self, packed: bytes, unpacked: bytes, media_type: str = LAYER) -> str:
        diff_id = f"sha256:{sha256(unpacked).hexdigest()}"
        config = json.dumps(
            {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [diff_id]}}
        )
        manifest = {
            "schemaVersion": 2,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **self.blob(config.encode())},
            "layers": [{"mediaType": media_type, **self.blob(packed)}],
        }
        return self.index(
            {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                **self.blob(json.dumps(manifest).encode()),
            }
        )

    def index(self, *manifests: dict[str, Any]) -> str:
        (self.folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": manifests}))
        return f"oci-dir:{self.folder}"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "layout")


def read(name: str, cache: LayerCache | None = None, **limits: int) -> Looked:
    return look(open_image(name, Opening()), cache=cache, limits=Limits(**limits))


GOOD = tar("etc/hostname", "usr/bin/x")


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress, bytes])
def test_the_same_layer_packed_in_three_ways_is_read_alike(
    layout: Layout, pack: Callable[[bytes], bytes]
) -> None:
    assert len(read(layout.image(pack(GOOD), GOOD)).tree) == 5


DAMAGE = {
    "a cut gzip stream": (gzip.compress(GOOD)[:-20], Malformed),
    "a cut zstd stream": (zstd.compress(GOOD)[:-20], Malformed),
    "damage inside": (gzip.compress(GOOD)[:60] + b"damage" + gzip.compress(GOOD)[66:], Malformed),
    "a cut tar": (gzip.compress(GOOD[:700]), Lying),
    "a name that climbs out": (gzip.compress(tar("../../etc/passwd")), Malformed),
    "another tar": (gzip.compress(tar("other")), Lying),
    "no tar": (b"not packed at all", Lying),
    "nothing": (b"", Lying),
}


@pytest.mark.parametrize(("packed", "fault"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_or_lying_layer_is_refused_and_never_cached(
    layout: Layout, tmp_path: Path, packed: bytes, fault: type[SeamlineError]
) -> None:
    cache = LayerCache(tmp_path / "cache")
    with pytest.raises(fault) as caught:
        read(layout.image(packed, GOOD), cache)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert cache.status().rows == 0


def test_a_mismatch_names_both_diff_ids(layout: Layout) -> None:
    other = tar("other")
    with pytest.raises(Lying) as caught:
        read(layout.image(gzip.compress(other), GOOD))
    assert sha256(other).hexdigest() in str(caught.value)
    assert sha256(GOOD).hexdigest() in str(caught.value)


def test_a_changed_blob_is_refused(layout: Layout) -> None:
    name = layout.image(gzip.compress(GOOD), GOOD)
    blob = layout.folder / "blobs" / "sha256" / sha256(gzip.compress(GOOD, mtime=0)).hexdigest()
    for path in (layout.folder / "blobs" / "sha256").iterdir():
        if path.read_bytes()[:2] == b"\x1f\x8b":
            blob = path
    blob.write_bytes(gzip.compress(tar("swapped")))
    with pytest.raises(Lying):
        read(name)


def test_a_missing_blob_is_not_found(layout: Layout) -> None:
    name = layout.image(gzip.compress(GOOD), GOOD)
    for path in (layout.folder / "blobs" / "sha256").iterdir():
        if path.read_bytes()[:2] == b"\x1f\x8b":
            path.unlink()
    with pytest.raises(NotFound):
        read(name)


def test_an_unpacking_bomb_is_stopped_at_the_limit(layout: Layout) -> None:
    unpacked = tar("zeros", data=bytes(40 << 20))
    name = layout.image(gzip.compress(unpacked), unpacked)
    with pytest.raises(Bomb):
        read(name, layer_bytes=8 << 20)
    with pytest.raises(Bomb):
        read(name, ratio_floor_bytes=1 << 20)
    assert len(read(name).tree) == 1


def test_too_many_entries_are_a_bomb(layout: Layout) -> None:
    unpacked = tar(*(f"f{n}" for n in range(50)))
    with pytest.raises(Bomb):
        read(layout.image(gzip.compress(unpacked), unpacked), layer_entries=40)


@pytest.mark.parametrize(
    "index",
    [
        b"[" * 1_000_000,
        b'{"manifests":' + b"[" * 1_000_000,
        b'{"manifests":[{"digest":"sha256:../../../etc/passwd","size":1}]}',
        b'{"manifests":[{"digest":"sha256:' + b"0" * 64 + b'","size":-1}]}',
        b"\xff\xfe",
        b"",
        b"null",
    ],
)
def test_an_index_that_is_none_is_malformed(layout: Layout, index: bytes) -> None:
    (layout.folder / "index.json").write_bytes(index)
    with pytest.raises(Malformed):
        read(f"oci-dir:{layout.folder}")


def test_an_index_without_the_platform_lists_what_is_there(layout: Layout) -> None:
    digest = layout.blob(b"{}")
    platforms = [{"os": "linux", "architecture": name} for name in ("s390x", "ppc64le")]
    kind = "application/vnd.oci.image.manifest.v1+json"
    inner = {
        "schemaVersion": 2,
        "manifests": [{"mediaType": kind, "platform": p, **digest} for p in platforms],
    }
    nested = layout.blob(json.dumps(inner).encode())
    name = layout.index({"mediaType": "application/vnd.oci.image.index.v1+json", **nested})
    with pytest.raises(NotFound, match=r"linux/ppc64le.*linux/s390x"):
        read(name)


def test_an_unknown_layer_kind_is_a_gap_not_a_silence(layout: Layout) -> None:
    looked = read(layout.image(b"whatever", b"whatever", "application/vnd.example.secret"))
    assert [gap.message.id for gap in looked.gaps] == ["layer-not-read"]


def test_a_layer_that_an_image_names_many_times_is_read_once(layout: Layout) -> None:
    image = open_image(layout.image(gzip.compress(GOOD), GOOD), Opening())
    opened: list[int] = []

    def open_blob() -> BinaryIO:
        opened.append(1)
        return image.layers[0].open()

    stack = [msgspec.structs.replace(image.layers[0], position=at, open=open_blob) for at in range(5)]
    looked = look(msgspec.structs.replace(image, layers=tuple(stack)), cache=None, limits=Limits())
    assert len(opened) == 1
    assert [each.layer.position for each in looked.layers] == [0, 1, 2, 3, 4]
    assert [entry.layer for entry in looked.tree.history(b"usr/bin/x")] == [0, 1, 2, 3, 4]


def test_an_index_that_holds_itself_ends(layout: Layout) -> None:
    kind = "application/vnd.oci.image.index.v1+json"
    inner = layout.blob(json.dumps({"schemaVersion": 2, "manifests": []}).encode())
    for _ in range(10):
        document = json.dumps({"schemaVersion": 2, "manifests": [{"mediaType": kind, **inner}]})
        inner = layout.blob(document.encode())
    with pytest.raises(SeamlineError) as caught:
        read(layout.index({"mediaType": kind, **inner}))
    assert caught.value.exit_code == 2
