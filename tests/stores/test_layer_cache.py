"""The cache never changes a report: damaged, shared, pruned or gone."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from seamline.catalog.reader import EVERY, Content, Reader
from seamline.model.entry import Entry, Kind
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.stores.layer_cache import LayerCache
from seamline.verbs.demo import write_demo
from seamline.verbs.layers import LayerReader, Verification
from seamline.verbs.look import ALL_READERS, look

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"


@pytest.fixture(scope="module")
def image_name(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_demo(tmp_path_factory.mktemp("images")).application


def stock(image_name: str, cache: LayerCache | None) -> bytes:
    """Everything a report is made of, as bytes."""
    looked = look(open_image(image_name, Opening()), cache=cache, limits=Limits())
    entries = [repr(entry) for entry in looked.tree.entries()]
    return msgspec.json.encode([looked.catalog.installs, entries, looked.gaps])


def test_bit_flips_in_the_cache_leave_the_report_as_it_is(image_name: str, tmp_path: Path) -> None:
    expected = stock(image_name, None)
    cache = LayerCache(tmp_path)
    assert stock(image_name, cache) == expected
    cache.close()
    whole = cache.path.read_bytes()
    chance = random.Random(1)  # noqa: S311 - the same flips in every run
    for _ in range(1000):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 1, 1, 40])):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        cache.path.write_bytes(damaged)
        again = LayerCache(tmp_path)
        assert stock(image_name, again) == expected
        again.close()


def test_a_warm_read_says_cached_and_verify_reads_again(image_name: str, tmp_path: Path) -> None:
    image = open_image(image_name, Opening())
    cache = LayerCache(tmp_path)

    def verifications(*, verify: bool) -> set[Verification]:
        readings = LayerReader(ALL_READERS, Limits(), cache, verify=verify).read_all(image, 2)
        return {reading.verification for reading in readings}

    assert verifications(verify=False) == {Verification.FULL}
    assert verifications(verify=False) == {Verification.CACHED}
    assert verifications(verify=True) == {Verification.FULL}


def test_two_processes_may_use_one_cache(image_name: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from seamline.model.limits import Limits; from seamline.places.opening import Opening, open_image\n"
        "from seamline.stores.layer_cache import LayerCache; from seamline.verbs.look import look\n"
        "for _ in range(10):\n"
        "    cache = LayerCache(Path(sys.argv[2]))\n"
        "    found = look(open_image(sys.argv[1], Opening()), cache=cache, limits=Limits())\n"
        "    assert len(found.catalog.installs) >= 5 and not cache.problem\n"
        "    cache.prune(0)\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, image_name, str(tmp_path)], env={"PYTHONPATH": str(SOURCE)}
        )
        for _ in range(2)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]


def test_prune_shrinks_and_clear_forgets(image_name: str, tmp_path: Path) -> None:
    cache = LayerCache(tmp_path)
    stock(image_name, cache)
    assert cache.status().layers == 3
    assert cache.prune(10**9) == 0
    assert cache.prune(1) >= 3
    cache.clear()
    assert not cache.path.exists()
    assert cache.status().layers == 0


def test_a_reader_that_is_asked_for_later_reads_alone_what_the_cache_has_not(
    image_name: str, tmp_path: Path
) -> None:
    image, cache = open_image(image_name, Opening()), LayerCache(tmp_path)
    seen: list[bytes] = []

    def note(entry: Entry, content: Content, limits: Limits) -> bytes:
        seen.append(entry.path)
        return content.sha256.encode()

    every = Reader(name="every", version=1, wants=(EVERY,), record=bytes, extract=note)
    plain = look(image, cache=cache, limits=Limits())
    deep = look(image, cache=cache, limits=Limits(), deep=(every,))
    files = sum(entry.kind == Kind.FILE for entry in deep.tree.entries())
    assert len(seen) >= files
    assert deep.catalog == plain.catalog
    assert len(deep.visible(every)) == files
    seen.clear()
    again = look(image, cache=cache, limits=Limits(), deep=(every,))
    assert not seen
    assert again.visible(every) == deep.visible(every)
    assert {reading.verification for reading in again.layers} == {Verification.CACHED}
