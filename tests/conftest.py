"""Fixtures for every room."""

from hypothesis import settings

from tests.buildah import platforms
from tests.local_registry import guarded, logged_in, registry

__all__ = ["guarded", "logged_in", "platforms", "registry"]

# a law holds or not whatever else the machine does meanwhile
settings.register_profile("seamline", deadline=None)
settings.load_profile("seamline")
