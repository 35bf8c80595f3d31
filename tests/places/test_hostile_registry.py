"""A registry of our own that lies, stalls, cuts, is busy, redirects elsewhere, or wants a token first."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seamline.effects.http import Http
from seamline.effects.wire import Wire
from seamline.errors import Lying, SeamlineError, Unreachable
from seamline.model.image import Image, Platform
from seamline.model.limits import Limits
from seamline.places.registry import open_image
from seamline.verbs.look import Looked, look
from tests.scenes import tar_of

AMD64 = Platform("linux", "amd64")
WIRE = Wire(connect_seconds=1.0, stall_seconds=0.5, attempts=3, backoff_seconds=0.01)
TAR = tar_of({"etc/hostname": b"x", "usr/bin/data": bytes(range(256)) * 4000})
LAYER = gzip.compress(TAR, 1, mtime=0)
CONFIG = json.dumps(
    {
        "os": "linux",
        "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha256(TAR).hexdigest()]},
    }
).encode()


def descriptor(media_type: str, data: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": "sha256:" + sha256(data).hexdigest(), "size": len(data)}


MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": descriptor("application/vnd.oci.image.config.v1+json", CONFIG),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", LAYER)],
    }
).encode()
BLOBS = {"sha256:" + sha256(data).hexdigest(): data for data in (CONFIG, LAYER)}
LAYER_DIGEST = "sha256:" + sha256(LAYER).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves the image; a test takes over by setting `before`, which returns True when it has answered."""

    protocol_version = "HTTP/1.1"
    before: Callable[[Handler], bool] = staticmethod(lambda _: False)  # type: ignore[assignment]
    seen: list[tuple[str, str, str]]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, self.headers.get("Authorization", "")))
        if type(self).before(self):
            return
        if "/manifests/" in self.path and ":" not in self.path.rpartition("/")[2].replace("sha256:", ""):
            name = self.path.rpartition("/")[2]
            known = name == "1" or name == "sha256:" + sha256(MANIFEST).hexdigest()
            self.answer(200 if known else 404, MANIFEST if known else b"", {"Content-Type": MANIFEST_TYPE})
        elif "/blobs/" in self.path:
            self.blob(BLOBS[self.path.rpartition("/")[2]])
        else:
            self.answer(200 if self.path == "/v2/" else 404)

    do_HEAD = do_GET

    def blob(self, data: bytes) -> None:
        ranged = self.headers.get("Range", "")
        if ranged:
            start = int(ranged.removeprefix("bytes=").removesuffix("-"))
            self.answer(206, data[start:], {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})
        else:
            self.answer(200, data)

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self, data: bytes, after: int) -> None:
        """Promises all of `data` and hangs up early."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:after])
        self.wfile.flush()
        self.close_connection = True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    handler = type("Handler", (Handler,), {"seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield http
        http.shutdown()
        thread.join()


def handler_of(server: ThreadingHTTPServer) -> Any:
    return server.RequestHandlerClass


def open_here(server: ThreadingHTTPServer, wire: Wire = WIRE) -> Image:
    host, port = server.server_address[:2]
    return open_image(f"{host!s}:{port}/team/app:1", Http(wire), platform=None, machine=AMD64)


def read(server: ThreadingHTTPServer) -> Looked:
    return look(open_here(server), cache=None, limits=Limits())


def test_an_honest_registry_is_read_over_plain_http_on_this_machine(server: ThreadingHTTPServer) -> None:
    assert read(server).tree.at(b"etc/hostname") is not None


def test_a_cut_download_goes_on_where_it_stopped(server: ThreadingHTTPServer) -> None:
    cuts = [3000, 1000]

    def before(request: Handler) -> bool:
        if LAYER_DIGEST in request.path and cuts:
            start = int((request.headers.get("Range") or "bytes=0-")[6:-1])
            request.cut(LAYER[start:], cuts.pop()) if not start else request.blob(LAYER)
            return True
        return False

    handler_of(server).before = before
    assert read(server).layers[0].verification.value == "full"
    assert [path for _, path, _ in handler_of(server).seen].count(f"/v2/team/app/blobs/{LAYER_DIGEST}") >= 2


def test_a_server_that_ignores_ranges_is_read_from_the_start_again(server: ThreadingHTTPServer) -> None:
    cuts = [2000]

    def before(request: Handler) -> bool:
        if LAYER_DIGEST in request.path:
            request.cut(LAYER, cuts.pop()) if cuts else request.answer(200, LAYER)
            return True
        return False

    handler_of(server).before = before
    assert read(server).layers[0].verification.value == "full"


def test_other_bytes_than_promised_are_a_lie_that_names_both_digests(server: ThreadingHTTPServer) -> None:
    other = gzip.compress(tar_of({"swapped": b"x" * len(LAYER)}))[: len(LAYER)].ljust(len(LAYER), b"\0")
    handler_of(server).before = lambda r: LAYER_DIGEST in r.path and (r.answer(200, other) or True)
    with pytest.raises(SeamlineError) as caught:
        read(server)
    assert caught.value.exit_code == 2


def test_more_bytes_than_promised_are_a_lie(server: ThreadingHTTPServer) -> None:
    handler_of(server).before = lambda r: LAYER_DIGEST in r.path and (r.answer(200, LAYER + b"more") or True)
    with pytest.raises(Lying):
        read(server)


def test_a_manifest_that_is_another_than_its_digest_is_a_lie(server: ThreadingHTTPServer) -> None:
    host, port = server.server_address[:2]
    with pytest.raises(Lying):
        open_image(
            f"{host!s}:{port}/team/app@sha256:{'0' * 64}", Http(WIRE), platform=None, machine=AMD64
        ) if _serve_any(server) else None


def _serve_any(server: ThreadingHTTPServer) -> bool:
    handler_of(server).before = lambda r: (
        "/manifests/" in r.path and (r.answer(200, MANIFEST, {"Content-Type": MANIFEST_TYPE}) or True)
    )
    return True


def test_a_stalled_download_ends_in_bounded_time(server: ThreadingHTTPServer) -> None:
    released = threading.Event()

    def before(request: Handler) -> bool:
        if LAYER_DIGEST not in request.path:
            return False
        request.send_response(200)
        request.send_header("Content-Length", str(len(LAYER)))
        request.end_headers()
        request.wfile.write(LAYER[:100])
        request.wfile.flush()
        released.wait(15)
        request.close_connection = True
        return True

    handler_of(server).before = before
    start = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        read(server)
    released.set()
    assert caught.value.exit_code == 3
    assert time.monotonic() - start < 12


def test_a_busy_registry_is_asked_again_after_the_time_it_names(server: ThreadingHTTPServer) -> None:
    left = [429, 503]
    handler_of(server).before = lambda r: (
        bool(left) and (r.answer(left.pop(), b"", {"Retry-After": "0"}) or True)
    )
    assert open_here(server).digest == "sha256:" + sha256(MANIFEST).hexdigest()


def test_a_registry_that_stays_busy_is_unreachable_with_a_next_step(server: ThreadingHTTPServer) -> None:
    handler_of(server).before = lambda r: (
        "/manifests/" in r.path and (r.answer(429, b"", {"Retry-After": "0"}) or True)
    )
    with pytest.raises(Unreachable, match="log in for a higher limit"):
        open_here(server)


def test_a_token_is_fetched_and_never_follows_a_redirect(server: ThreadingHTTPServer) -> None:
    host, port = server.server_address[:2]
    other_seen: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

        def do_GET(self) -> None:
            other_seen.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.send_header("Content-Length", str(len(LAYER)))
            self.end_headers()
            self.wfile.write(LAYER)

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()

        def before(request: Handler) -> bool:
            if request.path.startswith("/token"):
                request.answer(200, b'{"token":"t0ken"}')
            elif not request.path.startswith("/v2/team"):
                return False
            elif request.headers.get("Authorization") != "Bearer t0ken":
                realm = f'Bearer realm="http://{host!s}:{port}/token",service="s",scope="repository:team/app:pull"'
                request.answer(401, b"", {"WWW-Authenticate": realm})
            elif LAYER_DIGEST in request.path:
                request.answer(307, b"", {"Location": f"http://127.0.0.1:{elsewhere.server_address[1]}/blob"})
            else:
                return False
            return True

        handler_of(server).before = before
        assert read(server).layers[0].verification.value == "full"
        elsewhere.shutdown()
    assert other_seen == [""]
    tokens = [path for _, path, _ in handler_of(server).seen if path.startswith("/token")]
    assert tokens[0] == "/token?service=s&scope=repository%3Ateam%2Fapp%3Apull"


def test_redirects_in_circles_end(server: ThreadingHTTPServer) -> None:
    handler_of(server).before = lambda r: (
        "/manifests/" in r.path and (r.answer(302, b"", {"Location": r.path}) or True)
    )
    with pytest.raises(Unreachable, match="circles"):
        open_here(server)


def test_referrers_are_listed_as_present(server: ThreadingHTTPServer) -> None:
    found = {
        **descriptor(MANIFEST_TYPE, b"{}"),
        "artifactType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    }
    index = json.dumps({"schemaVersion": 2, "manifests": [found]}).encode()
    handler_of(server).before = lambda r: "/referrers/" in r.path and (r.answer(200, index) or True)
    assert [(a.kind, a.source) for a in open_here(server).attachments] == [("signature", "referrers")]


def test_a_mirror_is_told_whose_image_it_is_with_the_headers_of_its_file_and_nobody_else_is(
    server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    host, port = server.server_address[:2]
    folder = tmp_path / ".config" / "containerd" / "certs.d" / "far.example_5000_"
    folder.mkdir(parents=True)
    mirror = f'[host."http://{host!s}:{port}"'
    (folder / "hosts.toml").write_text(f'{mirror}]\n{mirror}.header]\nX-Team = ["shop", "web"]\n')
    asked: list[tuple[str, str | None]] = []

    def before(request: Handler) -> bool:
        path, _, query = request.path.partition("?")
        asked.append((query, request.headers.get("X-Team")))
        request.path = path
        if "/blobs/" in path and request.headers.get("Host") != f"localhost:{port}":
            request.answer(307, b"", {"Location": f"http://localhost:{port}{path}"})
            return True
        return False

    handler_of(server).before = before
    image = open_image("far.example:5000/team/app:1", Http(WIRE), platform=None, machine=AMD64)
    look(image, cache=None, limits=Limits())
    told = [each for each in asked if each[0]]
    assert set(told) == {("ns=far.example%3A5000", "shop, web")}
    elsewhere = [each for each in asked if each not in told]
    assert {team for _, team in elsewhere} == {None}
    assert len(elsewhere) >= len(BLOBS)
