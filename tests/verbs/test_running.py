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
