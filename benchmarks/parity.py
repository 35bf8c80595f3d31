"""Packages beside Syft on the same OCI layout, on (type, name, version, path): each difference with a reason.

Usage: benchmarks/parity.py OCI-LAYOUT... The reasons are a closed list; a difference without one is unexplained, and
the exit code is then 1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

KINDS = {"python": "pypi", "deb": "deb", "apk": "apk", "rpm": "rpm", "npm": "npm", "binary": "generic"}


class Found(NamedTuple):
    kind: str
    name: str
    version: str
    path: str


def seamline(layout: str) -> dict[Found, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "seamline", "sbom", f"oci-dir:{layout}", "-f", "json", "--no-cache"],
        capture_output=True,
        check=True,
    )
    packages = json.loads(done.stdout)["packages"]
    return {Found(p["ecosystem"], p["name"], p["version"], p["paths"][0]): p for p in packages}


def syft(layout: str, ours: dict[Found, dict[str, object]]) -> dict[Found, dict[str, object]]:
    """Syft's packages; of the several files that prove one, the file that we name is named where it is among them."""
    done = subprocess.run(
        ["syft", "scan", "-q", f"oci-dir:{layout}", "-o", "json"],
        capture_output=True,
        check=True,
        env={**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"},
    )
    found = {}
    for artifact in json.loads(done.stdout)["artifacts"]:
        kind = KINDS.get(artifact["type"], artifact["type"])
        name = (
            artifact["name"].lower().replace("_", "-").replace(".", "-")
            if kind == "pypi"
            else artifact["name"]
        )
        paths = [location["path"].lstrip("/") for location in artifact["locations"]] or [""]
        named = [Found(kind, name, artifact["version"], path) for path in paths]
        found[next((each for each in named if each in ours), named[0])] = artifact
    return found


def differences(
    ours: dict[Found, dict[str, object]], theirs: dict[Found, dict[str, object]]
) -> Iterator[tuple[str, Found, str]]:
    """(who alone has it, what, why)."""
    alone_ours, alone_theirs = set(ours) - set(theirs), set(theirs) - set(ours)
    for found in sorted(alone_ours):
        yield "seamline", found, reason_ours(ours[found], found, alone_theirs)
    for found in sorted(alone_theirs):
        yield "syft", found, reason_theirs(found, alone_ours)


def reason_ours(package: dict[str, object], found: Found, others: set[Found]) -> str:
    if any(other[:3] == found[:3] for other in others):
        return "same package, another of its files is named first"
    if package.get("inside"):
        return "inside an archive that Syft does not open (a wheel)"
    if package.get("recovered"):
        return "recovered from a database that a higher layer hid"
    return ""


def reason_theirs(found: Found, others: set[Found]) -> str:
    if any(other[:3] == found[:3] for other in others):
        return "same package, another of its files is named first"
    if found.name == "gpg-pubkey":
        return "a key that rpm trusts, not a package"
    return ""


def main() -> int:
    unexplained = 0
    for layout in sys.argv[1:]:
        ours = seamline(layout)
        theirs = syft(layout, ours)
        print(f"{layout}: {len(ours)} packages, Syft {len(theirs)}, {len(set(ours) & set(theirs))} the same")
        for who, found, why in differences(ours, theirs):
            print(
                f"  only {who}: {found.kind} {found.name} {found.version} {found.path}: {why or 'UNEXPLAINED'}"
            )
            unexplained += not why
    print(f"unexplained: {unexplained}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
