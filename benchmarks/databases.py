"""Package databases as whole images, so that any tool reads them as it reads an image.

Every database of `../shared/data/package-dbs` (or another folder in that form) becomes an OCI layout of one layer, with
the release file that lies beside it. Imports nothing of Seamline.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

PLACES = {
    # where a database that lies alone in its folder stands in an image
    "rpmdb.sqlite": "var/lib/rpm/rpmdb.sqlite",
    "Packages.db": "usr/lib/sysimage/rpm/Packages.db",
    "Packages": "var/lib/rpm/Packages",
    "os-release": "etc/os-release",
}
_SKIPPED = ("expected.json", "README.md", "os-release", "chisel", "opkg", "package-lists.jsonl.gz")


def files_of(folder: Path) -> dict[str, bytes]:
    """What an image of one database holds, by path."""
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "expected.json"):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        name = path.relative_to(folder).as_posix().removesuffix(".gz")
        files[PLACES.get(name, name)] = data
    return files


def write_layout(folder: Path, files: dict[str, bytes]) -> Path:
    """An OCI layout of one image with one layer that holds `files`."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def blob(kind: str, data: bytes) -> dict[str, object]:
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {
            "mediaType": f"application/vnd.oci.image.{kind}",
            "digest": f"sha256:{digest}",
            "size": len(data),
        }

    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        parents = {parent.as_posix() for path in files for parent in Path(path).parents}
        for path in sorted(parents - {"."}):  # Syft finds no status.d without its folder's own entry
            info = tarfile.TarInfo(path)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    diff_id = f"sha256:{hashlib.sha256(layer.getvalue()).hexdigest()}"
    config = {
        "os": "linux",
        "architecture": "amd64",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [diff_id]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob("config.v1+json", json.dumps(config).encode()),
        "layers": [blob("layer.v1.tar", layer.getvalue())],
    }
    described = blob("manifest.v1+json", json.dumps(manifest).encode())
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [described]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return folder


def layouts(databases: Path, target: Path) -> dict[str, Path]:
    """A layout in `target` for each database folder, by its name."""
    return {
        folder.name: write_layout(target / folder.name, files_of(folder))
        for folder in sorted(databases.iterdir())
        if folder.is_dir() and folder.name not in _SKIPPED
    }
