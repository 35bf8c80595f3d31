"""Verdicts beside Trivy: Dockerfiles and Kubernetes manifests, check by check where both ask the same.

Of a Dockerfile the truth is what tests/lint says of it; of a manifest what benchmarks/verdicts says. What neither has written down is
decided by hand, and the difference then has its reason in reasons.py.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.trivy import peer
from benchmarks.verdicts.deployments import FILES, PODS
from benchmarks.verdicts.images import Case
from benchmarks.verdicts.make import write_layout
from tests.lint.cases import CASES

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "lint" / "samples"
DOCKERFILE = {
    ("DS-0001",): ("DL3006", "DL3007"), ("DS-0002",): ("DL3002", "SL1001"), ("DS-0005",): ("DL3020",), ("DS-0007",): ("DL4004",),
    ("DS-0008",): ("DL3011",), ("DS-0009",): ("DL3000",), ("DS-0010",): ("DL3004",), ("DS-0014",): ("DL4001",), ("DS-0015",): ("DL3032",),
    ("DS-0016",): ("DL4003",), ("DS-0017",): ("SL2003",), ("DS-0019", "DS-0027"): ("DL3040",), ("DS-0020",): ("DL3036",),
    ("DS-0022",): ("DL4000",), ("DS-0023",): ("DL3012",), ("DS-0024",): ("SL2002",), ("DS-0025",): ("DL3019",), ("DS-0026",): ("DL3057",),
    ("DS-0029",): ("DL3015",), ("DS-0031",): ("DL3064",),
}  # fmt: skip
"""Trivy's checks, and the rules of ours that together ask the same."""
MANIFEST = {
    ("KSV-0001",): ("CIS-5.26",), ("KSV-0002",): ("CIS-5.2",), ("KSV-0006",): ("CIS-5.32",), ("KSV-0008",): ("CIS-5.17",),
    ("KSV-0009",): ("CIS-5.10",), ("KSV-0010",): ("CIS-5.16",), ("KSV-0011",): ("CIS-5.12",), ("KSV-0012",): ("SL-0025",),
    ("KSV-0013",): ("SL-0013",), ("KSV-0014",): ("CIS-5.13",), ("KSV-0017",): ("CIS-5.5",), ("KSV-0018",): ("CIS-5.11",),
    ("KSV-0023", "KSV-0028"): ("SL-0027",), ("KSV-0024",): ("SL-0028",), ("KSV-0025",): ("SL-0030",),
    ("KSV-0026", "KSV-0027"): ("SL-0029",), ("KSV-0030", "KSV-0104"): ("CIS-5.22",), ("KSV-0036",): ("SL-0026",), ("KSV-0105",): ("CIS-4.1",),
    ("KSV-0106",): ("SL-0024",),
}  # fmt: skip


class Verdict(NamedTuple):
    """Checks that ask the same on one file: whether each finds fault, and whether there is one (None: nobody wrote it down)."""

    file: str
    checks: tuple[str, ...]
    rules: tuple[str, ...]
    seamline: bool
    trivy: bool
    truth: bool | None


def dockerfiles() -> dict[str, str]:
    """The samples, and both snippets of every rule of lint, by name."""
    found = {path.stem: path.read_text() for path in sorted(SAMPLES.glob("*.Dockerfile"))}
    for rule, pair in CASES.items():
        for way, snippet in zip(("broken", "kept"), pair, strict=True):
            found[f"{rule}-{way}"] = snippet if "FROM " in snippet else f"FROM debian:12\n{snippet}\n"
    return found


def on_dockerfiles(work: Path, cache: Path) -> Iterator[Verdict]:
    """Every check that both have, on every file that both read."""
    found = dockerfiles()
    for name, text in found.items():
        (work / name).mkdir(parents=True)
        (work / name / "Dockerfile").write_text(text)
    ours, theirs = _linted(work), _failed(work, cache)
    for name in found:
        rule, _, way = name.rpartition("-")
        for checks, rules in DOCKERFILE.items():
            truth = way == "broken" if rules == (rule,) else None
            yield Verdict(
                name,
                checks,
                rules,
                not ours[name].isdisjoint(rules),
                not theirs[name].isdisjoint(checks),
                truth,
            )


def _failed(folder: Path, cache: Path) -> dict[str, set[str]]:
    """Trivy's failed checks by the first folder of the file's name."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in peer.misconfigurations(str(folder), cache):
        if each["Status"] == "FAIL":
            found[each["Target"].partition("/")[0]].add(each["ID"])
    return found


def _linted(folder: Path) -> dict[str, set[str]]:
    """Our broken rules by the folder that the file lies in."""
    files = [str(path) for path in sorted(folder.glob("*/Dockerfile"))]
    report = peer.run([sys.executable, "-m", "seamline", "lint", *files, "-f", "json", "--no-shellcheck"])
    return {
        Path(file["name"]).parent.name: {each["rule"] for each in file["findings"] if not each.get("ignored")}
        for file in report["files"]
    }


def on_manifests(work: Path, cache: Path, env: dict[str, str]) -> Iterator[Verdict]:
    """Every check that both have, on every manifest of known truth."""
    cases = [case for case in (*FILES, *PODS) if "kind:" in case.deploy]
    for at, case in enumerate(cases):
        (work / "manifests" / str(at)).mkdir(parents=True)
        (work / "manifests" / str(at) / case.file).write_text(case.deploy)
    theirs = _failed(work / "manifests", cache)
    for at, case in enumerate(cases):
        ours = _audit(case, work / f"image-{at}", work / "manifests" / str(at) / case.file, env)
        for checks, rules in MANIFEST.items():
            told = {case.truth[rule].startswith("fail") for rule in rules if rule in case.truth}
            truth = told.pop() if len(told) == 1 else None
            yield Verdict(
                case.name,
                checks,
                rules,
                not ours.isdisjoint(rules),
                not theirs[str(at)].isdisjoint(checks),
                truth,
            )


def _audit(case: Case, image: Path, manifest: Path, env: dict[str, str]) -> set[str]:
    reference = write_layout(image, case.picture)
    words = [
        sys.executable,
        "-m",
        "seamline",
        "audit",
        reference,
        "-f",
        "json",
        "--offline",
        "--deploy",
        str(manifest),
    ]
    return {each["id"] for each in peer.run(words, env)["rules"] if each["verdict"] == "fail"}
