"""What a start script takes from its environment."""

from __future__ import annotations

import pytest

from seamline.formats.locale_archive import parse_locale_names
from seamline.formats.shell_variables import variables_read


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ('echo "$A" ${B:-x} ${#C}', ["A", "B", "C"]),
        ('X="${X:-1}"; echo $X', ["X"]),
        ("Y=1\necho $Y", []),
        ("Y=1; echo $Y", []),
        ("for f in a; do echo $f; done", []),
        ("read -r line; echo $line", []),
        ("local me; me=1; echo $me", []),
        ("# $NO\necho '$NO' # $NO", []),
        ("file_env 'DB_PASSWORD'", ["DB_PASSWORD", "DB_PASSWORD_FILE"]),
        ("echo $1 $@ $? $$ $PATH $HOME", []),
        ('if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then exec 3>&1; fi', ["NGINX_ENTRYPOINT_QUIET_LOGS"]),
        ("export A=$B", ["B"]),
    ],
)
def test_a_variable_counts_where_it_is_read_before_the_script_sets_it(script: str, names: list[str]) -> None:
    assert [name for name, _ in variables_read(script)] == names


def test_the_first_line_that_reads_it_is_told() -> None:
    assert list(variables_read("#!/bin/sh\nset -e\necho $A\necho $A\n")) == [("A", 3)]


def test_the_names_of_a_locale_archive_are_its_own() -> None:
    # the header and the string area of an archive that localedef made of zh_CN; the tables between are left out
    head = bytes.fromhex("090102de00000000380000000100000" + "08b030000380000000b0000004c1d0000") + b"\0" * 24
    data = head[:56].ljust(56, b"\0") + b"zh_CN.utf8\0"
    assert parse_locale_names(data) == ("zh_CN.utf8",)
    assert parse_locale_names(b"") == ()
    assert parse_locale_names(b"\0" * 100) == ()
    assert parse_locale_names(data[:60]) == ()
