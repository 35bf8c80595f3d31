"""Seamline finds the seam in a container image between its base and its application."""

__version__ = "0.1.0"
