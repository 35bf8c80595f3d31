"""Dockerfiles: bytes -> instructions with their places, stages, variables, mounts. As BuildKit reads them."""
