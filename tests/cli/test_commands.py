"""The command line as a user meets it: whole processes on the sample images."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from seamline.formats.oci.contents import contents_of_image
from seamline.places.layout_writer import write_contents
from seamline.places.opening import Opening, open_image
from seamline.verbs.demo import write_demo
from tests.local_registry import LocalRegistry

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    write_demo(folder / "demo")
    return folder


def run(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "LANG": "C.UTF-8",
        **env,
    }
    return subprocess.run(
        [sys.executable, "-m", "seamline", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=clean,
        cwd=home,
        check=False,
    )


def test_an_image_alone_gives_its_summary(home: Path) -> None:
    done = run(home, "oci-dir:demo:shop")
    assert done.returncode == 0
    assert done.stdout == run(home, "inspect", "oci-dir:demo:shop").stdout
    assert "Not checked  nothing" in done.stdout


def test_a_report_is_the_same_bytes_cold_warm_and_uncached(home: Path) -> None:
    cold = run(home, "sbom", "oci-dir:demo:shop", "-f", "json", "--as-of", "2026-02-01")
    warm = run(home, "sbom", "oci-dir:demo:shop", "-f", "json", "--as-of", "2026-02-01")
    bare = run(home, "sbom", "oci-dir:demo:shop", "-f", "json", "--as-of", "2026-02-01", "--no-cache")
    document = json.loads(warm.stdout)
    assert document["schema"] == "seamline.sbom/1"
    assert document["as_of"] == "2026-02-01T00:00:00Z"

    def packages(text: str) -> object:
        return json.loads(text)["packages"]

    assert packages(cold.stdout) == packages(warm.stdout) == packages(bare.stdout)
    assert {layer["verification"] for layer in document["image"]["layers"]} == {"cached"}


@pytest.mark.parametrize(("page", "language"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_the_tour_of_the_readme_is_what_a_user_sees(home: Path, page: str, language: str) -> None:
    """Every line that stands there is printed, in that order; `...` leaves lines out."""
    tour = (SOURCE.parent / page).read_text().partition("$ pip install .\n")[2].partition("```")[0]
    printed = ""
    for command in (line for line in tour.splitlines() if line.startswith("$ ")):
        words = command.partition("#")[0].split()[2:]
        printed += (
            f"{command}\n"
            + run(home, *words, SEAMLINE_LANG=language, XDG_DATA_HOME=str(home / language)).stdout
        )
    lines = iter(printed.splitlines())
    told = [line for line in tour.splitlines() if line != "..." and "linux/" not in line]
    assert [line for line in told if line not in lines] == []


def test_a_bare_o_json_means_the_format(home: Path) -> None:
    assert (
        json.loads(run(home, "inspect", "oci-dir:demo:shop", "-o", "json").stdout)["schema"]
        == "seamline.inspect/1"
    )


@pytest.mark.real
def test_all_platforms_of_an_index_are_reported_one_by_one(home: Path, platforms: str) -> None:
    for verb in ("inspect", "sbom", "files"):
        done = run(home, verb, platforms, "--platform", "all", "-f", "json")
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        assert [report["image"]["platform"] for report in reports] == ["linux/amd64", "linux/arm64"]
        assert len({report["image"]["digest"] for report in reports}) == 2
    table = run(home, "files", platforms, "--platform", "all").stdout
    assert [line.split()[-1] for line in table.splitlines() if line.startswith("oci-dir:")] == [
        "linux/amd64",
        "linux/arm64",
    ]


def test_of_an_image_without_an_index_all_platforms_are_one_report(home: Path) -> None:
    every = run(home, "inspect", "oci-dir:demo:shop", "--platform", "all", "--as-of", "2026-02-01")
    assert every.stdout == run(home, "inspect", "oci-dir:demo:shop", "--as-of", "2026-02-01").stdout


def test_what_makes_one_image_refuses_all_platforms(home: Path) -> None:
    (home / "recipe.yaml").write_text("layers: []\n")
    done = run(home, "compose", "recipe.yaml", "--to", "oci-dir:made", "--platform", "all")
    assert (done.returncode, "--platform: expected os/arch" in done.stderr) == (2, True)


@pytest.mark.real
def test_every_platform_of_an_index_is_learnt_as_a_base(home: Path, platforms: str, tmp_path: Path) -> None:
    data = str(tmp_path)
    added = run(home, "base", "add", platforms, "--platform", "all", "--as", "both:1", XDG_DATA_HOME=data)
    assert [line.split()[2] for line in added.stdout.splitlines()] == ["linux/amd64", "linux/arm64"]
    listed = json.loads(run(home, "base", "list", "both", "-f", "json", XDG_DATA_HOME=data).stdout)
    shown = json.loads(run(home, "base", "show", "both:1", "-f", "json", XDG_DATA_HOME=data).stdout)
    assert [base["platform"] for base in listed["own"]] == ["linux/amd64", "linux/arm64"]
    assert [base["platform"] for base in shown["bases"]] == ["linux/amd64", "linux/arm64"]


@pytest.mark.parametrize("group", [(), ("base",), ("cache",), ("db",)])
def test_without_a_verb_the_help_is_shown_as_it_is(home: Path, group: tuple[str, ...]) -> None:
    done = run(home, *group)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run(home, *group, "--help").stdout


def test_a_dash_alone_is_an_image_on_standard_input(home: Path) -> None:
    assert "stdin: expected an image" in run(home, "-").stderr


@pytest.mark.parametrize("name", ["gone.tar.gz", "gone.json", "sub/gone.cdx.xml", "gone.tar.xz:latest"])
def test_a_file_that_is_not_there_is_never_asked_of_a_registry(home: Path, name: str) -> None:
    for verb in ("inspect", "scan"):
        done = run(home, verb, name, "--offline")
        assert (done.returncode, done.stderr.partition(" (")[0]) == (
            2,
            f"seamline: {name}: expected an image, got no such path",
        )


def test_the_next_step_of_wrong_arguments_is_chinese_in_chinese(home: Path) -> None:
    assert "(参见 seamline inspect --help)" in run(home, "--lang", "zh", "inspect", "--nope").stderr


@pytest.mark.parametrize(("command", "form"), [("sbom", "spdx-json"), ("scan", "cyclonedx-json")])
def test_a_document_of_one_image_refuses_several(home: Path, command: str, form: str) -> None:
    """Two documents one after the other are no JSON that anybody reads."""
    (home / "list").write_text("oci-dir:demo:shop\noci-dir:demo:base\n")
    for images in (("oci-dir:demo:shop", "oci-dir:demo:nowhere"), ("--from-file", "list")):
        done = run(home, command, *images, "--offline", "-f", form, "-o", "several.json")
        assert (done.returncode, done.stdout) == (2, "")
        assert f"seamline: -f {form}: expected one image" in done.stderr
        assert not (home / "several.json").exists()


def test_a_database_from_after_the_moment_of_asking_is_marked(home: Path) -> None:
    now, before = (run(home, "db", "status", *when).stdout for when in ((), ("--as-of", "2001-01-01")))
    assert "ahead of the clock" not in now
    assert "ahead of the clock" in before


def test_several_outputs_come_of_one_run(home: Path) -> None:
    done = run(
        home, "sbom", "oci-dir:demo:shop", "--output", "spdx-json=a.json", "--output", "cyclonedx-json=b.json"
    )
    assert done.returncode == 0
    assert json.loads((home / "a.json").read_text())["spdxVersion"] == "SPDX-2.3"
    assert json.loads((home / "b.json").read_text())["specVersion"] == "1.6"


def test_the_history_of_a_path_names_every_layer_that_touched_it(home: Path) -> None:
    done = run(home, "files", "oci-dir:demo:shop", "/etc/motd", "-f", "json")
    assert [step["what"] for step in json.loads(done.stdout)["history"]] == ["written", "removed"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["inspect"], 2, "at least one IMAGE"),
        (["inspect", "oci-dir:nowhere"], 2, "expected an OCI layout"),
        (["inspect", "oci-dir:demo:nothing"], 2, "base, shop"),
        (["inspect", ""], 2, "'': expected an image, got no name"),
        (["inspect", "dir:"], 2, "'dir:': expected an image, got no name"),
        (["copy", "oci-dir:demo:shop", "oci-dir:"], 2, "oci-dir:: expected a destination"),
        (["inspct", "x"], 2, "did you mean `seamline inspect`"),
        (["files", "oci-dir:demo:shop", "/no/such"], 2, "expected a path of some layer"),
        (["inspect", "oci-dir:demo:shop", "--platform", "linux"], 2, "os/arch"),
        (["inspect", "oci-dir:demo:shop", "--as-of", "yesterday"], 2, "--as-of 'yesterday'"),
        (["cache", "prune", "--to", "much"], 2, "expected a size"),
    ],
)
def test_errors_are_one_line_with_the_next_step(
    home: Path, arguments: list[str], code: int, says: str
) -> None:
    done = run(home, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("seamline: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_chinese_comes_with_the_locale(home: Path) -> None:
    assert "分界线" in run(home, "--help", LC_ALL="zh_CN.UTF-8").stdout
    assert "未能判定" in run(home, "oci-dir:demo:shop", LC_ALL="zh_CN.UTF-8").stdout


def test_what_is_kept_is_told_in_chinese_too(home: Path) -> None:
    env = {"XDG_DATA_HOME": str(home / "kept"), "XDG_CACHE_HOME": str(home / "kept")}
    assert "0 层" in run(home, "cache", "status", "--lang", "zh", **env).stdout
    run(home, "base", "add", "oci-dir:demo:base", "--as", "kept:1", **env)
    assert run(home, "base", "rm", "kept:1", "--lang", "zh", **env).stdout == "已移除 1 个基础镜像\n"


def test_a_closed_pipe_is_silent(home: Path) -> None:
    clean = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(  # noqa: S602 - the pipe is what is tested
        f"{sys.executable} -m seamline files oci-dir:demo:shop -f json | head -c 1",
        shell=True,
        capture_output=True,
        env=clean,
        cwd=home,
        check=False,
    )
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", [("--help",), ("files", "oci-dir:demo:shop")])
def test_a_pipe_that_nobody_reads_is_no_failed_gate(home: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    clean = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "seamline", *arguments]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=clean, cwd=home, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_home_that_cannot_be_written_means_uncached_with_a_warning(home: Path) -> None:
    done = run(home, "oci-dir:demo:shop", XDG_CACHE_HOME="/proc/nowhere")
    assert done.returncode == 0
    assert done.stderr.startswith("seamline: warning: nothing is cached")


def test_a_base_told_once_proves_the_seam(home: Path) -> None:
    data = str(home / "with-base")

    def inspected() -> dict[str, object]:
        document: dict[str, object] = json.loads(
            run(home, "inspect", "oci-dir:demo:shop", "-f", "json", XDG_DATA_HOME=data).stdout
        )
        return document

    before = inspected()
    added = run(
        home,
        "base",
        "add",
        "oci-dir:demo:base",
        "--as",
        "sample:1",
        "--owner",
        "platform",
        XDG_DATA_HOME=data,
    )
    assert added.returncode == 0
    after = inspected()
    assert [(s["side"], s["confidence"]) for s in before["strata"]] == [("unknown", "none")]  # type: ignore[index, attr-defined]
    assert [(s["side"], s["confidence"], s["owner"]) for s in after["strata"]] == [  # type: ignore[index, attr-defined]
        ("system", "known base", "platform"),
        ("application", "none", ""),
    ]
    assert after["crossings"] == ["etc/passwd", "usr/lib/libsampletls.so.3", "var/lib/dpkg/status"]
    assert "sample:1" in run(home, "base", "list", "sample*", XDG_DATA_HOME=data).stdout
    assert run(home, "base", "rm", "sample:1", XDG_DATA_HOME=data).returncode == 0
    assert inspected()["strata"] == before["strata"]


@pytest.mark.real
def test_a_claimed_base_is_looked_up_in_its_registry_and_then_remembered(
    home: Path, logged_in: LocalRegistry, tmp_path: Path
) -> None:
    """An image whose annotation names a base that only the registry knows."""
    name = f"{logged_in.host}/team/claimed-base:1"
    env = {"DOCKER_CONFIG": str(logged_in.docker_config), "XDG_DATA_HOME": str(tmp_path)}
    ca = ["--ca-file", str(logged_in.ca_file)]
    assert run(home, "copy", "oci-dir:demo:base", f"registry:{name}", *ca, **env).returncode == 0
    write_claiming(tmp_path / "claiming", home / "demo", name)

    def first_side(*options: str) -> tuple[str, str]:
        done = run(home, "inspect", f"oci-dir:{tmp_path}/claiming", "-f", "json", *ca, *options, **env)
        stratum = json.loads(done.stdout)["strata"][0]
        return stratum["side"], stratum["confidence"]

    assert first_side()[0] == "unknown"
    assert first_side("--lookup") == ("system", "annotation verified by diff_id")
    assert first_side("--offline") == ("system", "annotation verified by diff_id")


def write_claiming(folder: Path, demo: Path, base: str) -> None:
    """The demo's application again, with an annotation that names its base."""
    image = open_image(f"oci-dir:{demo}:shop", Opening())
    manifest = json.loads(image.raw.manifest) if image.raw is not None else {}
    manifest["annotations"] = {"org.opencontainers.image.base.name": base}
    assert image.raw is not None
    raw = msgspec.structs.replace(image.raw, manifest=json.dumps(manifest).encode())
    write_contents(contents_of_image(msgspec.structs.replace(image, raw=raw)), folder, "")


