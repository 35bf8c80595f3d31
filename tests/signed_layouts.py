"""Layouts with an image, its base, and what is attached to them, as cosign and BuildKit lay it out."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from seamline.model.image import Digest
from tests.scenes import tar_of
from tests.trust.signing import envelope, sign

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
EMPTY = "application/vnd.oci.empty.v1+json"
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
STATEMENT = "application/vnd.in-toto+json"
SYSTEM = {"etc/os-release": b'ID=debian\nVERSION_ID="13"\n', "etc/debian_version": b"13.1\n"}


class Shelf:
    """A layout being filled; what is put under a tag stands in its index.json."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._listed: list[dict[str, Any]] = []
        (folder / "blobs" / "sha256").mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def blob(self, data: bytes, kind: str, **more: Any) -> dict[str, Any]:
        name = sha256(data).hexdigest()
        (self.folder / "blobs" / "sha256" / name).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(data), **more}

    def document(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self.blob(json.dumps({"schemaVersion": 2, "mediaType": kind, **fields}).encode(), kind)

    def list(self, described: dict[str, Any], tag: str = "") -> Digest:
        named = {"annotations": {"org.opencontainers.image.ref.name": tag}} if tag else {}
        self._listed.append({**described, **named})
        (self.folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": self._listed}))
        return Digest(described["digest"])

    def image(self, *layers: dict[str, bytes], architecture: str = "amd64") -> dict[str, Any]:
        tars = [tar_of(layer) for layer in layers]
        diff_ids = [f"sha256:{sha256(tar).hexdigest()}" for tar in tars]
        config = {
            "os": "linux",
            "architecture": architecture,
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        }
        return self.document(
            MANIFEST,
            config=self.blob(json.dumps(config).encode(), CONFIG),
            layers=[self.blob(tar, LAYER) for tar in tars],
        )

    def attest(self, about: Digest, payload: bytes, key: Path | None) -> None:
        """cosign's older attestation: an envelope under the tag `sha256-....att`."""
        data = json.dumps(envelope(payload, key)).encode()
        told = {"predicateType": json.loads(payload)["predicateType"]}
        layer = self.blob(data, DSSE, annotations=told)
        config = self.blob(b"{}", CONFIG)
        tag = about.replace(":", "-") + ".att"
        self.list(self.document(MANIFEST, config=config, layers=[layer]), tag)

    def sign(self, about: Digest, key: Path) -> None:
        """cosign's older signature, under the tag `sha256-....sig`."""
        image = {"docker-manifest-digest": about}
        critical = {
            "identity": {"docker-reference": ""},
            "image": image,
            "type": "cosign container image signature",
        }
        payload = json.dumps({"critical": critical, "optional": None}).encode()
        signature = base64.b64encode(sign(key, payload)).decode()
        layer = self.blob(payload, SIMPLE, annotations={"dev.cosignproject.cosign/signature": signature})
        config = self.blob(b"{}", CONFIG)
        tag = about.replace(":", "-") + ".sig"
        self.list(self.document(MANIFEST, config=config, layers=[layer]), tag)

    def refer(self, about: dict[str, Any], data: bytes) -> None:
        """cosign's bundle, which names its subject."""
        fields = {
            "artifactType": BUNDLE,
            "config": self.blob(b"{}", EMPTY),
            "layers": [self.blob(data, BUNDLE)],
            "subject": about,
        }
        self.list(self.document(MANIFEST, **fields))

    def build(self, image: dict[str, Any], payload: bytes) -> tuple[dict[str, Any], Digest]:
        """BuildKit's index of an image and its statement; the digest of the statement's manifest."""
        told = {"in-toto.io/predicate-type": json.loads(payload)["predicateType"]}
        layer = self.blob(payload, STATEMENT, annotations=told)
        statement = self.document(MANIFEST, config=self.blob(b"{}", CONFIG), layers=[layer])
        notes = {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image["digest"],
        }
        unknown = {"os": "unknown", "architecture": "unknown"}
        entries = [
            {**image, "platform": {"os": "linux", "architecture": "amd64"}},
            {**statement, "platform": unknown, "annotations": notes},
        ]
        return self.document(INDEX, manifests=entries), Digest(statement["digest"])
