"""Packages beside Syft on the same images, on (type, name, version, path): each difference with its reason.

Usage: benchmarks/parity.py [-o PAGE] [--databases FOLDER] [OCI-LAYOUT...]. The reasons are a closed list, each with the
command that proves it; a difference without one is unexplained, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from databases import layouts

KINDS = {
    "python": "pypi",
    "java-archive": "maven",
    "go-module": "golang",
    "rust-crate": "cargo",
    "php-composer": "composer",
    "dotnet": "nuget",
    "binary": "generic",
}
REASONS = {
    "wheel": (
        "inside a wheel that stands ready in the image (ensurepip, python-wheels); Syft does not open wheels",
        "unzip -l PATH | grep METADATA",
    ),
    "linked": (
        "OpenSSL linked into another program or library; Syft knows the program `openssl` alone",
        "strings PATH | grep -E 'OPENSSLDIR|^OpenSSL [0-9]'",
    ),
    "program": (
        "a program known by its own words, for which Syft has no signature",
        "strings PATH | grep VERSION",
    ),
    "note": (
        "a note inside the program names the package that it was built for; no database says that it is installed",
        "readelf -p .note.package PATH",
    ),
    "recovered": (
        "from a package database that a higher layer emptied or deleted; Syft reads the last state",
        "seamline files IMAGE var/lib/dpkg/status",
    ),
    "key": (
        "a key that rpm trusts, kept in the form of a package; nothing was installed",
        "rpm --dbpath FOLDER -q --qf '%{SUMMARY}' gpg-pubkey",
    ),
    "peer-version": (
        "the version of a Windows file (1.2.3.4) taken for that of a package; no index has such a version",
        "grep -c VERSION PATH.deps.json",
    ),
}


class Package(NamedTuple):
    kind: str
    name: str
    version: str
    paths: frozenset[str]
    facts: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.kind, self.name, self.version

    @property
    def shown(self) -> str:
        return f"{self.kind} {self.name} {self.version} {min(self.paths, default='')}"


def seamline(layout: Path) -> list[Package]:
    done = subprocess.run(
        [sys.executable, "-m", "seamline", "sbom", f"oci-dir:{layout}", "-f", "json", "--no-cache"],
        capture_output=True,
        check=True,
    )
    packages = json.loads(done.stdout)["packages"]
    return [Package(p["ecosystem"], p["name"], p["version"], frozenset(p["paths"]), p) for p in packages]


def syft(layout: Path) -> list[Package]:
    done = subprocess.run(
        ["syft", "scan", "-q", f"oci-dir:{layout}", "-o", "json"],
        capture_output=True,
        check=True,
        env={**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"},
    )
    found = []
    for artifact in json.loads(done.stdout)["artifacts"]:
        kind = KINDS.get(artifact["type"], artifact["type"])
        name = artifact["name"]
        if kind == "pypi":
            name = name.lower().replace("_", "-").replace(".", "-")
        paths = frozenset(location["path"].lstrip("/") for location in artifact["locations"])
        found.append(Package(kind, name, artifact["version"], paths, artifact))
    return found


def unmatched(ones: list[Package], others: list[Package]) -> Iterator[Package]:
    """Those of `ones` that no package of `others` is: the same identity, proven by one file at least."""
    known: dict[tuple[str, str, str], list[frozenset[str]]] = {}
    for other in others:
        known.setdefault(other.identity, []).append(other.paths)
    for one in ones:
        if not any(one.paths & paths for paths in known.get(one.identity, ())):
            yield one


def reason_ours(package: Package) -> str:
    facts = package.facts
    if facts["inside"].endswith(".dist-info/METADATA"):
        return "wheel"
    if facts.get("recovered"):
        return "recovered"
    if package.facts["found_by"] == "programs":
        return "linked" if package.name == "openssl" else "program"
    return ""


def reason_theirs(package: Package) -> str:
    if package.name == "gpg-pubkey":
        return "key"
    if package.facts["foundBy"] == "elf-binary-package-cataloger":
        return "note"
    if package.kind == "nuget" and package.version.count(".") == 3:
        return "peer-version"
    return ""


class Comparison(NamedTuple):
    name: str
    ours: int
    theirs: int
    same: int
    differences: list[tuple[str, Package, str]]


def compare(name: str, layout: Path) -> Comparison:
    ours, theirs = seamline(layout), syft(layout)
    alone_ours, alone_theirs = list(unmatched(ours, theirs)), list(unmatched(theirs, ours))
    differences = [("seamline", each, reason_ours(each)) for each in alone_ours]
    differences += [("syft", each, reason_theirs(each)) for each in alone_theirs]
    return Comparison(name, len(ours), len(theirs), len(ours) - len(alone_ours), differences)


def page(comparisons: list[Comparison]) -> str:
    """The page of docs/: the counts of every image, and every reason with its proof."""
    version = subprocess.run(["syft", "version", "-o", "json"], capture_output=True, check=True).stdout
    lines = [
        "# The same packages as Syft",
        "",
        (
            f"Seamline beside Syft {json.loads(version)['version']} on (type, name, version, path). `script/parity` makes this page; a "
            "difference without a reason from the list below fails it."
        ),
        "",
        "| image | Seamline | Syft | the same | only Seamline | only Syft |",
        "|---|---:|---:|---:|---|---|",
    ]
    lines += [
        f"| {each.name} | {each.ours} | {each.theirs} | {each.same} "
        f"| {_counted(each, 'seamline')} | {_counted(each, 'syft')} |"
        for each in comparisons
    ]
    lines += ["", "| reason | what it means | what proves it |", "|---|---|---|"]
    used = {why for each in comparisons for *_, why in each.differences}
    lines += [f"| {key} | {what} | `{proof}` |" for key, (what, proof) in REASONS.items() if key in used]
    unexplained = sum(not why for each in comparisons for *_, why in each.differences)
    return "\n".join([*lines, "", f"Unexplained: {unexplained}.", ""])


def _counted(comparison: Comparison, who: str) -> str:
    counts = Counter(why or "UNEXPLAINED" for whose, _, why in comparison.differences if whose == who)
    return ", ".join(f"{number} {why}" for why, number in sorted(counts.items())) or "-"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layouts", nargs="*", type=Path)
    parser.add_argument("--databases", type=Path, help="a folder of package databases")
    parser.add_argument("-o", "--output", type=Path, help="write the page here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seamline-parity-") as work:
        images = {layout.name: layout for layout in arguments.layouts}
        if arguments.databases:
            images |= layouts(arguments.databases, Path(work))
        comparisons = [compare(name, layout) for name, layout in images.items()]
    for each in comparisons:
        print(f"{each.name}: {each.ours} packages, Syft {each.theirs}, {each.same} the same")
        for who, package, why in each.differences:
            print(f"  only {who}: {package.shown}: {why or 'UNEXPLAINED'}")
    if arguments.output:
        arguments.output.write_text(page(comparisons))
    unexplained = sum(not why for each in comparisons for *_, why in each.differences)
    print(f"unexplained: {unexplained}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
