"""Signed provenance from end to end: attached in a layout or a registry, verified, proven by the layers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from seamline.cli.main import run
from seamline.model.image import Digest
from tests.local_registry import PASSWORD, USER, LocalRegistry
from tests.neighbours import need
from tests.signed_layouts import SYSTEM, Shelf
from tests.trust.signing import bundle, make_key, statement

pytestmark = pytest.mark.real
APPLICATION = {"srv/app": b"the application"}
BASE = "registry.test/team/base"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("openssl")
    return make_key(tmp_path_factory.mktemp("keys"), "p256")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shelf:
    """A layout that holds a known base and an application on it."""
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    shelf = Shelf(tmp_path / "layout")
    shelf.list(shelf.image(SYSTEM), "base")
    assert run(["base", "add", f"oci-dir:{shelf.folder}:base", "--as", f"{BASE}:1"]) == 0
    capsys.readouterr()
    return shelf


def told(subject: Digest, base: str = f"{BASE}@1") -> bytes:
    return statement(subject, base=base)


def inspected(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run(["inspect", "-q", "--no-cache", "-f", "json", *words]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def rungs(report: dict[str, Any]) -> list[str]:
    return [stratum["confidence"] for stratum in report["strata"]]


def attached(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (each["verified_by"], (each["verdict"] or {}).get("id", ""))
        for each in report["image"]["attachments"]
    ]


def test_provenance_signed_by_a_trusted_key_is_the_strongest_evidence_of_a_base(
    shelf: Shelf, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = shelf.list(shelf.image(SYSTEM, APPLICATION), "app")
    shelf.attest(app, told(app), key)
    public = str(key.with_suffix(".pub"))
    report = inspected(capsys, f"oci-dir:{shelf.folder}:app", "--trusted-key", public)
    assert rungs(report) == ["signed provenance", "none"]
    assert attached(report) == [(public, "attached-verified")]
    assert report["strata"][0]["evidence"][0]["message"]["args"]["key"] == public
    assert run(["inspect", "-q", "--no-cache", f"oci-dir:{shelf.folder}:app", "--trusted-key", public]) == 0
    shown = capsys.readouterr().out
    assert f"verified by {public}" in " ".join(shown.split())


def test_the_same_without_the_key_is_a_claim_that_the_layers_bear_out(
    shelf: Shelf, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = shelf.list(shelf.image(SYSTEM, APPLICATION), "app")
    shelf.attest(app, told(app), key)
    report = inspected(capsys, f"oci-dir:{shelf.folder}:app")
    assert rungs(report) == ["annotation verified by diff_id", "none"]
    assert attached(report) == [("", "")]


def test_a_part_with_signed_provenance_has_the_record_that_the_benchmark_asks_for_and_any_other_is_open(
    shelf: Shelf, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = shelf.list(shelf.image(SYSTEM, APPLICATION), "app")
    shelf.attest(app, told(app), key)
    found = {}
    for words in ([], ["--trusted-key", str(key.with_suffix(".pub"))]):
        run(["audit", "-q", "--no-cache", "-f", "json", f"oci-dir:{shelf.folder}:app", *words])
        rules = json.loads(capsys.readouterr().out)["rules"]
        found[bool(words)] = [
            (
                rule["verdict"],
                rule.get("side", ""),
                [each["message"]["id"] for each in rule.get("evidence", ())],
            )
            for rule in rules
            if rule["id"] == "CIS-4.12"
        ]
    assert found == {False: [("undecidable", "", [])], True: [("pass", "system", ["signed-provenance"])]}


def test_who_else_signed_is_told_and_proves_no_more_than_a_claim(
    shelf: Shelf, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = shelf.list(shelf.image(SYSTEM, APPLICATION), "app")
    shelf.attest(app, told(app), key)
    stranger = str(make_key(tmp_path, "ed25519").with_suffix(".pub"))
    report = inspected(capsys, f"oci-dir:{shelf.folder}:app", "--trusted-key", stranger)
    assert rungs(report) == ["annotation verified by diff_id", "none"]
    assert attached(report) == [("", "attached-by-nobody-trusted")]


def test_a_signed_claim_that_the_layers_do_not_bear_out_proves_nothing(
    shelf: Shelf, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = shelf.list(shelf.image({**SYSTEM, "etc/other": b"x"}, APPLICATION), "app")
    shelf.attest(app, told(app), key)
    report = inspected(capsys, f"oci-dir:{shelf.folder}:app", "--trusted-key", str(key.with_suffix(".pub")))
    assert "signed provenance" not in rungs(report)


def test_a_bundle_for_another_image_hung_on_this_one_says_nothing_of_it(
    shelf: Shelf, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    described = shelf.image(SYSTEM, APPLICATION)
    shelf.list(described, "app")
    other = Digest(shelf.image(SYSTEM, {"srv/other": b"x"})["digest"])
    shelf.refer(described, bundle(told(other), key))
    report = inspected(capsys, f"oci-dir:{shelf.folder}:app", "--trusted-key", str(key.with_suffix(".pub")))
    assert rungs(report) == ["known base", "none"]
    assert attached(report) == [("", "attached-about-another")]


def test_buildkits_statement_is_signed_by_who_signed_its_index(
    shelf: Shelf, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The settings name the key; without a tag the image is found among what is attached."""
    described = shelf.image(SYSTEM, APPLICATION)
    index, _ = shelf.build(described, told(Digest(described["digest"])))
    shelf.sign(shelf.list(index, "index"), key)
    Path("keys").mkdir()
    Path("keys/team.pub").write_bytes(key.with_suffix(".pub").read_bytes())
    Path("seamline.toml").write_text('[trust]\nkeys = ["keys/team.pub"]\n')
    report = inspected(capsys, f"oci-dir:{shelf.folder}:index", "--platform", "linux/amd64")
    assert rungs(report) == ["signed provenance", "none"]
    assert [verdict for _, verdict in attached(report)] == ["attached-verified"] * 2


