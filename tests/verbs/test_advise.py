"""Advice: what another base removes, adds, and what the application would miss there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seamline.errors import NotFound
from seamline.model.limits import Limits
from seamline.model.seam import Base
from seamline.places.opening import Opening, open_image
from seamline.render.advise import write_advise
from seamline.stores.advisory_index import AdvisoryIndex
from seamline.stores.shelf import Shelf
from seamline.verbs.advise import advise
from seamline.verbs.inspect import Seen, see
from seamline.verbs.look import look
from seamline.verbs.needs import DEEP
from tests.layouts import write_layout
from tests.neighbours import need
from tests.scenes import File, Link, Scene
from tests.verbs.test_scan import AS_OF, NEW_BASE, OLD_BASE, RELEASE, as_base, index, known, seen, status

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
    image = seen(tmp_path / "app", [OLD_BASE, application], known)
    report = advise(image, Shelf((*known, other)), index, AS_OF)
    told = {
        each.created: (each.kind, each.removes, each.keeps, each.adds, each.misses)
        for each in report.candidates
    }
    assert report.flaws == ("CVE-2026-0001", "CVE-2026-0002")
    assert told["2026-02-01"] == ("newer", ("CVE-2026-0001",), ("CVE-2026-0002",), (), ())
    assert told["2026-01-15"] == ("distroless", report.flaws, (), ("CVE-2026-0003",), ("zlib1g",))
    assert "zlib1g" in write_advise(report, "en")


def test_a_base_is_judged_as_it_was_released_whatever_the_image_has_upgraded(
    tmp_path: Path, index: AdvisoryIndex, known: tuple[Base, Base]
) -> None:
    upgraded = {
        "var/lib/dpkg/status": status(("libssl3", "openssl", "3.0.17-3"), ("zlib1g", "zlib", "1.2-1"))
    }
    image = seen(tmp_path / "app", [OLD_BASE, upgraded], known)
    report = advise(image, Shelf(known), index, AS_OF)
    assert (report.packages, report.flaws) == (2, ("CVE-2026-0001", "CVE-2026-0002"))
    newer = report.candidates[0]
    assert (newer.removes, newer.keeps, newer.adds) == (("CVE-2026-0001",), ("CVE-2026-0002",), ())


@pytest.mark.parametrize("is_own", [False, True])
def test_package_sources_that_cannot_give_a_fix_are_told_with_whose_they_are(
    tmp_path: Path, index: AdvisoryIndex, is_own: bool
) -> None:
    frozen = {"etc/apt/sources.list": b"deb http://x.test/20260110T000000Z/ bookworm main\n"}
    base = {
        **OLD_BASE,
        "etc/os-release": RELEASE + b"VERSION_CODENAME=bookworm\n",
        **({} if is_own else frozen),
    }
    stands = as_base(tmp_path / "base", [base], "2025-12-01T00:00:00Z")
    text = status(("libssl3", "openssl", "3.0.17-1"), ("zlib1g", "zlib", "1.2-1"), ("curl", "curl", "8.0-1"))
    step = {"var/lib/dpkg/status": text, **(frozen if is_own else {})}
    write_layout(tmp_path / "app", [base, step])
    image = open_image(f"oci-dir:{tmp_path}/app", Opening())
    looked = look(image, cache=None, limits=Limits(), deep=DEEP)
    report = advise(see(looked, Shelf((stands,))), Shelf((stands,)), index, AS_OF)
    assert [each.id for each in report.notes] == [
        "advise-own-sources" if is_own else "advise-base-sources",
        "source-is-snapshot",
    ]
    assert report.notes[0].args == {"number": 1}  # curl's; what the base holds comes with a base
    for language, told in (("en", "packagesources"), ("zh", "软件源")):
        shown = "".join(write_advise(report, language).split())
        assert told in shown
        assert "/etc/apt/sources.list:1" in shown


def test_an_image_on_no_known_base_is_told_the_next_step(tmp_path: Path, index: AdvisoryIndex) -> None:
    image = seen(tmp_path / "app", [OLD_BASE], ())
    with pytest.raises(NotFound, match="seamline base add"):
        advise(image, Shelf(()), index, AS_OF)


def look_deep(path: Path, scene: Scene, known: Iterable[Base], **config: Any) -> Seen:
    write_layout(path, scene, **config)
    image = open_image(f"oci-dir:{path}", Opening())
    return see(look(image, cache=None, limits=Limits(), deep=DEEP), Shelf(known))


def test_libraries_interpreters_and_shells_that_the_application_uses_are_missed_by_name(
    tmp_path: Path, index: AdvisoryIndex
) -> None:
    need("readelf")
    program = Path(shutil.which("true") or "").resolve()
    told = subprocess.run(["readelf", "-dW", program], capture_output=True, text=True, check=True).stdout
    libraries = re.findall(r"\(NEEDED\).*\[(.*)\]", told)
    assert libraries
    folder = "usr/lib/x86_64-linux-gnu"
    rich = {
        **OLD_BASE,
        **{f"{folder}/{name}": b"a library\n" for name in libraries},
        "usr/bin/python3": File(b"python\n", 0o755),
        "usr/bin/bash": File(b"bash\n", 0o755),
        "bin/sh": Link("../usr/bin/bash"),
        "usr/bin/env": File(b"env\n", 0o755),
    }
    poor = {**dict(NEW_BASE.items()), "usr/bin/env": File(b"env\n", 0o755)}
    moved = {**rich, "moved": b"1"}
    for name in libraries:
        moved[f"usr/lib64/{name}"] = moved.pop(f"{folder}/{name}")
    bases = []
    for tag, scene, day in (
        ("12", rich, "2026-01-01"),
        ("12-slim", poor, "2026-01-02"),
        ("12-moved", moved, "2026-01-03"),
    ):
        base = as_base(tmp_path / tag, [scene], f"{day}T00:00:00Z")
        name = f"docker.io/library/debian:{tag}"
        bases.append(msgspec.structs.replace(base, names=(name,), line=name))
    application = {
        "srv/shop": File(program.read_bytes(), 0o755),
        "srv/run.py": File(b"#!/usr/bin/env python3\nprint()\n", 0o755),
        "srv/start": File(b"#!/bin/sh\nexec /srv/shop\n", 0o755),
    }
    image = look_deep(tmp_path / "app", [rich, application], bases)
    report = advise(image, Shelf(bases), index, AS_OF)
    misses = {each.reference: set(each.misses) for each in report.candidates}
    assert {f"{name} (/srv/shop)" for name in libraries} <= misses["debian:12-slim"]
    assert "python3 (/srv/run.py)" in misses["debian:12-slim"]
    assert any(text.endswith("(/srv/start)") for text in misses["debian:12-slim"])
    assert not any(text.startswith("env ") for text in misses["debian:12-slim"])
    assert misses["debian:12-moved"] == set()
    kinds = {each.reference: each.kind for each in report.candidates}
    assert kinds == {"debian:12-slim": "distroless", "debian:12-moved": "distroless"}
    lines = write_advise(report, "en").splitlines()
    assert all(len(line) <= 80 for line in lines if not line.startswith("FROM "))
