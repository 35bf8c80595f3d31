"""A small world that goes on in time: an archive whose packages get fixed, bases that are made anew, images on them.

Every image is made by `compose` or by buildah with dpkg itself, and every word about it comes from a new process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seamline.formats.json_document import parse_json
from seamline.model.finding import Action, Finding, ScanReport
from tests.advisories.fetched import write_exports
from tests.buildah import Store
from tests.verbs.test_compose import LocalArchive

_SOURCE = "sources: [{{uri: 'file://{folder}', suite: stable, signed-by: {keyring}}}]\n"


class Scan(NamedTuple):
    """One scan's report, and how to look things up in it."""

    report: ScanReport

    def action(self, what: str) -> Action:
        """The one action of this kind."""
        (found,) = (each for each in self.report.actions if each.what == what)
        return found

    def finding(self, name: str) -> Finding:
        (found,) = (each for each in self.report.findings if each.id == name)
        return found

    def keys(self) -> set[str]:
        return {each.key for each in self.report.findings}

    def ids(self, keys: Iterable[str]) -> set[str]:
        return {each.id for each in self.report.findings if each.key in set(keys)}

    def expected_after(self, *actions: Action) -> set[str]:
        """The keys that a fresh scan must find once these acts are done."""
        left = self.keys()
        for action in actions:
            gone = action.mends if action.gone is None else action.gone
            left = (left - set(gone)) | set(action.brings)
        return left


class World:
    """Where it all lies; `today` is the day that everything is made and judged on."""

    def __init__(self, folder: Path, archive: LocalArchive) -> None:
        self.folder, self.archive, self.today = folder, archive, "2026-01-05"
        self._runs = 0

    def run(self, *arguments: str, settings: str = "") -> bytes:
        """What a new process prints on standard output; its layer cache is empty."""
        self._runs += 1
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SEAMLINE")},
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CACHE_HOME": str(self.folder / f"cache-{self._runs}"),
            "LC_ALL": "C.UTF-8",
        }
        command = [sys.executable, "-m", "seamline", *arguments]
        if settings:
            (self.folder / "seamline.toml").write_text(settings)
        done = subprocess.run(command, capture_output=True, check=False, cwd=self.folder, env=env)
        assert done.returncode == 0, (arguments, done.stderr.decode())
        return done.stdout

    def advise_of(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Makes the advisories known."""
        shutil.rmtree(self.folder / "osv", ignore_errors=True)
        write_exports(self.folder / "osv", records)
        self.run("db", "update", "--from", "osv", "--as-of", "2026-06-01T00:00:00Z")

    def package(self, name: str, version: str, **fields: str) -> None:
        files = fields.pop("files", "")
        self.archive.add(name, version, dict([files.split("=", 1)]) if files else None, **fields)

    def compose(self, name: str, text: str) -> str:
        """An image of today's newest packages; its name for other verbs."""
        recipe = self.folder / f"{name.replace(':', '-')}.yaml"
        source = _SOURCE.format(folder=self.archive.folder, keyring=self.archive.keyring)
        recipe.write_text(source + text)
        target = f"oci-dir:{self.folder}/images/{name.replace(':', '-')}-{self.today}:1"
        self.run(
            "compose", str(recipe), "--to", target, "--update-lock", "--as-of", f"{self.today}T00:00:00Z"
        )
        return target

    def upgraded(self, image: str, *packages: str) -> str:
        """The image with a further layer in which dpkg itself installed the archive's packages in place."""
        self._runs += 1
        store_at = self.folder / f"store-{self._runs}"
        store_at.mkdir()
        store = Store(store_at)
        container = store.run("buildah", "from", image.replace("oci-dir:", "oci:"))
        root = store.run("buildah", "mount", container)
        pool = self.archive.folder / "pool"
        files = [str(pool / f"{package.replace('=', '_')}_amd64.deb") for package in packages]
        (Path(root) / "var/lib/dpkg/updates").mkdir(parents=True, exist_ok=True)
        (Path(root) / "var/lib/dpkg/info").mkdir(parents=True, exist_ok=True)
        store.run("dpkg", f"--root={root}", "--force-all", "--log=/dev/null", "-i", *files)
        store.run("buildah", "config", "--created-by", "apt-get upgrade", container)
        target = f"{self.folder}/upgraded-{self._runs}:1"
        store.run("buildah", "commit", "--quiet", container, f"oci:{target}")
        return f"oci-dir:{target}"

    def built(self, dockerfile: str, bases: Mapping[str, str], *, layers: bool = True) -> str:
        """The image that buildah makes of a Dockerfile; `bases` are the images that its lines name, where they are."""
        self._runs += 1
        folder = self.folder / f"build-{self._runs}"
        folder.mkdir()
        (folder / "Dockerfile").write_text(dockerfile)
        store = Store(folder)
        for name, image in bases.items():
            pulled = store.run("buildah", "pull", "--quiet", image.replace("oci-dir:", "oci:"))
            store.run("buildah", "tag", pulled, name)
        store.run(
            "buildah",
            "bud",
            f"--layers={str(layers).lower()}",
            "--quiet",
            "--pull=never",
            "--tag",
            "built",
            str(folder),
        )
        target = f"{self.folder}/built-{self._runs}:1"
        store.run("buildah", "push", "--quiet", "built", f"oci:{target}")
        return f"oci-dir:{target}"

    def base(self, image: str, name: str, owner: str = "") -> None:
        """Remembers an image as a base by this name."""
        owned = ("--owner", owner) if owner else ()
        self.run("base", "add", image, "--as", name, *owned, "--as-of", f"{self.today}T00:00:00Z")

    def scan(self, image: str, *options: str) -> Scan:
        data = self.run(
            "scan", image, "-f", "json", "--as-of", f"{self.today}T12:00:00Z", "--offline", *options
        )
        return Scan(parse_json(data, ScanReport, "scan", 1 << 26))


def jar(path: Path, group: str, name: str, version: str) -> Path:
    """A Java archive that says what it is as Maven's do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        text = f"version={version}\ngroupId={group}\nartifactId={name}\n"
        archive.writestr(f"META-INF/maven/{group}/{name}/pom.properties", text)
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    return path
