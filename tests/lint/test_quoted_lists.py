"""Lists in the wrong quotes: told wherever a JSON form was meant, mended where everybody means the same by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.lint.mending.mend import mend
from seamline.lint.quoted_lists import quoted_list
from seamline.lint.rules.listing import BY_ID
from tests.buildah import Store
from tests.lint.test_mending import NO_PIN, assert_lawful, mended, seen
from tests.neighbours import need

MENDED = {
    "a start line": ("CMD ['nginx', '-g', 'daemon off;']", 'CMD ["nginx", "-g", "daemon off;"]'),
    "one word": ("ENTRYPOINT ['/app']", 'ENTRYPOINT ["/app"]'),
    "both kinds of quotes": ("CMD [\"a\", 'b']", 'CMD ["a", "b"]'),
    "quotes of a text processor": ("CMD [“a”, “b c”, ‘d’]", 'CMD ["a", "b c", "d"]'),
    "a comma too many": ('CMD ["a", "b",]', 'CMD ["a", "b"]'),
    "no blanks": ("RUN ['a','b']", 'RUN ["a","b"]'),
    "double quotes inside": ("CMD ['python3', '-c', 'print(\"a\")']", r'CMD ["python3", "-c", "print(\"a\")"]'),
    "a health check": ("HEALTHCHECK --interval=5s CMD ['curl', '-f', 'http://127.0.0.1']",
                       'HEALTHCHECK --interval=5s CMD ["curl", "-f", "http://127.0.0.1"]'),
    "paths": ("COPY --chown=5 ['a b', '/c d/']", 'COPY --chown=5 ["a b", "/c d/"]'),
    "a volume": ("VOLUME ['/data']", 'VOLUME ["/data"]'),
    "a variable that the builder fills": ("COPY ['$A/b', '/c']", 'COPY ["$A/b", "/c"]'),
    "a variable for the shell that it starts": ("CMD ['sh', '-c', 'exec a $B']", 'CMD ["sh", "-c", "exec a $B"]'),
    "what ONBUILD starts": ("ONBUILD CMD ['a', 'b']", 'ONBUILD CMD ["a", "b"]'),
    "another case": ("cmd ['a', 'b']", 'cmd ["a", "b"]'),
}  # fmt: skip
TOLD = {
    "a variable that nobody would fill": "CMD ['a', '$B']",
    "a command that nobody would run": "CMD ['a', '`b`']",
    "a word over two lines": "CMD ['a', 'b \\\n c']",
}
SILENT = {
    "a JSON form": 'CMD ["a", "b"]',
    "a backslash, which JSON reads and quotes do not": "CMD ['a', 'b\\n']",
    "a word without quotes": "CMD ['a', b]",
    "two words without a comma": "CMD ['a' 'b']",
    "something behind it": "CMD ['a', 'b'] && c",
    "test by its other name": "RUN [ 'a' ]",
    "an open list": "CMD ['a', 'b'",
    "an empty list": "CMD [ ]",
    "PowerShell": "SHELL [\"powershell\", \"-c\"]\nRUN ['a', 'b']",
    "a health check that is none": "HEALTHCHECK NONE",
}


@pytest.mark.parametrize(("text", "becomes"), MENDED.values(), ids=MENDED.keys())
def test_a_list_whose_meaning_is_certain_is_mended_and_the_rule_named(text: str, becomes: str) -> None:
    view = seen(f"FROM debian:12\nUSER 5\n{text}\n".encode())
    source, done = mend(view, NO_PIN, seen)
    assert becomes in source.splitlines()
    assert "SL3016" in {each.rule for each in done}
    assert_lawful(view.dockerfile.text.encode())


@pytest.mark.parametrize("text", TOLD.values(), ids=TOLD.keys())
def test_a_list_that_nobody_can_be_certain_of_is_told_and_left(text: str) -> None:
    source = f"FROM debian:12\nUSER 5\n{text}\n"
    assert list(BY_ID["SL3016"].check(seen(source.encode())))
    assert mended(source) == source


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_what_is_no_such_list_is_not_told(text: str) -> None:
    assert not list(BY_ID["SL3016"].check(seen(f"FROM debian:12\n{text}\n".encode())))


def test_words_stay_in_their_lines_with_the_comments_between_them() -> None:
    text = "FROM debian:12\nUSER 5\nENTRYPOINT ['a', \\\n    # why\n    'b', \\\n]\n"
    assert mended(text) == text.replace("'", '"').replace('"b",', '"b"')


_WORD = st.text(st.characters(codec="utf-8", exclude_characters="'\\$`", exclude_categories=("C", "Z")), min_size=1, max_size=8)  # fmt: skip


@given(st.lists(_WORD, min_size=2, max_size=5), st.sampled_from(["CMD", "ENTRYPOINT", "RUN", "COPY", "VOLUME"]))  # fmt: skip
def test_the_mended_list_holds_the_words_that_were_meant(words: list[str], keyword: str) -> None:
    text = f"FROM debian:12\nUSER 5\n{keyword} [{', '.join(map(repr, words))}]\n"
    view = seen(text.encode())
    (step,) = view.steps(keyword)
    if quoted_list(step) is None:  # repr() wrote an escape
        return
    (after,) = seen(mended(text).encode()).steps(keyword)
    assert after.instruction.is_json
    assert list(after.instruction.arguments) == words


@pytest.mark.real
def test_a_builder_reads_a_shell_before_and_the_words_after(tmp_path: Path) -> None:
    need("buildah")
    store = Store(tmp_path)
    text = "FROM scratch\nUSER 5\nVOLUME ['/data']\nENTRYPOINT ['/app', '--port', '80']\n"

    def built(source: str) -> tuple[list[str], list[str]]:
        (tmp_path / "Dockerfile").write_text(source)
        store.run("buildah", "bud", "-q", "--format", "docker", "-t", "built", str(tmp_path))
        config = json.loads(store.run("buildah", "inspect", "--type", "image", "built"))["Docker"]["config"]
        return config["Entrypoint"], list(config["Volumes"])

    start, volumes = built(text)
    assert start == ["/bin/sh", "-c", "['/app', '--port', '80']"]
    assert volumes == ["[/data]"]
    assert built(mended(text)) == (["/app", "--port", "80"], ["/data"])
