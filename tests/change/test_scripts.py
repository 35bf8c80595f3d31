"""Maintainer scripts, read and never run: pieces of Debian's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.change.scripts import Account, Choice, Group, effects_of, sysusers_of

MAWK = rb"""set -e
if [ "$1" = "configure" ]; then
        update-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5 \
            --slave /usr/share/man/man1/awk.1.gz awk.1.gz /usr/share/man/man1/mawk.1.gz \
            --slave /usr/bin/nawk nawk /usr/bin/mawk
fi
"""


def test_an_alternative_is_read_with_its_followers() -> None:
    assert list(effects_of(MAWK)) == [
        Choice(
            link="/usr/bin/awk",
            name="awk",
            path="/usr/bin/mawk",
            priority=5,
            slaves=(
                ("/usr/share/man/man1/awk.1.gz", "awk.1.gz", "/usr/share/man/man1/mawk.1.gz"),
                ("/usr/bin/nawk", "nawk", "/usr/bin/mawk"),
            ),
        )
    ]


def test_system_users_are_read_in_each_of_their_spellings() -> None:
    script = rb"""if ! getent passwd _apt >/dev/null; then
    adduser --force-badname --system --home /nonexistent  \
        --no-create-home --quiet _apt || true
fi
adduser --system --group --home /var/lib/redis --gecos "Redis server,,," redis >/dev/null 2>&1; addgroup --system ssl-cert
groupadd -g 42 shadow || ( exit 1 )
/usr/sbin/useradd -r -d /var/lib/x -s /bin/false -g daemon x
"""
    apt, redis, ssl, shadow, x = effects_of(script)
    assert apt == Account(name="_apt", group="nogroup")
    assert redis == Account(name="redis", home="/var/lib/redis", comment="Redis server", makes_home=True)
    assert (ssl, shadow) == (Group(name="ssl-cert"), Group(name="shadow", gid=42))
    assert x == Account(name="x", group="daemon", home="/var/lib/x", shell="/bin/false")


@pytest.mark.parametrize(
    "line",
    [
        'adduser --system --group --gecos "" --home /var/lib/app --no-create-home app',
        "adduser --system --group --home=/var/lib/app --no-create-home app >/dev/null 2>&1 || true",
        "(adduser --system --group --home /var/lib/app --no-create-home -- app 2> /dev/null) && echo done",
        "getent passwd app >/dev/null || adduser --system --group --home /var/lib/app --no-create-home app;",
    ],
)
def test_one_command_is_the_same_however_it_is_written(line: str) -> None:
    assert list(effects_of(line.encode())) == [Account(name="app", home="/var/lib/app")]


def test_what_the_shell_would_make_up_first_is_left_alone() -> None:
    script = (
        b'adduser --system "$USER"\nupdate-alternatives --install /usr/bin/x x `which y` 1\nadduser person\n'
    )
    assert list(effects_of(script)) == []


def test_removals_and_words_in_texts_do_nothing() -> None:
    script = b"update-alternatives --remove awk /usr/bin/mawk\necho 'run adduser --system x'\n# addgroup y\n"
    assert list(effects_of(script)) == []


def test_sysusers_files_are_read() -> None:
    text = b'# c\ng input - -\nu _chrony 115:input "Chrony daemon" /var/lib/chrony /usr/sbin/nologin\nu m -\nu %i -\n'
    assert list(sysusers_of(text)) == [
        Group(name="input"),
        Account(name="_chrony", uid=115, group="input", home="/var/lib/chrony", comment="Chrony daemon"),
        Account(name="m", home="/"),
    ]


_PIECES = st.lists(
    st.sampled_from(
        ['""', "''", " ", "/a", "a", "5", "-", "--slave", "--home=", "$x", "%i", ";", ">", '"', "\\", "\n"]
    )
)


@given(st.binary(max_size=200) | _PIECES.map(lambda pieces: " ".join(pieces).encode()))
def test_whatever_a_script_says_every_effect_is_of_something_named(script: bytes) -> None:
    for command in (b"adduser --system ", b"addgroup ", b"useradd ", b"update-alternatives --install "):
        found = list(effects_of(command + script))
        assert all(effect.name and "$" not in effect.name for effect in found)
        assert all(effect.link and effect.path for effect in found if isinstance(effect, Choice))
    assert all(effect.name and "%" not in effect.name for effect in sysusers_of(b"u " + script))
