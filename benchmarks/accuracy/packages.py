"""Packages to be judged: the lists of real images, and every version that records name, with its package.

DATA is a folder with `osv/<Ecosystem>/all.zip`. Real lists are taken from where they are there: `debian12-versions/*.tsv.gz` (package,
source, versions of three archives), `base-images/os-packages.jsonl.gz` (image, os, packages with origin).
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from benchmarks.accuracy.truth import _MODULE, Item, plain_ecosystem, plain_name

_UBUNTU = {"xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04"}
_PURLS = {
    "PyPI": "pypi", "npm": "npm", "crates.io": "cargo", "Go": "golang", "Maven": "maven", "RubyGems": "gem",
    "Packagist": "composer", "NuGet": "nuget", "Bitnami": "bitnami", "Debian": "deb/debian", "Ubuntu": "deb/ubuntu",
    "Alpine": "apk/alpine", "Wolfi": "apk/wolfi", "AlmaLinux": "rpm/almalinux",
}  # fmt: skip
_DISTROS = {
    "Debian": "debian-",
    "Ubuntu": "ubuntu-",
    "Alpine": "alpine-",
    "Wolfi": "wolfi-2023",
    "AlmaLinux": "almalinux-",
}
_KERNEL = ("linux", "kernel")


def purl(base: str, release: str, name: str, version: str, **more: str) -> str:
    """A purl as Syft writes it."""
    kind = _PURLS[base]
    located = name.replace(":", "/") if base == "Maven" else name
    epoch, colon, rest = version.partition(":")
    if kind.startswith("rpm") and colon:
        version, more["epoch"] = rest, epoch
    if base in _DISTROS:
        more["distro"] = _DISTROS[base] + release.removeprefix("v")
    asked = "&".join(f"{key}={quote(value, safe='')}" for key, value in sorted(more.items()) if value)
    path = "/".join(quote(part, safe="") for part in located.split("/"))
    return f"pkg:{kind}/{path}@{quote(version, safe='')}" + (f"?{asked}" if asked else "")


def real(data: Path) -> Iterator[Item]:
    """What stands in real archives and images."""
    yield from _debian(data / "debian12-versions" / "versions-amd64.tsv.gz")
    yield from _images(data / "base-images" / "os-packages.jsonl.gz")


def _debian(path: Path) -> Iterator[Item]:
    if not path.exists():
        return
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["source"].startswith(_KERNEL):
                continue
            for version in sorted({row["bookworm"], row["bookworm-security"]} - {""}):
                spelt = purl("Debian", "12", row["package"], version, upstream=row["source"])
                yield Item("Debian:12", row["source"], version, spelt)


def _images(path: Path) -> Iterator[Item]:
    if not path.exists():
        return
    with gzip.open(path, "rt") as file:
        for line in map(json.loads, file):
            if line["image"] not in ("alpine", "ubuntu") or line["platform"] != "linux/amd64":
                continue
            release = line["release"] if line["image"] == "alpine" else _UBUNTU.get(line["release"], "")
            base = line["image"].capitalize()
            if not release:
                continue
            for package in line["packages"]:
                source = package.get("origin") or package.get("source") or package["name"]
                version = package["version"]
                known = ".".join(release.split(".")[:2])
                named = (
                    f"Alpine:{'edge' if 'alpha' in release else 'v' + known}"
                    if base == "Alpine"
                    else f"Ubuntu:{known}"
                )
                spelt = purl(base, release, package["name"], version, upstream=source)
                yield Item(named, source, version, spelt)


def named(archive: Path, base: str, most: int) -> list[Item]:
    """Packages at every version that a record names for them: on both sides of every bound."""
    found = set()
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.namelist():
            record = json.loads(opened.read(entry))
            for affected in record.get("affected") or ():
                package = affected.get("package") or {}
                if package.get("ecosystem", "").partition(":")[0] != base or package["name"].startswith(
                    _KERNEL
                ):
                    continue
                versions = list(affected.get("versions") or ())[:20]
                for one in affected.get("ranges") or ():
                    if one.get("type") != "GIT":
                        versions += [
                            bound for event in one["events"] for bound in event.values() if bound != "0"
                        ]
                ecosystem = plain_ecosystem(package["ecosystem"])
                for version in versions:
                    modules = _MODULE.findall(record.get("summary", "")) if ".module" in version else []
                    found |= {
                        _item(base, ecosystem, package["name"], version, module) for module in modules or [""]
                    }
    chance = random.Random(3)  # noqa: S311
    items = sorted(found)
    return items if len(items) <= most else sorted(chance.sample(items, most))


def _item(base: str, ecosystem: str, name: str, version: str, module: str) -> Item:
    version = version.removeprefix("go").removeprefix("v") if base == "Go" else version
    spelt = purl(base, ecosystem.partition(":")[2], name, version, rpmmod=f"{module}:1:2" if module else "")
    return Item(ecosystem, plain_name(base, name), version, spelt, module)
