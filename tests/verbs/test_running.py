"""Running containers: what is old, and what brings the newer image."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed, SeamlineError
from seamline.formats.running import Running, parse_running
from seamline.model.image import Digest
from seamline.model.seam import Base
from seamline.render.layout import width
from seamline.render.running import write_running
from seamline.stores.shelf import Shelf
from seamline.verbs.running import running_report
from tests.buildah import Store, plant
from tests.neighbours import need, need_podman

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


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "1 container: none runs an old image.\nThe known bases reach to"),
        ("zh", "1 个容器：均未运行旧镜像。\n已知镜像截至"),
    ],
)
def test_where_all_run_the_newest_image_that_is_said_without_noughts(language: str, told: str) -> None:
    running = Running(where="web", image="nginx:1.27", digest=NEW)
    report = running_report([running], KNOWN, None, AS_OF)
    shown = write_running(report, language)
    assert shown.startswith(f"{told} {report.containers[0].newest_day}")
    assert "--lookup" in shown
    asked = running_report([running], KNOWN, lambda _: ("", NEW), AS_OF)
    assert write_running(asked, language) == told.partition("\n")[0] + "\n"


def test_a_registry_is_asked_once_for_a_name_however_many_containers_run_it() -> None:
    asked: list[str] = []

    def current(name: str) -> tuple[str, str]:
        asked.append(name)
        return "", NEW

    many = [Running(where=f"web-{at}", image="nginx:1.27", digest=NEW) for at in range(1000)]
    assert {line.verdict for line in running_report(many, KNOWN, current, AS_OF).containers} == {"current"}
    assert asked == ["docker.io/library/nginx:1.27"]


@pytest.mark.parametrize(
    ("running", "why", "told"),
    [
        (Running(where="a", image="nginx:1.27"), "no-digest", "this listing tells no digest"),
        (Running(where="a", image="nginx:1.27", digest="sha256:" + "c" * 64), "digest-unknown", "no known image of that name has the digest"),
        (Running(where="a", image="shop:1", digest=OLD), "name-unknown", "no image of that name is known"),
        (Running(where="a", image="shop:1"), "name-unknown", "no image of that name is known"),
    ],
)  # fmt: skip
def test_each_container_that_cannot_be_judged_says_why(running: Running, why: str, told: str) -> None:
    report = running_report([running], KNOWN, None, AS_OF)
    assert [(line.verdict, line.because) for line in report.containers] == [("unknown", why)]
    text = " ".join(write_running(report, "en").split())
    assert told in text
    assert all(
        width(line) <= 80 for each in ("en", "zh") for line in write_running(report, each).splitlines()
    )


def test_other_input_is_refused_with_an_example() -> None:
    with pytest.raises(Malformed, match="kubectl get pods"):
        parse_running(b'{"kind":"Service"}')
    assert parse_running(b'{"items":[]}') == ()


@pytest.mark.parametrize(
    ("given", "told", "example"),
    [
        ("NAME   READY   STATUS    RESTARTS   AGE\nweb-1  1/1     Running   0          5d", "which tells no images", "kubectl get pods -A -o json"),
        ("CONTAINER      IMAGE          CREATED      STATE    NAME  ATTEMPT  POD ID         POD    NAMESPACE\n", "cuts names off", "crictl ps -o json"),
        ("REPOSITORY   TAG   IMAGE ID   CREATED   SIZE\n", "images, not containers", "docker ps"),
        ('[{"Id":"sha256:1","RepoTags":["a:1"],"Config":{},"RootFS":{}}]', "images, not containers", "docker ps"),
        ("apiVersion: v1\nitems:\n- kind: Pod", "YAML", "kubectl get pods -A -o json"),
        ('{"kind":"List","items":[{"kind":"Deployment","spec":{"template":{}}}]}', "Deployment: no pods", "kubectl get pods -A -o json"),
        ("", "got nothing", "docker ps"),
        ("web\ndb", "'web'", "docker ps"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_containers_is_called_what_it_is_with_the_command_that_gives_one(
    given: str, told: str, example: str
) -> None:
    with pytest.raises(Malformed) as caught:
        parse_running(given.encode())
    assert told in str(caught.value)
    assert caught.value.hint == f"for example {example} | seamline running -"


def test_pods_of_which_none_runs_yet_are_an_empty_list() -> None:
    waiting = {
        "kind": "Pod",
        "spec": {"containers": [{"name": "a", "image": "x"}]},
        "status": {"phase": "Pending"},
    }
    assert parse_running(json.dumps({"kind": "List", "items": [waiting]}).encode()) == ()


def test_init_and_ephemeral_containers_of_a_list_of_pods_are_read() -> None:
    """As the API writes it: specs and statuses in an order of their own, an image by its id where it was loaded by hand."""
    spec = {
        "initContainers": [{"name": "init", "image": "busybox:1.36", "imagePullPolicy": "IfNotPresent"}],
        "containers": [{"name": "web", "image": "nginx:1.27", "imagePullPolicy": "Always"}, {"name": "log", "image": "log:1"}],
        "ephemeralContainers": [{"name": "debugger-x", "image": "nginx:1.27", "imagePullPolicy": "IfNotPresent"}],
    }  # fmt: skip
    status = {
        "initContainerStatuses": [{"name": "init", "image": "docker.io/library/busybox:1.36", "imageID": f"docker-pullable://busybox@{OLD}"}],
        "containerStatuses": [
            {"name": "log", "image": "docker.io/library/log:1", "imageID": "sha256:" + "e" * 64},
            {"name": "web", "image": "docker.io/library/nginx:1.27", "imageID": f"docker.io/library/nginx@{OLD}"},
        ],
        "ephemeralContainerStatuses": [{"name": "debugger-x", "image": "docker.io/library/nginx:1.27", "imageID": f"docker.io/library/nginx@{NEW}"}],
    }  # fmt: skip
    pods = {"apiVersion": "v1", "kind": "List", "items": [{"kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop"}, "spec": spec, "status": status}]}  # fmt: skip
    found = {each.where: each for each in parse_running(json.dumps(pods).encode())}
    assert [(each.image, each.digest, each.pulls_on_restart) for each in found.values()] == [
        ("busybox:1.36", OLD, False),
        ("log:1", "", False),
        ("nginx:1.27", OLD, True),
        ("nginx:1.27", NEW, False),
    ]
    assert list(found) == ["shop/web-1/init", "shop/web-1/log", "shop/web-1/web", "shop/web-1/debugger-x"]


def test_what_docker_prints_is_read_in_each_of_its_forms() -> None:
    """Printed by docker 28.2.2 (ps, ps --no-trunc, ps --format json) and an engine's own API 1.48."""
    table = """\
CONTAINER ID   IMAGE          COMMAND                  CREATED          STATUS                   PORTS     NAMES
1f2e3d4c5b6a   nginx:1.27     "/docker-entrypoint.…"   5 months ago     Up 5 months              80/tcp    web
2f2e3d4c5b6a   0a1b2c3d4e5f   "sh"                     2 weeks ago      Exited (0) 2 weeks ago             moved
3f2e3d4c5b6a   nginx          "sh"                     31 seconds ago   Up 30 seconds                      pinned
"""
    rows = parse_running(table.encode())
    assert [(each.where, each.image, each.is_unnamed) for each in rows] == [
        ("web", "nginx:1.27", False), ("moved", "0a1b2c3d4e5f", True), ("pinned", "nginx", False),
    ]  # fmt: skip
    line = {"Command": '"sh"', "CreatedAt": "2026-01-19 15:11:05 +0000 UTC", "ID": "3f2e3d4c5b6a", "Image": f"nginx@{OLD}", "Labels": "", "LocalVolumes": "0", "Mounts": "", "Names": "pinned", "Networks": "bridge", "Platform": None, "Ports": "80/tcp", "RunningFor": "5 months ago", "Size": "0B", "State": "running", "Status": "Up 5 months"}  # fmt: skip
    asked = [{"Id": "ab", "Names": ["/web"], "Image": "nginx:1.27", "ImageID": "sha256:c", "Created": 1768835465, "ImageManifestDescriptor": {"digest": OLD}}]  # fmt: skip
    assert parse_running(json.dumps(line).encode()) == (
        Running(where="pinned", image=f"nginx@{OLD}", digest=OLD, created="2026-01-19", age_days=150),
    )
    assert parse_running(json.dumps(asked).encode()) == (
        Running(where="web", image="nginx:1.27", digest=OLD, created="2026-01-19"),
    )


