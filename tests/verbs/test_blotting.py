"""What no report says: the values of secrets, and those under names that ask for secrecy, whatever the environment is."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.catalog.secret_names import asks_for_secrecy, hidden_pairs, may_be_shown
from seamline.errors import Where
from seamline.model.image import Config, History
from seamline.model.package import Side
from seamline.model.seam import Setting
from seamline.verbs.blotting import blots_of, blotted
from tests.cli.test_commands import run
from tests.layouts import write_layout
from tests.seam.images import diff_id, image_of

HIDDEN = {
    "MYSQL_ROOT_PASSWORD": "sonnenblume",
    "X_SECRET": "3f",
    "GITHUB_TOKEN": "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "AUTH": "dXNlcjpodW50ZXIyMjIy",
    "SECRET_KEY_BASE": "${OTHER:-Wirsing77}",
    "VAULT_TOKEN": "/8Kd2LmQp0RzQm9uam91ckxl",
    "DB_PASS": 'Tr0ub4dor&3 "and" more',
    "dbPassword": "gruenkohl",
    "SHADOW_PASSWORD": "$6$salt$abcdefgh",
    "DATABASE_URL": "postgres://app:hG7kLm2Qx9@db/app",
}  # fmt: skip
SHOWN = {
    "DB_PASSWORD": "/run/secrets/db",
    "DB_PASSWORD_FILE": "/run/secrets/Db7",
    "API_SECRET": "change-me",
    "APP_TOKEN": "${TOKEN}",
    "OTHER_TOKEN": "<your token>",
    "SECRETS_DIR": "/etc/secrets",
    "TOKEN_TTL": "3600",
    "PASSWORD_MIN_LENGTH": "12",
    "POSTGRES_PASSWORD": "postgres",
    "TOKENIZER_MODEL": "bert-base",
    "PASSWORDLESS": "yes1",
    "MYSQL_ALLOW_EMPTY_PASSWORD": "yes",
    "PWD": "/app",
    "AWS_ACCESS_KEY_ID_FILE": "/x",
    "AUTHOR": "jo",
    "SECRET_REF": "op://team/db",
}


class _Report(msgspec.Struct, frozen=True):
    settings: tuple[Setting, ...]
    lines: tuple[str, ...]


def told(name: str, value: str) -> _Report:
    """What reports repeat of a variable: the setting, the step that sets it, a build argument, a start line."""
    lines = (
        f"ENV {name}={value}",
        f"ENV {name} {value}",
        f"|1 {name}={value} /bin/sh -c make",
        f"run --{name} {value}",
    )
    config = Config(
        env=(f"{name}={value}",),
        history=tuple(History(created_by=line, empty_layer=True) for line in lines),
        labels={name: value},
    )
    setting = Setting(kind="env", key=name, value=value, side=Side.UNKNOWN, stratum="", where=Where())
    return blotted(_Report((setting,), lines), blots_of(image_of([diff_id("a")], config)))


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_name_hides_is_shown_nowhere(name: str) -> None:
    value = HIDDEN[name]
    report = told(name, value)
    assert value not in report.settings[0].value
    assert all(f"={value}" not in line for line in report.lines)
    assert value not in str(report) or len(value) < 8


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_plainly_no_secret_is_shown(name: str) -> None:
    assert told(name, SHOWN[name]).settings[0].value == SHOWN[name]


_NAMES = st.from_regex(
    r"[A-Z]{0,6}_?(PASSWORD|SECRET|TOKEN|API_KEY|PASSWD|CREDENTIALS)(_[A-Z]{1,5})?", fullmatch=True
)
_VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0\n"), min_size=1, max_size=40)


@settings(max_examples=80, deadline=None)
@given(_NAMES, _VALUES)
def test_whatever_stands_under_a_name_that_asks_for_secrecy_is_hidden_or_plainly_none(
    name: str, value: str
) -> None:
    report = told(name, value)
    if asks_for_secrecy(name) and not may_be_shown(value):
        assert (
            report.settings[0].value in ("[secret]", "[not shown]") or value not in report.settings[0].value
        )
        assert f"{name}={value}" not in str(report.lines)
    elif report.settings[0].value != value:
        assert "[secret]" in report.settings[0].value


@settings(max_examples=50, deadline=None)
@given(st.from_regex(r"[A-Z]{1,8}", fullmatch=True), _VALUES)
def test_whatever_stands_under_other_names_stays_unless_a_rule_finds_it(name: str, value: str) -> None:
    shown = told(name, value).settings[0].value
    assert shown == value or asks_for_secrecy(name) or "[secret]" in shown or "[not shown]" in shown


FORMS = {
    "inspect": ("table", "json"),
    "audit": ("table", "json", "markdown"),
    "report": ("json", "html"),
    "scan": ("table", "json"),
    "sbom": ("cyclonedx-json",),
    "compare": ("json", "html"),
}


def test_no_form_of_any_report_says_them(tmp_path: Path) -> None:
    env = [f"{name}={value}" for name, value in {**HIDDEN, **SHOWN}.items()]
    steps = [
        f"ENV MYSQL_ROOT_PASSWORD={HIDDEN['MYSQL_ROOT_PASSWORD']}",
        f"RUN deploy --vault-token {HIDDEN['AUTH']}",
    ]
    image = write_layout(
        tmp_path / "image",
        [{"etc/os-release": b"ID=debian\nVERSION_ID=12", "bin/sh": b"\x7fELF", "app/run": b"#!/bin/sh"}],
        config={
            "Env": env,
            "Cmd": ["/app/run", "--api-key", HIDDEN["VAULT_TOKEN"]],
            "Labels": {"a.token": HIDDEN["AUTH"]},
        },
        history=[{"created_by": line, "empty_layer": at > 0} for at, line in enumerate(steps)],
    )
    told = [run(tmp_path, "files", image, "/app/run").stdout]
    for verb, forms in FORMS.items():
        images = [image, image] if verb == "compare" else [image]
        outputs = [word for form in forms for word in ("--output", f"{form}={tmp_path / form}")]
        done = run(tmp_path, verb, *images, "--offline", *outputs)
        assert done.returncode == 0, done.stderr
        told += [done.stdout + done.stderr, *((tmp_path / form).read_text() for form in forms)]
    for name, value in HIDDEN.items():
        assert not [text for text in told if value in text and (len(value) > 3 or f"{name}={value}" in text)]
    assert sum("/run/secrets/db" in text for text in told) >= 4


@pytest.mark.parametrize("piece", ["a", "--a", 'a="', "TOKEN=", "ENV a ", "a : "])
def test_a_long_text_costs_as_much_as_it_is_long(piece: str) -> None:
    start = process_time()
    list(hidden_pairs(piece * 40_000))
    assert process_time() - start < 5  # minutes, where every place is looked at from every other
