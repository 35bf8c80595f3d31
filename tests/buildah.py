"""Images that buildah makes, in a store of their own that neither root nor a daemon is needed for."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.neighbours import need


class Store:
    """A containers-storage in one folder: what buildah, podman and skopeo share."""

    def __init__(self, folder: Path) -> None:
        self.driver_at = f"vfs@{folder}/storage+{folder}/run"
        self.configuration = folder / "storage.conf"
        self.configuration.write_text(
            f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/storage"\nrunroot = "{folder}/run"\n'
        )

    def run(self, *command: str) -> str:
        """What a tool prints that works on this store."""
        env = {
            **os.environ,
            "CONTAINERS_STORAGE_CONF": str(self.configuration),
            "BUILDAH_ISOLATION": "chroot",
        }
        done = subprocess.run(command, capture_output=True, check=False, text=True, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def container(self, base: str, *trees: Path, arch: str = "") -> str:
        """A container on `base` with the content of folders laid over it."""
        container = self.run("buildah", "from", *(["--arch", arch] if arch else []), base)
        for tree in trees:
            self.run("buildah", "copy", container, str(tree), "/")
        return container


def plant(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes files, each with the folders above it; their folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="session")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index of two platforms, as buildah writes it."""
    need("buildah")
    folder = tmp_path_factory.mktemp("platforms")
    store = Store(folder)
    store.run("buildah", "manifest", "create", "both")
    tree = plant(folder / "tree", {"file": "the same in both"})
    for name in ("amd64", "arm64"):
        container = store.container("scratch", tree, arch=name)
        store.run("buildah", "commit", "--manifest", "both", "--rm", container)
    store.run("buildah", "manifest", "push", "--all", "-q", "both", f"oci:{folder}/layout:both")
    return f"oci-dir:{folder}/layout:both"
