"""Which distribution each root is, from the files that it has."""

from __future__ import annotations

import pytest

from seamline.catalog.distribution import READER, distributions
from seamline.catalog.reader import Sighting
from seamline.tree.fold import fold
from tests.data import data_path
from tests.scenes import Thing, facts_of


def told(layer: dict[str, Thing]) -> dict[bytes, tuple[str, str]]:
    (facts,) = facts_of([layer], [READER])
    seen = [Sighting(layer=0, path=r.path, record=r.value) for r in facts.records[READER.name]]
    found = distributions(fold([facts.columns]), seen)
    return {root: (each.id, each.version_id) for root, each in found.items()}


@pytest.mark.data
@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("ubuntu_10_04", ("ubuntu", "10.04")),
        ("ubuntu_18_04", ("ubuntu", "18.04")),
        ("debian_6", ("debian", "6.0.10")),
        ("oraclelinux_5_11", ("ol", "5.11")),
        ("centos_5", ("centos", "5.11")),
        ("redhat_7", ("rhel", "7.0")),
        ("alpine_2_6_6", ("alpine", "2.6.6")),
        ("lsb_release_corrupt", None),
        ("os_release_corrupt", None),
    ],
)
def test_of_several_release_files_the_most_telling_counts(
    root: str, expected: tuple[str, str] | None
) -> None:
    folder = data_path(f"package-dbs/os-release/by-root/{root}")
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert told(dict(files)).get(b"") == expected


def test_ubuntu_keeps_debians_version_file_and_is_ubuntu_all_the_same() -> None:
    files: dict[str, Thing] = {"etc/debian_version": b"squeeze/sid\n"}
    assert told(files) == {b"": ("debian", "6")}
    files["etc/lsb-release"] = b"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\n"
    assert told(files) == {b"": ("ubuntu", "10.04")}


def test_a_root_without_any_release_file_has_no_distribution() -> None:
    assert told({"app": b"elf"}) == {}
