"""The records of a PAX extended header. Source: POSIX.1-2017 pax, "pax Header Block"."""

from __future__ import annotations

from seamline.errors import Malformed, Where


def parse_pax_records(data: bytes, where: Where | str = "pax header") -> dict[bytes, bytes]:
    """The `length key=value` records of a PAX header. GNU.sparse.offset and .numbytes pairs are joined into a map.

    Raises:
        Malformed: a length is wrong or a record has no `=`.
    """
    records: dict[bytes, bytes] = {}
    pairs: list[bytes] = []
    at = 0
    while at < len(data):
        blank = data.find(b" ", at, at + 20)
        digits = data[at:blank]
        if blank < 0 or not digits.isdigit():
            raise _bad_record(where, data[at : at + 20])
        end = at + int(digits)
        key, equals, value = data[blank + 1 : end - 1].partition(b"=")
        if end > len(data) or end <= blank + 1 or data[end - 1 : end] != b"\n" or not equals:
            raise _bad_record(where, data[at : at + 20])
        if key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
            pairs.append(value)
        records[key] = value
        at = end
    if pairs:
        records[b"GNU.sparse.map"] = b",".join(pairs)
    return records


def _bad_record(where: Where | str, got: bytes) -> Malformed:
    return Malformed(
        where,
        expected="a pax record `length key=value`",
        got=repr(got),
        hint="the layer is damaged: pull it again",
    )
