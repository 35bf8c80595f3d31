"""The four ways in which WebAssembly is packaged: each is recognised, has no system side, and tells its imports."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from seamline.model.limits import Limits
from seamline.model.package import Side
from seamline.model.report import InspectReport
from seamline.model.seam import Form, ImageKind
from seamline.places.opening import Opening, open_image
from seamline.stores.shelf import Stack
from seamline.verbs.inspect import inspect_report, see
from seamline.verbs.look import look
from tests.scenes import tar_of

_MODULE = (Path(__file__).parents[1] / "formats" / "fixtures" / "wasm" / "imports.module.wasm").read_bytes()
_TAR = tar_of({"app.wasm": _MODULE})
_TAR_TYPE = "application/vnd.oci.image.layer.v1.tar"
_IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json"


def layout(folder: Path, config_type: str, config: dict[str, Any], layer_type: str, layer: bytes) -> str:
    (folder / "blobs" / "sha256").mkdir(parents=True)
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def blob(media_type: str, data: bytes) -> dict[str, Any]:
        digest = sha256(data).hexdigest()
        (folder / "blobs" / "sha256" / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    manifest = {
        "schemaVersion": 2,
        "config": blob(config_type, json.dumps(config).encode()),
        "layers": [blob(layer_type, layer)],
    }
    described = blob("application/vnd.oci.image.manifest.v1+json", json.dumps(manifest).encode())
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [described]}))
    return f"oci-dir:{folder}"


def diff_ids(layer: bytes) -> dict[str, Any]:
    return {"type": "layers", "diff_ids": [f"sha256:{sha256(layer).hexdigest()}"]}


SHAPES = {
    "the artifact of the CNCF": (
        "application/vnd.wasm.config.v0+json",
        {"os": "wasip2", "architecture": "wasm", "layerDigests": [f"sha256:{sha256(_MODULE).hexdigest()}"]},
        "application/wasm",
        _MODULE,
    ),
    "the older artifact": (
        "application/vnd.wasm.config.v1+json",
        {},
        "application/vnd.wasm.content.layer.v1+wasm",
        _MODULE,
    ),
    "an ordinary image of platform wasi/wasm": (
        _IMAGE_CONFIG,
        {
            "os": "wasi",
            "architecture": "wasm",
            "config": {"Entrypoint": ["/app.wasm"]},
            "rootfs": diff_ids(_TAR),
        },
        _TAR_TYPE,
        _TAR,
    ),
    "an application of Spin": (
        "application/vnd.fermyon.spin.application.v1+config",
        {},
        "application/vnd.wasm.content.layer.v1+wasm",
        _MODULE,
    ),
}


def inspected(name: str) -> InspectReport:
    looked = look(open_image(name, Opening()), cache=None, limits=Limits())
    return inspect_report(see(looked, Stack(())), "2026-01-01")


@pytest.mark.parametrize("shape", SHAPES)
def test_webassembly_is_recognised_in(tmp_path: Path, shape: str) -> None:
    report = inspected(layout(tmp_path / "layout", *SHAPES[shape]))
    assert (report.kind, report.form) == (ImageKind.APPLICATION.value, Form.WASM.value)
    assert [stratum.side for stratum in report.strata] == [Side.APPLICATION]
    assert report.sides.system.files == 0
    assert [module.imports for module in report.modules] == [
        ("env.g", "env.memory", "env.table", "wasi_snapshot_preview1.fd_write")
    ]
    assert report.gaps == ()
