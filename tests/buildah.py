"""Images that buildah makes, in a store of their own that neither root nor a daemon is needed for."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.neighbours import need


class Store:
    """A containers-storage in one folder: what buildah, podman and skopeo share."""

    def __init__(self, folder: Path) -> None:
        self.root, self.runroot = folder / "storage", folder / "run"

    def buildah(self, *arguments: str) -> str:
        """What buildah prints."""
        options = ["--root", str(self.root), "--runroot", str(self.runroot), "--storage-driver", "vfs"]
        done = subprocess.run(
            ["buildah", *options, *arguments],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "BUILDAH_ISOLATION": "chroot"},
        )
        return done.stdout.strip()


@pytest.fixture(scope="session")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index of two platforms, as buildah writes it."""
    need("buildah")
    folder = tmp_path_factory.mktemp("platforms")
    store = Store(folder)
    store.buildah("manifest", "create", "both")
    (folder / "file").write_text("the same in both")
    for name in ("amd64", "arm64"):
        container = store.buildah("from", "--arch", name, "scratch")
        store.buildah("copy", container, str(folder / "file"), "/file")
        store.buildah("commit", "--manifest", "both", "--rm", container)
    store.buildah("manifest", "push", "--all", "-q", "both", f"oci:{folder}/layout:both")
    return f"oci-dir:{folder}/layout:both"
