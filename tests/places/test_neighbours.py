"""Images that buildah, podman, umoci and skopeo made, each in every form they write: the same layers and packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from seamline.errors import NotFound, SeamlineError
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.verbs.look import Looked, look
from tests.buildah import Store, plant
from tests.neighbours import need, need_podman

pytestmark = pytest.mark.real
SYSTEM = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    "var/lib/dpkg/status": (
        "Package: tiny\nStatus: install ok installed\nMaintainer: Somebody <a@b.example>\n"
        "Architecture: amd64\nVersion: 1.2-3\nDescription: a sample\n\n"
    ),
    "var/lib/dpkg/info/tiny.list": "/.\n/etc\n/etc/tiny.conf\n",
    "etc/tiny.conf": "a setting\n",
}
APPLICATION = {"srv/node_modules/left/package.json": '{"name": "left", "version": "4.5.6"}'}
PACKAGES = [("left", "4.5.6"), ("tiny", "1.2-3")]


class Kitchen(NamedTuple):
    """A store with the images base:1, app:1 (two layers) and flat:1 (squashed), and the trees they came of."""

    store: Store
    system: Path
    application: Path


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    need("buildah", "skopeo")
    folder = tmp_path_factory.mktemp("kitchen")
    store = Store(folder)
    system, application = plant(folder / "system", SYSTEM), plant(folder / "application", APPLICATION)
    store.run("buildah", "commit", "-q", store.container("scratch", system), "base:1")
    container = store.container("localhost/base:1", application)
    store.run("buildah", "commit", "-q", container, "app:1")
    store.run("buildah", "commit", "-q", "--squash", container, "flat:1")
    return Kitchen(store, system, application)


def read(name: str) -> Looked:
    return look(open_image(name, Opening()), cache=None, limits=Limits())


def packages(looked: Looked) -> list[tuple[str, str]]:
    return sorted((install.package.name, install.package.version) for install in looked.catalog.installs)


def diff_ids(looked: Looked) -> list[str | None]:
    return [reading.diff_id for reading in looked.layers]


def told_by_skopeo(name: str, store: Store) -> tuple[str, list[str]]:
    """The digest of its manifest, and its diff_ids."""
    digest = store.run("skopeo", "inspect", "--format", "{{.Digest}}", name)
    config = json.loads(store.run("skopeo", "inspect", "--config", "--raw", name))
    return digest, config["rootfs"]["diff_ids"]


FORMS = {
    "oci:{}/layout:1": "oci-dir:{}/layout:1",
    "oci-archive:{}/o.tar:1": "{}/o.tar",
    "docker-archive:{}/d.tar:team/app:1": "{}/d.tar",
    "dir:{}/folder": "{}/folder",
}


@pytest.mark.parametrize(("form", "named"), FORMS.items(), ids=[form.partition(":")[0] for form in FORMS])
@pytest.mark.parametrize(("image", "layers"), [("app:1", 2), ("flat:1", 1)])
def test_what_skopeo_copies_out_of_a_store_reads_alike_in_every_form(
    kitchen: Kitchen, tmp_path: Path, form: str, named: str, image: str, layers: int
) -> None:
    target = form.format(tmp_path)
    kitchen.store.run("skopeo", "copy", "-q", f"containers-storage:localhost/{image}", target)
    digest, expected = told_by_skopeo(target, kitchen.store)
    found = read(named.format(tmp_path))
    assert (packages(found), diff_ids(found), len(expected)) == (PACKAGES, expected, layers)
    assert found.image.digest == (None if "docker-archive" in form else digest)


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive", "docker-dir", "oci-dir"])
def test_what_podman_saves_is_read(kitchen: Kitchen, tmp_path: Path, form: str) -> None:
    need_podman()
    target = tmp_path / "saved"
    kitchen.store.run("podman", "save", "-q", "--format", form, "-o", str(target), "app:1")
    found = read(str(target))
    told = json.loads(kitchen.store.run("podman", "image", "inspect", "app:1"))[0]
    assert (packages(found), diff_ids(found)) == (PACKAGES, told["RootFS"]["Layers"])
    assert found.image.config.history[-1].created_by


def test_several_images_that_podman_saved_together_are_told_apart(kitchen: Kitchen, tmp_path: Path) -> None:
    need_podman()
    target = tmp_path / "saved.tar"
    kitchen.store.run("podman", "save", "-q", "-m", "-o", str(target), "app:1", "base:1")
    with pytest.raises(NotFound, match="localhost/app:1, localhost/base:1"):
        read(str(target))
    assert packages(read(f"{target}:localhost/base:1")) == [("tiny", "1.2-3")]
    assert packages(read(f"docker-archive:{target}:app:1")) == PACKAGES


def test_a_squashed_image_has_both_sides_in_one_layer(kitchen: Kitchen, tmp_path: Path) -> None:
    kitchen.store.run("buildah", "push", "-q", "flat:1", f"oci:{tmp_path}/flat:1")
    found = read(f"oci-dir:{tmp_path}/flat:1")
    assert {install.origin_layer for install in found.catalog.installs} == {0}
    assert diff_ids(found) == told_by_skopeo(f"oci:{tmp_path}/flat:1", kitchen.store)[1]


def on_path(monkeypatch: pytest.MonkeyPatch, folder: Path, *programs: str) -> None:
    """Leaves only these programs, and what they call, where tools are looked for."""
    folder.mkdir()
    for program in programs:
        (folder / program).symlink_to(str(shutil.which(program)))
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("tool", ["podman", "buildah", "skopeo"])
def test_a_store_is_read_through_whatever_tool_is_there(
    kitchen: Kitchen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    if tool == "podman":
        need_podman()
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(kitchen.store.configuration))
    expected = told_by_skopeo("containers-storage:localhost/app:1", kitchen.store)[1]
    on_path(monkeypatch, tmp_path / "bin", tool)
    found = read("containers-storage:localhost/app:1")
    assert (found.image.place, packages(found), diff_ids(found)) == ("containers-storage", PACKAGES, expected)
    with pytest.raises(NotFound, match="podman images, or buildah images"):
        read("containers-storage:localhost/app:2")
    with pytest.raises(SeamlineError):
        read("containers-storage:--help")


def test_a_store_is_known_by_short_names_and_by_its_folder(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = diff_ids(read(f"containers-storage:[{kitchen.store.driver_at}]localhost/app:1"))
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(kitchen.store.configuration))
    short = read("containers-storage:app:1")
    assert diff_ids(short) == expected
    assert short.image.names == ("localhost/app:1",)
    with pytest.raises(NotFound, match="none in the store"):
        read(f"containers-storage:[{kitchen.store.driver_at}]localhost/none:1")


@pytest.fixture
def bundle(tmp_path: Path, kitchen: Kitchen) -> Path:
    """A layout that umoci made: `first` unpacked, changed and packed again, then `second` with a file put in."""
    need("umoci")
    image = ["--image", f"{tmp_path}/layout:first"]
    rootless = [] if Path("/proc/self/uid_map").read_text().split()[1] == "0" else ["--rootless"]

    def umoci(*arguments: str) -> None:
        subprocess.run(["umoci", *arguments], check=True, capture_output=True)

    umoci("init", "--layout", f"{tmp_path}/layout")
    umoci("new", *image)
    umoci("unpack", *rootless, *image, f"{tmp_path}/bundle")
    shutil.copytree(kitchen.system, tmp_path / "bundle" / "rootfs", dirs_exist_ok=True)
    umoci("repack", *image, f"{tmp_path}/bundle")
    umoci("insert", *rootless, *image, "--tag", "second", str(kitchen.application / "srv"), "/srv")
    return tmp_path / "layout"


def test_what_umoci_packs_and_inserts_is_read(bundle: Path, kitchen: Kitchen) -> None:
    for tag, expected in (("first", [("tiny", "1.2-3")]), ("second", PACKAGES)):
        found = read(f"oci-dir:{bundle}:{tag}")
        told = told_by_skopeo(f"oci:{bundle}:{tag}", kitchen.store)
        assert (found.image.digest, diff_ids(found), packages(found)) == (*told, expected)
    with pytest.raises(NotFound, match="first, second"):
        read(f"oci-dir:{bundle}")


def test_a_file_that_umoci_removes_is_gone(bundle: Path) -> None:
    command = ["umoci", "insert", "--image", f"{bundle}:second", "--whiteout", "/srv/node_modules/left"]
    subprocess.run(command, check=True, capture_output=True)
    assert packages(read(f"oci-dir:{bundle}:second")) == [("tiny", "1.2-3")]
