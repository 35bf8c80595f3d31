"""Whole images on disk from scenes: an OCI layout written by hand, layers uncompressed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.scenes import Scene, tar_of

_LAYER = "application/vnd.oci.image.layer.v1.tar"


def write_layout(
    folder: Path,
    scene: Scene,
    created: str = "",
    config: Mapping[str, Any] | None = None,
    history: Sequence[Mapping[str, str]] = (),
) -> str:
    """The image of `scene` as a layout in `folder`; its reference."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def blob(data: bytes, kind: str) -> dict[str, Any]:
        name = sha256(data).hexdigest()
        (blobs / name).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(data)}

    tars = [tar_of(things) for things in scene]
    document = {
        "os": "linux",
        "architecture": "amd64",
        "created": created or None,
        "config": dict(config or {}),
        **({"history": list(history)} if history else {}),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(tar).hexdigest()}" for tar in tars]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob(json.dumps(document).encode(), "application/vnd.oci.image.config.v1+json"),
        "layers": [blob(tar, _LAYER) for tar in tars],
    }
    top = blob(json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json")
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [top]}))
    return f"oci-dir:{folder}"
