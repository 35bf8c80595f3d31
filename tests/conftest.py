"""Fixtures for every room."""

import os

from hypothesis import settings

from tests.buildah import platforms
from tests.local_registry import guarded, logged_in, registry

__all__ = ["guarded", "logged_in", "platforms", "registry"]

# a law holds or not whatever else the machine does meanwhile; CI tries the same examples every time, people new ones
settings.register_profile("seamline", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("seamline")
