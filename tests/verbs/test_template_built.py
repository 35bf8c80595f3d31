"""Every template built by buildah with the real compiler or interpreter, judged with its own compose file, run line and manifest,
and really started as its run line says: by number, without capabilities, on a root that nobody can write to."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from benchmarks.verdicts.show import seamline

from seamline.template.kinds import TEMPLATES
from tests.buildah import Store
from tests.neighbours import need
from tests.started import started
from tests.verbs.test_template import FORMS, OTHERS, built, gathered

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a program in a root of its own"),
]
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


class Made(NamedTuple):
    """One template's files, the image built of them, its configuration, and its files where they were mounted."""

    kind: str
    files: Path
    image: str
    config: dict[str, Any]
    root: Path


class Kitchen:
    """Bases of this machine's own programs under the names that the templates ask for, and what is built on them."""

    def __init__(self, folder: Path, neighbour: Callable[[str], Made]) -> None:
        self.folder, self.store, self.neighbour = folder, Store(folder), neighbour

    def base(self, name: str, root: Path, path: str) -> None:
        """A base with the content of a folder."""
        container = self.store.container("scratch", root)
        self.store.run("buildah", "config", "--env", f"PATH={path}", container)
        self.store.run("buildah", "commit", "-q", "--rm", container, f"docker.io/library/{name}")

    def build(self, kind: str, *options: str, app: Path | None = None) -> Made:
        files = self.folder / "written"
        seamline(["template", kind, "--to", str(files / kind)], self.folder / "home")
        image = built(self.store, kind, files, self.folder, *options, app=app)
        told = json.loads(self.store.run("buildah", "inspect", "--type", "image", f"made-{kind}"))
        container = self.store.run("buildah", "from", "--pull-never", f"made-{kind}")
        root = Path(self.store.run("buildah", "mount", container))
        return Made(kind, files / kind, image, told["Docker"]["config"], root)


def failed(made: Made, folder: Path) -> dict[str, dict[str, Any]]:
    """The rules that fail of the template's own doing, by the form of its deployment."""
    found = {}
    for form in FORMS:
        report = folder / f"{form}.json"
        words = [
            "audit",
            made.image,
            "--dockerfile",
            str(made.files / "Dockerfile"),
            "--deploy",
            str(made.files / form),
        ]
        seamline([*words, "-f", "json", "-o", str(report), "--offline"], folder / "home")
        rules = json.loads(report.read_bytes())["rules"]
        found[form] = {
            rule["id"]: rule["evidence"]
            for rule in rules
            if rule["verdict"] == "fail" and rule["id"] not in OTHERS
        }
    return found


def serves(made: Made) -> None:
    """Starts it with what its image and its run line say, and asks its own health check."""
    line = (made.files / "run.sh").read_text()
    user = re.search(r"--user (\d+):\1 ", line)
    assert user is not None
    assert "--read-only" in line
    writable = re.findall(r"--tmpfs ([^:\s]+):", line)
    assert tuple(writable) == TEMPLATES[made.kind].writable
    ids, capabilities, no_more = started(
        made.root,
        [*made.config["Entrypoint"], *(made.config.get("Cmd") or ())],
        made.config["Healthcheck"]["Test"][1:],
        uid=int(user[1]),
        env=dict(each.split("=", 1) for each in made.config["Env"] or ()),
        cwd=made.config.get("WorkingDir") or "/",
        writable=writable,
        stop=3 if made.config.get("StopSignal") == "SIGQUIT" else 15,
    )
    assert ids == [user[1]] * 4
    assert (int(capabilities[0], 16), no_more) == (0, ["1"])


def go(kitchen: Kitchen) -> Made:
    need("go")
    told = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout
    home = Path(told.strip())
    root = gathered(kitchen.folder / "root", "sh", "mkdir")
    copied(root, Path(CERTIFICATES))
    kitchen.base("golang:1.25", root, f"{home}/bin:/usr/bin:/bin")
    parts = {home, (home / "src").resolve().parent, (home / "bin" / "go").resolve().parent.parent}
    options = ("--env", "GOTOOLCHAIN=local", *volumes(*sorted(parts)))
    return kitchen.build("go", *options)


def static(kitchen: Kitchen) -> Made:
    """Its program is the one that the Go template's build made: nothing but itself."""
    made = kitchen.neighbour("go")
    return kitchen.build("static", app=made.root / "app")


def nginx(kitchen: Kitchen) -> Made:
    need("nginx", "curl", "ldd")
    root = gathered(kitchen.folder / "root", "nginx", "curl", "mkdir", "sh", files=("/etc/nginx/mime.types",))
    kitchen.base("nginx:1.28", root, PATH)
    return kitchen.build("nginx")


