"""Running containers: what is old, and what brings the newer image."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed, SeamlineError
from seamline.formats.running import Running, parse_running
from seamline.model.image import Digest
from seamline.model.seam import Base
from seamline.render.running import write_running
from seamline.stores.shelf import Shelf
from seamline.verbs.running import running_report

OLD, NEW = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)
KNOWN = Shelf(
    Base(names=("docker.io/library/nginx:1.27",), diff_ids=(Digest(f"sha256:{day}"),), digest=digest, created=f"2026-0{day}-01T00:00:00Z")
    for digest, day in ((OLD, 1), (NEW, 2))
)  # fmt: skip
AS_OF = "2026-06-01T00:00:00Z"


def pod(digest: str, policy: str, image: str = "nginx:1.27") -> dict[str, Any]:
    return {
        "kind": "Pod",
        "metadata": {"namespace": "shop", "name": "web-1"},
        "spec": {"containers": [{"name": "web", "image": image, "imagePullPolicy": policy}]},
        "status": {
            "containerStatuses": [
                {"name": "web", "image": image, "imageID": f"docker.io/library/nginx@{digest}"}
            ]
        },
    }


@pytest.mark.parametrize(
    ("digest", "policy", "image", "verdict", "mend"),
    [
        (OLD, "Always", "nginx:1.27", "old", "restart"),
        (OLD, "IfNotPresent", "nginx:1.27", "old", "pull"),
        (OLD, "Always", f"nginx:1.27@{OLD}", "old", "rebuild"),
        (NEW, "Always", "nginx:1.27", "current", "nothing"),
        ("sha256:" + "c" * 64, "Always", "nginx:1.27", "unknown", "nothing"),
    ],
)
def test_what_brings_the_newer_image_depends_on_how_it_is_asked_for(
    digest: str, policy: str, image: str, verdict: str, mend: str
) -> None:
    found = parse_running(json.dumps({"items": [pod(digest, policy, image)]}).encode())
    (line,) = running_report(found, KNOWN, None, AS_OF).containers
    assert (line.where, line.verdict, line.mend) == ("shop/web-1/web", verdict, mend)
    assert line.behind_days == (31 if verdict == "old" else None)


def test_a_registry_that_may_be_asked_has_the_last_word() -> None:
    found = parse_running(json.dumps(pod(NEW, "Always")).encode())
    (line,) = running_report(found, KNOWN, lambda _: ("sha256:" + "d" * 64, ""), AS_OF).containers
    assert (line.verdict, line.mend, line.newest) == ("old", "restart", "sha256:" + "d" * 64)


def test_docker_inspect_and_docker_ps_are_read() -> None:
    inspected = [
        {"Name": "/web", "Config": {"Image": "nginx:1.27"}, "ImageManifestDescriptor": {"digest": OLD}}
    ]
    listed = b'{"Names":"web","Image":"nginx:1.27"}\n{"Names":"db","Image":"postgres:16"}\n'
    assert parse_running(json.dumps(inspected).encode()) == (
        Running(where="web", image="nginx:1.27", digest=OLD),
    )
    report = running_report(parse_running(listed), KNOWN, None, AS_OF)
    assert [(line.where, line.verdict) for line in report.containers] == [
        ("db", "unknown"),
        ("web", "unknown"),
    ]
    assert "2 containers" in write_running(report, "en")


def test_other_input_is_refused_with_an_example() -> None:
    with pytest.raises(Malformed, match="kubectl get pods"):
        parse_running(b'{"kind":"Service"}')
    assert parse_running(b'{"items":[]}') == ()


@given(st.binary(max_size=100))
def test_any_bytes_are_containers_or_an_error_of_ours(data: bytes) -> None:
    try:
        assert isinstance(parse_running(data), tuple)
    except SeamlineError:
        return


TABLE = b"""CONTAINER ID   IMAGE          COMMAND                  CREATED        STATUS        PORTS     NAMES
1f2e3d4c5b6a   nginx:1.27     "/docker-entrypoint.."   5 months ago   Up 5 months   80/tcp    web
2f2e3d4c5b6a   nginx:1.27     "/docker-entrypoint.."   3 days ago     Up 3 days               fresh
3f2e3d4c5b6a   0a1b2c3d4e5f   "/docker-entrypoint.."   2 weeks ago    Up 2 weeks              moved
"""


def test_a_table_of_docker_ps_tells_what_is_old_by_its_age_or_its_lost_name() -> None:
    report = running_report(parse_running(TABLE), KNOWN, None, "2026-06-01T00:00:00Z")
    told = {line.where: (line.verdict, line.mend, line.because) for line in report.containers}
    assert told == {
        "web": ("old", "pull", "made-before"),
        "fresh": ("unknown", "nothing", ""),
        "moved": ("old", "restart", "tag-moved"),
    }
    assert all(len(line) <= 80 for line in write_running(report, "en").splitlines())


def test_every_json_form_of_docker_and_podman_is_read() -> None:
    docker = {"ID": "1f2e3d4c5b6a", "Image": "nginx:1.27", "Names": "web", "RunningFor": "5 months ago"}
    podman = [
        {
            "Id": "ab",
            "Image": "docker.io/library/nginx:1.27",
            "Names": ["web"],
            "CreatedAt": "2026-01-02 10:00:00",
        }
    ]
    for document in (docker, podman):
        (found,) = parse_running(json.dumps(document).encode())
        (line,) = running_report((found,), KNOWN, None, AS_OF).containers
        assert (line.where, line.verdict, line.because) == ("web", "old", "made-before")


def test_an_image_that_is_the_newest_of_its_name_but_stands_on_an_old_base_needs_a_rebuild() -> None:
    below, own = Digest("sha256:below"), Digest("sha256:own")
    bases = [
        Base(names=("docker.io/library/debian:12",), diff_ids=(Digest(f"sha256:{text}"),), digest=Digest(f"sha256:d{text}"), created=f"2026-0{month}-01T00:00:00Z")
        for month, text in ((1, "below"), (3, "newer"))
    ]  # fmt: skip
    image = Base(
        names=("registry.test/shop:1",), diff_ids=(below, own), digest=NEW, created="2026-02-01T00:00:00Z"
    )
    found = parse_running(json.dumps(pod(NEW, "Always", "registry.test/shop:1")).encode())
    (line,) = running_report(found, Shelf((*bases, image)), None, AS_OF).containers
    assert (line.verdict, line.mend, line.because, line.base) == ("old", "rebuild", "old-base", "debian:12")
    assert "debian:12" in write_running(running_report(found, Shelf((*bases, image)), None, AS_OF), "zh")
