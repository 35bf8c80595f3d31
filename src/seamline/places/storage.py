"""Images in containers-storage, which only its own tools can read: skopeo, podman or buildah exports them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from seamline.effects.process import first_on_path, run
from seamline.places.archive import Archive


def exported(name: str) -> Archive:
    """The image as an OCI archive, whose file is gone from the disk's view once this returns.

    Raises:
        MissingTool: no program that can export it is installed.
        Unreachable: the program failed, for example since there is no such image.
    """
    program = first_on_path("skopeo", "podman", "buildah")
    with tempfile.TemporaryDirectory(prefix="seamline-") as folder:
        target = Path(folder, "image.tar")
        if program == "skopeo":
            run(["skopeo", "copy", "-q", f"containers-storage:{name}", f"oci-archive:{target}"])
        else:
            run([program, "push", "-q", name, f"oci-archive:{target}"])
        file = target.open("rb")
    return Archive(file, f"containers-storage:{name}")
