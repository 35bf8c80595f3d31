"""The kinds of starts: their files, the port, the user, and what each needs to run with nothing more than it needs."""

from __future__ import annotations

import msgspec

NAME = "registry.example/app:1.0.0"
"""What the image is called in the files until somebody names it."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """One kind. `files` come from the data folder under their own name, the Dockerfile under `<kind>.Dockerfile`; `memory` is
    in MiB, `cpus` in processors; `health` are the words of the check; `writable` the folders that must be written."""

    kind: str
    files: tuple[str, ...]
    uid: int
    memory: int
    cpus: str
    health: tuple[str, ...]
    writable: tuple[str, ...] = ("/tmp",)  # noqa: S108 - a folder of the container
    port: int = 8080


_URL = "http://127.0.0.1:8080/healthz"
TEMPLATES = {
    each.kind: each
    for each in (
        Template(
            kind="nginx",
            files=("nginx.conf", "index.html"),
            uid=101,
            memory=64,
            cpus="0.5",
            health=("curl", "-fsS", "-o", "/dev/null", _URL),
        ),
        Template(
            kind="python",
            files=("app.py", "requirements.txt"),
            uid=10001,
            memory=128,
            cpus="0.5",
            health=("python", "-c", f"import urllib.request; urllib.request.urlopen('{_URL}', timeout=2)"),
        ),
        Template(
            kind="node",
            files=("server.js", "package.json", "package-lock.json"),
            uid=10001,
            memory=192,
            cpus="0.5",
            health=("node", "-e", f"fetch('{_URL}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"),
        ),
        Template(
            kind="java",
            files=("App.java",),
            uid=10001,
            memory=384,
            cpus="1.0",
            health=("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"),
        ),
        Template(
            kind="go",
            files=("main.go", "go.mod"),
            uid=10001,
            memory=64,
            cpus="0.5",
            health=("/app", "-health"),
            writable=(),
        ),
        Template(kind="static", files=(), uid=10001, memory=64, cpus="0.5", health=("/app", "-health"), writable=()),
    )
}  # fmt: skip
