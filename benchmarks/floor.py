"""The least that anybody must do with an image: read, SHA-256, inflate, SHA-256 again, walk the tar headers.

Usage: python benchmarks/floor.py OCI-LAYOUT. Imports nothing of Seamline: it is the measure, not the measured.
"""

from __future__ import annotations

import hashlib
import json
import queue
import sys
import threading
from pathlib import Path

from isal import isal_zlib

CHUNK = 256 * 1024


def inflate(path: Path, out: queue.Queue[bytes | None]) -> None:
    packed, unpacked = hashlib.sha256(), hashlib.sha256()
    with path.open("rb") as blob:
        codec = isal_zlib.decompressobj(31)
        while data := blob.read(CHUNK):
            packed.update(data)
            while data:
                chunk = codec.decompress(data)
                unpacked.update(chunk)
                out.put(chunk)
                data = codec.unused_data
                if codec.eof:
                    codec = isal_zlib.decompressobj(31)
    out.put(None)


def walk(chunks: queue.Queue[bytes | None]) -> int:
    count, rest, skip = 0, b"", 0
    while (chunk := chunks.get()) is not None:
        data = rest + chunk if rest else chunk
        at = min(skip, len(data))
        skip -= at
        while skip == 0 and at + 512 <= len(data):
            size = data[at + 124 : at + 136].rstrip(b"\0 ")
            length = (int(size or b"0", 8) + 511) // 512 * 512
            count += 1
            skip = max(0, at + 512 + length - len(data))
            at = min(at + 512 + length, len(data))
        rest = data[at:]
    return count


def main() -> None:
    root = Path(sys.argv[1])
    blobs = root / "blobs" / "sha256"
    index = json.loads((root / "index.json").read_bytes())
    manifest = json.loads((blobs / index["manifests"][0]["digest"][7:]).read_bytes())
    total = 0
    for layer in manifest["layers"]:
        chunks: queue.Queue[bytes | None] = queue.Queue(8)
        thread = threading.Thread(target=inflate, args=(blobs / layer["digest"][7:], chunks))
        thread.start()
        total += walk(chunks)
        thread.join()
    print(total, "headers")


if __name__ == "__main__":
    main()
