"""What an upgrade's own line brings about: npm and pip themselves do it, and a fresh scan finds what was foretold."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from seamline.formats.json_document import parse_json
from seamline.model.finding import ScanReport
from tests.advisories.fetched import write_exports
from tests.advisories.records import record
from tests.layouts import write_layout
from tests.neighbours import need
from tests.verbs.test_scan import AS_OF
from tests.worlds import Scan

pytestmark = pytest.mark.real
RECORDS = (
    record("GHSA-aaaa-aaaa-aaaa", "npm", "path-of", {"introduced": "0"}, {"fixed": "0.1.12"}, aliases=["CVE-2026-1"]),
    record("GHSA-aaaa-aaaa-bbbb", "npm", "web", {"introduced": "0"}, {"fixed": "4.19.2"}, aliases=["CVE-2026-2"]),
    record("GHSA-aaaa-aaaa-cccc", "npm", "both", {"introduced": "0"}, {"fixed": "2.0.0"}, aliases=["CVE-2026-3"]),
    record("PYSEC-2026-4", "PyPI", "sample", {"introduced": "0"}, {"fixed": "1.2"}, aliases=["CVE-2026-4"]),
    record("PYSEC-2026-5", "PyPI", "sample", {"introduced": "1.3"}, aliases=["CVE-2026-5"]),
)  # fmt: skip
PUBLISHED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("path-of", "0.1.7"): {},
    ("path-of", "0.1.12"): {},
    ("both", "1.0.0"): {},
    ("both", "2.0.0"): {},
    ("web", "4.17.1"): {"path-of": "0.1.7", "both": "1.0.0"},
    ("web", "4.19.2"): {"path-of": "0.1.7", "both": "1.0.0"},
}


def _tarball(name: str, version: str, depends: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    text = json.dumps({"name": name, "version": version, "dependencies": depends}).encode()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    return made.getvalue()


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    """A registry of npm's that holds the made packages."""
    tarballs = {
        f"/{name}/-/{version}.tgz": _tarball(name, version, depends)
        for (name, version), depends in PUBLISHED.items()
    }

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = tarballs.get(self.path) or self._about(self.path.strip("/"))
            self.send_response(200 if data else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _about(self, name: str) -> bytes:
            versions = {
                version: {
                    "name": name, "version": version, "dependencies": depends,
                    "dist": {
                        "tarball": f"{address}/{name}/-/{version}.tgz",
                        "integrity": f"sha512-{base64.b64encode(hashlib.sha512(tarballs[f'/{name}/-/{version}.tgz']).digest()).decode()}",
                    },
                }
                for (each, version), depends in PUBLISHED.items() if each == name
            }  # fmt: skip
            latest = max(versions, default="")
            return (
                json.dumps({"name": name, "dist-tags": {"latest": latest}, "versions": versions}).encode()
                if versions
                else b""
            )

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


class Bench:
    """A root filesystem that is scanned as an image, again and again, by new processes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self._scans = folder, folder / "root", 0
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SEAMLINE", "npm_", "PIP_"))
        }
        write_exports(folder / "osv", RECORDS)
        self._seamline("db", "update", "--from", str(folder / "osv"), "--as-of", AS_OF)

    def _seamline(self, *arguments: str) -> bytes:
        self._scans += 1
        homes = {
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CACHE_HOME": str(self.folder / f"cache-{self._scans}"),
        }
        command = [sys.executable, "-m", "seamline", *arguments]
        return subprocess.run(command, env={**self.env, **homes}, check=True, capture_output=True).stdout

    def scan(self) -> Scan:
        files = {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*")) if path.is_file() and not path.is_symlink()
        }  # fmt: skip
        image = write_layout(self.folder / f"image-{self._scans}", [files])
        data = self._seamline("scan", image, "-f", "json", "--as-of", AS_OF, "--offline")
        return Scan(parse_json(data, ScanReport, "scan", 1 << 26))

    def type(self, command: str) -> None:
        """Types a command where the application lies."""
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.root / "app",
            env=self.env,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def npm_application(bench: Bench, registry: str) -> Scan:
    need("npm")
    (bench.root / "app").mkdir(parents=True)
    wanted = {"name": "shop", "version": "1.0.0", "dependencies": {"web": "4.17.1", "both": "1.0.0"}}
    (bench.root / "app" / "package.json").write_text(json.dumps(wanted))
    options = {
        "registry": registry,
        "cache": str(bench.folder / "npm"),
        "audit": "false",
        "fund": "false",
        "update_notifier": "false",
    }
    bench.env |= {f"npm_config_{name}": value for name, value in options.items()}
    bench.type("npm install")
    return bench.scan()


def test_npm_leaves_no_second_copy_of_what_another_package_has_pinned(bench: Bench, registry: str) -> None:
    """One act after the other, each held against a scan: one of a pinned package, one of a package that is asked for twice."""
    scan = npm_application(bench, registry)
    assert {each.message.args["package"] for each in scan.report.actions} == {"web", "path-of", "both"}
    for number, each in enumerate(scan.report.actions, 1):
        bench.type(each.command)
        assert bench.scan().keys() == scan.expected_after(*scan.report.actions[:number])


def test_pip_takes_the_version_that_was_foretold_and_the_old_ones_papers_go_with_it(bench: Bench) -> None:
    wheels = bench.folder / "wheels"
    wheels.mkdir()
    for version in ("1.0", "1.2", "1.3"):
        with zipfile.ZipFile(wheels / f"sample-{version}-py3-none-any.whl", "w") as wheel:
            papers = f"sample-{version}.dist-info"
            wheel.writestr("sample.py", f"version = '{version}'\n")
            wheel.writestr(f"{papers}/METADATA", f"Metadata-Version: 2.1\nName: sample\nVersion: {version}\n")
            wheel.writestr(
                f"{papers}/WHEEL",
                "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            )
            wheel.writestr(f"{papers}/RECORD", "")
    (bench.root / "app").mkdir(parents=True)
    bench.env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = f"{sys.executable} -m pip"
    bench.type(f"{pip} install -q --target {bench.root}/app/site sample==1.0")
    scan = bench.scan()
    upgrade = scan.action("upgrade")
    assert (scan.ids(upgrade.mends), upgrade.message.args["target"]) == ({"CVE-2026-4"}, "1.2")
    here = upgrade.command.replace(" /app/", f" {bench.root}/app/").replace("pip install", f"{pip} install")
    bench.type(here)
    again = bench.scan()
    assert again.keys() == scan.expected_after(upgrade) == set()
    assert (bench.root / "app/site/sample.py").read_text() == "version = '1.2'\n"
