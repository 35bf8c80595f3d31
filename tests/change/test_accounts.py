"""Accounts added to those that are there, as the system's own tools would."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.change.accounts import Accounts, gid_of, ids_of, parse_accounts, with_accounts, write_accounts
from seamline.change.scripts import Account, Group
from seamline.errors import Malformed
from tests.neighbours import need

BASE = parse_accounts(
    {
        "passwd": b"root:*:0:0:root:/root:/bin/bash\nwww-data:*:33:33:www-data:/var/www:/usr/sbin/nologin\n",
        "group": b"root:*:0:\nwww-data:*:33:\nnogroup:*:65534:\n",
    }
)


def added(*wanted: Account | Group, shadowed: bool = True) -> Accounts:
    return with_accounts(BASE, wanted, 20000, shadowed=shadowed)


def test_a_user_gets_the_first_free_number_and_a_group_of_its_own() -> None:
    accounts = added(Account(name="app"), Account(name="other"))
    assert (ids_of(accounts, "app"), ids_of(accounts, "other")) == ((100, 100), (101, 101))


def test_numbers_groups_and_memberships_are_as_asked() -> None:
    user = Account(name="app", uid=1001, gid=1001, home="/srv", shell="/bin/sh", groups=("www-data",))
    accounts = added(user, Account(name="job", group="nogroup"))
    assert accounts.passwd["app"] == "app:x:1001:1001::/srv:/bin/sh"
    assert accounts.group["www-data"] == "www-data:x:33:app"
    assert ids_of(accounts, "job") == (100, 65534)


def test_passwords_are_locked_in_the_shadow_files_where_there_are_any() -> None:
    shadowed, plain = added(Account(name="app")), added(Account(name="app"), shadowed=False)
    assert shadowed.shadow["app"].startswith("app:*:20000:")
    assert plain.passwd["app"].startswith("app:*:100:")
    assert plain.shadow == {}


def test_what_is_there_stays_as_it_is() -> None:
    assert added(Account(name="www-data"), Group(name="root"), shadowed=False) == BASE


@pytest.mark.parametrize(
    "wanted",
    [
        Account(name="app", uid=33),
        Account(name="www-data", uid=5),
        Group(name="app", gid=33),
        Group(name="www-data", gid=34),
        Account(name="a:b"),
        Account(name=""),
        Account(name="a", home="/x:y"),
    ],
)
def test_what_cannot_be_is_refused(wanted: Account | Group) -> None:
    with pytest.raises(Malformed):
        added(wanted)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=8))
def test_writing_and_reading_gives_the_same(names: list[str]) -> None:
    accounts = added(*(Account(name=name) for name in names))
    assert parse_accounts(write_accounts(accounts)) == accounts
    numbers = [ids_of(accounts, name) for name in accounts.passwd]
    assert len(set(numbers)) == len(numbers)


def test_lines_that_are_none_are_kept_and_have_no_numbers() -> None:
    odd = parse_accounts({"passwd": b"broken\n+::::::\n", "group": b"x\n"})
    assert (ids_of(odd, "broken"), gid_of(odd, "x")) == (None, None)
    assert with_accounts(odd, [Account(name="app")], 1, shadowed=True).passwd["broken"]


@pytest.mark.real
def test_the_systems_own_checkers_find_nothing(tmp_path: Path) -> None:
    need("pwck", "grpck")
    accounts = added(Account(name="app", home="/root"), Group(name="own"))
    for name, data in write_accounts(accounts).items():
        (tmp_path / name).write_bytes(data)
    groups = subprocess.run(
        ["grpck", "-r", tmp_path / "group", tmp_path / "gshadow"], capture_output=True, text=True, check=False
    )
    users = subprocess.run(
        ["pwck", "-q", "-r", tmp_path / "passwd", tmp_path / "shadow"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (groups.returncode, groups.stderr) == (0, "")
    assert "invalid" not in users.stdout + users.stderr
