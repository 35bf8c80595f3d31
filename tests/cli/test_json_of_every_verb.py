"""Every verb that prints JSON says of which schema it is, and holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import jsonschema_rs
import pytest

from seamline.cli.main import seamline
from seamline.verbs.demo import write_demo
from tests.cli.test_commands import run

_SCHEMAS = Path(__file__).resolve().parent.parent.parent / "schemas"
_SHOP = "oci-dir:demo:shop"
_ASKED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "audit": ((_SHOP,), "audit"),
    "base advise": ((_SHOP,), "advise"),
    "base list": (("debian",), "base-list"),
    "base show": (("base.example/own:1", "--duties"), "base-show"),
    "cache status": ((), "cache-status"),
    "compare": ((_SHOP, "oci-dir:demo:base"), "compare"),
    "compare ...": ((_SHOP, "oci-dir:demo:base", _SHOP), "compare-overview"),
    "db lookup": (("pkg:pypi/django@4.2.1",), "db-lookup"),
    "db status": ((), "db-status"),
    "explain": ((_SHOP, "CVE-2021-44228"), "explain"),
    "files": ((_SHOP, "/etc"), "files"),
    "inspect": ((_SHOP,), "inspect"),
    "lint": (("Dockerfile",), "lint"),
    "report": ((_SHOP,), "report"),
    "running": (("running.json",), "running"),
    "sbom": ((_SHOP,), "sbom"),
    "scan": ((_SHOP,), "scan"),
}
"""What each is asked, and the schema of its answer."""
_OFFLINE = ("audit", "base advise", "compare", "compare ...", "explain", "report", "scan")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    write_demo(folder / "demo")
    (folder / "Dockerfile").write_text("FROM debian:12\nRUN apt-get update\n")
    (folder / "running.json").write_text('[{"Image": "debian:12", "Id": "1"}]')
    added = run(folder, "base", "add", "oci-dir:demo:base", "--as", "base.example/own:1", "--study")
    assert added.returncode == 0, added.stderr
    return folder


def _with_json(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            each = command.get_command(context, name)
            assert each is not None
            yield from _with_json(each, (*words, name))
    elif any(
        isinstance(option.type, click.Choice) and "json" in option.type.choices for option in command.params
    ):
        yield " ".join(words)


def test_all_verbs_that_print_json_are_asked_here() -> None:
    assert set(_with_json(seamline)) == set(_ASKED) - {"compare ..."}


@pytest.mark.parametrize("verb", sorted(_ASKED))
def test_a_document_names_its_schema_and_holds_it(home: Path, verb: str) -> None:
    words, kind = _ASKED[verb]
    offline = ("--offline",) if verb in _OFFLINE else ()
    done = run(home, *verb.removesuffix(" ...").split(), *words, *offline, "-f", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == f"seamline.{kind}/1"
    schema = json.loads((_SCHEMAS / f"seamline.{kind}-1.schema.json").read_bytes())
    jsonschema_rs.validator_for(schema).validate(document)


def test_every_schema_is_of_a_verb_that_is_asked_here() -> None:
    named = {path.name.removesuffix("-1.schema.json") for path in _SCHEMAS.iterdir()}
    assert named == {f"seamline.{kind}" for _, kind in _ASKED.values()}
