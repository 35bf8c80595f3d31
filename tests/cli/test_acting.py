"""Acting verbs as a user meets them: tickets, duties, what runs, and what others are told."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from seamline.catalog import READERS
from tests.cli.test_commands import SOURCE, home, run

__all__ = ("home",)


def test_running_takes_a_file_by_its_name_and_tells_what_is_old(home: Path) -> None:
    row = {"ID": "1f2e3d4c5b6a", "Image": "0a1b2c3d4e5f", "Names": "web", "RunningFor": "2 weeks ago"}
    (home / "ps.json").write_text(json.dumps(row))
    done = run(home, "running", "ps.json", "-f", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = json.loads(done.stdout)["containers"]
    assert (line["where"], line["verdict"], line["because"]) == ("web", "old", "tag-moved")


def test_a_listing_that_cannot_be_read_is_named_by_its_file(home: Path) -> None:
    for text, why in (
        ('[{"Image": "debian:12"}', "input data was truncated"),
        ("NAME STATUS\nweb Running\n", "got 'NAME STATUS'"),
        ('{"kind": "Deployment"}', "Deployment: no pods"),
    ):
        (home / "ps.json").write_text(text)
        done = run(home, "running", "ps.json")
        assert done.returncode == 2
        assert done.stderr.lower().startswith("seamline: ps.json: expected ")
        assert why.lower() in done.stderr.lower()


def test_a_team_that_nobody_knows_is_named_beside_those_that_are(home: Path) -> None:
    done = run(home, "scan", "oci-dir:demo:shop", "--offline", "--for", "nobody-at-all")
    assert done.returncode == 2
    assert "application team" in done.stderr
    ticket = run(home, "scan", "oci-dir:demo:shop", "--offline", "--for", "application team")
    assert ticket.stdout.startswith("## oci-dir:demo:shop: ")


def test_one_teams_part_is_that_in_every_form(home: Path) -> None:
    shop = ("scan", "oci-dir:demo:shop", "--offline", "--for", "application team")
    whole = json.loads(run(home, "scan", "oci-dir:demo:shop", "--offline", "-f", "json").stdout)
    told = json.loads(run(home, *shop, "-f", "json").stdout)
    own = [each["id"] for each in whole["findings"] if each["owner"] == "application team"]
    assert [each["id"] for each in told["findings"]] == own
    assert len(own) < len(whole["findings"])
    (left_out,) = [note for note in told["notes"] if note["id"] == "findings-not-shown"]
    assert left_out["args"]["number"] == len(whole["findings"]) - len(own)
    assert run(home, *shop, "-f", "markdown").stdout == run(home, *shop).stdout
    assert len(run(home, *shop, "-f", "csv").stdout.splitlines()) < 1 + len(whole["findings"])


def test_two_reports_are_not_written_over_one_another(home: Path) -> None:
    done = run(home, "scan", "oci-dir:demo:shop", "--offline", "--output", "json=r", "-f", "csv", "-o", "r")
    assert (done.returncode, (home / "r").exists()) == (2, False)
    assert "a file of its own for each output" in done.stderr
    none = run(home, "scan", "oci-dir:demo:shop", "--offline", "--severity", ",")
    assert none.returncode == 2
    assert "got ','" in none.stderr


def test_a_layer_that_is_not_there_cannot_be_where_ones_own_part_begins(home: Path) -> None:
    done = run(home, "scan", "oci-dir:demo:shop", "--offline", "--mine", "9")
    assert done.returncode == 2
    assert "a layer from 0 to 2" in done.stderr


def test_duties_and_decisions_come_in_both_languages_and_as_documents(home: Path) -> None:
    assert run(home, "base", "add", "oci-dir:demo:base", "--as", "sample-base:1").returncode == 0
    duties = run(home, "base", "show", "sample-base:1", "--duties", "--lang", "zh")
    assert "应用侧" in duties.stdout
    told = json.loads(run(home, "base", "show", "sample-base:1", "-f", "json").stdout)
    assert told["bases"][0]["fitness"]["images"] == 1
    vex = json.loads(run(home, "scan", "oci-dir:demo:shop", "--offline", "-f", "openvex").stdout)
    assert vex["statements"] == []


def test_a_scan_that_shows_a_part_says_how_much_it_leaves_out(home: Path) -> None:
    assert run(home, "base", "add", "oci-dir:demo:base", "--as", "sample-base:1").returncode == 0
    part = run(home, "scan", "oci-dir:demo:shop", "--offline", "--side", "app")
    assert "findings not shown: --side" in part.stdout
    assert "()" not in part.stdout
    assert "not shown" not in run(home, "scan", "oci-dir:demo:shop", "--offline").stdout


def test_a_scan_is_not_slowed_by_the_rules_for_secrets_that_it_does_not_ask() -> None:
    asked = "import sys, seamline.cli.scan; print('seamline.catalog.secret_rules' in sys.modules)"
    done = subprocess.run((sys.executable, "-c", asked), check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("verb", ["inspect", "audit", "report"])
def test_a_verb_imports_neither_what_unpacks_layers_nor_every_order_of_versions(verb: str) -> None:
    late = (
        "formats.tar",
        "places.archive",
        "versions.semver",
        "advisories.compile",
        "render.words.lint_rules",
    )
    asked = f"import sys, seamline.cli.{verb}, seamline.render.words; print([n for n in {late} if f'seamline.{{n}}' in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


_WARM = """
import atexit, sys
atexit.register(lambda: print(*(name for name in sys.modules if name.startswith("seamline.")), file=sys.stderr))
from seamline.__main__ import main
main()"""


@pytest.mark.parametrize("verb", ["inspect", "audit", "report"])
def test_a_verb_on_a_remembered_image_imports_the_readers_of_what_is_in_it_alone(
    home: Path, verb: str
) -> None:
    """The sample base is Debian's packages and one of Python's; an import that every run would wait for is met here."""
    asked = (verb, "oci-dir:demo:base", "--offline", *(("-o", "page.html") if verb == "report" else ()))
    assert run(home, *asked).returncode == 0
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", _WARM, *asked], capture_output=True, text=True, env=env, cwd=home, check=True
    )
    imported = {name.removeprefix("seamline.") for name in done.stderr.split()}
    assert {"catalog.dpkg", "catalog.python"} <= imported
    late = {f"catalog.{reader.name.replace('-', '_')}" for reader in READERS[3:]} - {"catalog.python"}
    late |= {"formats.jar", "formats.tar", "verbs.layer_pass"}
    if verb == "inspect":
        late |= {
            "formats.compression",
            "formats.elf",
            "model.finding",
            "model.advisory",
            "verbs.scan",
            "surface",
        }
    assert late & imported == set()
    assert len(imported) < {"inspect": 117, "audit": 268, "report": 293}[verb]


def test_owners_that_nobody_has_named_answer_to_what_each_language_calls_them(home: Path) -> None:
    ticket = run(home, "scan", "oci-dir:demo:shop", "--offline", "--for", "尚无人负责", "--lang", "zh")
    assert ticket.returncode == 0
    assert "尚无人负责" in ticket.stdout.splitlines()[0]


def test_a_question_about_a_package_that_nothing_speaks_of_is_never_answered_with_none_known(
    home: Path,
) -> None:
    for asked, why in (
        ("pkg:rpm/rocky/openssl@3.0.7?distro=rocky-9", "Rocky Linux"),
        ("pkg:deb/debian/openssl@3.0.7", "no distribution"),
        ("pkg:pypi/requests", "no version is told"),
    ):
        done = run(home, "db", "lookup", asked)
        assert (done.returncode, done.stdout) == (0, "not judged\n")
        assert why in done.stderr


def test_a_looked_up_severity_is_told_in_the_language_of_the_reader(home: Path) -> None:
    assert " 严重 " in run(home, "db", "lookup", "CVE-2021-44228", "--lang", "zh").stdout


def test_a_part_of_an_exported_database_is_refused_rather_than_silently_the_whole(home: Path) -> None:
    (home / "all.tar").write_bytes(b"")
    done = run(home, "db", "update", "--from", "all.tar", "-e", "PyPI")
    assert done.returncode == 2
    assert "leave out --ecosystem" in done.stderr


def test_the_commands_after_an_sbom_name_its_file_and_not_what_it_calls_itself(home: Path) -> None:
    (home / "my shop.json").write_text(
        json.dumps(
            {
                "bomFormat": "CycloneDX",
                "specVersion": "1.6",
                "metadata": {"component": {"type": "container", "name": "shop"}},
                "components": [
                    {
                        "type": "library",
                        "name": "lodash",
                        "version": "4.17.15",
                        "purl": "pkg:npm/lodash@4.17.15",
                    }
                ],
            }
        )
    )
    done = run(home, "scan", "my shop.json", "--offline")
    assert done.stdout.startswith("shop (my shop.json)")
    assert "seamline explain 'my shop.json' CVE-" in done.stdout


@pytest.mark.parametrize(
    "verb",
    [
        ("scan", "oci-dir:demo:base"),
        ("scan", "nothing.json"),
        ("audit", "oci-dir:demo:shop"),
        ("inspect", "oci-dir:demo:shop"),
        ("compare", "oci-dir:demo:shop", "oci-dir:demo:base", "oci-dir:demo:shop"),
    ],
)
def test_the_next_commands_can_be_run_as_they_are_printed(home: Path, verb: tuple[str, ...]) -> None:
    (home / "nothing.json").write_text('{"bomFormat":"CycloneDX","components":[]}')
    done = run(home, *verb, "--offline", "--as-of", "2026-11-20")
    assert done.returncode == 0, done.stderr
    printed = done.stdout.partition("\nnext: ")[2]
    assert bool(printed) != ("nothing.json" in verb)
    for line in re.sub(r" \\\n\s+", " ", printed).splitlines():
        again = run(home, *shlex.split(line)[1:], "--offline")
        assert again.returncode == 0, (line, again.stderr)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "expected an image, and an advisory or rule, got nothing (for example seamline explain nginx:1.27 CVE-2026-34182)"),
        (("CVE-2026-1",), "expected an image too, got CVE-2026-1 (for example seamline explain nginx:1.27 CVE-2026-1)"),
        (("CIS-4.1", "CVE-2026-1"), "expected an image too, got CIS-4.1 CVE-2026-1 (for example seamline explain nginx:1.27 CIS-4.1 CVE-2026-1)"),
        (("shop",), "expected an advisory or a rule too, got shop (seamline scan shop lists its own; for example seamline explain shop CVE-2026-34182)"),
        (("a", "b", "c"), "expected an advisory or a rule too, got a b c (seamline scan a lists its own; for example seamline explain a CVE-2026-34182)"),
    ],
)  # fmt: skip
def test_explain_says_what_it_misses_with_an_example(home: Path, given: tuple[str, ...], said: str) -> None:
    done = run(home, "explain", *given)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"seamline: explain: {said}\n")


def test_explain_takes_images_and_ids_in_any_order_and_number(home: Path) -> None:
    shop, base, flaw = "oci-dir:demo:shop", "oci-dir:demo:base", "CVE-2021-44228"
    one, other = (run(home, "explain", image, flaw).stdout for image in (shop, base))
    assert run(home, "explain", flaw, shop).stdout == one
    for given in ((shop, base, flaw), (flaw, shop, base), (shop, flaw, base)):
        assert run(home, "explain", *given).stdout == f"{one}\n{other}"
    rule = run(home, "explain", shop, "cis-4.1").stdout
    assert run(home, "explain", "CIS-4.1", flaw, shop).stdout == f"{one}\n{rule}"
    assert "shop:1 reads like an image" in " ".join(run(home, "explain", shop, "shop:1").stdout.split())


@pytest.mark.parametrize("digest", ["zz", "sha256:zz", "sha512:" + "0" * 64, "0" * 63, "0" * 65])
def test_a_digest_that_is_none_is_refused_before_anything_is_read(home: Path, digest: str) -> None:
    done = run(home, "db", "update", "--from", "not-there.tar", "--digest", digest)
    assert done.returncode == 2
    assert done.stderr == (
        f"seamline: --digest: expected sha256:<64 hex digits>, as db export told it, got {digest!r}"
        " (copy what seamline db export printed)\n"
    )


@pytest.mark.parametrize("form", ["json", "sarif", "cyclonedx-json"])
def test_a_report_in_any_form_with_keys_is_a_baseline(home: Path, form: str) -> None:
    gate = ("--offline", "--allow-stale", "--fail-on", "new")
    run(home, "scan", "oci-dir:demo:shop", "--offline", "-f", form, "-o", "before")
    assert run(home, "scan", "oci-dir:demo:shop", *gate, "--baseline", "before").returncode == 0
    run(home, "scan", "oci-dir:demo:base", "--offline", "-f", form, "-o", "before")
    assert run(home, "scan", "oci-dir:demo:shop", *gate, "--baseline", "before").returncode == 1


@pytest.mark.parametrize(
    ("option", "content", "got"),
    [
        ("--vex", '{"schema":"seamline.sbom/1"}', "a report of seamline sbom"),
        ("--vex", '{"version":"2.1.0","runs":[]}', "a SARIF report"),
        ("--vex", "CVE-2021-44228\n", "a text"),
        ("--ignore-file", '{"@context":"https://openvex.dev/ns/v0.2.0"}', "a VEX document"),
        ("--ignore-file", "FROM debian:12\n", "a Dockerfile"),
        ("--baseline", "id,severity\n", "a text"),
    ],
)
def test_a_file_of_another_kind_is_told_as_what_it_is(
    home: Path, option: str, content: str, got: str
) -> None:
    (home / "given").write_text(content)
    done = run(home, "scan", "oci-dir:demo:shop", "--offline", option, "given")
    assert done.returncode == 2
    assert f", got {got} (" in done.stderr
