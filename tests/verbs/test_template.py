"""Templates: what they write passes the project's own lint and audit, and is really built where buildah is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from benchmarks.verdicts.make import BASE, BASE_NAME, ROOT_STEP, F, Picture, base_picture, write_layout
from benchmarks.verdicts.show import seamline

from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.render.words import CHINESE
from seamline.template.kinds import TEMPLATES
from tests.buildah import Store

FORMS = ("compose.yaml", "run.sh", "deployment.yaml")
OTHERS = (
    "SL-0021",
    "SL-0022",
    "SL-0023",
    "CIS-4.10",
    "CIS-4.2",
    "CIS-4.3",
    "CIS-4.4",
    "SL-0005",
    "SL-0007",
    "SL-0008",
)
"""Rules about what the base or the program brings, or nobody knows here; a template decides nothing of them."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every template in a folder of its own."""
    folder = tmp_path_factory.mktemp("templates")
    for kind in TEMPLATES:
        seamline(["template", kind, "--to", str(folder / kind)], folder / "home")
    return folder


def words_of(dockerfile: str, instruction: str) -> list[str]:
    found = re.search(rf"^{instruction}\b[^\[\n]*(\[.*\])$", dockerfile, re.MULTILINE)
    assert found is not None
    words = json.loads(found.group(1))
    assert isinstance(words, list)
    return words


def picture_of(folder: Path, kind: str) -> Picture:
    """What the Dockerfile would become, on a base of the maker's: its configuration and the programs that it names."""
    text = (folder / kind / "Dockerfile").read_text()
    start, health = words_of(text, "ENTRYPOINT"), words_of(text, "HEALTHCHECK")
    user, port = (
        re.findall(r"^USER (\S+)$", text, re.MULTILINE)[-1],
        re.findall(r"^EXPOSE (\d+)$", text, re.MULTILINE)[-1],
    )
    programs = {
        (name if "/" in name else f"usr/bin/{name}").lstrip("/"): F(b"\x7fELF" + name.encode(), 0o755)
        for name in (start[0], health[0])
    }
    config: dict[str, Any] = {
        "User": user,
        "ExposedPorts": {f"{port}/tcp": {}},
        "Healthcheck": {"Test": ["CMD", *health]},
        "Entrypoint": start,
    }
    return Picture((BASE, programs), (ROOT_STEP, "COPY app / # buildkit"), config)


def failed(image: str, deploy: str, folder: Path) -> dict[str, Any]:
    """The rules that fail."""
    report = folder / "audit.json"
    arguments = ["audit", image, "--deploy", deploy, "-f", "json", "-o", str(report), "--offline"]
    seamline(arguments, folder / "home")
    rules = json.loads(report.read_bytes())["rules"]
    return {
        rule["id"]: rule["evidence"]
        for rule in rules
        if rule["verdict"] == "fail" and rule["id"] not in OTHERS
    }


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_passes_lint_clean(kind: str, written: Path, tmp_path: Path) -> None:
    report = tmp_path / "lint.json"
    arguments = [
        "lint",
        str(written / kind / "Dockerfile"),
        "-f",
        "json",
        "-o",
        str(report),
        "--no-shellcheck",
    ]
    seamline([*arguments, "--fail-on", "any"], tmp_path)
    found = [
        each for each in json.loads(report.read_bytes())["files"][0]["findings"] if not each.get("ignored")
    ]
    assert found == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", TEMPLATES)
def test_an_image_run_as_the_template_says_fails_nothing(
    kind: str, form: str, written: Path, tmp_path: Path
) -> None:
    base = write_layout(tmp_path / "base", base_picture(), BASE_NAME)
    seamline(["base", "add", base, "--as", BASE_NAME, "--offline"], tmp_path / "home")
    image = write_layout(tmp_path / "image", picture_of(written, kind), "registry.example/app:1.0.0")
    assert failed(image, str(written / kind / form), tmp_path) == {}


