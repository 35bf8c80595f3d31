"""Sequential bytes out of chunks: take some, hand out some in pieces, skip the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from seamline.errors import Malformed, Where

BLOCK = 512
Piece = bytes | memoryview
Leap = Callable[[int], None]
"""Moves the source forward by so many bytes without reading them."""


def padding(size: int) -> int:
    """How many bytes fill `size` up to whole blocks."""
    return -size % BLOCK


class TarStream:
    """The uncompressed tar, read once from front to back. `offset` counts from its start in bytes."""

    __slots__ = ("_chunk", "_chunks", "_leap", "_position", "_view", "offset", "source")

    def __init__(self, chunks: Iterable[bytes], source: str, leap: Leap | None = None) -> None:
        self._leap = leap
        self._chunks = iter(chunks)
        self._chunk = b""
        self._view = memoryview(self._chunk)
        self._position = 0
        self.offset = 0
        self.source = source

    def where(self) -> Where:
        return Where(source=self.source, offset=self.offset)

    def fault(self, expected: str, got: str) -> Malformed:
        """The error to raise for what stands just before `offset`."""
        return Malformed(
            self.where(), expected=expected, got=got, hint="the layer is damaged: pull or build it again"
        )

    def take(self, size: int) -> bytes:
        """The next `size` bytes as one value; fewer only at the end."""
        end = self._position + size
        if end <= len(self._chunk):
            taken = self._chunk[self._position : end]
            self._position = end
            self.offset += size
            return taken
        return b"".join(self._some(size))

    def pieces(self, size: int) -> Iterator[Piece]:
        """The next `size` bytes without a copy: at once where they are at hand, else as they come.

        Raises:
            Malformed: the stream ends first.
        """
        end = self._position + size
        if end > len(self._chunk):
            return self._long_pieces(size)
        piece = self._view[self._position : end]
        self._position = end
        self.offset += size
        return iter((piece,) if size else ())

    def _long_pieces(self, size: int) -> Iterator[Piece]:
        missing = size
        for piece in self._some(size):
            missing -= len(piece)
            yield piece
        if missing:
            raise self.fault(f"{size} bytes of a member", f"{size - missing}")

    def skip(self, size: int) -> None:
        """Leaves out the next `size` bytes; the end of the stream inside padding is not an error."""
        end = self._position + size
        if end <= len(self._chunk):
            self._position = end
            self.offset += size
            return
        if self._leap is not None:
            behind = size - (len(self._chunk) - self._position)
            self._position = len(self._chunk)
            self._leap(behind)
            self.offset += size
            return
        for _ in self._some(size):
            pass

    def skip_to(self, offset: int) -> None:
        """Leaves out everything up to `offset`.

        Raises:
            Malformed: the stream ends before it.
        """
        if offset > self.offset:
            self.skip(offset - self.offset)
            if self.offset < offset:
                raise self.fault(f"a member that ends at byte {offset}", "the end of the layer")

    def _some(self, size: int) -> Iterator[memoryview]:
        while size > 0:
            if self._position >= len(self._chunk):
                chunk = next(self._chunks, None)
                if chunk is None:
                    return
                self._chunk, self._view, self._position = chunk, memoryview(chunk), 0
                continue
            piece = self._view[self._position : self._position + size]
            self._position += len(piece)
            self.offset += len(piece)
            size -= len(piece)
            yield piece
