"""Start lines and their JSON form: what a shell alone starts keeps its shell, and what is mended starts the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seamline.lint.mending.mend import mend
from seamline.lint.parent import Parent
from seamline.lint.rules.listing import BY_ID
from tests.buildah import Store
from tests.lint.test_mending import NO_PIN, mended, seen
from tests.neighbours import need

PROGRAMS = Parent(
    reference="base", known_from="image", libc="glibc", programs=frozenset(("sh", "true", "echo"))
)
ENTRYPOINT = Parent(reference="base", known_from="image", libc="glibc", has_entrypoint=True)
KEPT = {
    "a builtin": ("CMD ulimit -n 10", None, "builtin"),
    "a builtin behind exec": ("CMD exec trap x INT", None, "builtin"),
    "an escape that echo reads": ("CMD echo 'a\\\\nb'", PROGRAMS, "builtin"),
    "a script of the context": ("COPY start /usr/local/bin/start\nCMD start -x", None, "script"),
    "a folder of the context on PATH": ("COPY bin/ /usr/local/bin/\nCMD start", None, "script"),
    "a folder above one on PATH": ("ENV PATH=/opt/app/bin:$PATH\nCOPY . /opt/app\nCMD start", None, "script"),
    "a script that a step wrote": ("RUN echo 'nginx' > /usr/bin/start\nCMD start", None, "script"),
    "a script that a step fetched": ("RUN curl -o /usr/bin/start https://a\nCMD start", None, "script"),
    "a relative path": ("CMD ./start -x", None, "script"),
    "a path outside the system's folders": ("CMD /app/server", None, "script"),
    "a name that says so": ("CMD start.sh", None, "script"),
    "a login shell": ('SHELL ["/bin/bash", "-lc"]\nCMD node a.js', None, "profile"),
    "a long login option": ('SHELL ["/bin/bash", "--login", "-c"]\nCMD rake', None, "profile"),
    "a file that bash reads first": (
        'SHELL ["/bin/bash", "-c"]\nENV BASH_ENV=/env\nCMD rake',
        None,
        "profile",
    ),
    "an entrypoint below": ("CMD nginx -g x", ENTRYPOINT, "entrypoint"),
    "a base that nobody knows": ("FROM example.org/team/base:1\nCMD nginx", None, "entrypoint"),
}
SILENT = {
    "a variable": "CMD echo $HOME",
    "braces": 'SHELL ["/bin/bash", "-c"]\nCMD tool {a,b}',
    "bytes that are no UTF-8": "CMD tool \udcff",
    "two commands": "CMD a && b",
    "a shell of Windows": 'SHELL ["cmd", "/S", "/C"]\nCMD tool',
    "an option of exec": "CMD exec -a b tool",
}
MENDED = {
    "a program by name": ("CMD python3 app.py", None, 'CMD ["python3", "app.py"]'),
    "a program of the system by its path": ("CMD /usr/sbin/sshd -D", None, 'CMD ["/usr/sbin/sshd", "-D"]'),
    "a builtin that is a program too": ("CMD true", PROGRAMS, 'CMD ["true"]'),
    "exec": ("ENTRYPOINT exec tini -- a", None, 'ENTRYPOINT ["tini", "--", "a"]'),
    "a strict shell": ('SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]\nCMD a', None, 'CMD ["a"]'),
    "what another stage installed": ("COPY --from=b /opt/venv /usr/local\nCMD gunicorn a:b", None, 'CMD ["gunicorn", "a:b"]'),
    "a step below that writes it": ("CMD tool\nRUN echo > /usr/bin/tool", None, 'CMD ["tool"]'),
}  # fmt: skip


def source(text: str) -> str:
    return text if text.startswith("FROM") else f"FROM debian:12\n{text}"


@pytest.mark.parametrize(("text", "parent", "reason"), KEPT.values(), ids=KEPT.keys())
def test_what_a_shell_alone_may_start_is_kept_and_the_reason_told(
    text: str, parent: Parent | None, reason: str
) -> None:
    view = seen(source(text).encode(), parent)
    last = text.splitlines()[-1]
    assert last in mend(view, NO_PIN, lambda data: seen(data, parent))[0].splitlines()
    (found,) = BY_ID["DL3025"].check(view)
    assert found.advice is not None
    assert found.advice[0] == f"lint-shell-{reason}"


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_what_is_no_list_of_plain_words_is_kept(text: str) -> None:
    data = source(text).encode("utf-8", "surrogateescape")
    assert text.splitlines()[-1] in mend(seen(data), NO_PIN, seen)[0]


@pytest.mark.parametrize(("text", "parent", "line"), MENDED.values(), ids=MENDED.keys())
def test_what_the_kernel_starts_too_is_mended(text: str, parent: Parent | None, line: str) -> None:
    assert line in mended(source(text), parent=parent).splitlines()


def test_a_health_check_asks_the_service_and_not_the_remote_shell_beside_it() -> None:
    assert "/127.0.0.1/8080" in mended("FROM debian:12\nEXPOSE 22 8080/tcp\nCMD a\n")
    assert "/127.0.0.1/53" not in mended("FROM debian:12\nEXPOSE 53/udp\nCMD a\n")
    assert "HEALTHCHECK" not in mended("FROM debian:12\nEXPOSE 22 3389\nCMD a\n")
    assert "HEALTHCHECK" not in mended("FROM debian:12\nEXPOSE 99999 0\nCMD a\n")
    assert "/127.0.0.1/22" in mended("FROM debian:12\nEXPOSE 22\nCMD /usr/sbin/sshd -D\n")
    assert "HEALTHCHECK" not in mended("FROM python:3-windowsservercore\nEXPOSE 80\nCMD a\n")


def test_a_base_is_known_to_have_python_by_its_official_name_alone() -> None:
    assert '"python3", "-c"' in mended("FROM docker.io/library/python:3.12\nEXPOSE 80\nCMD a\n")
    assert "python3" not in mended("FROM example.org/python:3.12\nEXPOSE 80\nCMD a\n")


SCRIPTED = """FROM docker.io/library/alpine:3
COPY bare headed /usr/local/bin/
CMD {line}
"""


@pytest.mark.real
@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("bare x", "CMD bare x"),
        ("headed x", 'CMD ["headed", "x"]'),
        ("/usr/local/bin/headed x", 'CMD ["/usr/local/bin/headed", "x"]'),
        ("ulimit -f", "CMD ulimit -f"),
        ("true", "CMD true"),
    ],
)
def test_a_start_line_says_the_same_before_and_after(tmp_path: Path, line: str, becomes: str) -> None:
    need("buildah", "busybox")
    if os.geteuid() != 0:
        pytest.skip("buildah runs containers for root alone")
    store, context = Store(tmp_path), tmp_path / "context"
    (context / "root" / "bin").mkdir(parents=True)
    (context / "root" / "told").mkdir()
    (context / "root" / "told").chmod(0o777)
    shutil.copy(str(shutil.which("busybox")), context / "root" / "bin" / "busybox")
    for name in ("sh", "echo", "env"):
        (context / "root" / "bin" / name).symlink_to("busybox")
    for name, head in (("bare", ""), ("headed", "#!/bin/sh\n")):
        (context / name).write_text(f'{head}echo "{name} $1" > /told/said\n')
        (context / name).chmod(0o755)
    (context / "Base").write_text("FROM scratch\nCOPY root /\n")
    store.run("buildah", "bud", "-q", "-t", "docker.io/library/alpine:3", "-f", str(context / "Base"), str(context))  # fmt: skip

    def started(
        text: str,
    ) -> tuple[str, Path]:  # what it writes: buildah loses what is printed on a busy machine
        file = context / "Dockerfile"
        file.write_text(text)
        store.run("buildah", "bud", "-q", "-t", "built", "-f", str(file), str(context))
        layout = tmp_path / "layout"
        shutil.rmtree(layout, ignore_errors=True)
        store.run("buildah", "push", "-q", "built", f"oci:{layout}:built")
        config = json.loads(store.run("buildah", "inspect", "--type", "image", "built"))
        words = config["OCIv1"]["config"]["Cmd"]
        container = store.run("buildah", "from", "built")
        store.run("buildah", "run", container, "--", *words)
        written = Path(store.run("buildah", "mount", container)) / "told" / "said"
        return written.read_text() if written.exists() else "", layout

    before, layout = started(SCRIPTED.format(line=line))
    told = subprocess.run(
        [sys.executable, "-m", "seamline", "lint", "--fix", "--image", f"oci-dir:{layout}:built", str(context / "Dockerfile")],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    assert becomes in told.splitlines()
    after, _ = started(told)
    assert after == before
