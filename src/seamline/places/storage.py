"""Images in containers-storage, which only its own tools can read: buildah, podman or skopeo exports them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from seamline.effects.process import first_on_path, run
from seamline.errors import NotFound, Unreachable
from seamline.places.archive import Archive

_NAMES = {
    "buildah": ("images", "--format", "{{.Name}}:{{.Tag}}", "--"),
    "podman": ("image", "inspect", "--format", "{{range .RepoTags}}{{println .}}{{end}}", "--"),
}
"""How a program tells the full names of an image, one a line."""
_NAMELESS = "<none>"
_ABSENT = ("image not known", "identifier is not an image")


def exported(name: str) -> Archive:
    """The image as an OCI archive, whose file is gone from the disk's view once this returns.

    Raises:
        MissingTool: no program that can export it is installed.
        NotFound: the store has no such image.
        Unreachable: the program failed.
    """
    with tempfile.TemporaryDirectory(prefix="seamline-") as folder:
        target = Path(folder, "image.tar")
        try:
            run(_export(name, target))
        except Unreachable as fault:
            if any(sign in fault.got for sign in _ABSENT):
                raise _absent(name) from fault
            raise
        file = target.open("rb")
    return Archive(file, f"containers-storage:{name}")


def names_of(name: str) -> tuple[str, ...]:
    """Every full name that the store has for the image, those that the name given is short for first; none where only
    skopeo is there, which takes full names alone.

    Raises:
        MissingTool, Unreachable: as `exported`.
    """
    program = _program(name)
    if program not in _NAMES:
        return ()
    lines = run([program, *_NAMES[program], name]).decode("utf-8", "replace").split()
    names = dict.fromkeys(line for line in lines if _NAMELESS not in line)
    return tuple(sorted(names, key=lambda full: not full.endswith((f"/{name}", f"/{name}:latest"))))


def _program(name: str) -> str:
    """What to ask. buildah and podman also know `app` as localhost/app, as they named it, and podman may be set to
    ask another machine; only skopeo knows stores by their `[driver@folder]`."""
    return first_on_path(*(("skopeo",) if name.startswith("[") else ("buildah", "podman", "skopeo")))


def _export(name: str, target: Path) -> list[str]:
    program = _program(name)
    if program == "skopeo":
        return ["skopeo", "copy", "-q", "--", f"containers-storage:{name}", f"oci-archive:{target}"]
    return [program, "push", "-q", "--", name, f"oci-archive:{target}"]


def _absent(name: str) -> NotFound:
    return NotFound(
        f"containers-storage:{name}",
        expected="an image of this name",
        got="none in the store",
        hint="podman images, or buildah images, lists what is there",
    )
