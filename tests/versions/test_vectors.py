"""Every order beside what its ecosystem's own tool said of versions that advisories name, and of such pieced together anew."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from seamline.versions.orders import ORDERS, UnreadableVersion

VECTORS = Path(__file__).with_name("vectors.tsv")


def told() -> dict[str, list[tuple[str, int, str]]]:
    found = defaultdict(list)
    for line in VECTORS.read_text().splitlines():
        order, one, sign, other = line.split("\t")
        found[order].append((one, int(sign), other))
    return found


@pytest.mark.parametrize(("order", "pairs"), sorted(told().items()))
def test_versions_stand_as_the_tool_itself_put_them(order: str, pairs: list[tuple[str, int, str]]) -> None:
    key = ORDERS[order]
    differ = []
    for one, sign, other in pairs:
        try:
            first, second = key(one), key(other)
        except UnreadableVersion:
            continue
        if (first > second) - (first < second) != sign:
            differ.append((one, sign, other))
    assert differ == []
    assert len(pairs) > 100


NUGET = Path(__file__).with_name("nuget.tsv")


@pytest.mark.parametrize("line", NUGET.read_text().splitlines())
def test_nugets_versions_stand_as_its_own_tests_have_them(line: str) -> None:
    one, sign, other = line.split("\t")
    first, second = ORDERS["nuget"](one), ORDERS["nuget"](other)
    assert (first > second) - (first < second) == int(sign)


@pytest.mark.parametrize(
    ("one", "sign", "other"),
    [("1.0.0-1", -1, "1.0.0-2"), ("1.2.3", -1, "1.2.3-1"), ("1.2.3-1", 0, "1.2.3-1"), ("1.2.3+foo", 0, "1.2.3+bar"),
     ("1.24.0-0", 0, "1.24.0"), ("1.24.0-0", -1, "1.24.0-1")],
)  # fmt: skip
def test_bitnamis_revisions_come_after_their_release_and_revision_0_is_the_release(
    one: str, sign: int, other: str
) -> None:
    first, second = ORDERS["bitnami"](one), ORDERS["bitnami"](other)
    assert (first > second) - (first < second) == sign