def test_a_run_line_says_the_same_as_the_script_that_holds_it(written: Path, tmp_path: Path) -> None:
    image = write_layout(tmp_path / "image", picture_of(written, "go"), "registry.example/app:1.0.0")
    line = (written / "go" / "run.sh").read_text().partition("exec ")[2]
    assert failed(image, line, tmp_path) == failed(image, str(written / "go" / "run.sh"), tmp_path)


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_health_check_is_the_same_in_every_file(kind: str, written: Path) -> None:
    health = words_of((written / kind / "Dockerfile").read_text(), "HEALTHCHECK")
    assert tuple(health) == TEMPLATES[kind].health
    assert json.dumps(["CMD", *health]) in (written / kind / "compose.yaml").read_text()
    assert (written / kind / "deployment.yaml").read_text().count(json.dumps(health)) == 2


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_comments_are_chinese_in_chinese(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAMLINE_LANG", "zh")
    seamline(["template", kind, "--to", str(tmp_path / "zh")], tmp_path / "home")
    assert CHINESE["template-user"] in (tmp_path / "zh" / "Dockerfile").read_text()
    for path in (tmp_path / "zh").iterdir():
        assert "{user}" not in path.read_text()
    parse_dockerfile((tmp_path / "zh" / "Dockerfile").read_bytes(), "Dockerfile")


def test_a_base_that_is_known_is_pinned_by_its_digest(tmp_path: Path) -> None:
    base = write_layout(tmp_path / "base", base_picture(), "docker.io/library/nginx:1.28")
    seamline(["base", "add", base, "--as", "nginx:1.28", "--offline"], tmp_path / "home")
    seamline(["template", "nginx", "--to", str(tmp_path / "web")], tmp_path / "home")
    text = (tmp_path / "web" / "Dockerfile").read_text()
    assert re.search(r"^FROM nginx:1\.28@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert "ignore=" not in text
    assert "# this digest is that of linux/amd64 alone" in text


def test_nothing_is_written_over_and_an_unknown_kind_is_told(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "compose.yaml").write_text("mine")
    for arguments in (
        ["nginx", "--to", str(tmp_path / "web")],
        ["cobol"],
        ["go", "--to", str(tmp_path / "web" / "compose.yaml")],
    ):
        with pytest.raises(SystemExit, match="exit code 2"):
            seamline(["template", *arguments], tmp_path / "home")
    assert [path.name for path in (tmp_path / "web").iterdir()] == ["compose.yaml"]
    assert (tmp_path / "web" / "compose.yaml").read_text() == "mine"


def gathered(folder: Path, *programs: str, files: tuple[str, ...] = ()) -> Path:
    """A root filesystem of programs of this machine with the libraries that they load."""
    for program in programs:
        real = Path(shutil.which(program) or program)
        told = subprocess.run(["ldd", str(real)], capture_output=True, text=True, check=False).stdout
        libraries = re.findall(r"(/[^\s()]+)", told)
        for path in (str(real), *libraries, *files):
            at = folder / path.lstrip("/")
            if not at.exists():
                at.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(Path(path).resolve(), at)
    if not (folder / "bin").exists():
        (folder / "bin").mkdir()
    for name in ("sh", "mkdir"):
        if not (folder / "bin" / name).exists():
            shutil.copy2(Path(shutil.which(name) or name).resolve(), folder / "bin" / name)
    (folder / "etc").mkdir(exist_ok=True)
    (folder / "etc" / "passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n"
    )
    (folder / "etc" / "group").write_text("root:x:0:\nnginx:x:101:\nnogroup:x:65534:\n")
    for name in ("tmp", "root", "proc", "sys", "dev", "run", "usr/bin"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "tmp").chmod(0o1777)
    return folder


def built(
    store: Store, kind: str, written: Path, folder: Path, *options: str, app: Path | None = None
) -> str:
    """The template built in a store, as an archive; `app` is the static one's program."""
    context = folder / "context"
    shutil.copytree(written / kind, context)
    if app is not None:
        shutil.copy2(app, context / "app")
    store.run(
        "buildah",
        "build",
        "-q",
        "--format",
        "docker",
        "--pull-never",
        *options,
        "-t",
        f"made-{kind}",
        str(context),
    )
    store.run(
        "buildah",
        "push",
        "-q",
        f"made-{kind}",
        f"docker-archive:{folder}/made.tar:{'registry.example/app:1.0.0'}",
    )
    return f"docker-archive:{folder}/made.tar"
