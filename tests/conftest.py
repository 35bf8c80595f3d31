"""Fixtures for every room."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.buildah import platforms
from tests.local_registry import guarded, logged_in, registry

__all__ = ["guarded", "logged_in", "platforms", "registry"]

# a law holds or not whatever else the machine does meanwhile; CI tries the same examples every time, people new ones
settings.register_profile("seamline", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("seamline")


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> Iterator[None]:
    """`--lang` holds for the rest of a process: a test that runs a command line in its own would speak for all that follow."""
    yield
    os.environ.pop("SEAMLINE_LANG", None)
