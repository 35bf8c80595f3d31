"""Fixtures for every room."""

from tests.buildah import platforms
from tests.local_registry import logged_in, registry

__all__ = ["logged_in", "platforms", "registry"]
