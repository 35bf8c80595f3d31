"""A composed root filesystem beside one that mmdebstrap made of the same archive by running every script."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import platform
import re
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest

from seamline.model.image import Platform
from seamline.model.limits import Limits
from seamline.places.layout import open_image
from seamline.places.opening import Opening
from seamline.stores.shelf import Stack
from seamline.verbs.compose import ComposeOptions, compose
from seamline.verbs.session import Session
from tests.neighbours import need

MISSING = re.compile(
    r"dev/.+"  # a container's runtime makes the devices
    r"|etc/(apt/.+|fstab|hostname|resolv\.conf)"  # mmdebstrap's own
    r"|etc/ld\.so\.cache"  # the loader finds the libraries without it
    r"|etc/pam\.d/common-.+"  # pam-auth-update: named among the scripts that were not run
    r"|etc/(rc.\.d|systemd/system)/.+|var/lib/systemd/.+"  # no init starts services in a container
    r"|var/(cache|lib|log)/apt(/.*)?|var/cache/debconf/.+|var/lib/(pam/.+|shells\.state)"  # the tools' own notes
    r"|var/lib/dpkg/(arch|diversions|diversions-old|lock|lock-frontend|status-old|triggers(/.*)?)"  # made when needed
)
OTHER = re.compile(r"var/lib/dpkg/status|.*\.pyc")


class Thing(NamedTuple):
    kind: str
    mode: int
    uid: int
    gid: int
    what: str


def things(tar: tarfile.TarFile) -> dict[str, Thing]:
    found = {}
    for member in tar:
        name = member.name.removeprefix("./").rstrip("/")
        if name in ("", "."):
            continue
        kind = "folder" if member.isdir() else "link" if member.issym() else "file"
        content = tar.extractfile(member) if member.isfile() or member.islnk() else None
        what = hashlib.sha256(content.read()).hexdigest() if content else member.linkname
        found[name] = Thing(kind, member.mode, member.uid, member.gid, what)
    return found


def composed(folder: Path) -> dict[str, Thing]:
    recipe = folder / "root.yaml"
    recipe.write_text("layers: [{essential: true}]\n")
    session = Session(opening=Opening(), cache=None, known=Stack(()), limits=Limits(), jobs=1, verify=False)
    options = ComposeOptions(
        recipe=recipe, destination=f"oci-dir:{folder}/out:latest", as_of="2026-11-01T00:00:00Z"
    )
    made = compose(options, session)
    assert made.scripts_not_run == ("libpam-runtime",)
    image = open_image(folder / "out", "latest", platform=None, machine=Platform())
    found: dict[str, Thing] = {}
    for layer in image.layers:
        with layer.open() as blob, tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob.read()))) as tar:
            found |= things(tar)
    return found


def suite() -> str:
    """The code name of this machine's own Debian release."""
    return str(platform.freedesktop_os_release().get("VERSION_CODENAME", ""))


@pytest.mark.real
@pytest.mark.skipif(
    not Path("/etc/apt").is_dir() or os.environ.get("SEAMLINE_NO_APT") == "1", reason="no apt here"
)
def test_the_root_is_the_one_that_the_scripts_would_have_made(tmp_path: Path) -> None:
    need("mmdebstrap", "gpgv")
    made = tmp_path / "mmdebstrap.tar"
    command = ["mmdebstrap", "--variant=essential", "--include=usr-is-merged", suite(), made]
    subprocess.run(command, check=True, capture_output=True)
    with tarfile.open(made) as tar:
        theirs = things(tar)
        ours = composed(tmp_path)
        packages = {name for name in theirs if re.fullmatch(r"var/lib/dpkg/info/[^/]+\.list", name)}
        extra = packages - ours.keys()
        theirs_alone = {
            path.strip("/")
            for name in extra
            for path in tar.extractfile(f"./{name}").read().decode().split("\n")  # type: ignore[union-attr]
        }
    stems = {name.removesuffix(".list") for name in extra}
    missing = {
        name
        for name in theirs.keys() - ours.keys() - theirs_alone
        if not MISSING.fullmatch(name) and name.rpartition(".")[0] not in stems
    }
    assert missing == set()
    assert ours.keys() - theirs.keys() == {"var/lib/dpkg/available"}
    differing = {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]}
    assert {name for name in differing if not OTHER.fullmatch(name)} == set()
