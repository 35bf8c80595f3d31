"""A program that UPX packed: it is one, and nothing is said of it that nobody can see."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.formats.elf import parse_elf
from seamline.model.limits import Limits
from seamline.model.program import ProgramKind
from seamline.places.opening import Opening, open_image
from seamline.render.audit import write_audit
from seamline.stores.shelf import Stack
from seamline.verbs.audit import DEEP
from seamline.verbs.binaries import needed_bytes
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from tests.layouts import write_layout
from tests.scenes import File, Scene
from tests.verbs.test_audit import audited

PACKED = (Path(__file__).parents[1] / "catalog" / "fixtures" / "packed" / "hello").read_bytes()
SCENE: Scene = [{"srv/hello": File(PACKED, 0o755)}]
CONFIG = {"Entrypoint": ["/srv/hello"]}


def test_a_position_independent_program_stays_one_when_it_is_packed() -> None:
    packed = parse_elf(PACKED)
    assert packed.is_program
    assert packed.packer == "UPX 4.22"
    nameless = parse_elf(PACKED.replace(b"$Id: UPX ", b"$Id: ??? "))
    assert nameless.packer == "UPX"
    assert parse_elf(PACKED.replace(b"UPX!", b"????")).packer == ""


def test_what_it_was_built_with_and_what_it_needs_is_undecidable(tmp_path: Path) -> None:
    report = audited(tmp_path, SCENE, CONFIG)
    told = {rule.id: rule for rule in report.rules if rule.id in ("SL-0022", "SL-0023")}
    assert {rule.verdict.value for rule in told.values()} == {"undecidable"}
    assert {rule.needs.id for rule in told.values() if rule.needs is not None} == {"needs-unpacked"}
    (line,) = report.binaries
    assert (line.path, line.packer, line.soft, line.unmet) == ("srv/hello", "UPX 4.22", (), ())


@pytest.mark.parametrize(("language", "word"), [("en", "packed by UPX 4.22"), ("zh", "UPX 4.22 加壳")])
def test_the_audit_says_what_it_did_not_see(language: str, word: str, tmp_path: Path) -> None:
    text = " ".join(write_audit(audited(tmp_path, SCENE, CONFIG), language, 200).split())
    assert word in text
    assert "upx -d" in text


def test_a_plain_program_beside_it_is_judged_for_itself(tmp_path: Path) -> None:
    soft = Path("/bin/true").read_bytes()
    scene: Scene = [{"srv/hello": File(PACKED, 0o755), "srv/true": File(soft, 0o755)}]
    report = audited(tmp_path, scene, CONFIG)
    verdicts = {rule.verdict.value for rule in report.rules if rule.id == "SL-0023"}
    assert verdicts == {"fail", "undecidable"}


def test_what_it_needs_out_of_the_image_cannot_be_told(tmp_path: Path) -> None:
    image = open_image(write_layout(tmp_path, SCENE, config=CONFIG), Opening())
    seen = see(look(image, cache=None, limits=Limits(), deep=DEEP), Stack(()))
    assert [each.kind for each in seen.looked.catalog.programs] == [ProgramKind.PACKED]
    assert needed_bytes(seen) is None
