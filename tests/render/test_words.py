"""Both languages say everything, with the same placeholders."""

from __future__ import annotations

import re
import string

import pytest

from seamline.render.words.en import ENGLISH
from seamline.render.words.zh import CHINESE

SAME_IN_BOTH = {"column-mb", "form-distroless", "form-wasm"}
CHINESE_CHARACTER = re.compile("[\u4e00-\u9fff]")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_ids_in_order() -> None:
    assert list(ENGLISH) == sorted(ENGLISH)
    assert list(CHINESE) == list(ENGLISH)


@pytest.mark.parametrize("identifier", sorted(ENGLISH))
def test_a_text_has_its_placeholders_and_is_chinese_in_chinese(identifier: str) -> None:
    assert placeholders(CHINESE[identifier]) == placeholders(ENGLISH[identifier])
    assert identifier in SAME_IN_BOTH or CHINESE_CHARACTER.search(CHINESE[identifier])
