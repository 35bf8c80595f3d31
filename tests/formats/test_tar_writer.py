"""Written layers beside tarfile and gzip, and our own walker."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.errors import Malformed
from seamline.formats.gzip_writer import MEMBER_BYTES, pack_gzip
from seamline.formats.tar import members
from seamline.formats.tar_writer import write_tar
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits

NAME = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=70).filter(
    lambda name: name not in (".", "..") and not name.startswith(".wh.")
)
PATH = st.lists(NAME, min_size=1, max_size=4).map(lambda names: "/".join(names).encode())
FILES = st.lists(
    st.builds(
        lambda path, data, mode, uid, seconds, xattr: (
            Entry(
                path=path,
                kind=Kind.FILE,
                mode=mode,
                uid=uid,
                mtime_ns=seconds * 10**9,
                size_bytes=len(data),
                xattrs={"user.x": xattr} if xattr else {},
            ),
            [data],
        ),
        PATH,
        st.binary(max_size=1500),
        st.integers(0, 0o7777),
        st.one_of(st.integers(0, 99), st.integers(2**21, 2**32 - 1)),
        st.integers(-5, 2**35),
        st.binary(max_size=20),
    ),
    max_size=4,
)


@given(FILES)
def test_what_is_written_is_read_back_by_us_and_by_tarfile(files: list[tuple[Entry, list[bytes]]]) -> None:
    data = b"".join(write_tar(files))
    assert data == b"".join(write_tar(files))
    found = [(m.entry, [b"".join(m.pieces())]) for m in members([data], Limits())]
    assert found == files
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        listed = [(i.name.encode("utf-8", "surrogateescape"), i.uid, i.mode, int(i.mtime)) for i in tar]
    assert listed == [(e.path, e.uid, e.mode, e.mtime_ns // 10**9) for e, _ in files]


def test_every_kind_of_entry_survives() -> None:
    entries = [
        Entry(path=b"d", kind=Kind.DIRECTORY, mode=0o755),
        Entry(path=b"d/link", kind=Kind.SYMLINK, link_to=b"../" + b"x" * 150),
        Entry(path=b"d/hard", kind=Kind.HARDLINK, link_to=b"d/link"),
        Entry(path=b"dev/null", kind=Kind.CHARACTER_DEVICE, device=(1, 3)),
        Entry(path=b"gone", kind=Kind.WHITEOUT),
        Entry(path=b"d", kind=Kind.OPAQUE),
    ]
    data = b"".join(write_tar((entry, ()) for entry in entries))
    assert [m.entry for m in members([data], Limits())] == entries


def test_a_file_that_changed_while_it_was_read_is_refused() -> None:
    with pytest.raises(Malformed, match="changed"):
        list(write_tar([(Entry(path=b"x", kind=Kind.FILE, size_bytes=2), [b"1"])]))


@given(st.lists(st.binary(max_size=100), max_size=4), st.integers(0, 2))
def test_packed_bytes_do_not_depend_on_the_pieces(pieces: list[bytes], large: int) -> None:
    data = b"".join(pieces) + bytes(large * MEMBER_BYTES + large)
    packed = b"".join(pack_gzip([data]))
    assert gzip.decompress(packed) == data
    assert packed == b"".join(pack_gzip([data[:7], data[7:]]))
