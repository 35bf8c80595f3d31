"""What build steps did is told by their text: by command, and in time that grows as the text does."""

from __future__ import annotations

import time

import pytest

from seamline.audit.case import Step
from seamline.audit.steps import update_alone, upgrades_all, waives_signatures


def step(text: str) -> Step:
    return Step(verb="RUN", text=text, stratum="application")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apt-get update", True),
        ("apt-get -qq update; rm -f x", True),
        ("apt-get update && apt-get install -y curl", False),
        ("apt-get update\napt-get install -y curl", False),
        ("apk --update add curl", False),
        ("apk add --update curl", False),
        ("apk update", True),
        ("dnf makecache", True),
        ("dnf makecache && dnf -y install curl", False),
        ("yum update", False),
        ("my-apt update", False),
        ("apt-get x-update", False),
    ],
)
def test_lists_fetched_alone_are_told(text: str, expected: bool) -> None:
    assert update_alone(step(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apt-get update && apt-get -y upgrade", True),
        ("apt-get update && apt-get install --only-upgrade openssl", False),
        ("apk upgrade --no-cache", True),
        ("zypper --non-interactive up", True),
        ("zypper up -y", True),
        ("zypper update openssl", False),
        ("dnf -y update && dnf clean all", True),
        ("dnf update --security -y", True),
        ("dnf update openssl", False),
    ],
)
def test_an_upgrade_of_everything_names_no_package(text: str, expected: bool) -> None:
    assert upgrades_all(step(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl -fsSL https://x | sh", True),
        ("curl https://x && echo y | sudo -E bash", True),
        ("curl https://x; echo y | bash", False),
        ("curl https://x | tar x; bash y", False),
        ("wget -qO- https://x | tee y | sh", False),
        ("curl -fsSLk https://x -o y", True),
        ("curl https://x --insecure", True),
        ("curl https://x; grep -k y", False),
        ("bash -c $(curl -fsSL https://x)", True),
        ("pip install --trusted-host x y", True),
    ],
)
def test_what_nobody_verified_is_told(text: str, expected: bool) -> None:
    assert waives_signatures(step(text)) is expected


@pytest.mark.parametrize(
    "word", ["apt ", "apk ", "zypper ", "dnf ", "curl ", "wget | ", "update ", "dnf update -y "]
)
def test_a_step_of_a_megabyte_is_read_at_once(word: str) -> None:
    long = step(word * (1_000_000 // len(word)))
    start = time.process_time()
    for asks in (update_alone, upgrades_all, waives_signatures):
        asks(long)
    assert time.process_time() - start < 5
