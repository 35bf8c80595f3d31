"""lint as a user runs it: files, gates, forms, a parent that is read, ShellCheck, mending."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.model.image import Digest
from seamline.render.layout import width
from seamline.render.lint import write_lint
from seamline.render.schemas import write_schema
from seamline.stores.ledger import Ledger
from seamline.verbs.lint import Given, lint_file, lint_report, see_dockerfile
from tests.cli.test_commands import run
from tests.layouts import write_layout
from tests.neighbours import need

FILE = """FROM base:1
RUN sudo a && \\
    echo $b
RUN c
ADD d /e
# seamline ignore=DL3025
CMD f
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text(FILE)
    (tmp_path / ".dockerignore").write_text(".git\n")
    return tmp_path


def rules(home: Path, *arguments: str) -> dict[str, int]:
    """Each rule that speaks, with its first line."""
    done = run(home, "lint", "-f", "json", *arguments)
    document = json.loads(done.stdout)
    jsonschema_rs.validator_for(json.loads(write_schema("seamline.lint-1"))).validate(document)
    assert document["schema"] == "seamline.lint/1"
    found: dict[str, int] = {}
    for each in document["files"][0]["findings"]:
        if not each.get("ignored"):
            found.setdefault(each["rule"], each["line"])
    return found


def test_the_dockerfile_of_the_folder_is_judged_with_its_lines(home: Path) -> None:
    found = rules(home, "--no-shellcheck")
    assert found["DL3004"] == 2
    assert found["SL1001"] == 1
    assert "DL3025" not in found
    done = run(home, "lint", "--no-shellcheck")
    assert done.returncode == 0
    assert "    2 | RUN sudo a && \\" in done.stdout
    assert "\x1b" not in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert "容器" in run(home, "lint", "--why", "--lang", "zh").stdout


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [80, 100])
def test_a_lint_fits_in_its_columns(home: Path, language: str, columns: int) -> None:
    (home / "Dockerfile").write_text(
        FILE + f"RUN apt-get install -y {' '.join(f'package-{at}' for at in range(30))}\n"
    )
    dockerfile = parse_dockerfile((home / "Dockerfile").read_bytes(), "Dockerfile")
    view = see_dockerfile(dockerfile, None, Given())
    report = lint_report([lint_file(view, lambda _: "", Given())])
    for line in write_lint(report, language, columns, tells_why=True).splitlines():
        assert width(line) <= columns or " --fix " in line, line


def test_gates_decide_the_exit_code_and_say_so(home: Path) -> None:
    for gate, code in (("high", 1), ("critical", 0), ("update=high", 0), ("dl3004", 1), ("security=low", 1)):
        assert run(home, "lint", "--no-shellcheck", "--fail-on", gate).returncode == code
    done = run(home, "lint", "--fail-on", "high", "--fail-on", "critical")
    assert done.stderr.count("\n") == 1
    assert "gate high does not hold" in done.stderr
    wrong = run(home, "lint", "--fail-on", "hihg")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("seamline: --fail-on hihg: expected")


def test_the_settings_leave_rules_out_and_name_trusted_registries(home: Path) -> None:
    text = '[lint]\nignore = ["dl3004", "SC2086"]\ntrusted-registries = ["trusted.example"]\n'
    (home / "seamline.toml").write_text(text)
    found = rules(home)
    assert "DL3004" not in found
    assert found["DL3026"] == 1
    assert "DL3026" not in rules(home, "--trusted-registry", "docker.io")
    assert run(home, "lint", "--fail-on", "DL3004").returncode == 0
    assert "RUN sudo a" in run(home, "lint", "--fix").stdout
    (home / "seamline.toml").write_text('[lint]\nignore = ["DL30004"]\n')
    done = run(home, "lint")
    assert (done.returncode, done.stdout) == (2, "")
    assert "lint.ignore: expected the id of a rule, got 'DL30004' (did you mean DL3004?)" in done.stderr
    assert "是否指 DL3004" in run(home, "lint", "--lang", "zh").stderr


