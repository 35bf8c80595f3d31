"""Every case audited, its verdicts set beside the truth: right, wrong, or unknown where Seamline decides what it could not."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.verdicts.deployments import DEPLOYMENTS
from benchmarks.verdicts.images import IMAGES, Case
from benchmarks.verdicts.make import (
    BASE_NAME,
    LADEN_NAME,
    base_picture,
    laden_base,
    write_advisories,
    write_layout,
)

CASES = (*IMAGES, *DEPLOYMENTS)
AS_OF = "2026-11-26T00:00:00Z"
SHORT = {"not-applicable": "n/a"}
Seamline = Callable[[list[str], Path], None]
"""Runs Seamline with arguments and a home of its own."""


class Judged(NamedTuple):
    """One rule on one case: the truth, the answer."""

    case: str
    rule: str
    truth: str
    answer: str

    @property
    def outcome(self) -> str:
        """right; unknown where the answer is that it cannot be told, which the truth does not say; wrong."""
        if self.truth == self.answer:
            return "right"
        return "unknown" if self.answer == "undecidable" else "wrong"


def measured(folder: Path, seamline: Seamline, cases: tuple[Case, ...] = CASES) -> Iterator[Judged]:
    """Every rule that the cases know the truth of."""
    known, bare = folder / "known", folder / "bare"
    base = write_layout(folder / "base", base_picture(), BASE_NAME)
    laden = write_layout(folder / "laden", laden_base(), LADEN_NAME)
    write_advisories(folder / "exports")
    for home in (known, bare):
        seamline(["base", "add", base, "--as", BASE_NAME, "--offline"], home)
        seamline(["base", "add", laden, "--as", LADEN_NAME, "--offline"], home)
    seamline(["db", "update", "--from", str(folder / "exports")], known)
    for at, case in enumerate(cases):
        image = write_layout(folder / f"image-{at}", case.picture)
        report = folder / f"report-{at}.json"
        arguments = ["audit", image, "-f", "json", "-o", str(report), "--offline", "--as-of", AS_OF]
        if case.file:
            (folder / f"deploy-{at}").mkdir()
            path = folder / f"deploy-{at}" / case.file
            path.write_text(case.deploy)
            arguments += ["--deploy", str(path)]
        elif case.deploy:
            arguments += ["--deploy", case.deploy]
        if case.settings:
            (folder / f"settings-{at}.toml").write_text(case.settings)
            arguments += ["--settings", str(folder / f"settings-{at}.toml")]
        seamline(arguments, known if case.has_advisories else bare)
        answers = answers_of(json.loads(report.read_bytes()))
        for rule, truth in case.truth.items():
            yield Judged(case.name, rule, truth, answers.get(rule, "no such rule"))


def answers_of(report: dict[str, Any]) -> dict[str, str]:
    """What a report says of each rule, in the words of the truth: fails with their side, others once."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in report["rules"]:
        verdict = SHORT.get(line["verdict"], line["verdict"])
        text = f"fail {line.get('side', '')}".strip() if verdict == "fail" else verdict
        if text not in found[line["id"]]:
            found[line["id"]].append(text)
    order = {"fail system": 0, "fail unknown": 1, "fail application": 2}
    return {
        rule: " + ".join(sorted(texts, key=lambda text: order.get(text, 3))) for rule, texts in found.items()
    }
