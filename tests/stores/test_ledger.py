"""The ledger on a real disk: moved tags, two processes, other versions, damage."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seamline.errors import Malformed, Unsupported
from seamline.model.image import Config
from seamline.model.seam import Base, Inventory
from seamline.seam.chain import chain_ids
from seamline.stores.ledger import FORMAT, Ledger, merged
from seamline.stores.shelf import Shelf, Stack, parse_bases, starter, write_bases
from tests.seam.images import base_image, diff_id


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "seamline" / "ledger.db")


def inventory(*names: str) -> Inventory:
    keys = sorted(bytes.fromhex(diff_id(name)[7:23]) for name in names)
    return Inventory(packages=("deb/x=1",), contents=b"".join(keys))


def test_a_ledger_that_is_not_there_holds_nothing_and_is_not_made_by_reading(ledger: Ledger) -> None:
    assert ledger.with_chains(chain_ids([diff_id("a")])) == []
    assert ledger.every() == []
    assert ledger.remove(["x"]) == 0
    assert not ledger.path.exists()


def test_a_ledger_is_private_to_its_user(ledger: Ledger) -> None:
    ledger.put([base_image("debian:12", "a")])
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


def test_a_base_is_found_by_chain_digest_index_and_name(ledger: Ledger) -> None:
    base = msgspec.structs.replace(
        base_image("debian:12", "a", "b", digest="m"), index_digest=diff_id("index")
    )
    ledger.put([base, base_image("alpine:3", "z", digest="n")])
    assert ledger.with_chains(chain_ids([diff_id("a"), diff_id("b"), diff_id("c")])) == [base]
    assert ledger.with_digest(diff_id("m"), "linux/arm64") == [base]
    assert ledger.with_digest(diff_id("index"), "linux/amd64") == [base]
    assert ledger.with_digest(diff_id("index"), "linux/arm64") == []
    assert ledger.with_name("docker.io/library/debian:12", "linux/amd64") == [base]
    assert ledger.with_name("docker.io/library/debian:12", "linux/arm64") == []


def test_an_old_digest_stays_when_its_tag_moves(ledger: Ledger) -> None:
    ledger.put([base_image("debian:12", "old", digest="m1")])
    ledger.put([base_image("debian:12", "new", digest="m2")])
    assert len(ledger.with_name("docker.io/library/debian:12", "linux/amd64")) == 2
    assert ledger.with_chains([diff_id("old")])[0].digest == diff_id("m1")


def test_seeing_a_base_again_adds_names_and_days_and_loses_nothing(ledger: Ledger) -> None:
    first = base_image("debian:12", "a", digest="m")
    first = msgspec.structs.replace(
        first, first_seen="2026-01-01", last_seen="2026-01-01", team="infra", inventory=inventory("x")
    )
    again = msgspec.structs.replace(
        first,
        names=("docker.io/library/debian:bookworm",),
        first_seen="2026-02-01",
        last_seen="2026-02-01",
        team="",
        inventory=None,
    )
    ledger.put([first])
    ledger.put([again])
    (known,) = ledger.every()
    assert known.names == ("docker.io/library/debian:12", "docker.io/library/debian:bookworm")
    assert (known.first_seen, known.last_seen, known.team) == ("2026-01-01", "2026-02-01", "infra")
    assert known.inventory == inventory("x")


def test_one_root_under_two_configurations_is_two_bases(ledger: Ledger) -> None:
    ledger.put([base_image("debian:12", "a"), base_image("debian:utf8", "a", config=Config(env=("LANG=C",)))])
    assert len(ledger.with_chains([diff_id("a")])) == 2


def test_only_bases_that_may_be_contained_are_taken_up(ledger: Ledger) -> None:
    many = [f"file {number}" for number in range(500)]
    held = msgspec.structs.replace(base_image("debian:12", "a"), inventory=inventory(*many))
    other = msgspec.structs.replace(base_image("alpine:3", "z"), inventory=inventory("p", "q"))
    ledger.put([held, other, base_image("unstudied:1", "u")])
    assert ledger.resembling(inventory(*many, "application").keys(), 0.35) == [held]
    assert ledger.resembling(frozenset(), 0.35) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(st.integers(1, 400))
def test_a_wholly_contained_base_is_always_taken_up(tmp_path: Path, files: int) -> None:
    held = inventory(*(str(number) for number in range(files)))
    ledger = Ledger(tmp_path / f"{files}.db")
    ledger.put([msgspec.structs.replace(base_image("debian:12", "a"), inventory=held)])
    assert len(ledger.resembling(held.keys() | inventory("own").keys(), 0.35)) == 1
    ledger.close()


def test_a_forgotten_base_leaves_nothing_behind(ledger: Ledger) -> None:
    ledger.put([msgspec.structs.replace(base_image("debian:12", "a"), inventory=inventory("x"))])
    assert ledger.remove(["docker.io/library/debian:12"]) == 1
    assert ledger.every() == []
    assert ledger.resembling(inventory("x").keys(), 0.35) == []


def test_a_ledger_of_another_version_is_refused_untouched(ledger: Ledger) -> None:
    ledger.put([base_image("debian:12", "a")])
    ledger.close()
    with sqlite3.connect(ledger.path) as db:
        db.execute(f"PRAGMA user_version = {FORMAT + 1}")
    db.close()
    before = ledger.path.read_bytes()
    with pytest.raises(Unsupported, match=f"format {FORMAT + 1}"):
        Ledger(ledger.path).every()
    assert ledger.path.read_bytes() == before


def test_a_damaged_ledger_says_where_and_what_to_do(ledger: Ledger) -> None:
    ledger.path.parent.mkdir(parents=True)
    ledger.path.write_bytes(b"no database" * 500)
    with pytest.raises(Malformed, match=r"ledger\.db.*base import"):
        ledger.every()


def test_a_read_only_ledger_cannot_be_written(ledger: Ledger) -> None:
    ledger.put([base_image("debian:12", "a")])
    with pytest.raises(Malformed, match="readonly"):
        Ledger(ledger.path, read_only=True).put([base_image("alpine:3", "z")])


def test_two_processes_add_to_one_ledger_at_once(ledger: Ledger) -> None:
    program = (
        "import sys; from pathlib import Path; from seamline.stores.ledger import Ledger\n"
        "from tests.seam.images import base_image\n"
        "for n in range(30): Ledger(Path(sys.argv[1])).put([base_image(f'{sys.argv[2]}:{n}', sys.argv[2], str(n))])"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(ledger.path), name], env={"PYTHONPATH": "src:."})
        for name in ("one", "two")
    ]
    assert [process.wait(60) for process in started] == [0, 0]
    assert len(ledger.every()) == 60


def test_what_is_exported_is_what_is_imported() -> None:
    bases = [
        msgspec.structs.replace(base_image("debian:12", "a"), inventory=inventory("x")),
        *starter().every(),
    ]
    assert parse_bases(write_bases(bases), "export") == bases


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"names": 1}', b"\x1f\x8bnot gzip", b"[" * 100_000])
def test_a_file_that_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed, match=r"export\.jsonl"):
        parse_bases(data, "export.jsonl")


def test_stacked_ledgers_answer_as_one_and_tell_an_image_once(ledger: Ledger) -> None:
    own, shared = base_image("debian:12", "a", digest="m"), base_image("mirror/debian:12", "a", digest="m")
    ledger.put([own])
    stack = Stack((ledger, Shelf([shared, base_image("alpine:3", "z")])))
    assert stack.with_chains([diff_id("a")]) == [own]
    assert [base.reference for base in stack.every()] == ["debian:12", "alpine:3"]


def test_the_starter_ledger_knows_official_bases_by_every_tag() -> None:
    found = starter().with_name("docker.io/library/debian:bookworm-20241202-slim", "linux/amd64")
    assert [base.reference for base in found] == ["debian:bookworm-20241202-slim"]


BASES = st.builds(
    base_image,
    st.sampled_from(["a:1", "b:2"]),
    st.just("layer"),
    digest=st.sampled_from(["", "m"]),
)


@given(BASES, BASES, BASES)
def test_merging_keeps_every_name_however_it_is_grouped(a: Base, b: Base, c: Base) -> None:
    assert set(merged(merged(a, b), c).names) == set(merged(a, merged(b, c)).names)
    assert merged(a, a) == a
