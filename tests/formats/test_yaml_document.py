"""YAML from outside costs what it looks like, and no more."""

from __future__ import annotations

import pytest

from seamline.errors import Malformed
from seamline.formats.yaml_document import parse_yaml


def test_every_document_of_a_stream_is_read() -> None:
    assert parse_yaml(b"a: 1\n---\n---\n- b\n", "x") == [{"a": 1}, ["b"]]


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"[" * 1_000_000, "levels"),
        (b"a:\n" + b"".join(b" " * n + b"a:\n" for n in range(1, 400)), "levels"),
        (b"&a [*a]", "unfold|recursive"),
        (
            b"a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 10)) for c in range(97, 106)
            ),
            "unfold",
        ),
        (b"a: [", "did not find|expected"),
        (b"\x00\x01", "control characters|special characters|not allowed"),
        (b"x" * (5 << 20), "bytes"),
    ],
)
def test_what_is_no_yaml_that_people_write_is_refused(data: bytes, got: str) -> None:
    with pytest.raises(Malformed, match=got):
        parse_yaml(data, "file.yaml")


def test_anchors_as_compose_files_use_them_are_read() -> None:
    text = b"x-env: &env {A: '1'}\nservices: {a: {environment: *env}, b: {environment: {<<: *env, B: '2'}}}\n"
    assert parse_yaml(text, "x")[0]["services"]["b"]["environment"] == {"A": "1", "B": "2"}