def test_without_dates_of_releases_a_lint_says_so(home: Path) -> None:
    (home / "Dockerfile").write_text("FROM python:3.7\n")
    done = run(home, "lint")
    assert "whether python:3.7 still has support: there are no dates (seamline db update)" in " ".join(
        done.stdout.split()
    )
    (home / "Dockerfile").write_text("FROM base:1\n")
    assert "dates" not in run(home, "lint").stdout


def test_what_is_no_dockerfile_is_an_error_with_its_line(home: Path) -> None:
    (home / "bad").write_text("FROM a\nRNU b\n")
    done = run(home, "lint", "bad")
    assert done.returncode == 2
    assert (
        done.stderr == "seamline: bad:2: expected an instruction such as RUN, got 'RNU' (did you mean RUN?)\n"
    )
    assert "是否指 RUN" in run(home, "lint", "bad", "--lang", "zh").stderr
    assert run(home, "lint", "absent").returncode == 2
    folder = run(home, "lint", ".").stderr
    assert folder == "seamline: .: expected a file or a pipe, got a folder (name a file)\n"


def test_sarif_has_the_lines_and_what_was_forgiven(home: Path) -> None:
    (run_,) = json.loads(run(home, "lint", "-f", "sarif").stdout)["runs"]
    results = {each["ruleId"]: each for each in run_["results"]}
    place = results["DL3004"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "Dockerfile"
    assert place["region"] == {"startLine": 2, "endLine": 2}
    assert results["DL3025"]["suppressions"]
    ids = [rule["id"] for rule in run_["tool"]["driver"]["rules"]]
    assert all(ids[each["ruleIndex"]] == each["ruleId"] for each in run_["results"])


@pytest.mark.real
def test_shellcheck_speaks_with_the_lines_of_the_file(home: Path) -> None:
    need("shellcheck")
    assert rules(home)["SC2154"] == 3
    (home / "Dockerfile").write_text(
        "FROM a:1\nARG b\nRUN <<EOF\nset -e\necho $b $(date)\nEOF\nRUN cat <<X >/y\n$z\nX\n"
    )
    found = rules(home)
    assert "SC2154" not in found
    assert found["SC2046"] == 5
    assert not any(rule.startswith("SC") for rule in rules(home, "--no-shellcheck"))


def test_without_shellcheck_its_part_is_named_as_not_checked(home: Path, tmp_path: Path) -> None:
    done = run(home, "lint", PATH=str(tmp_path / "empty"))
    assert "ShellCheck: it is not on PATH" in " ".join(done.stdout.split())
    assert run(home, "lint", "--strict", PATH=str(tmp_path / "empty")).returncode == 4


def test_a_parent_that_is_read_settles_what_a_name_cannot(home: Path) -> None:
    passwd = b"root:x:0:0:root:/root:/bin/sh\napp:x:7:7::/srv:/bin/sh\n"
    files = {"etc/passwd": passwd, "bin/sh": b"#!", "bin/apk": b"", "lib/ld-musl-x86_64.so.1": b""}
    image = write_layout(home / "base", [files], config={"User": "app", "WorkingDir": "/srv"})
    (home / "Dockerfile").write_text("FROM base:1\nRUN apt-get install a=1\nUSER app\n")
    found = rules(home, "--image", image, "--no-shellcheck")
    assert found["SL3012"] == 2
    assert "SL1001" not in found
    assert "DL3066" in found
    fixed = run(home, "lint", "--fix", "--image", image, "--no-shellcheck").stdout
    assert "USER 7\n" in fixed
    (home / "Dockerfile").write_text("FROM base:1\nCOPY a .\n")
    found = rules(home, "--image", image)
    assert not {"SL1001", "DL3045"} & set(found)
    document = json.loads(run(home, "lint", "-f", "json", "--image", image).stdout)
    assert document["files"][0]["parent"]["libc"] == "musl"
    assert document["files"][0]["gaps"] == []


@pytest.mark.parametrize(
    ("settings", "stays"),
    [
        ({}, True),
        ({"docker-clean": b'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n'}, False),
        ({"90keep": b'APT::Keep-Downloaded-Packages "false";\n'}, False),
        ({"90keep": b'APT { Keep-Downloaded-Packages "true"; };\n'}, True),
    ],
)
def test_whether_the_bases_apt_keeps_what_it_fetched_is_read(
    home: Path, settings: dict[str, bytes], stays: bool
) -> None:
    files = {"bin/apt-get": b"", **{f"etc/apt/apt.conf.d/{name}": data for name, data in settings.items()}}
    image = write_layout(home / "base", [files])
    (home / "Dockerfile").write_text("FROM base:1\nRUN apt-get update && apt-get install -y a=1\nUSER 5\n")
    assert ("SL3017" in rules(home, "--image", image, "--no-shellcheck")) == stays
    fixed = run(home, "lint", "--fix", "--image", image, "--no-shellcheck").stdout
    assert ("apt-get clean" in fixed) == stays
    assert "rm -rf /var/lib/apt/lists/*" in fixed


def test_an_image_that_the_file_became_is_told_from_its_parent(home: Path) -> None:
    history = [{"created_by": 'CMD ["/x"]'}]
    image = write_layout(home / "built", [{"x": b""}], config={"User": "7", "Cmd": ["/x"]}, history=history)
    (home / "Dockerfile").write_text('FROM base:1\nUSER root\nCMD ["/x"]\n')
    assert "DL3002" in rules(home, "--image", image)
    (home / "Dockerfile").write_text('FROM base:1\nCMD ["/x"]\n')
    assert "SL1001" not in rules(home, "--image", image)


def test_fix_prints_writes_in_place_or_shows_a_diff(home: Path) -> None:
    before = (home / "Dockerfile").read_text()
    done = run(home, "lint", "--fix")
    assert "COPY d /e" in done.stdout
    assert "DL3020" in done.stderr
    assert (home / "Dockerfile").read_text() == before
    diff = run(home, "lint", "--fix", "--diff").stdout
    assert "-ADD d /e\n" in diff
    assert "+COPY d /e\n" in diff
    assert run(home, "lint", "--fix", "--in-place").stdout == ""
    assert (home / "Dockerfile").read_text() == done.stdout
    again = run(home, "lint", "--fix")
    assert again.stdout == done.stdout
    (home / "Dockerfile").write_text(before)
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], input=diff, text=True, cwd=home, check=True)
    assert (home / "Dockerfile").read_text() == done.stdout
    document = json.loads(run(home, "lint", "--fix", "-f", "json").stdout)
    assert document["files"][0]["mended"] == done.stdout


