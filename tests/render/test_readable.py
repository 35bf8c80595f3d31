"""The pages can be read by everybody: contrast as the browser computes it, in both themes; on paper nothing is cut; what a
screen reader is told has its names."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from seamline.compare.sketch import outline
from seamline.render.page.compare import write_compare_page, write_overview_page
from seamline.render.page.report import write_report_page
from seamline.verbs.compare import overview_report
from seamline.verbs.demo import write_demo
from tests.neighbours import need
from tests.portraits import comparison_of, portrait_of

_NORMAL, _LARGE = 4.5, 3.0
"""WCAG 2.1, 1.4.3 Contrast (Minimum), level AA."""
_THEMES = {"dark": 0, "light": 1}
_CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    made = write_demo(tmp_path_factory.mktemp("demo"))
    both = (made.base, made.application)
    portraits = [portrait_of(name) for name in both]
    return {
        "report": write_report_page(portraits[1], "en"),
        "compare": write_compare_page(comparison_of(*both), "zh"),
        "overview": write_overview_page(overview_report([outline(each) for each in portraits]), "zh"),
    }


def measured(page: bytes, folder: Path, theme: str) -> list[dict[str, Any]]:
    """The pairs of ink and paper of a page, read by a script that only this test adds."""
    script = (Path(__file__).parent / "contrast.js").read_text()
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.decode())
    path = folder / "page.html"
    path.write_text(text.replace("</head>", f"<script>{script}</script></head>"))
    command = (
        *_CHROMIUM,
        f"--user-data-dir={folder / 'profile'}",
        f"--blink-settings=preferredColorScheme={_THEMES[theme]}",
    )
    done = subprocess.run(
        (*command, "--dump-dom", f"file://{path}"), capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r'id="measured">(.*?)</script>', done.stdout, re.DOTALL)
    assert found is not None, done.stderr
    pairs: list[dict[str, Any]] = json.loads(found[1])
    return pairs


@pytest.mark.parametrize("theme", _THEMES)
@pytest.mark.parametrize("name", ["report", "compare"])
def test_every_text_stands_out_from_what_is_behind_it(
    pages: dict[str, bytes], tmp_path: Path, name: str, theme: str
) -> None:
    need("chromium")
    pairs = measured(pages[name], tmp_path, theme)
    papers = {sum(each["paper"]) / 3 < 128 for each in pairs if each["name"].startswith(("H1", "P"))}
    assert papers == {theme == "dark"}, "the theme that was asked for is the one that is drawn"
    assert len(pairs) > 4
    assert [each for each in pairs if each["ratio"] < (_LARGE if each["large"] else _NORMAL)] == []


def test_a_pale_text_would_be_heard(pages: dict[str, bytes], tmp_path: Path) -> None:
    need("chromium")
    pale = pages["report"].replace(b"--soft:#57606a", b"--soft:#b0b0b0")
    assert min(each["ratio"] for each in measured(pale, tmp_path, "light")) < _NORMAL


def test_on_paper_everything_stands_that_is_folded_on_a_screen(
    pages: dict[str, bytes], tmp_path: Path
) -> None:
    need("chromium", "pdftotext")
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_bytes(pages["report"])
    command = (*_CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer")
    subprocess.run(
        (*command, f"--print-to-pdf={paper}", f"file://{page}"), capture_output=True, check=True, timeout=120
    )
    told = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    printed = " ".join(told.split())
    body = re.sub(r"<(style|title)>.*?</\1>|<svg.*?</svg>", " ", pages["report"].decode(), flags=re.DOTALL)
    for cell in re.findall(r"<td>([\w.+-]{3,30})</td>", body):
        assert cell in printed, cell


@pytest.mark.parametrize("name", ["report", "compare", "overview"])
def test_landmarks_have_names_of_their_own_and_heads_of_columns_say_something(
    pages: dict[str, bytes], name: str
) -> None:
    page = pages[name].decode()
    assert not re.search(r"<th[^>]*></th>", page)
    assert 'role="region"' not in page, "a section is one already"
    named = re.findall(r'<(?:section|nav)[^>]* aria-label(?:ledby)?="([^"]+)"', page)
    assert len(set(named)) == len(named) > 1
    assert re.search(r'<html lang="(en|zh-CN)">', page)
    assert all('role="img" aria-label="' in svg for svg in re.findall(r"<svg[^>]*>", page))
