"""One image on all three dimensions in a terminal and in Markdown: what it says, in both languages, in its columns."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from seamline.errors import Where
from seamline.model.evidence import Gap, Message
from seamline.model.limits import Limits
from seamline.model.portrait import Portrait
from seamline.places.opening import Opening, open_image
from seamline.render.layout import width
from seamline.render.page.report import write_report_page
from seamline.render.whole import write_whole_markdown, write_whole_report
from seamline.verbs.audit import DEEP
from seamline.verbs.inspect import see
from seamline.verbs.look import look
from seamline.verbs.portrait import portrait
from seamline.verbs.scan import Terms
from tests.layouts import write_layout
from tests.portraits import portrait_of
from tests.verbs.test_updates_of_images import AS_OF, JUNE, MARCH, World, application


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Portrait:
    """An application on a base that is three months behind its line."""
    world = World(tmp_path_factory.mktemp("world"))
    world.base([MARCH], "2026-03-01", "debian:12", "debian:12.8")
    world.base([JUNE], "2026-06-11", "debian:12", "debian:12.9")
    image = application(world, config={"ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}}})
    looked = look(open_image(image, Opening()), cache=None, limits=Limits(), deep=DEEP)
    return portrait(see(looked, world.ledger), world.index, world.ledger, Terms(), AS_OF)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_each_dimension_says_where_the_image_stands(made: Portrait) -> None:
    text = flat(write_whole_report(made, "en"))
    counted = [each for each in made.scan.findings if not each.suppressed]
    assert f"known flaws {len(counted)} known, 2 with a fix" in text
    for told in (
        "debian:12.8 system",
        "behind: 102 d, 1 image",
        "moving to debian:12.9 mends 2 findings (1 by the base itself, 1 by building the steps above it again) and brings 1",
        "an update takes: rebuild or rebase, push, pull, restart; application team begins",
        "An update changes glibc: 2.36-9 -> 2.41-12",
        "An update changes OpenSSL: 3.0.17-1 -> 3.5.0-1",
        "apt installs 1 name without a version: curl",
        "debian 12 system · security support ends 2026-06-10, extended 2028-06-30 · over for 20 days",
        "ports 80/tcp",
        "volumes /data",
        "next: seamline scan",
    ):
        assert told in text, told


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [80, 100])
def test_it_keeps_to_its_columns_and_tears_no_digest(made: Portrait, language: str, columns: int) -> None:
    text = write_whole_report(made, language, columns)
    for line in text.splitlines():
        assert width(line) <= columns or "oci-dir:" in line or "@sha256:" in line, line
    digest = made.updates.parts[0].propose.partition("@")[2]
    assert digest
    assert any(line.endswith(digest) for line in text.splitlines())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_markdown_says_the_same_and_an_image_cannot_break_it(made: Portrait, language: str) -> None:
    image = msgspec.structs.replace(made.inspect.image, reference="a`b\n# c\x1b[31m")
    nasty = msgspec.structs.replace(made, inspect=msgspec.structs.replace(made.inspect, image=image))
    text = write_whole_markdown(nasty, language)
    assert [line for line in text.splitlines() if line.startswith("# ")] == [text.splitlines()[0]]
    assert "\x1b" not in text
    assert len([line for line in text.splitlines() if line.startswith("## ")]) == 4
    assert "\x1b" not in write_whole_report(nasty, language)


def test_without_advisories_nothing_is_called_clean(made: Portrait) -> None:
    database = msgspec.structs.replace(made.scan.database, kind="none", missing=())
    scan = msgspec.structs.replace(made.scan, findings=(), database=database)
    text = flat(write_whole_report(msgspec.structs.replace(made, scan=scan), "en"))
    assert "nothing was looked for" in text
    database = msgspec.structs.replace(made.scan.database, kind="", missing=("Debian",))
    scan = msgspec.structs.replace(made.scan, findings=(), database=database)
    text = flat(write_whole_report(msgspec.structs.replace(made, scan=scan), "en"))
    assert "not looked for: there are no advisories of Debian here" in text


def test_what_the_audit_could_not_check_stands_in_every_form_of_the_report(made: Portrait) -> None:
    gap = Gap(
        where=Where(path="srv/big"),
        message=Message("unreadable-file", {"reader": "secrets", "why": "too large"}),
    )
    audit = msgspec.structs.replace(made.audit, gaps=(*made.audit.gaps, gap))
    report = msgspec.structs.replace(made, audit=audit)
    assert report.gaps.count(gap) == 1
    assert len(report.gaps) == len(set(map(str, report.gaps)))
    for text in (
        write_whole_report(report, "en"),
        write_whole_markdown(report, "en"),
        write_report_page(report, "en").decode(),
    ):
        assert "srv/big" in text


def test_what_nobody_keeps_is_begun_by_nobody(tmp_path: Path) -> None:
    alone = portrait_of(write_layout(tmp_path, [{"srv/app": b"1"}]))
    for language in ("en", "zh"):
        text = flat(write_whole_report(alone, language))
        assert "nobody yet begins" not in text
        assert "尚无人负责开始" not in text


def test_a_terminal_gets_the_table_and_a_pipe_the_page(tmp_path: Path) -> None:
    world = World(tmp_path)
    image = application(world)
    command = [sys.executable, "-m", "seamline", "report", image, "--offline"]
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    piped = subprocess.run(command, capture_output=True, check=True, env=env).stdout
    assert piped.startswith(b"<!doctype html>")
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=env) as running:
        os.close(theirs)
        told = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            told += piece
        assert running.wait() == 0
    os.close(ours)
    assert b"UPDATE AND MAINTENANCE" in told
    assert b"<html" not in told
