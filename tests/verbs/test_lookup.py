"""Bases that an image names and nobody knows: asked for once, then remembered."""

from __future__ import annotations

from pathlib import Path

from benchmarks.seam.layouts import write_layout
from benchmarks.seam.make import BASES, PLAIN

from seamline.errors import Unreachable
from seamline.model.evidence import Rung
from seamline.model.image import Image
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_image
from seamline.seam.find import find_seam
from seamline.stores.ledger import Ledger
from seamline.verbs.look import look
from seamline.verbs.lookup import looking_up


def test_a_base_named_in_history_is_proved_by_asking_and_known_ever_after(tmp_path: Path) -> None:
    write_layout(tmp_path / "base", BASES["debian:12.8"])
    write_layout(tmp_path / "image", PLAIN)
    asked: list[str] = []

    def opened(reference: str) -> Image:
        asked.append(reference)
        if reference.endswith("-slim"):
            raise Unreachable(reference, expected="an answer", got="none", hint="try again")
        return open_image(f"oci-dir:{tmp_path / 'base'}", Opening())

    ledger = Ledger(tmp_path / "ledger.db")
    looked = look(open_image(f"oci-dir:{tmp_path / 'image'}", Opening()), cache=None, limits=Limits())
    look_up = looking_up(opened, ledger, "2026-01-31")
    for _ in range(2):
        seam = find_seam(looked.image, looked.tree, (), known=ledger, look_up=look_up)
        assert (seam.strata[0].name, seam.strata[0].confidence) == ("debian:bookworm-20241111", Rung.LEDGER)
    assert asked == [
        "docker.io/library/debian:bookworm-20241111-slim",
        "docker.io/library/debian:bookworm-20241111",
    ]
