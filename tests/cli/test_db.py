"""`seamline db status|lookup`: what the database says of itself, as documents and in a terminal."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from seamline.render.schemas import write_schema
from tests.advisories.records import record
from tests.cli.test_commands import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def database(home: Path) -> Path:
    told = record("DEBIAN-CVE-2026-1007", "Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0.9-1"})
    older = record("X", "Debian:11", "openssl", {"introduced": "0"}, upstream=["CVE-2026-1007"])
    told["affected"] += older["affected"]
    (home / "osv" / "Debian").mkdir(parents=True)
    with zipfile.ZipFile(home / "osv" / "Debian" / "all.zip", "w") as archive:
        archive.writestr("a.json", json.dumps({**told, "upstream": ["CVE-2026-1007"]}))
    (home / "osv" / "known_exploited_vulnerabilities.json").write_text(
        json.dumps(
            {
                "vulnerabilities": [
                    {"cveID": "CVE-2026-1007", "dateAdded": "2026-02-01", "dueDate": "2026-02-15"}
                ]
            }
        )
    )
    done = run(home, "db", "update", "--from", "osv")
    assert done.returncode == 0
    return home


def asked(home: Path, *words: str) -> dict[str, Any]:
    done = run(home, "db", *words, "-f", "json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    name = document["schema"].replace("/", "-")
    jsonschema_rs.validator_for(json.loads(write_schema(name))).validate(document)
    return document


def test_the_state_is_a_document_that_says_what_is_too_old(database: Path) -> None:
    told = asked(database, "status", "--as-of", "2033-01-01")
    assert (told["schema"], told["kind"]) == ("seamline.db-status/1", "osv")
    assert told["stale"] == ["Debian", "weather"]


def test_what_lies_beside_the_advisories_is_called_what_it_is(database: Path) -> None:
    lines = run(database, "db", "status").stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["Debian", "KEV, EPSS, CVSS, ends"]
    run(database, "db", "export", "all.tar")
    taken = run(database, "db", "update", "--from", "all.tar").stderr
    assert "exploited, likely and ended: 1 CVE, 0 products, taken over" in taken


def test_a_flaw_that_is_looked_up_tells_its_packages_with_the_fix_of_each_release(database: Path) -> None:
    told = asked(database, "lookup", "CVE-2026-1007")
    assert [
        (line["ecosystem"], line["package"], line["fixed_in"], line["status"]) for line in told["found"]
    ] == [("Debian:11", "openssl", [], "no fix yet"), ("Debian:12", "openssl", ["3.0.9-1"], "fixed")]
    assert told["gaps"] == []


def test_a_flaw_is_found_however_its_id_is_written_and_a_package_by_its_name_alone(home: Path) -> None:
    whole = asked(home, "lookup", "GHSA-jfh8-c2jp-5v3q")["found"]
    assert asked(home, "lookup", "ghsa-jfh8-c2jp-5v3q")["found"] == whole != []
    assert asked(home, "lookup", "cve-2021-44228")["found"] == whole
    named = asked(home, "lookup", "org.apache.logging.log4j:log4j-core")["found"]
    assert {line["id"] for line in whole} < {line["id"] for line in named}
    assert asked(home, "lookup", "log5j")["found"] == []


@pytest.mark.parametrize("name", ["CVE-2021-44228", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"])
def test_an_answer_out_of_the_starter_set_says_so_in_every_form(home: Path, name: str) -> None:
    told = asked(home, "lookup", name)
    assert told["found"][0]["package"] == "org.apache.logging.log4j:log4j-core"
    assert [gap["message"]["id"] for gap in told["gaps"]] == ["only-starter-set"]
    assert "only the starter set" in run(home, "db", "lookup", name).stderr


def test_an_id_that_is_nowhere_may_be_in_what_was_never_fetched(
    database: Path,
) -> None:
    (gap,) = asked(database, "lookup", "GHSA-aaaa-bbbb-cccc")["gaps"]
    assert (gap["message"]["id"], gap["message"]["args"]) == ("told-fetched", {"ecosystems": "Debian"})
    told = run(database, "db", "lookup", "ghsa-aaaa-bbbb-cccc")
    assert "no advisory is known for it" in told.stdout
    assert "Advisories are here of: Debian." in told.stderr


def test_what_cannot_be_judged_is_a_gap_of_the_document(database: Path) -> None:
    told = asked(database, "lookup", "pkg:pypi/django@4.2")
    assert (told["found"], [gap["message"]["id"] for gap in told["gaps"]]) == ([], ["advisories-not-there"])


def test_a_digest_is_told_back_as_export_told_it(database: Path) -> None:
    run(database, "db", "export", "all.tar")
    wrong = "0" * 64
    done = run(database, "db", "update", "--from", "all.tar", "--digest", wrong)
    assert done.returncode == 2
    assert f"expected sha256:{wrong}, got sha256:" in done.stderr
