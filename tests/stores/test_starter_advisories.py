"""The starter set: facts that agree with the real records, and never enough for a gate."""

from __future__ import annotations

import json
import zipfile
from importlib.resources import files

import pytest

from seamline.stores.starter_advisories import starter_advisories
from tests.data import data_path

RECORDS = json.loads((files("seamline") / "data" / "advisories.json").read_text())


def test_the_set_is_known_as_the_starter_set() -> None:
    index = starter_advisories()
    assert index.manifest.kind == "starter"
    assert index.named("Maven", "CVE-2021-44228") == ("GHSA-jfh8-c2jp-5v3q",)
    assert (index.has("PyPI"), index.has("Alpine"), index.knows_release("Debian:12"), index.knows_release("Debian:9")) == (
        True, False, True, False,
    )  # fmt: skip
    assert index.advisory("Maven", "GHSA-jfh8-c2jp-5v3q") is not None


@pytest.mark.data
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_every_fixed_version_is_the_real_records(record: dict[str, object]) -> None:
    affected = record["affected"][0]  # type: ignore[index]
    base = affected["package"]["ecosystem"].partition(":")[0]
    with zipfile.ZipFile(data_path(f"osv/{base}/all.zip")) as archive:
        if f"{record['id']}.json" not in archive.namelist():
            pytest.skip("this record is not among the data")
        real = json.loads(archive.read(f"{record['id']}.json"))
    fixed = {
        e["fixed"]
        for a in real["affected"]
        for r in a["ranges"]
        if r["type"] != "GIT"
        for e in r["events"]
        if "fixed" in e
    }
    ours = {e["fixed"] for a in record["affected"] for r in a["ranges"] for e in r["events"] if "fixed" in e}  # type: ignore[attr-defined]
    assert ours <= fixed
