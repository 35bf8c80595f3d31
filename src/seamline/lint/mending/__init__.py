"""Dockerfiles mended: for a finding the edits that take it away. listing.py is the list of all that can be mended."""
