"""Advice: what another base removes, adds, and what the application would miss there."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from seamline.errors import NotFound
from seamline.model.seam import Base
from seamline.render.advise import write_advise
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf
from seamline.verbs.advise import advise
from seamline.verbs.stock import stock_of
from tests.verbs.test_scan import AS_OF, OLD_BASE, RELEASE, as_base, index, known, seen, status

__all__ = ("index", "known")


def test_each_base_tells_what_it_removes_keeps_adds_and_what_would_be_missing(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    slim = {"etc/os-release": RELEASE, "slim": b"1", "var/lib/dpkg/status": status(("curl", "curl", "8.0-1"))}
    name = "docker.io/library/debian:12-slim"
    other = as_base(tmp_path / "slim", [slim], "2026-01-15T00:00:00Z")
    other = msgspec.structs.replace(other, names=(name,), line=name)
    text = status(("libssl3", "openssl", "3.0.17-1"), ("zlib1g", "zlib", "1.2-1")) + (
        b"Package: shop\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDepends: zlib1g\n\n"
    )
    application = {"var/lib/dpkg/status": text}
    stock = stock_of(seen(tmp_path / "app", [OLD_BASE, application], known))
    report = advise(stock, Shelf((*known, other)), index, AS_OF)
    told = {
        each.created: (each.kind, each.removes, each.keeps, each.adds, each.misses)
        for each in report.candidates
    }
    assert report.flaws == ("CVE-2026-0001", "CVE-2026-0002")
    assert told["2026-02-01"] == ("newer", ("CVE-2026-0001",), ("CVE-2026-0002",), (), ())
    assert told["2026-01-15"] == ("other", report.flaws, (), ("CVE-2026-0003",), ("zlib1g",))
    assert "zlib1g" in write_advise(report, "en")


def test_an_image_on_no_known_base_is_told_the_next_step(tmp_path: Path, index: AdvisoryIndex) -> None:
    stock = stock_of(seen(tmp_path / "app", [OLD_BASE], ()))
    with pytest.raises(NotFound, match="seamline base add"):
        advise(stock, Shelf(()), index, AS_OF)
