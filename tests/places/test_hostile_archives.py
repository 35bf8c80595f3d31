"""Archives made to lead out, to loop or to exhaust their reader: one line, exit code 2, nothing written."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from seamline.errors import Bomb, NotFound
from seamline.model.limits import Limits
from seamline.places.archive import Archive, held, open_archive_file
from seamline.places.opening import Opening, open_image
from tests.scenes import Hardlink, Link, Thing, tar_of

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"
MEMORY_BYTES = 400 << 20
LAYER = tar_of({"etc/hostname": b"x"})
DIFF_ID = "sha256:" + sha256(LAYER).hexdigest()


def config(layers: int = 1) -> bytes:
    rootfs = {"type": "layers", "diff_ids": [DIFF_ID] * layers}
    return json.dumps({"os": "linux", "architecture": "amd64", "rootfs": rootfs}).encode()


def manifest(*layers: str, name: str = "c.json", tags: tuple[str, ...] = ("a:1",)) -> bytes:
    return json.dumps([{"Config": name, "RepoTags": tags, "Layers": layers or ("l.tar",)}]).encode()


def saved(**changed: Thing | None) -> bytes:
    """A docker archive with members replaced, added or (None) left out."""
    members: dict[str, Thing | None] = {
        "manifest.json": manifest(),
        "c.json": config(),
        "l.tar": LAYER,
        **{name.replace("_", "."): thing for name, thing in changed.items()},
    }
    return tar_of({name: thing for name, thing in members.items() if thing is not None})


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """One header, whatever its size promises."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def laid_out(digest: str, **more: Any) -> bytes:
    """An OCI archive whose index names one manifest."""
    kind = "application/vnd.oci.image.manifest.v1+json"
    index = {"schemaVersion": 2, "manifests": [{"mediaType": kind, "digest": digest, "size": 2, **more}]}
    return tar_of({"oci-layout": b"{}", "index.json": json.dumps(index).encode()})


def growing_headers() -> bytes:
    """Global pax headers, each of which adds to what is remembered: 540 MB in all."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=1) as packed:
        for number in range(600):
            record = b"%d k%06d=%s\n" % (900_016, number, b"v" * 900_000)
            packed.write(header("g", len(record), tarfile.XGLTYPE) + record + bytes(-len(record) % 512))
    return target.getvalue()


SPARSE = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(60 << 30)}


def sparse_manifest() -> bytes:
    """A manifest of 60 GB that takes no room."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("manifest.json")
        info.pax_headers, data = SPARSE, b"0\n".ljust(512, b"\0")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


DOCKER = {
    "manifest leads out": saved(manifest_json=Link("../../etc/passwd")),
    "manifest leads to the root": saved(manifest_json=Link("/etc/passwd")),
    "configuration leads out": saved(c_json=Link("../../../../etc/passwd")),
    "configuration is named outside": saved(manifest_json=manifest(name="../../../../etc/passwd")),
    "layer leads out": saved(l_tar=Link("../../../../../etc/passwd")),
    "layers link in a circle": saved(l_tar=Link("m.tar"), m_tar=Link("l.tar")),
    "layer links to itself": saved(l_tar=Hardlink("l.tar")),
    "no layer": saved(l_tar=None),
    "no configuration": saved(c_json=None),
    "more layers than diff_ids": saved(manifest_json=manifest("l.tar", "l.tar")),
    "one layer 20,000 times": saved(manifest_json=manifest(*["l.tar"] * 20_000), c_json=config(20_000)),
    "manifest nested a million deep": saved(manifest_json=b"[" * 1_000_000),
    "configuration nested a million deep": saved(c_json=b'{"a":' * 1_000_000),
    "manifest of 9 MB": saved(manifest_json=b" " * (9 << 20)),
    "manifest of 60 GB in a sparse file": sparse_manifest(),
    "manifest of 2^40 bytes": header("manifest.json", 1 << 40),
    "manifest of 32 GB": header("manifest.json", 32 << 30),
    "manifest that is cut off": header("manifest.json", 7 << 20) + b"[",
    "layer of 32 GB that is cut off": saved(l_tar=None)[:-10240] + header("l.tar", 32 << 30) + LAYER,
    "names that drive the terminal": saved(
        manifest_json=manifest(tags=("\x1b]0;x\x07:1", "b" * 100_000 + ":1"))[:-1]
        + b","
        + manifest(tags=("\x9b31m:2",))[1:]
    ),
}
OCI = {
    "index leads out": tar_of({"oci-layout": b"{}", "index.json": Link("/etc/passwd")}),
    "digest leads out": laid_out("sha256:../../../../etc/passwd"),
    "manifest is absent": laid_out("sha256:" + "0" * 64),
    "manifest of a negative size": laid_out("sha256:" + "0" * 64, size=-1),
    "index nested a million deep": tar_of({"index.json": b'{"manifests":' + b"[" * 1_000_000}),
}
HOSTILE = {f"docker-archive: {name}": data for name, data in DOCKER.items()} | {
    f"oci-archive: {name}": data for name, data in OCI.items()
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_one_line_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.tar").write_bytes(HOSTILE[name])
    assert "root:" not in refused(f"{name.partition(':')[0]}:{tmp_path}/x.tar", tmp_path)


def test_headers_that_grow_end_before_the_memory_does(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(growing_headers())
    assert "pax records" in refused(f"docker-archive:{tmp_path}/x.tar", tmp_path)


def refused(source: str, folder: Path) -> str:
    """The one line that a copy with little memory ends with."""
    (folder / "home").mkdir()
    env = {
        "PYTHONPATH": str(SOURCE),
        "HOME": f"{folder}/home",
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "seamline", "copy", source, f"oci-dir:{folder}/out:1"],
        capture_output=True,
        text=True,
        env=env,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES)),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    line = done.stderr.removesuffix(")\n")
    assert line.isprintable()
    assert (line[:10], len(line) < 2100, done.stderr[-2:]) == ("seamline: ", True, ")\n")
    assert not (folder / "out").exists()
    return line


def test_an_archive_that_unpacks_to_far_more_than_it_is_stops_at_the_limit() -> None:
    packed = gzip.compress(bytes(64 << 20))
    limits = Limits(ratio_floor_bytes=4 << 20)
    with pytest.raises(Bomb, match="exhaust"):
        held(io.BytesIO(packed), "x", limits)
    with held(io.BytesIO(packed), "x") as whole:
        assert whole.seek(0, os.SEEK_END) == 64 << 20


def test_of_a_tar_with_countless_members_only_the_first_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "many.tar"
    path.write_bytes(b"".join(header(f"{number:06}", 0) for number in range(70_000)) + bytes(1024))
    archive = Archive(open_archive_file(path, "many"), "many")
    assert len(archive.names) == 1 << 16
    assert open_image(f"rootfs-archive:{path}", Opening()).place == "rootfs-archive"
    with pytest.raises(NotFound):
        archive.read("069999")
