"""Compose files put together as compose-go puts them together: answers.json has what its loader (2.16.2) said of every case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed, NotFound
from seamline.formats.compose.load import Project, load_project, overrides_of
from seamline.formats.compose.merge import merged
from seamline.formats.compose.services import workloads_of
from seamline.formats.compose.variables import Known, filled, parse_variables
from seamline.formats.yaml_document import Marked, parse_marked
from tests.formats.compose.answers import workloads_told
from tests.formats.compose.cases import CASES, Case, one, over, two, web

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text())
DECIDED = {
    "service-env-file-missing": "Compose starts nothing; an audit can tell the rest, and says that the file is not there",
    "service-env-file-raw": "docker compose hands that form to the loader, which alone knows none",
    "ports-v6": "an address without brackets is refused by the loader's library of ports (0.4), taken by Docker's (0.5)",
}


def loaded(case: Case, environment: Mapping[str, str] | None = None, name: str = "shop") -> Project:
    files = {path: text.encode() for path, text in case.files.items()}
    names = list(case.given)
    if not names:
        usual = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
        names = [next(name for name in usual if name in files)]
        names += [each for each in overrides_of(names[0]) if each in files][:1]
    profiles = {"COMPOSE_PROFILES": ",".join(case.profiles)} if case.profiles else {}
    documents = [(name, parse_marked(files[name], name)) for name in names]
    return load_project(documents, files.get, {**profiles, **(environment or {})}, name)


@pytest.mark.parametrize("name", CASES)
def test_files_are_put_together_as_compose_does(name: str) -> None:
    case, answer = CASES[name], ANSWERS[name]
    if name in DECIDED:
        assert "error" in answer
        assert loaded(case).document["services"]["web"]["image"] == "shop:1"
    elif "error" in answer:
        with pytest.raises((Malformed, NotFound)):
            list(workloads_of(loaded(case).document, "compose.yaml"))
    else:
        found = loaded(case, name=name)
        assert workloads_told(found.document, found.profiles) == workloads_told(answer, case.profiles)


def test_every_case_was_asked_and_enough_of_them() -> None:
    assert set(CASES) == set(ANSWERS)
    assert len(CASES) >= 100


def test_a_file_of_variables_that_is_not_there_is_told() -> None:
    assert loaded(CASES["service-env-file-missing"]).missing == ("no.env",)


def test_the_raw_form_takes_a_line_as_it_stands() -> None:
    document = loaded(CASES["service-env-file-raw"]).document
    assert set(document["services"]["web"]["environment"]) == {"A='1'", "B=$X # y"}


def test_variables_that_nobody_sets_are_told_and_those_with_a_default_are_not() -> None:
    found = loaded(one(web("user: ${A}\nhostname: ${B:-x}\nworking_dir: /$C")))
    assert found.unset == ("A", "C")


def test_what_stands_outside_goes_before_the_file_of_variables() -> None:
    case = one("services:\n  web: {image: 'shop:$TAG'}\n", env="TAG=file\n")
    assert loaded(case, {"TAG": "outside"}).document["services"]["web"]["image"] == "shop:outside"
    assert loaded(case).document["services"]["web"]["image"] == "shop:file"


def test_every_file_that_was_read_is_told_in_its_order() -> None:
    found = loaded(CASES["includes"])
    assert found.files == ("compose.yaml", "sub/.env", "sub/db.yaml")


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (one(web("ports: {80: 80}")), r"compose.yaml services.web.ports: expected a list, got a mapping"),
        (one(web("cap_drop: ALL")), r"services.web.cap_drop: expected a list, got text"),
        (one(web("cap_drop: [[ALL]]")), r"services.web.cap_drop\[0\]: expected text, got a list"),
        (one(web("healthcheck: {test: {a: b}}")), r"web.healthcheck.test: expected text or a list"),
        (two(web(""), over("privileged: maybe")), r"override.yaml services.web.privileged: expected a truth value"),
        (two(web("cap_add: [A]"), over("cap_add: {A: B}")), r"override.yaml services.web.cap_add: expected a list"),
        (two(web("x-a: [1]"), over("x-a: {b: c}")), r"services.web.x-a: expected a list as below it, got a mapping"),
        (one(web("user: a\nuser: b")), r"compose.yaml:5: expected YAML, got a second key 'user'"),
        (one("services: {web: {image: a, extends: {service: b}}}"), "expected a service to extend"),
        (one("services: {web: {image: '${A:?say which}'}}"), "services.web.image: expected a value for A, got say which"),
        (one(web("command: sh -c 'a")), "services.web.command: expected a whole line, got a quotation that stays open"),
        (one("include: {a: b}\n" + web("")), "compose.yaml include: expected a list, got a mapping"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(case: Case, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        list(workloads_of(loaded(case).document, "compose.yaml"))


def test_includes_that_double_at_every_step_end() -> None:
    files = {f"a{at}.yaml": f"include: [a{at + 1}.yaml, ./a{at + 1}.yaml]\n" for at in range(40)}
    case = one("include: [a0.yaml]\n" + web(""))
    with pytest.raises(Malformed, match="at most 500 files"):
        loaded(Case({**case.files, **files, "a40.yaml": web("")}))


def test_a_chain_of_services_without_end_is_refused() -> None:
    chain = "".join(f"  s{at}: {{image: a, extends: s{at + 1}}}\n" for at in range(2000))
    with pytest.raises(Malformed, match="a chain without end"):
        loaded(one(f"services:\n{chain}  s2000: {{image: a}}\n"))


def test_variables_that_double_at_every_line_end() -> None:
    lines = "A0=xxxxxxxxxxxxxxxx\n" + "".join(f"A{at + 1}=$A{at}$A{at}\n" for at in range(60))
    with pytest.raises(Malformed, match="a million characters"):
        loaded(one(web(""), env=lines))


def test_one_long_variable_put_in_everywhere_ends() -> None:
    body = "".join(f"x{at}: $A\n" for at in range(200))
    with pytest.raises(Malformed, match="64 MB at most"):
        loaded(
            one(
                web(f"labels:\n{''.join('  ' + line + chr(10) for line in body.splitlines())}"),
                env="A=" + "x" * 900_000,
            )
        )


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=12,
)
_ROOTS = st.dictionaries(st.sampled_from(("services", "include", "name", "jobs", "x-a")), st.dictionaries(st.sampled_from(("a", "b")), st.dictionaries(st.sampled_from(("image", "ports", "volumes", "extends", "env_file", "healthcheck", "command", "environment", "deploy", "build", "cap_add", "tmpfs", "profiles", "user", "secrets", "networks", "ulimits")), _VALUES, max_size=5), max_size=2) | _VALUES, max_size=4)  # fmt: skip


@given(_ROOTS, _ROOTS)
def test_any_two_documents_are_put_together_or_refused(below: dict[str, Any], above: dict[str, Any]) -> None:
    with suppress(Malformed, NotFound):
        found = load_project([("a", [Marked(below)]), ("b", [Marked(above)])], lambda _: None, {}, "x")
        assert all(each.form == "compose" for each in workloads_of(found.document, "a"))


@given(
    st.dictionaries(
        st.sampled_from("abc"), st.lists(st.integers(), max_size=3) | st.text(max_size=3), max_size=3
    )
)
def test_a_document_over_itself_is_itself(document: dict[str, Any]) -> None:
    once = merged({}, document, (), "a")
    assert merged(once, once, (), "a") == {
        key: list(dict.fromkeys(value)) if isinstance(value, list) else value for key, value in once.items()
    }


@given(st.text(alphabet="${}:-?+Aab \n\\\"'#=", max_size=40))
def test_any_text_is_filled_or_refused(text: str) -> None:
    with suppress(Malformed):
        assert isinstance(filled(text, Known({"A": "1"}), "x"), str)
    with suppress(Malformed):
        assert all(parse_variables(text, {}, "x"))