@pytest.mark.parametrize(
    "arguments",
    [("--in-place",), ("--diff",), ("--fix", "-f", "sarif"), ("--fix", "Dockerfile", "Dockerfile")],
)
def test_options_that_do_not_go_together_are_refused(home: Path, arguments: tuple[str, ...]) -> None:
    assert run(home, "lint", *arguments).returncode == 2


def test_a_known_base_gives_its_digest(home: Path) -> None:
    write_layout(home / "base", [{"x": b"1"}])
    done = run(home, "base", "add", "oci-dir:base", "--as", "base:1")
    assert done.returncode == 0, done.stderr
    fixed = run(home, "lint", "--fix")
    assert fixed.stdout.startswith("FROM base:1@sha256:")
    assert "the digest of base:1 is that of linux/amd64 alone" in fixed.stderr
    ledger = Ledger(home / ".local/share/seamline/ledger.db")
    (known,) = ledger.every()
    ledger.put([msgspec.structs.replace(known, index_digest=Digest("sha256:" + "9" * 64))])
    whole = run(home, "lint", "--fix")
    assert whole.stdout.startswith("FROM base:1@sha256:9999")
    assert "alone" not in whole.stderr


def test_build_arguments_fill_the_names_of_images(home: Path) -> None:
    (home / "Dockerfile").write_text("ARG V=1\nFROM a:$V\n")
    assert "DL3007" in rules(home, "--build-arg", "V=latest")
    assert "DL3007" not in rules(home)
    assert run(home, "lint", "--build-arg", "V").returncode == 2


