"""Readers that are imported when an image has files of their ecosystem."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import seamline.catalog
from seamline.catalog import READERS
from seamline.catalog.reader import Reader, View
from seamline.tree.fold import fold

LATE = {reader.name: reader for reader in READERS if not isinstance(reader, Reader)}


def own(name: str) -> Reader:
    reader: Reader = import_module(f"seamline.catalog.{name.replace('-', '_')}").READER
    return reader


@pytest.mark.parametrize("name", LATE)
def test_a_reader_stands_in_the_list_under_its_own_name_and_version(name: str) -> None:
    """The cache keeps its rows under both: with another version here, what an older one read would be believed."""
    reader = own(name)
    assert (LATE[name].name, LATE[name].version) == (reader.name, reader.version)
    assert (LATE[name].wants, LATE[name].record, LATE[name].secondary) == (
        reader.wants,
        reader.record,
        reader.secondary,
    )


@pytest.mark.parametrize("name", LATE)
def test_a_reader_that_is_not_asked_where_nothing_was_read_would_have_said_nothing(name: str) -> None:
    nothing = View(tree=fold([]), sightings=(), distributions={})
    assert list(own(name).assemble(nothing)) == []
    assert list(LATE[name].assemble(nothing)) == []


def test_every_reader_of_packages_stands_in_the_list() -> None:
    modules = (path.stem for path in Path(seamline.catalog.__path__[0]).glob("*.py"))
    found = {
        module.READER.name
        for name in modules
        if isinstance(getattr(module := import_module(f"seamline.catalog.{name}"), "READER", None), Reader)
        and getattr(module, "_assemble", None) is not None
    }
    assert found - {"distribution"} == {reader.name for reader in READERS}