def python(kitchen: Kitchen) -> Made:
    """With the library of this very interpreter, but for its own tests."""
    need("ldd")
    home, root = Path(sys.base_prefix), kitchen.folder / "root"
    (library,) = home.glob(f"lib/python{sys.version_info.major}.{sys.version_info.minor}")
    gathered(
        root, os.path.realpath(sys.executable), "mkdir", "sh", *map(str, library.glob("lib-dynload/*.so"))
    )
    left = shutil.ignore_patterns(
        "test", "tests", "site-packages", "dist-packages", "__pycache__", "idlelib", "config-*"
    )
    shutil.copytree(library, root / str(library).strip("/"), ignore=left, dirs_exist_ok=True)
    (root / str(home).strip("/") / "bin").mkdir(parents=True, exist_ok=True)
    for name in ("python", "python3"):
        link = root / str(home).strip("/") / "bin" / name
        if not link.exists():
            link.symlink_to(os.path.realpath(sys.executable))
    kitchen.base("python:3.13-slim", root, f"{home}/bin:{PATH}")
    return kitchen.build("python")


def node(kitchen: Kitchen) -> Made:
    need("node", "npm", "ldd")
    root = gathered(kitchen.folder / "root", "node", "mkdir", "sh", "env")
    npm = root / "usr/local/bin/npm"
    npm.parent.mkdir(parents=True, exist_ok=True)
    npm.symlink_to(os.path.realpath(shutil.which("npm") or "npm"))
    if Path("/usr/share/nodejs/undici").exists():  # Debian's node keeps parts of itself there
        shutil.copytree("/usr/share/nodejs", root / "usr/share/nodejs", symlinks=True)
    kitchen.base("node:22-slim", root, f"/usr/local/bin:{PATH}")
    homes = ("/usr/lib/node_modules", "/usr/share/nodejs", "/usr/share/npm")
    return kitchen.build("node", *volumes(*(Path(each) for each in homes if Path(each).exists())))


def java(kitchen: Kitchen) -> Made:
    """Compiled by this machine's own JDK, run by what jlink takes out of it."""
    need("javac", "jar", "jlink", "bash", "ldd")
    home = Path(os.path.realpath(shutil.which("javac") or "javac")).parent.parent
    machine = [
        str(home / "bin/java"),
        str(home / "lib/server/libjvm.so"),
        *map(str, (home / "lib").glob("*.so")),
    ]
    root = gathered(kitchen.folder / "jdk", "sh", "mkdir", *machine)
    kitchen.base("eclipse-temurin:21-jdk", root, f"{home}/bin:{PATH}")
    run = gathered(kitchen.folder / "jre", "sh", "mkdir", "bash", *machine)
    shutil.rmtree(run / str(home).strip("/"))
    modules = [
        "--add-modules",
        "java.base,jdk.httpserver",
        "--no-header-files",
        "--no-man-pages",
    ]
    subprocess.run(
        [home / "bin/jlink", *modules, "--output", run / "opt/java"], check=True, capture_output=True
    )
    kitchen.base("eclipse-temurin:21-jre", run, f"/opt/java/bin:{PATH}")
    return kitchen.build("java", *volumes(home, *Path("/etc").glob("java-*")))


def copied(root: Path, file: Path) -> None:
    """A file of this machine at its place in a root."""
    (root / str(file.parent).strip("/")).mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, root / str(file).strip("/"))


def volumes(*folders: Path) -> tuple[str, ...]:
    """A compiler's folders, there while the image is built and in no layer."""
    return tuple(word for folder in folders for word in ("--volume", f"{folder}:{folder}:ro"))


KINDS: dict[str, Callable[[Kitchen], Made]] = {
    "nginx": nginx,
    "python": python,
    "node": node,
    "java": java,
    "go": go,
    "static": static,
}


def test_every_template_is_among_them() -> None:
    assert list(KINDS) == list(TEMPLATES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """Makes a template when it is asked for first: Go's build serves two."""
    need("buildah", "unshare", "mount")

    @cache
    def of(kind: str) -> Made:
        return KINDS[kind](Kitchen(tmp_path_factory.mktemp(kind), of))

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_built_passes_its_own_audit_and_starts(
    kind: str, made: Callable[[str], Made], tmp_path: Path
) -> None:
    image = made(kind)
    assert failed(image, tmp_path) == {form: {} for form in FORMS}
    serves(image)
