"""Readers that are imported when an image has files of their ecosystem, or when a layer is read: most images have few."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from importlib import import_module
from typing import Any, cast

from seamline.catalog.reader import Reader, Said, View


def on_demand(name: str, version: int) -> Reader:
    """The reader of `catalog/<name>.py`, whose own name and version these are: a layer that is remembered asks for no more,
    where nothing of that ecosystem was in it."""
    return cast("Reader", _OnDemand(name, version))


class _OnDemand:
    """Stands for a reader. Only one that says nothing where nothing was read may be stood for."""

    def __init__(self, name: str, version: int) -> None:
        self.name = name
        self.version = version

    @cached_property
    def _reader(self) -> Reader:
        reader: Reader = import_module(f"seamline.catalog.{self.name.replace('-', '_')}").READER
        return reader

    def assemble(self, view: View) -> Iterable[Said]:
        return self._reader.assemble(view) if view.sightings else ()

    def __getattr__(self, field: str) -> Any:
        if field.startswith("_"):  # no field of a reader: copy and pickle ask for such
            raise AttributeError(field)
        found = getattr(self._reader, field)
        setattr(self, field, found)
        return found