def test_what_nerdctl_and_compose_print_is_read() -> None:
    nerdctl = {"Command": '"sh"', "CreatedAt": "2026-01-19T10:00:00.5Z", "ID": "ab", "Image": "docker.io/library/nginx:1.27", "Platform": "linux/amd64", "Names": "web", "Ports": "", "Status": "Up", "Runtime": "io.containerd.runc.v2", "Size": "", "Labels": ""}  # fmt: skip
    inspected = [{"Id": "ab", "Created": "2026-01-19T10:00:00Z", "Image": "docker.io/library/nginx:1.27", "Name": "web", "Config": {"Hostname": "x"}}]  # fmt: skip
    compose = 'NAME         IMAGE        COMMAND   SERVICE   CREATED        STATUS       PORTS\nshop-web-1   nginx:1.27   "sh"      web       5 months ago   Up 5 months\n'  # fmt: skip
    wanted = ("docker.io/library/nginx:1.27", "2026-01-19")
    for document in (nerdctl, inspected):
        (found,) = parse_running(json.dumps(document).encode())
        assert (found.where, found.image, found.created) == ("web", *wanted)
    (found,) = parse_running(compose.encode())
    assert (found.where, found.image, found.age_days) == ("shop-web-1", "nginx:1.27", 150)


def test_what_crictl_prints_is_read() -> None:
    labels = {"io.kubernetes.container.name": "web", "io.kubernetes.pod.name": "web-1", "io.kubernetes.pod.namespace": "shop"}  # fmt: skip
    row = {"id": "ab" * 32, "podSandboxId": "cd", "metadata": {"name": "web", "attempt": 0}, "image": {"image": "sha256:" + "c" * 64, "userSpecifiedImage": "nginx:1.27"}, "imageRef": "sha256:" + "c" * 64, "state": "CONTAINER_RUNNING", "createdAt": "1768835465123456789", "labels": labels}  # fmt: skip
    crio = {
        **row,
        "image": {"image": f"docker.io/library/nginx@{OLD}"},
        "imageRef": f"docker.io/library/nginx@{OLD}",
    }
    found = parse_running(json.dumps({"containers": [row, crio]}).encode())
    assert [(each.where, each.image, each.digest, each.created, each.is_unnamed) for each in found] == [
        ("shop/web-1/web", "nginx:1.27", "", "2026-01-19", False),
        ("shop/web-1/web", "docker.io/library/nginx", OLD, "2026-01-19", False),
    ]
    assert parse_running(b'{"containers": []}') == ()