def test_a_registry_is_asked_for_the_signature_of_buildkits_statement_too(
    shelf: Shelf, key: Path, logged_in: LocalRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    need("skopeo")
    described = shelf.image(SYSTEM, APPLICATION)
    index, about = shelf.build(described, told(Digest(described["digest"])))
    digest = shelf.list(index, "index")
    shelf.sign(about, key)
    shelf.attest(digest, told(digest, "registry.test/team/elsewhere@1"), key)
    tags = ["index", *(f"{each.replace(':', '-')}.{end}" for each, end in ((about, "sig"), (digest, "att")))]
    login = ["--dest-tls-verify=false", "--dest-creds", f"{USER}:{PASSWORD}"]
    for tag in tags:
        places = [f"oci:{shelf.folder}:{tag}", f"docker://{logged_in.host}/team/signed:{tag}"]
        command = ["skopeo", "copy", "-q", "--all", "--preserve-digests", *login, *places]
        subprocess.run(command, check=True)
    words = ["--ca-file", str(logged_in.ca_file), "--trusted-key", str(key.with_suffix(".pub"))]
    report = inspected(capsys, f"{logged_in.host}/team/signed:index", "--platform", "linux/amd64", *words)
    assert report["image"]["index_digest"] == digest
    assert rungs(report) == ["signed provenance", "none"]
    assert [verdict for _, verdict in attached(report)] == ["attached-verified"] * 3


@pytest.mark.parametrize("text", ["absent.pub", "cosign.key"])
def test_a_key_that_cannot_be_used_ends_the_run(
    shelf: Shelf, key: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("cosign.key").write_bytes(key.read_bytes())
    shelf.list(shelf.image(SYSTEM, APPLICATION), "app")
    assert run(["inspect", "-q", f"oci-dir:{shelf.folder}:app", "--trusted-key", text]) == 2
    assert text in capsys.readouterr().err
