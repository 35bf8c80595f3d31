"""The pages in a real browser: nothing on the console, nothing asked of the network, drawn at once."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from seamline.model.portrait import Portrait
from seamline.render.page.compare import write_compare_page
from seamline.render.page.report import write_report_page
from seamline.verbs.demo import write_demo
from tests.neighbours import need
from tests.portraits import comparison_of, portrait_of

_MOST_BYTES = 3_000_000
_MOST_SECONDS = 1.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    made = write_demo(tmp_path_factory.mktemp("demo"))
    return made.base, made.application


@pytest.fixture(scope="module")
def shop(demo: tuple[str, str]) -> Portrait:
    """The demo's application with 500 packages, as large images have them, and each with a file's weight."""
    made = portrait_of(demo[1])
    line, weight = made.packages[0], made.customization.weights[0]
    packages = tuple(msgspec.structs.replace(line, name=f"library-{at}", key=str(at)) for at in range(500))
    weights = tuple(
        msgspec.structs.replace(weight, package=f"library-{at}", size_bytes=1000 * (at + 1))
        for at in range(500)
    )
    custom = msgspec.structs.replace(made.customization, weights=weights)
    return msgspec.structs.replace(made, packages=packages, customization=custom)


class Listener:
    """A proxy that answers nobody and counts who calls: a page that asks for anything is heard."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.heard: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                called, _ = self._socket.accept()
            except OSError:
                return
            with called:
                self.heard.append(called.recv(4096))

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def shown(page: Path, picture: Path, listener: Listener, *more: str) -> str:
    """What the browser says while it draws a page from disk; everything that goes to a network goes to the listener."""
    done = subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--enable-logging=stderr",
            "--v=0",
            f"--user-data-dir={picture.parent / 'profile'}",
            f"--proxy-server=127.0.0.1:{listener.port}",
            "--window-size=1200,3000",
            f"--screenshot={picture}",
            *more,
            f"file://{page}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stderr


@pytest.mark.parametrize(("language", "theme"), [("en", 1), ("zh", 0)])
def test_the_report_is_drawn_without_a_word_on_the_console_or_a_call(
    shop: Portrait, listener: Listener, tmp_path: Path, language: str, theme: int
) -> None:
    need("chromium")
    page = tmp_path / "report.html"
    page.write_bytes(write_report_page(shop, language))
    assert page.stat().st_size < _MOST_BYTES
    said = shown(page, tmp_path / "report.png", listener, f"--blink-settings=preferredColorScheme={theme}")
    assert "CONSOLE" not in said
    assert [call for call in listener.heard if page.name.encode() in call or b"seamline" in call] == []
    assert (tmp_path / "report.png").stat().st_size > 20_000


def test_the_comparison_is_drawn_so_too(demo: tuple[str, str], listener: Listener, tmp_path: Path) -> None:
    need("chromium")
    page = tmp_path / "compare.html"
    page.write_bytes(write_compare_page(comparison_of(*demo), "zh"))
    said = shown(page, tmp_path / "compare.png", listener)
    assert "CONSOLE" not in said
    assert (tmp_path / "compare.png").stat().st_size > 20_000


def test_the_console_is_really_listened_to(listener: Listener, tmp_path: Path) -> None:
    need("chromium")
    page = tmp_path / "loud.html"
    page.write_text(
        "<!doctype html><script>console.error('heard')</script><img src='http://there.invalid/x.png'>"
    )
    assert "heard" in shown(page, tmp_path / "loud.png", listener)
    assert any(b"there.invalid" in call for call in listener.heard)


def test_a_page_of_500_packages_is_laid_out_within_a_second(shop: Portrait, tmp_path: Path) -> None:
    """By the browser's own clock, from the start of the navigation to its load event, laid out; a script that only this test
    adds reads it. What an empty page takes is how busy the machine is."""
    need("chromium")
    written = write_report_page(shop, "en").decode()
    without_policy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", written)
    clock = (
        "<script>addEventListener('load',()=>{document.body.getBoundingClientRect();"
        "document.title='drawn '+Math.round(performance.now())})</script>"
    )
    page = tmp_path / "report.html"
    page.write_text(without_policy.replace("</head>", f"{clock}</head>"))
    blank = tmp_path / "blank.html"
    blank.write_text(f"<!doctype html><head>{clock}</head><body></body>")
    took, start = (
        min(_milliseconds(each, tmp_path / f"{each.stem}-{at}") for at in range(3)) for each in (page, blank)
    )
    assert (took - start) / 1000 < _MOST_SECONDS


def _milliseconds(page: Path, profile: Path) -> int:
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={profile}",
        "--dump-dom",
    ]
    done = subprocess.run(
        [*command, f"file://{page}"], capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r"<title>drawn (\d+)</title>", done.stdout)
    assert found is not None
    return int(found[1])
