"""Mended Dockerfiles are built: by buildah, before and after, and give the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from seamline.lint.mending.edit import Means
from seamline.lint.mending.mend import mend
from seamline.lint.parent import Parent
from tests.buildah import Store
from tests.lint.test_mending import seen
from tests.neighbours import need

pytestmark = pytest.mark.real
BUSYBOX = """FROM docker.io/library/alpine:3
MAINTAINER Jo <jo@example.org>
ARG API_TOKEN
RUN mkdir -p /srv && echo 1 | wc -l > /one
RUN echo "$API_TOKEN" | wc -c > /srv/token
ADD app.sh /srv/
EXPOSE 8080
CMD sh /srv/app.sh
"""
DEBIAN = """FROM docker.io/library/debian:12
ENV DEBIAN_FRONTEND noninteractive
RUN apt update && \\
    # a small one
    apt-get install -y tini
RUN useradd -r -u 3000 app
RUN tini --version | sed 's/ .*//' > /one
USER app
CMD cat /one
"""


def build(store: Store, folder: Path, text: str, name: str, *options: str) -> Path:
    """The image's root, mounted nowhere: copied out of a container of it."""
    file = folder / f"{name.rpartition('/')[2]}.Dockerfile"
    file.write_text(text)
    store.run("buildah", "bud", "-q", *options, "-t", name, "-f", str(file), str(folder))
    container = store.run("buildah", "from", name)
    return Path(store.run("buildah", "mount", container))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    need("buildah")
    if os.geteuid() != 0:
        pytest.skip("buildah mounts containers for root alone")
    return Store(tmp_path)


def test_a_mended_file_on_busybox_builds_the_same(store: Store, tmp_path: Path) -> None:
    need("busybox")
    context = tmp_path / "context"
    (context / "root" / "bin").mkdir(parents=True)
    shutil.copy(str(shutil.which("busybox")), context / "root" / "bin" / "busybox")
    for name in ("sh", "ash", "mkdir", "echo", "wc", "cat", "test"):
        (context / "root" / "bin" / name).symlink_to("busybox")
    (context / "app.sh").write_text("echo app\n")
    (context / "token").write_text("geheim")
    build(store, context, "FROM scratch\nCOPY root /\n", "docker.io/library/alpine:3")
    before = build(store, context, BUSYBOX, "before", "--build-arg", "API_TOKEN=geheim")
    text, done = mend(seen(BUSYBOX.encode()), Means(pin=lambda _: ""), seen)
    after = build(store, context, text, "after", "--secret", f"id=API_TOKEN,src={context / 'token'}")
    assert {"DL4000", "DL3064", "DL3020", "DL3025", "DL4006", "SL1001", "DL3057"} <= {
        each.rule for each in done
    }
    for path in ("one", "srv/token", "srv/app.sh"):
        assert (before / path).read_bytes() == (after / path).read_bytes()
    config = store.run("buildah", "inspect", "--type", "image", "after")
    assert '"User": "10001:10001"' in config
    assert "geheim" not in config
    assert (after / "srv/token").read_bytes() == b"7\n"


@pytest.mark.slow
def test_a_mended_file_on_debian_builds_smaller(store: Store, tmp_path: Path) -> None:
    need("mmdebstrap")
    context = tmp_path / "context"
    context.mkdir()
    made = ["mmdebstrap", "--quiet", "--variant=apt", "bookworm", str(context / "base.tar")]
    subprocess.run(made, check=True, capture_output=True)
    build(store, context, "FROM scratch\nADD base.tar /\n", "docker.io/library/debian:12")
    (context / "base.tar").unlink()
    before = build(store, context, DEBIAN, "before", "--network", "host")
    root = Parent(
        reference="debian:12",
        known_from="image",
        libc="glibc",
        programs=frozenset(("bash", "sed")),
        keeps_archives=True,
    )
    text, done = mend(seen(DEBIAN.encode(), root), Means(pin=lambda _: ""), lambda data: seen(data, root))
    after = build(store, context, text, "after", "--network", "host")
    assert {"DL3009", "DL3015", "DL3027", "SL3005", "DL4006", "DL3066", "DL3025"} <= {
        each.rule for each in done
    }
    assert (before / "one").read_bytes() == (after / "one").read_bytes() == b"tini\n"
    assert (before / "usr/bin/tini").exists()
    assert (after / "usr/bin/tini").exists()
    assert any((before / "var/cache/apt/archives").glob("*.deb"))  # mmdebstrap makes no docker-clean
    assert any((before / "var/lib/apt/lists").glob("*Packages*"))
    assert not any((after / "var/lib/apt/lists").glob("*Packages*"))
    assert not any((after / "var/cache/apt/archives").glob("*.deb"))
