"""Fixtures for every room."""

from tests.buildah import platforms
from tests.local_registry import guarded, logged_in, registry

__all__ = ["guarded", "logged_in", "platforms", "registry"]