@pytest.mark.real
def test_podmans_own_lists_are_read_and_its_inspect_tells_the_digest(tmp_path: Path) -> None:
    need("buildah")
    need_podman()
    store = Store(tmp_path)
    container = store.container("scratch", plant(tmp_path / "tree", {"etc/os-release": "ID=sample\n"}))
    store.run("buildah", "config", "--cmd", '["/x"]', container)
    store.run("buildah", "commit", "-q", container, "registry.test/shop:1")
    store.run("podman", "create", "--name", "web", "registry.test/shop:1")
    (digest,) = store.run("podman", "images", "--format", "{{.Digest}}", "registry.test/shop:1").split()
    for command in (
        ("ps", "-a"),
        ("ps", "-a", "--no-trunc"),
        ("ps", "-a", "--format", "json"),
        ("inspect", "web"),
    ):
        (found,) = parse_running(store.run("podman", *command).encode())
        assert (found.where, found.image) == ("web", "registry.test/shop:1")
        assert found.digest == (digest if command[0] == "inspect" else "")
        assert not found.is_unnamed
    with pytest.raises(Malformed, match="images, not containers"):
        parse_running(store.run("podman", "image", "inspect", "registry.test/shop:1").encode())


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
        "fresh": ("unknown", "nothing", "no-digest"),
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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_long_name_keeps_its_tag_in_80_columns(language: str) -> None:
    image = f"registry.example.org/{'team-of-many-words/' * 4}shop:2.14.1"
    running = Running(where="a-namespace-of-many-words/a-pod-with-a-long-name-7d9f/web", image=image)
    text = write_running(running_report([running], KNOWN, None, AS_OF), language)
    (row,) = (line for line in text.splitlines() if "shop:2.14.1" in line)
    assert width(row) <= 80
    assert "-7d9f/web" in row


def test_what_was_made_after_the_day_of_judgement_makes_nothing_old() -> None:
    found = parse_running(json.dumps(pod(OLD, "Always")).encode())
    (line,) = running_report(found, KNOWN, None, "2026-01-15T00:00:00Z").containers
    assert (line.verdict, line.mend) == ("current", "nothing")


def test_images_that_say_no_day_are_behind_by_nobody_knows_how_much() -> None:
    bases = [
        Base(names=("docker.io/library/nginx:1.27",), diff_ids=(), digest=digest, created=created)
        for digest, created in ((OLD, "0000-00-00"), (NEW, "2026-02-01T00:00:00Z"))
    ]
    found = parse_running(json.dumps(pod(OLD, "Always")).encode())
    (line,) = running_report(found, Shelf(bases), None, AS_OF).containers
    assert (line.verdict, line.behind_days) == ("old", None)


def test_a_container_older_than_the_calendar_is_old() -> None:
    table = b"CONTAINER ID   IMAGE        CREATED          NAMES\nabc            nginx:1.27   9999 years ago   web\n"
    (line,) = running_report(parse_running(table), KNOWN, None, AS_OF).containers
    assert (line.verdict, line.because) == ("old", "made-before")


@pytest.mark.parametrize("depth", [900, 970, 980, 990, 2000])
def test_lists_in_lists_are_no_containers(depth: int) -> None:
    for text in ("[" * depth + "1" + "]" * depth, '{"items":' * depth + "[]" + "}" * depth):
        with pytest.raises(Malformed):
            parse_running(text.encode())


def test_images_of_one_name_are_old_beside_those_of_their_own_platform_alone() -> None:
    """An index is built in minutes, each platform in its own."""
    whole = Digest("sha256:" + "f" * 64)
    bases = Shelf(
        Base(names=("docker.io/library/nginx:1.27",), diff_ids=(Digest(f"sha256:{digest[-1]}"),), digest=digest, index_digest=whole, platform=platform, created=f"2026-01-01T00:0{minute}:00Z")
        for minute, digest, platform in ((1, OLD, "linux/amd64"), (7, NEW, "linux/arm64"))
    )  # fmt: skip
    for digest in (OLD, NEW, whole):
        found = parse_running(json.dumps(pod(digest, "Always")).encode())
        (line,) = running_report(found, bases, None, AS_OF).containers
        assert (line.verdict, line.mend) == ("current", "nothing")
