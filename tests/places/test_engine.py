"""Container engines at their sockets: podman's own, and one of ours that answers as docker does on a bad day."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from seamline.errors import NotFound, SeamlineError, Unreachable, Usage
from seamline.places.opening import Opening, open_image
from seamline.verbs.copy import copy_image
from seamline.verbs.demo import write_demo
from seamline.verbs.session import new_session
from tests.buildah import Store, plant
from tests.neighbours import need, need_podman

TOLD = "{{.OCIv1.RootFS.DiffIDs}}"
Answering = Callable[[int, bytes], AbstractContextManager[None]]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """A docker engine that answers every question alike."""

    class UnixServer(HTTPServer):
        address_family = socket.AF_UNIX

        def server_bind(self) -> None:
            self.socket.bind(self.server_address)

    @contextmanager
    def answering(status: int, body: bytes) -> Iterator[None]:
        class Engine(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

            def address_string(self) -> str:
                return "socket"

            def do_GET(self) -> None:
                assert self.path == "/images/team%2Fshop%3A1/get"
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        path = tmp_path / "engine.sock"
        with UnixServer(str(path), Engine) as server:  # type: ignore[arg-type]
            threading.Thread(target=server.serve_forever, daemon=True).start()
            monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
            yield
            server.shutdown()

    return answering


def test_an_engine_is_asked_by_its_socket_also_for_a_bare_name(docker: Answering, tmp_path: Path) -> None:
    demo = write_demo(tmp_path / "demo").application
    copy_image(demo, f"docker-archive:{tmp_path}/d.tar:team/shop:1", new_session(no_cache=True))
    with docker(200, (tmp_path / "d.tar").read_bytes()):
        for name in ("docker:team/shop:1", "team/shop:1"):
            image = open_image(name, Opening())
            assert (image.place, len(image.layers)) == ("docker", len(open_image(demo, Opening()).layers))


@pytest.mark.parametrize(
    ("status", "said", "fault", "told"),
    [
        (404, b'{"message":"No such image: team/shop:1"}', NotFound, "No such image.*docker images"),
        (
            403,
            b'{"message":"authorization denied by plugin"}',
            Unreachable,
            "denied by plugin.*registry:team",
        ),
        (401, b"", Unreachable, "status 401"),
        (400, b'{"message":"invalid reference format"}', Usage, "invalid reference format"),
        (500, b'{"message":"layer does not exist"}', Unreachable, "layer does not exist.*engine's log"),
        (503, b"<html>" * 9000, Unreachable, "status 503"),
    ],
)
def test_an_engine_says_itself_what_is_wrong(
    docker: Answering, status: int, said: bytes, fault: type[SeamlineError], told: str
) -> None:
    with docker(status, said), pytest.raises(fault, match=told):
        open_image("docker:team/shop:1", Opening())


def test_an_engine_that_fails_is_no_reason_to_take_another_image_of_that_name(docker: Answering) -> None:
    with docker(500, b'{"message":"disk trouble"}'), pytest.raises(Unreachable, match="disk trouble"):
        open_image("team/shop:1", Opening())


@pytest.fixture
def podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """podman's engine on a store with the image tiny:1."""
    need("buildah")
    need_podman()
    store, path = Store(tmp_path), tmp_path / "podman.sock"
    container = store.container("scratch", plant(tmp_path / "tree", {"etc/os-release": "ID=sample\n"}))
    store.run("buildah", "commit", "-q", container, "tiny:1")
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(store.configuration))
    serve = ["podman", "system", "service", "--time=60", f"unix://{path}"]
    with subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as engine:
        for _ in range(100):
            if path.is_socket():
                break
            time.sleep(0.05)
        monkeypatch.setenv("CONTAINER_HOST", f"unix://{path}")  # not before: podman would ask itself
        yield store
        engine.terminate()


@pytest.mark.real
def test_podmans_engine_exports_what_its_store_has(podman: Store) -> None:
    image = open_image("podman:tiny:1", Opening())
    told = podman.run("buildah", "inspect", "--type", "image", "--format", TOLD, "tiny:1")
    assert (image.place, [layer.diff_id for layer in image.layers]) == ("podman", told.strip("[]").split())
    with pytest.raises(NotFound, match=r"image not known.*podman images"):
        open_image("podman:none:1", Opening())
    with pytest.raises(SeamlineError, match="lowercase"):
        open_image("podman:UPPER", Opening())


@pytest.mark.parametrize("headers", [b"Content-Length: 9000\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_an_engine_that_hangs_up_half_way_is_unreachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, headers: bytes
) -> None:
    path = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n200\r\n" + bytes(100))

        caller = threading.Thread(target=hang_up)
        caller.start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        with pytest.raises(Unreachable, match="engine"):
            open_image("docker:x", Opening())
        caller.join()


def test_an_engine_named_elsewhere_is_not_replaced_by_the_one_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://engine.example:2376")
    with pytest.raises(Unreachable, match="DOCKER_HOST"):
        open_image("docker:x", Opening())


def test_no_engine_says_where_it_was_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("CONTAINER_HOST", raising=False)
    with pytest.raises(Unreachable, match=r"podman\.sock"):
        open_image("podman:x", Opening())