def test_only_trusted_registries_pass(home: Path) -> None:
    assert "DL3026" in rules(home, "--trusted-registry", "*.corp")
    assert "DL3026" not in rules(home, "--trusted-registry", "docker.io")


def test_what_goes_with_a_mend_is_told_as_mended_too() -> None:
    """Lists and layers that the joined step no longer leaves are not left to a person."""
    text = b"FROM debian:12\nRUN apt-get update\nRUN apt-get install -y a=1\nUSER 5\n"
    view = see_dockerfile(parse_dockerfile(text), None, Given())
    file = lint_file(view, lambda _: "", Given())
    assert {each.rule for each in file.findings if each.fixable} == {"DL3009", "DL3015", "DL3059", "SL2003"}


def test_an_error_that_the_file_asks_for_ends_with_one(home: Path) -> None:
    (home / "Dockerfile").write_text("# check=error=true\nFROM a:1\nCMD b\n")
    done = run(home, "lint", "Dockerfile", "--no-shellcheck")
    assert (done.returncode, "# check=error=true" in done.stderr) == (1, True)
    (home / "Dockerfile").write_text("# check=skip=JSONArgsRecommended;error=true\nFROM a:1\nCMD b\n")
    assert run(home, "lint", "Dockerfile", "--no-shellcheck").returncode == 0
    (home / "Dockerfile").write_text("# check=nothing\nFROM a:1\n")
    assert run(home, "lint", "Dockerfile", "--no-shellcheck").returncode == 2


@pytest.mark.parametrize(
    ("language", "told"), [("en", "left for you, and how"), ("zh", "需人工处理，做法如下")]
)
def test_what_mending_leaves_is_told_with_what_a_person_does(home: Path, language: str, told: str) -> None:
    (home / "Dockerfile").write_text("FROM nginx:1.27\nCOPY a /b\n")
    done = run(home, "lint", "Dockerfile", "--fix", "--lang", language)
    assert "USER" not in done.stdout
    assert told in done.stderr
    assert "/var/cache/nginx" in done.stderr
    assert max(width(line) for line in done.stderr.splitlines()) <= 100
    shown = run(home, "lint", "Dockerfile", "--no-shellcheck", "--lang", language)
    assert "seamline template nginx" in " ".join(shown.stdout.split())


def test_a_mark_of_utf_8_before_the_first_line_is_no_part_of_it_and_stays_in_the_file(home: Path) -> None:
    file = home / "Marked"
    file.write_bytes(b"\xef\xbb\xbf# syntax=docker/dockerfile:1\nFROM debian:12\nADD a /b\n")
    out = run(home, "lint", "Marked").stdout
    assert "\\ufeff" not in out
    file.write_bytes(b"\xef\xbb\xbfFROM debian:12\nADD a /b\n")
    out = run(home, "lint", "Marked").stdout
    assert "    1 | FROM debian:12\n" in out
    run(home, "lint", "--fix", "--in-place", "Marked")
    assert file.read_bytes().startswith(b"\xef\xbb\xbfFROM debian:12\n")
    assert b"COPY a /b" in file.read_bytes()


@pytest.mark.parametrize(
    ("base", "user"),
    [
        ("mcr.microsoft.com/windows/servercore:ltsc2022", "ContainerAdministrator"),
        ("mcr.microsoft.com/windows/nanoserver:ltsc2022", "ContainerUser"),
        ("python:3-windowsservercore-ltsc2022", "ContainerAdministrator"),
    ],
)
def test_nothing_runs_as_root_on_windows(home: Path, base: str, user: str) -> None:
    file = home / "Windows"
    file.write_text(f"FROM {base}\nRUN curl http://a | iex\nCMD a b\n")
    out = run(home, "lint", "Windows").stdout
    words = " ".join(out.split())
    assert f"runs as {user}, unless {base} says otherwise" in words
    assert "root" not in words.partition("Set at run time")[0]
    assert "[--fix]" not in out
    file.write_text("# escape=`\nARG B\nFROM $B\nCMD a\n")
    out = run(home, "lint", "Windows").stdout
    assert "runs as ContainerAdministrator" in " ".join(out.split())