def test_audit_and_compare_run_from_the_command_line(home: Path) -> None:
    shop, base = "oci-dir:demo:shop", "oci-dir:demo:base"
    for form in ("table", "json"):
        audited = run(home, "audit", shop, "--offline", "-f", form, "--deploy", "docker run --privileged x")
        assert audited.returncode == 0
        assert "CIS-4.1" in audited.stdout + run(home, "audit", shop, "--all").stdout
        assert "privileged: true" in audited.stdout
        compared = run(home, "diff", base, shop, "--offline", "-f", form)
        assert compared.returncode == 0
        assert base in compared.stdout
    gated = run(home, "audit", shop, "--offline", "--fail-on", "any=CIS-4.6")
    assert gated.returncode == 1
    assert "any=CIS-4.6" in gated.stderr


def test_options_before_an_image_alone_are_those_of_its_summary(home: Path) -> None:
    plain = run(home, "inspect", "oci-dir:demo:shop", "--offline", "--as-of", "2026-02-01")
    assert run(home, "--offline", "--as-of", "2026-02-01", "oci-dir:demo:shop").stdout == plain.stdout
    assert plain.returncode == 0
    assert run(home, "--nonsense", "oci-dir:demo:shop").returncode == 2
    assert run(home, "--lang", "zh", "oci-dir:demo:shop").returncode == 0


