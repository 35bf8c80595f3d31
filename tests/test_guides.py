"""What the guide for pipelines shows works as it stands there: its shell is run, its policy reads fields that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from seamline.model.finding import ScanReport
from seamline.model.package import Side
from seamline.verbs.demo import write_demo
from tests.advisories.records import record
from tests.render.test_scan_formats import REPORT
from tests.shells import ROOT, run

GUIDE = (ROOT / "docs" / "guides" / "ci.md").read_text()
POLICY = (ROOT / "examples" / "policy" / "scan.rego").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def scripts() -> Iterator[tuple[str, str]]:
    github, gitlab = map(yaml.safe_load, blocks("yaml"))
    for step in github["jobs"]["scan"]["steps"]:
        if "seamline scan" in step.get("run", ""):
            yield "github", step["run"]
    job = gitlab["container_scanning"]
    yield "gitlab", "\n".join(line for line in (*job["before_script"], *job["script"]) if "pip" not in line)
    (jenkins,) = blocks("groovy")
    (shell,) = re.findall(r"sh '''(.*?)'''", jenkins, re.DOTALL)
    yield "jenkins", shell


@pytest.mark.parametrize(("runner", "script"), list(scripts()))
def test_the_scan_step_of_each_runner_writes_its_reports_and_fails_on_the_starter_set(
    tmp_path: Path, runner: str, script: str
) -> None:
    write_demo(tmp_path / "demo")
    done = run(script, tmp_path, IMAGE="oci-dir:demo:shop")
    assert done.returncode == 1, done.stderr
    assert "starter set" in done.stderr
    written = set(re.findall(r"--output [\w-]+=(\S+)", script))
    assert runner
    assert written
    assert all((tmp_path / name).stat().st_size for name in written)


def advised(folder: Path, number: int) -> None:
    """One more record about a package of the demo's image; one of each ecosystem, as the image needs them all."""
    for ecosystem in ("Maven", "PyPI", "npm"):
        kept = folder / ecosystem
        kept.mkdir(parents=True, exist_ok=True)
        told = record(
            f"{ecosystem}-2026-{number}", ecosystem, "requests", {"introduced": "0"}, {"fixed": "99"}
        )
        (kept / f"{number}.json").write_text(json.dumps(told))


def test_a_second_run_brings_the_advisories_of_the_first_up_to_date(tmp_path: Path) -> None:
    """The first run fetches what the image needs; what a cache gave back is updated before it is judged with."""
    write_demo(tmp_path / "demo")
    (_, script), *_ = scripts()
    given = {
        "IMAGE": "oci-dir:demo:shop",
        "SEAMLINE_OFFLINE": "0",
        "SEAMLINE_ADVISORIES": str(tmp_path / "osv"),
    }
    advised(tmp_path / "osv", 1)
    first = run(script, tmp_path, **given)
    assert "fetching the advisories of Maven, PyPI, npm" in first.stderr
    advised(tmp_path / "osv", 2)
    second = run(script, tmp_path, **given)
    assert "fetching the advisories" not in second.stderr
    found = json.loads((tmp_path / "seamline.json").read_bytes())["findings"]
    assert {"PyPI-2026-1", "PyPI-2026-2"} <= {each["id"] for each in found}


def test_the_policy_reads_only_what_the_schema_has() -> None:
    schema: dict[str, Any] = json.loads((ROOT / "schemas" / "seamline.scan-1.schema.json").read_text())
    kinds = schema["$defs"]

    def fields(name: str) -> set[str]:
        return set(kinds[name]["properties"])

    assert set(re.findall(r"input\.(\w+)", POLICY)) <= fields("ScanReport")
    assert set(re.findall(r"input\.database\.(\w+)", POLICY)) <= fields("DatabaseLine")
    finding = set(re.findall(r"finding\.(\w+)", POLICY)) | set(re.findall(r'finding\["(\w+)"\]', POLICY))
    assert {"side", "deadline", "package"} <= finding <= fields("Finding")
    assert set(re.findall(r"deadline\.(\w+)", POLICY)) <= fields("Deadline")


def denied(document: bytes, rule: str = "deny") -> set[str]:
    """What the policy says of a report, by Regorus, which answers as OPA does."""
    judge = pytest.importorskip("regorus").Engine()
    judge.add_policy("scan.rego", POLICY)
    judge.set_input_json(document.decode())
    answer: set[str] = judge.eval_rule(f"data.seamline.{rule}")
    return answer


def test_the_policy_denies_what_its_rules_say_and_warns_of_gaps() -> None:
    assert denied(msgspec.json.encode(REPORT)) == {
        "CVE-2026-0001 in openssl is known to be exploited",
        "CVE-2026-0001 in openssl is 31 days late, infrastructure acts",
        "CVE-2026-0003 in mystery has no side: tell Seamline the base",
    }
    assert denied(msgspec.json.encode(REPORT), "warn") == {"not checked: release-without-advisories"}
    urgent = msgspec.structs.replace(
        REPORT.findings[1], severity="high", package="zlib", fixed_in=("1.1", "2")
    )
    ours = msgspec.structs.replace(REPORT, findings=(urgent,))
    assert denied(msgspec.json.encode(ours)) == {
        "GHSA-aaaa-bbbb-cccc in zlib 1.0: fixed in 1.1, 2, shop acts"
    }
    forgiven = msgspec.structs.replace(urgent, suppressed="settings")
    assert denied(msgspec.json.encode(msgspec.structs.replace(REPORT, findings=(forgiven,)))) == set()


def test_the_policy_takes_no_verdict_from_old_or_partial_advisories(tmp_path: Path) -> None:
    database = msgspec.structs.replace(REPORT.database, stale=True, missing=("PyPI",))
    clean = msgspec.structs.replace(REPORT, findings=(), database=database)
    assert denied(msgspec.json.encode(clean)) == {"the advisories are too old", "no advisories of PyPI"}
    write_demo(tmp_path / "demo")
    done = run('seamline scan "$IMAGE" -f json', tmp_path, IMAGE="oci-dir:demo:shop")
    report = msgspec.json.decode(done.stdout, type=ScanReport)
    said = denied(done.stdout.encode())
    assert "judged with starter advisories" in said
    unknown = {each.id for each in report.findings if each.side == Side.UNKNOWN}
    assert {
        line.split()[0] for line in said if line.endswith("has no side: tell Seamline the base")
    } == unknown
