"""Secrets in one content: both filters alike, noise that real packages carry, forms that are told apart."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seamline.catalog.secret_filter import (
    HyperscanFilter,
    PlainFilter,
    beginning,
    filter_for,
    filter_of_rules,
)
from seamline.catalog.secret_rules import HOLDS, RULES
from seamline.catalog.secrets import secrets_in, without_secrets
from tests.planted import Maker, planted, ssh_key

KEY = bytes(32)
LETTERS = string.ascii_letters + string.digits


def kinds(data: bytes, path: bytes = b"srv/app/conf.ini") -> list[tuple[str, str]]:
    return [(found.spot.kind, found.spot.note) for found in secrets_in(data, path, KEY)]


@pytest.mark.real
def test_re_alone_meets_every_rule_that_hyperscan_meets() -> None:
    assert isinstance(filter_of_rules(), HyperscanFilter)
    _, layers, *_ = planted()
    for data in (data for layer in layers for data in layer.values() if data):
        fast, plain = (
            {number for number, _ in each.hits(data)} for each in (filter_of_rules(), PlainFilter(RULES))
        )
        assert fast == plain


@pytest.mark.real
def test_both_filters_lead_to_the_same_secrets_of_long_tokens_too() -> None:
    _, layers, *_ = planted()
    make = Maker(11)
    long = f"k = sk-proj-{make.text(LETTERS, 180)}\nsk-sk-{make.text(LETTERS, 20)}T3BlbkFJ{make.text(LETTERS, 20)}\n"
    for data in (long.encode(), *(data for layer in layers for data in layer.values() if data)):
        fast, plain = (
            [
                (found.spot, found.value)
                for found in secrets_in(data, b"srv/app/conf.ini", KEY, is_setting=True, by=each)
            ]
            for each in (filter_of_rules(), PlainFilter(RULES))
        )
        assert fast == plain
    assert kinds(long.encode()) == [("openai-key", ""), ("openai-key", "")]


@pytest.mark.real
def test_few_bytes_do_not_wait_for_hyperscan_to_get_ready() -> None:
    assert isinstance(filter_for(10_000), PlainFilter)
    assert isinstance(filter_for(1_000_000), HyperscanFilter)


def test_every_kind_has_one_rule() -> None:
    names = [rule.kind for rule in RULES]
    assert len(set(names)) == len(names) >= 15


@pytest.mark.parametrize(
    "line",
    [
        b"aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
        b"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        b"token = ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        b"password = changeme",
        b"password = ${DB_PASSWORD}",
        b"url = postgresql://user:password@localhost/db",
        b"url = https://user:%s@host/",
        b"secret_name = orders-database-v2",
        b"private_key_id = 1f9b2c7d88aa01b2c3d4e5f60718293a4b5c6d7e",
        b"stripe = sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        b"PublicKey=DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo=",
        b"-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        b"header = eyJhbGciOiJub25lIn0.eyJzdWIiOiI5OTg4In0.c2lnbmF0dXJlLW9mLW5vYm9keQ",
        b"ssh = '-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIHKj+sVa9WcD'\n  + '/q2DJUJaf43Kptc8xYuUQA4bOFj'",
    ],
)
def test_what_documentation_and_libraries_print_is_no_secret(line: bytes) -> None:
    assert kinds(line + b"\n") == []


def test_a_token_s_own_checksum_is_told() -> None:
    token = Maker(7).crc_token("ghp_").encode()
    assert kinds(b"t = " + token) == [("github-token", "checksum")]
    wrong = token[:-1] + (b"a" if token[-1:] != b"a" else b"b")
    assert kinds(b"t = " + wrong) == [("github-token", "no-checksum")]


@pytest.mark.real
def test_a_key_under_a_passphrase_is_told_apart() -> None:
    assert kinds(ssh_key().encode()) == [("private-key", "")]
    assert kinds(ssh_key("correct horse").encode()) == [("private-key", "encrypted")]


def test_a_fingerprint_is_equal_for_equal_secrets_under_one_key_alone() -> None:
    data = b"x = glpat-R7xw2Kd9QmZt4LpVb8cZ\n"
    one, same, other = (
        [f.spot.fingerprint for f in secrets_in(data, b"x.toml", key)] for key in (KEY, KEY, b"k" * 32)
    )
    assert one == same
    assert one != other


def test_what_other_readers_keep_has_no_value_in_it() -> None:
    kept = without_secrets(b"export API_TOKEN=glpat-R7xw2Kd9QmZt4LpVb8cZ\nrun\n", b"start.sh")
    assert kept == b"export API_TOKEN=" + b"*" * 26 + b"\nrun\n"


@pytest.mark.parametrize(
    "data",
    [
        b"password = password = secret: token: -----BEGIN PRIVATE KEY-----\n" * 16_000,
        b"curl " * 200_000,
        b"curl -u a wget --password \n" * 30_000,
    ],
)
def test_a_megabyte_of_near_hits_is_bounded(data: bytes) -> None:
    assert kinds(data) == []


COMMANDS = [
    b"curl -u ci:K8s-kitten77 https://x/y",
    b"curl -fsSLu 'ci:K8s-kitten77' x",
    b"curl -o a \\\n  --user=ci:K8s-kitten77 x",
    b"wget --user=a --password=Zwiebel42x https://x",
    b"wget --http-password Zwiebel42x https://x",
    b"sshpass -p 'Zwiebel42x' ssh a@b",
    b"mysql -uroot -pZwiebel42x db",
    b"docker login -u a -p Zwiebel42x r.io",
]
NO_SECRETS = [
    b"curl -u user:password x",
    b'curl -u "$USER:$PASS" x',
    b"curl -u ${U}:${P} x",
    b"curl -u admin:changeme x",
    b"curl -u admin:admin123 x",
    b"curl -u '<user>:<password>' x",
    b"curl -u tok:x-oauth-basic x",
    b"curl -u user: x",
    b"curl x && foo -u a:Zwiebel42x",
    b"curl x; foo -u a:Zwiebel42x",
    b"wget --password=$PW x",
    b"docker login -u a --password-stdin",
    b"mysql -p db",
]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_password_among_the_words_of_a_command_is_found_in_scripts_and_history(line: bytes) -> None:
    assert kinds(b"#!/bin/sh\n" + line + b"\n", b"usr/local/bin/start.sh") == [("command-password", "")]
    step = b"/bin/sh -c " + line
    assert [each.spot.kind for each in secrets_in(step, b"", KEY, is_setting=True)] == ["command-password"]
    assert kinds(line, b"app/README.md") == []


@pytest.mark.parametrize("line", NO_SECRETS)
def test_what_stands_for_a_password_in_a_command_is_none(line: bytes) -> None:
    assert kinds(line + b"\n", b"usr/local/bin/start.sh") == []
    assert list(secrets_in(line, b"", KEY, is_setting=True)) == []


@pytest.mark.parametrize(
    ("setting", "is_one"),
    [
        ("PGPASSWORD=kitten2019", True),
        ("DB_PASSWORD=hunter2horse77", True),
        ("MYSQL_ROOT_PASSWORD=correcthorsebattery", True),
        ("DB_PASS=kitten2019", True),
        ("SMTP-PASS=kitten2019", True),
        ("BYPASS=everything1", False),
        ("ONE_PASSENGER=everything1", False),
        ("DB_PASSWORD_FILE=/run/secrets/db2024", False),
        ("DB_PASSWORD=/run/secrets/db2024", False),
        ("ALLOW_EMPTY_PASSWORD=everything1", False),
        ("DB_PASSWORD=changeme2024", False),
        ("RUN echo PGPASSWORD=kitten2019", False),
    ],
)
def test_a_password_that_people_chose_counts_where_a_setting_is_nothing_else(
    setting: str, is_one: bool
) -> None:
    found = [each.spot.kind for each in secrets_in(setting.encode(), b"", KEY, is_setting=True)]
    assert found == (["assigned-secret"] if is_one else [])


@pytest.mark.parametrize(
    ("seek", "begins"),
    [
        (b"npm_[a-z]{3}", b"npm_"),
        (b"hooks\\.slack", b"hooks"),
        (b"keys?=", b"key"),
        (b"ab{2}", b"a"),
        (b"(?i)token", b""),
        (b"glsa_|glc_", b""),
    ],
)
def test_what_every_match_begins_with_is_told_only_where_it_is_plain(seek: bytes, begins: bytes) -> None:
    assert beginning(seek) == begins


@pytest.mark.parametrize("kind", HOLDS)
def test_every_hit_holds_what_is_looked_for_first(kind: str) -> None:
    (seek,) = (rule.seek for rule in RULES if rule.kind == kind)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), database=None)
    @given(st.from_regex(re.compile(seek), fullmatch=True))
    def holds(hit: bytes) -> None:
        text = hit.lower() if seek.startswith(b"(?i)") else hit
        assert any(each in text for each in HOLDS[kind])
        assert any(number == at for at, _ in PlainFilter(RULES).hits(hit))

    number = next(at for at, rule in enumerate(RULES) if rule.kind == kind)
    holds()
