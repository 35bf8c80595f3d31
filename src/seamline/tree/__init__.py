"""Layers become one visible tree: whiteouts, path history, canonical paths, links kept inside the root."""
