"""Images as OCI layouts, written without any of Seamline; each layer knows whose its files are."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from benchmarks.seam.roots import Files

SYSTEM, APPLICATION = "system", "application"


class Layer(NamedTuple):
    """Files that a layer writes, paths that it removes, whose they are, and the step that made it."""

    files: Files
    side: str
    step: str = ""
    removed: tuple[str, ...] = ()
    comment: str = "buildkit.dockerfile.v0"
    author: str = ""


class Picture(NamedTuple):
    """An image to be written."""

    layers: tuple[Layer, ...]
    after: tuple[str, ...] = ()
    config: Mapping[str, Any] = {}
    annotations: Mapping[str, str] = {}
    history: bool = True
    packing: str = "gzip"
    merged: bool = False
    """Written as one layer while history still tells every step, as docker build --squash does."""


def folded(picture: Picture) -> tuple[Files, dict[str, str]]:
    """What is visible in the end, and whose each path is: of the layer that brought this content there."""
    files: Files = {}
    sides: dict[str, str] = {}
    for layer in picture.layers:
        for path in layer.removed:
            files.pop(path, None)
            sides.pop(path, None)
        for path, data in layer.files.items():
            if files.get(path) != data:
                sides[path] = layer.side
            files[path] = data
    return files, sides


def write_layout(folder: Path, picture: Picture) -> None:
    """One image as an OCI layout. Source: OCI image-spec 1.1."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    written = (Layer(folded(picture)[0], APPLICATION),) if picture.merged else picture.layers
    tars = [tar_of(layer) for layer in written]
    layers = [store(blobs, pack(tar, picture.packing), media_type(picture.packing)) for tar in tars]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2024-12-02T00:00:00Z",
        "config": dict(picture.config),
        "rootfs": {
            "type": "layers",
            "diff_ids": [f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in tars],
        },
    }
    if "topLayer" in json.dumps(config):  # the label of buildpacks names a diff_id, known only now
        depth = sum(layer.side == SYSTEM for layer in picture.layers)
        config = json.loads(json.dumps(config).replace("TOP", config["rootfs"]["diff_ids"][depth - 1]))
    if picture.history:
        config["history"] = list(history_of(picture))
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": store(blobs, json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
        "layers": layers,
        **({"annotations": dict(picture.annotations)} if picture.annotations else {}),
    }
    described = store(blobs, json.dumps(manifest).encode(), manifest["mediaType"])
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [described]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def history_of(picture: Picture) -> Iterator[dict[str, Any]]:
    for layer in picture.layers:
        *empty, step = layer.step.split("\n")
        for line in empty:
            yield {"created_by": line, "empty_layer": True}
        made = {"created_by": step, "comment": layer.comment, "author": layer.author}
        yield {"empty_layer": True, **made} if picture.merged else made
    for line in picture.after:
        yield {"created_by": line, "empty_layer": True}
    if picture.merged:
        yield {"comment": "merge sha256:0 to sha256:1"}


def tar_of(layer: Layer) -> bytes:
    target = io.BytesIO()
    owner = 999 if "chown" in layer.step else 0
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in layer.removed:
            folder, _, name = path.rpartition("/")
            tar.addfile(tarfile.TarInfo(f"{folder}/.wh.{name}"))
        for path, data in sorted(layer.files.items()):
            info = tarfile.TarInfo(path)
            info.size, info.mode, info.uid, info.mtime = len(data), 0o755, owner, 1733097600
            tar.addfile(info, io.BytesIO(data))
    return target.getvalue()


def pack(tar: bytes, packing: str) -> bytes:
    if packing == "none":
        return tar
    if packing == "zstd":
        return zstd.compress(tar)
    return gzip.compress(tar, 1 if packing == "gzip-1" else 9, mtime=0)


def media_type(packing: str) -> str:
    plain = "application/vnd.oci.image.layer.v1.tar"
    return {"none": plain, "zstd": f"{plain}+zstd"}.get(packing, f"{plain}+gzip")


def store(blobs: Path, data: bytes, kind: str) -> dict[str, Any]:
    name = hashlib.sha256(data).hexdigest()
    (blobs / name).write_bytes(data)
    return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(data)}
