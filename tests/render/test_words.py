"""Both languages say everything, with the same placeholders."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from seamline.catalog.secret_rules import RULES
from seamline.model.evidence import Rung
from seamline.render.words import (
    CHINESE,
    ENGLISH,
    SHELVES,
    fill,
    part_name,
    rung_name,
    secret_name,
    shelf,
    word,
)
from seamline.render.words.spacing import fill_chinese, joined

ROOT = Path(__file__).resolve().parents[2]
SAME_IN_BOTH = {
    "colon",
    "between",
    "comma",
    "column-mb",
    "explain-compared",
    "explain-deadline",
    "explain-side",
    "explain-suppressed-by",
    "explain-vex",
    "fork-counts",
    "form-distroless",
    "form-wasm",
    "semicolon",
    "aside",
    "lint-fixable",
    "measured-day",
    "delta-bytes",
    "measured-fixable",
    "measured-megabytes",
    "measured-needed",
    "measured-owner",
    "measured-none",
    "measured-number",
    "measured-percent",
    "measured-root",
    "measured-rules",
    "measured-uid",
    "mend-own-folder",
}
CHINESE_CHARACTER = re.compile("[\u4e00-\u9fff]")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_ids_of_a_shelf_are_in_order_and_stand_on_no_other() -> None:
    assert all(list(shelf(name)) == sorted(shelf(name)) for name in SHELVES)
    assert len(set(ENGLISH)) == len(ENGLISH)


@pytest.mark.parametrize("identifier", sorted(ENGLISH))
def test_a_text_has_its_placeholders_and_is_chinese_in_chinese(identifier: str) -> None:
    assert placeholders(CHINESE[identifier]) == placeholders(ENGLISH[identifier])
    assert identifier in SAME_IN_BOTH or CHINESE_CHARACTER.search(CHINESE[identifier])


def test_parts_and_kinds_of_evidence_are_told_in_the_reader_s_language() -> None:
    assert part_name("application", "zh") == "应用部分"
    assert part_name("whole image", "zh") == "整个镜像"
    assert part_name("debian:12", "zh") == "debian:12"
    assert not any(re.search("[a-z]{5}", rung_name(rung, "zh").replace("diff_id", "")) for rung in Rung)
    assert (
        fill("base-proven", {"base": "debian:12", "how": Rung.LEDGER}, "zh")
        == "建立在 debian:12 之上（已知基础镜像）"
    )


def test_every_kind_and_place_of_a_secret_is_told_in_the_reader_s_language() -> None:
    kinds = [rule.kind for rule in RULES]
    assert [secret_name("kind", kind, "en") for kind in kinds] == kinds
    assert all(CHINESE_CHARACTER.search(secret_name("kind", kind, "zh")) for kind in kinds)
    places = [
        name.removeprefix("secret-place-").replace("-", " ")
        for name in ENGLISH
        if name.startswith("secret-place-")
    ]
    assert {"environment", "label", "history", "build argument", "start command"} == set(places)
    assert all(CHINESE_CHARACTER.search(secret_name("place", place, "zh")) for place in places)
    shown = "npm-token /root/.npmrc:1, url-password history RUN, assigned-secret build argument A (+2)"
    told = fill("secrets-found", {"number": 5, "places": shown}, "zh")
    assert told == "5 处机密：npm 令牌 /root/.npmrc:1, 网址中的密码 构建历史 RUN, 赋值的机密 构建参数 A (+2)"
    assert shown in fill("secrets-found", {"number": 5, "places": shown}, "en")


def test_every_id_that_the_program_says_has_words() -> None:
    """Ids that are put together at run time are not seen here: their makers' tests say them."""
    said = {
        found[1]
        for file in (ROOT / "src").rglob("*.py")
        for found in re.finditer(r'\b(?:word|Message)\(\s*"([a-z0-9-]+)"\s*[,)]', file.read_text())
    }
    assert len(said) > 300
    assert said - set(ENGLISH) == set()


_NAMES = re.compile(r"\{(\w+)(?::\w*)?\}")
_MEETING = re.compile(
    r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9%)][\u3400-\u9fff]|[\u3400-\u9fff] [\u3400-\u9fff]"
    r"|[\u3400-\u9fff][:;,!?()]|[:;,!?()][\u3400-\u9fff]|[\u3400-\u9fff]\. | [\uff0c\u3002\uff1a\uff1b\uff01\uff1f\u3001\uff09]|[\uff0c\u3002\uff1a\uff1b\uff01\uff1f\u3001\uff08] (?! )"
)


def _unlike(text: str) -> list[str]:
    """The places of a text that are not set so, with what stands around them."""
    return [text[max(found.start() - 8, 0) : found.end() + 8] for found in _MEETING.finditer(text)]


@pytest.mark.parametrize("value", ["infra", "基础设施", "7", "/usr/bin", "=1", "(x)", "a，"])
def test_whatever_fills_a_chinese_text_is_set_off_as_chinese_is(value: str) -> None:
    for identifier, template in CHINESE.items():
        args = dict.fromkeys(_NAMES.findall(template), value)
        assert not _unlike(fill(identifier, args, "zh")), identifier
        assert not _unlike(_NAMES.sub("\0", template)), identifier


def test_what_stands_beside_han_is_set_off_once_and_columns_stay() -> None:
    assert joined("由", "infra") == "由 infra"
    assert joined("由 ", "基础设施") == "由基础设施"
    assert joined("由 ", " infra") == "由  infra"
    assert joined("“", "a") == "“a"
    assert joined("共", ", b") == "共, b"
    assert joined("a", "b") == "ab"
    assert word("update-takes", "zh", acts="重建", owner="infra") == "更新需要：重建；由 infra 开始"
    assert word("update-takes", "zh", acts="重建", owner="infrastructure") == "更新需要：重建；由基础设施开始"


def test_doubled_braces_stand_for_themselves_in_both_languages() -> None:
    assert (
        fill_chinese("至多为 {{drop: [ALL]}}，共 {number} 项 {{x}}", lambda _: "3")
        == "至多为 {drop: [ALL]}，共 3 项 {x}"
    )
    for language in ("en", "zh"):
        assert "{drop: [ALL], add: [NET_BIND_SERVICE]}" in word("mend-pod-24", language)
        assert "{{" not in word("mend-pod-24", language)
