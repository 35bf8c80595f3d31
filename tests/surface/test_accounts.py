"""Who an image runs as is what the runtime would make of USER, not how it is spelled."""

from __future__ import annotations

import pytest

from seamline.surface.accounts import accounts_of, runs_as

TEXTS = {
    b"etc/passwd": b"root:x:0:0:root:/root:/bin/bash\nweb:x:1000:1000::/srv:/sbin/nologin\napp:x:0:0::/:/bin/sh\n"
    b"open::1001:1001::/:\nbroken line\n+::::::\n",
    b"etc/shadow": b"root:*:19000::::::\nweb:$:1::::::\napp::1::::::\n",
    b"etc/group": b"root:x:0:\nstaff:x:50:web,app\n",
}


@pytest.mark.parametrize("user", ["", "0", "0:0", "root", "root:root", "00", "app", "app:staff"])
def test_user_root_however_it_is_written(user: str) -> None:
    assert runs_as(user, TEXTS).is_root


@pytest.mark.parametrize(
    ("user", "uid", "gid"),
    [
        ("web", 1000, 1000),
        ("1000", 1000, 1000),
        ("web:staff", 1000, 50),
        ("4711", 4711, 0),
        ("web:7", 1000, 7),
    ],
)
def test_a_user_is_resolved_by_the_image_s_own_files(user: str, uid: int, gid: int) -> None:
    who = runs_as(user, TEXTS)
    assert (who.uid, who.gid) == (uid, gid)


@pytest.mark.parametrize("user", ["ghost", "-1", "99999999999"])
def test_a_name_that_stands_in_no_passwd_is_nobody_and_not_root(user: str) -> None:
    who = runs_as(user, TEXTS)
    assert who.uid is None
    assert not who.is_root


def test_the_state_of_each_password_is_told_and_never_its_value() -> None:
    states = {account.name: account.password for account in accounts_of(TEXTS)}
    assert states == {"root": "locked", "web": "hashed", "app": "empty", "open": "empty"}
    assert {account.name: account.shell for account in accounts_of(TEXTS)}["open"] == "/bin/sh"
