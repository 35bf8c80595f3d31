"""Known bases as a terminal shows them."""

from __future__ import annotations

from seamline.render.bases import write_bases_counted, write_own_bases
from seamline.stores.shelf import starter


def test_the_official_bases_are_counted_by_repository_where_no_one_asks_for_each() -> None:
    every = starter().every()
    lines = write_bases_counted(every, "en").splitlines()
    assert "--all" in lines[1]
    assert max(map(len, lines)) <= 80
    counts = [int(part.split()[-1]) for line in lines[2:] for part in line.rstrip(", ").split(", ")]
    assert sum(counts) == len(every)
    assert write_bases_counted((), "en") == ""


def test_a_home_without_bases_says_how_to_add_the_first() -> None:
    assert "seamline base add" in write_own_bases((), "en")
    assert "seamline base add" in write_own_bases((), "zh")
