"""What users of other scanners type: understood, or told what it is called here."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.cli.main import run
from seamline.cli.neighbours import OPTIONS, VERBS
from seamline.cli.verbs import VERBS as OURS
from seamline.verbs.demo import write_demo


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    write_demo(tmp_path / "demo")
    return f"oci-dir:{tmp_path / 'demo'}:shop"


@pytest.mark.parametrize("option", sorted(OPTIONS))
def test_an_option_of_theirs_is_told_what_it_is_called_here(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "nginx", option, "x"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"No such option {option!r}. ({OPTIONS[option]})")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_verb_of_theirs_is_told_from_an_image(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verb not in {each.name for each in OURS}
    assert run([verb, "nginx"]) == 2
    assert f"here it is `{VERBS[verb]}`" in capsys.readouterr().err


def test_a_file_that_is_called_as_a_verb_of_theirs_is_read(
    demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("image").symlink_to(demo.split(":")[1])
    assert run(["image", "--offline"]) == 2
    assert "no verb" not in capsys.readouterr().err


def test_forms_and_sboms_go_by_their_names_too(
    demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "shop.json"
    assert run(["sbom", demo, "--offline", "-q", "-f", "cyclonedx", "-o", str(target)]) == 0
    assert '"bomFormat": "CycloneDX"' in target.read_text()
    assert run(["scan", f"sbom:{target}", "--offline", "-q", "-f", "md"]) == 0
    assert run(["scan", f"sbom:{tmp_path / 'gone.json'}", "--offline"]) == 2
    assert run(["scan", demo, "--output", "json"]) == 2
    assert "-o takes one alone" in capsys.readouterr().err
