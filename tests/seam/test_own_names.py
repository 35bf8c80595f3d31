"""The names that an image goes by, and the one that a command for a runtime may use."""

from __future__ import annotations

import msgspec
import pytest

from seamline.seam.own_names import own_names, runnable_name
from tests.audit.cases import case


@pytest.mark.parametrize(
    ("place", "reference", "names", "runnable", "full"),
    [
        ("registry", "nginx:1.27", (), "nginx:1.27", ("docker.io/library/nginx:1.27",)),
        ("registry", "docker://registry.test/shop:1", (), "registry.test/shop:1", ("registry.test/shop:1",)),
        ("registry", "registry:nginx", (), "nginx", ("docker.io/library/nginx:latest",)),
        ("docker", "docker:app:1", ("app:1",), "app:1", ("docker.io/library/app:1",)),
        ("containers-storage", "containers-storage:[vfs@/x+/y]localhost/app:1", (), "localhost/app:1", ("localhost/app:1",)),
        ("oci-dir", "oci-dir:/images/nginx:latest", ("latest",), "IMAGE", ()),
        ("oci-dir", "oci-dir:/images/nginx", ("registry.test/web:2",), "registry.test/web:2", ("registry.test/web:2",)),
        ("docker-archive", "docker-archive:/x.tar", ("debian:12",), "debian:12", ("docker.io/library/debian:12",)),
        ("rootfs-archive", "rootfs-archive:/x.tar", (), "IMAGE", ()),
        ("rootfs", "dir:/root", (), "IMAGE", ()),
    ],
)  # fmt: skip
def test_a_runtime_gets_a_name_that_it_can_find_or_a_word_that_stands_for_one(
    place: str, reference: str, names: tuple[str, ...], runnable: str, full: tuple[str, ...]
) -> None:
    image = msgspec.structs.replace(case(place=place, reference=reference).image, names=names)
    assert runnable_name(image) == runnable
    assert own_names(image) == full
