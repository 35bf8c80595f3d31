"""No value of a secret leaves the image by any way that shows its content: forms, verbs, Dockerfiles, ledgers, faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.cli.main import run
from tests.layouts import write_layout
from tests.planted import Planted, planted
from tests.scenes import Whiteout

TEAM = "application team"
MORE = {
    "explain": ["explain", "IMAGE", "CIS-4.10"],
    "explain, as JSON": ["explain", "IMAGE", "CIS-4.10", "-f", "json"],
    "explain in Chinese": ["explain", "IMAGE", "CIS-4.10", "--lang", "zh"],
    "explain of an advisory": ["explain", "IMAGE", "CVE-2021-44228"],
    "audit in Chinese": ["audit", "IMAGE", "--all", "--lang", "zh"],
    "audit as Markdown in Chinese": ["audit", "IMAGE", "-f", "markdown", "--lang", "zh"],
    "report as Markdown": ["report", "IMAGE", "-f", "markdown"],
    "report as a table": ["report", "IMAGE", "-f", "table"],
    "a ticket": ["scan", "IMAGE", "--for", TEAM],
    "a ticket as SARIF": ["scan", "IMAGE", "--for", TEAM, "-f", "sarif"],
    "OpenVEX": ["scan", "IMAGE", "-f", "openvex"],
    "a base": ["base", "add", "IMAGE", "--as", "registry.example/planted:1"],
    "a base shown": ["base", "show", "registry.example/planted:1"],
    "a base shown as JSON": ["base", "show", "registry.example/planted:1", "-f", "json"],
    "bases exported": ["base", "export"],
    "an image beside its base": ["inspect", "IMAGE", "-f", "json"],
    "advice": ["base", "advise", "IMAGE"],
    "files": ["files", "IMAGE", "/srv/app"],
    "lint": ["lint", "DOCKERFILE", "--why"],
    "lint as JSON": ["lint", "DOCKERFILE", "-f", "json"],
    "lint as SARIF": ["lint", "DOCKERFILE", "-f", "sarif"],
    "lint beside the image": ["lint", "DOCKERFILE", "--image", "IMAGE"],
    "audit beside the Dockerfile": ["audit", "IMAGE", "--dockerfile", "DOCKERFILE"],
}
"""What a user asks for, beyond the forms that the test of secrets goes through."""


def parts(each: Planted) -> bytes:
    """A piece of a value that nothing else holds."""
    lines = each.value.replace("\\n", "\n").strip().split("\n")
    return lines[-2 if len(lines) > 1 else 0][:24].encode()


def dockerfile(config: dict[str, object], history: list[dict[str, object]]) -> Iterator[str]:
    """The file that the image could have been built by: its variables, labels and steps."""
    yield "FROM docker.io/library/debian:12"
    for pair in config["Env"]:  # type: ignore[attr-defined]
        name, _, value = pair.partition("=")
        yield f'ENV {name}="{value}"'
    for step in history:
        text = str(step.get("created_by", ""))
        if "/bin/sh -c " in text and "#(nop)" not in text:
            yield f"RUN {text.partition('/bin/sh -c ')[2]}"


@pytest.mark.real
def test_no_verb_that_shows_what_an_image_holds_says_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("SEAMLINE_DEBUG", "1")
    found, layers, config, history = planted()
    scene = [{path: Whiteout() if data is None else data for path, data in layer.items()} for layer in layers]
    image = write_layout(tmp_path / "image", scene, config=config, history=history)  # type: ignore[arg-type]
    file = tmp_path / "Dockerfile"
    file.write_text("\n".join(dockerfile(config, history)) + "\n")  # type: ignore[arg-type]
    told: dict[str, bytes] = {}
    for name, words in MORE.items():
        filled = [{"IMAGE": image, "DOCKERFILE": str(file)}.get(word, word) for word in words]
        code = run([*filled, "--offline"] if words[0] not in ("base", "lint") else filled)
        captured = capsysbinary.readouterr()
        assert code == 0, (name, captured.err)
        told[name] = captured.out + captured.err
        assert captured.out, name
    assert run(["lint", str(file), "--fix"]) == 0
    told["what lint --fix says it did"] = capsysbinary.readouterr().err
    assert run(["audit", image, "--fail-on", "no-such-rule"]) == 2
    told["a fault with SEAMLINE_DEBUG"] = capsysbinary.readouterr().err
    for path in (*(tmp_path / "cache").rglob("*"), *(tmp_path / "data").rglob("*")):
        if path.is_file():
            told[str(path.relative_to(tmp_path))] = path.read_bytes()
    assert len(told) > len(MORE) + 4
    for each in found:
        assert [where for where, text in told.items() if parts(each) in text] == [], each.kind
