"""Java archives."""

from __future__ import annotations

import io
import zipfile

from seamline.errors import SeamlineError
from seamline.formats.jar import read_jar
from seamline.model.limits import Limits

LIMITS = Limits(archive_bytes=1 << 22, archive_members=1000, memory_file_bytes=1 << 18)


def _seed() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("META-INF/maven/g/a/pom.properties", "artifactId=a\nversion=1\n")
        made.writestr("META-INF/MANIFEST.MF", "Bundle-Version: 1\n")
    return target.getvalue()


SEEDS = (_seed(),)


def run(data: bytes) -> None:
    try:
        list(read_jar(data, "a-1.jar", LIMITS))
    except SeamlineError:
        pass
