"""Trivy as a peer: where it is, its database made of the same records, and what it says.

TRIVY names the program, else `trivy` on PATH (a Go module: `GOEXPERIMENT=jsonv2 go install github.com/aquasecurity/trivy/cmd/trivy@latest`).
It never asks a network here. Its database is made by database/main.go, which Go builds.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_QUIET = ("--quiet", "--skip-version-check", "--disable-telemetry", "--format", "json")
_OWN_DATA = ("--skip-db-update", "--skip-java-db-update", "--offline-scan", "--scanners", "vuln")


def program() -> str:
    """The path of Trivy. Ends the benchmark where there is none."""
    found = shutil.which(os.environ.get("TRIVY", "trivy"))
    if found is None:
        raise SystemExit(
            "no trivy on PATH: GOEXPERIMENT=jsonv2 go install github.com/aquasecurity/trivy/cmd/trivy@latest"
        )
    return found


def version() -> str:
    """The version of Trivy's module, `0.74.0`, which a program built by Go itself keeps; else what it calls itself."""
    built = subprocess.run(
        ["go", "version", "-m", program()], capture_output=True, text=True, check=False
    ).stdout
    named = re.search(r"^\tmod\t\S+\tv(\S+)", built, re.MULTILINE)
    if named:
        return named[1]
    told = subprocess.run([program(), "version", "-f", "json"], capture_output=True, check=True).stdout
    return str(json.loads(told)["Version"])


def make_database(exports: Path, cache: Path) -> None:
    """Writes the database of `exports` (`<Ecosystem>/all.zip`) into `cache`, unless one is there."""
    if (cache / "db" / "trivy.db").exists():
        return
    made = cache / "make-database"
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", str(made), "."], cwd=HERE / "database", check=True)
    subprocess.run([str(made), str(exports), str(cache)], check=True)


def command(kind: str, target: str, cache: Path) -> list[str]:
    """Flaws by the database in `cache`. `kind` is sbom or image (an OCI layout or archive)."""
    named = ("--input", target) if kind == "image" else (target,)
    return [program(), "--cache-dir", str(cache), kind, *_QUIET, *_OWN_DATA, *named]


def flaws(kind: str, target: str, cache: Path) -> list[dict[str, Any]]:
    """Every flaw that Trivy reports, as it writes it."""
    return list(_each(run(command(kind, target, cache)), "Vulnerabilities"))


def misconfigurations(target: str, cache: Path) -> list[dict[str, Any]]:
    """Every check of Trivy's own that fails or passes on a Dockerfile or manifest."""
    words = [
        program(),
        "--cache-dir",
        str(cache),
        "config",
        *_QUIET,
        "--skip-check-update",
        "--include-non-failures",
        target,
    ]
    return list(_each(run(words), "Misconfigurations"))


def secrets(target: str, cache: Path) -> list[dict[str, Any]]:
    """Every secret in an image, with the file's name as `Target`."""
    words = [
        program(),
        "--cache-dir",
        str(cache),
        "image",
        *_QUIET,
        "--scanners",
        "secret",
        "--input",
        target,
    ]
    return list(_each(run(words), "Secrets"))


def run(words: list[str], env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The report of one run."""
    done = subprocess.run(words, capture_output=True, check=False, env=env)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.decode()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _each(report: Mapping[str, Any], shelf: str) -> Iterator[dict[str, Any]]:
    for result in report.get("Results") or ():
        for each in result.get(shelf) or ():
            yield {**each, "Target": result["Target"]}