def test_the_end_is_told_to_who_asked_for_it_and_keeps_the_code(home: Path) -> None:
    script = """
import atexit, sys
from seamline.__main__ import main
sys.argv[1:] = ["inspect", "oci-dir:nosuch"]
print("begun")
atexit.register(print, "told")
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"HOME": str(home), "PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "begun\ntold\n")
    assert done.stderr.startswith("seamline: oci-dir:nosuch: ")


@pytest.mark.parametrize("verb", ["inspect", "sbom", "scan", "audit", "report", "files"])
def test_an_image_in_a_folder_whose_name_is_no_utf8_has_a_report(home: Path, verb: str) -> None:
    folder = os.fsdecode(b"odd\xff")
    if not (home / folder).exists():
        write_demo(home / folder)
    more = ("/etc",) if verb == "files" else ()
    done = run(home, verb, f"oci-dir:{folder}:shop", *more, "-f", "json", "--offline")
    assert (done.returncode, done.stderr) == (0, "")
    assert '"oci-dir:odd\\\\xff:shop"' in done.stdout


def test_a_list_may_name_sboms_and_files_by_any_name(home: Path) -> None:
    sbom = b"shop\xff.json"
    run(home, "sbom", "oci-dir:demo:shop", "-f", "cyclonedx-json", "-o", os.fsdecode(sbom))
    (home / "named").write_bytes(
        b"\xef\xbb\xbf# ours\r\n  # theirs\r\n" + sbom + b"\r\n\r\noci-dir:demo:shop\r\n"
    )
    done = run(home, "scan", "--from-file", "named", "--offline", "-f", "json")
    assert done.returncode == 0
    places = [json.loads(line)["image"]["place"] for line in done.stdout.splitlines()]
    assert places == ["sbom-cyclonedx", "oci-dir"]


@pytest.mark.parametrize("day", ["0001-01-01", "0999-12-31", "9999-12-31"])
def test_the_first_and_the_last_days_of_the_calendar_are_moments_to_judge_by(home: Path, day: str) -> None:
    (home / ".trivyignore").write_text("CVE-2020-0001\n")
    done = run(
        home,
        "scan",
        "oci-dir:demo:shop",
        "--offline",
        "--as-of",
        day,
        "--ignore-file",
        ".trivyignore",
        "-f",
        "json",
    )
    assert (done.returncode, json.loads(done.stdout)["as_of"]) == (0, f"{day}T00:00:00Z")


def test_a_report_is_about_one_platform_and_tells_what_it_could_not_take_over(home: Path) -> None:
    done = run(home, "report", "oci-dir:demo:shop", "--platform", "all")
    assert (done.returncode, "run it once for each platform" in done.stderr) == (2, True)
    (home / "list.trivyignore").write_text("DSA-1-1\nAVD-DS-0002\n")
    done = run(
        home, "report", "oci-dir:demo:shop", "--offline", "--ignore-file", "list.trivyignore", "-f", "json"
    )
    left = [gap["message"] for gap in json.loads(done.stdout)["scan"]["gaps"]]
    assert [each["args"]["rule"] for each in left if each["id"] == "rule-not-imported"] == ["AVD-DS-0002"]


def test_a_look_up_of_nothing_is_refused_as_an_empty_variable_makes_it(home: Path) -> None:
    done = run(home, "db", "lookup", " ")
    assert done.returncode == 2
    assert "db lookup: expected a package URL, an id or a name, got nothing (for example " in done.stderr


def test_a_purl_that_is_no_text_is_answered(home: Path) -> None:
    done = run(home, "db", "lookup", os.fsdecode(b"pkg:pypi/a\xff@1"))
    assert "internal fault" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_the_caller_closed_is_no_fault_and_no_gate(home: Path, closed: str) -> None:
    for line in ("--version", "sbom oci-dir:demo:shop -o closed.json"):
        command = f"{sys.executable} -m seamline {line} {closed}"
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
        done = subprocess.run(["sh", "-c", command], capture_output=True, env=env, cwd=home, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads((home / "closed.json").read_text())["schema"] == "seamline.sbom/1"


@pytest.mark.parametrize("verb", ["report SHOP", "compare SHOP SHOP", "explain SHOP CVE-2026-1", "scan SHOP"])
def test_a_rule_that_could_not_be_taken_over_is_told(home: Path, verb: str) -> None:
    (home / "left.trivyignore").write_text("AVD-DS-0002\n")
    words = verb.replace("SHOP", "oci-dir:demo:shop").split()
    done = run(home, *words, "--offline", "--ignore-file", "left.trivyignore", "-f", "json")
    assert (done.returncode, "rule-not-imported" in done.stdout) == (0, True)


def test_an_id_may_be_too_long_for_a_path(home: Path) -> None:
    done = run(home, "explain", "oci-dir:demo:shop", "CVE-2026-" + "1" * 5000, "--offline")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupt_while_the_program_is_loaded_is_one_as_any_other(home: Path) -> None:
    """What is imported first stands in for a slow disk: it is interrupted as Ctrl-C does."""
    (home / "slow").mkdir()
    (home / "slow" / "click.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")
    done = run(home, "inspect", "oci-dir:demo:shop", PYTHONPATH=f"{home / 'slow'}:{SOURCE}")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
