"""Values without a type: what is no number is none, however it is written."""

from __future__ import annotations

import pytest

from seamline.errors import Malformed
from seamline.formats.passwd import parse_passwd
from seamline.formats.run_options import published
from seamline.formats.untyped import whole


@pytest.mark.parametrize("text", ["", "-1", "²", "٣", " 1", "1.0", "9" * 5000])
def test_only_a_few_ascii_digits_are_a_number(text: str) -> None:
    assert whole(text) is None
    with pytest.raises(Malformed):
        list(published(f"{text}:{text}/", "a"))
    assert parse_passwd(f"a:x:{text}:1::/:/bin/sh\nb:x:1:{text}::/:/bin/sh\n".encode()) == ()


def test_a_number_may_begin_with_zeros() -> None:
    assert (whole("0"), whole("007")) == (0, 7)
