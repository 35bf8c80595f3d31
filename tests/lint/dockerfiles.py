"""The Dockerfiles of these tests, by name: samples, and the ways of many ecosystems."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
DOCKERFILES = {
    path.stem: path
    for folder in ("samples", "ecosystems")
    for path in sorted((HERE / folder).glob("*.Dockerfile"))
}
