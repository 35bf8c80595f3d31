"""What the walk asks of every reader alike."""

from __future__ import annotations

import msgspec

from seamline.catalog.programs import READER as PROGRAMS
from seamline.catalog.reader import Content
from seamline.catalog.ruby import READER as RUBY
from seamline.catalog.walk import walk
from seamline.model.entry import Entry
from seamline.model.limits import Limits
from tests.scenes import File, spool, tar_of


def test_a_file_larger_than_any_real_one_of_its_kind_is_a_gap_and_is_not_read() -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("read")

    careful = msgspec.structs.replace(RUBY, most_bytes=10, extract=refuse)
    tar = tar_of({"usr/lib/ruby/specifications/a.gemspec": b"x" * 11})
    (record,) = walk([tar], [careful], Limits(), spool, "layer 0").records["ruby"]
    assert record.gap is not None
    assert record.gap.message.args["why"] == "expected at most 10 bytes, got 11"


def test_a_program_is_known_wherever_the_chunks_are_cut() -> None:
    program = b"\x7fELF" + bytes(100)
    tar = tar_of({"usr/bin/tool": File(program, mode=0o755)})
    seen: list[bytes] = []

    def note(entry: Entry, content: Content, limits: Limits) -> None:
        seen.append(content.random()[:])

    noting = msgspec.structs.replace(PROGRAMS, extract=note)
    start = tar.index(program)
    for cut in range(5):
        walk([tar[: start + cut], tar[start + cut :]], [noting], Limits(), spool, "layer 0")
    assert seen == [program] * 5
