"""A real browser for tests: Debian's chromium, driven over the pipe that it has for that, one for all tests of a worker.

Scripts that a test runs in a page are the debugger's: the page's own policy, which allows none, stays as it is. Source:
the DevTools protocol, `--remote-debugging-pipe`: messages of JSON with a NUL behind each, on descriptors 3 and 4.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.neighbours import need

_WAIT_SECONDS = 60
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
)
_KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
_SHIFT = 8


class Browser:
    """One process; what it asks of a network goes to a proxy of ours, `port`, where one is named."""

    def __init__(self, profile: Path, port: int = 9) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        high = [fcntl.fcntl(each, fcntl.F_DUPFD, 20) for each in (theirs_in, theirs_out)]

        def give() -> None:
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        words = [*_OPTIONS, f"--user-data-dir={profile}", f"--proxy-server=127.0.0.1:{port}"]
        self._process = subprocess.Popen(
            ["chromium", *words, "about:blank"],
            preexec_fn=give,  # noqa: PLW1509 - two calls of the system between fork and exec
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for each in (theirs_in, theirs_out, *high):
            os.close(each)
        self._in, self._out, self._held, self._last = ours_in, ours_out, b"", 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """What the browser answers; events that come meanwhile are kept."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result

    def wait_for(self, method: str, session: str) -> None:
        """Until an event has come that was not asked about before."""
        while True:
            for at, event in enumerate(self.events):
                if event["method"] == method and event.get("sessionId") == session:
                    del self.events[at]
                    return
            self._next()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            ready, _, _ = select.select([self._in], [], [], _WAIT_SECONDS)
            assert ready, "the browser says nothing"
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "the browser ended"
            self._held += chunk
        text, _, self._held = self._held.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def page(self) -> Page:
        return Page(self)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=_WAIT_SECONDS)
        os.close(self._in)
        os.close(self._out)


class Page:
    """One page of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = attached["sessionId"]
        for each in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{each}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def looks(
        self, *, theme: str = "light", motion: str = "no-preference", width: int = 1200, height: int = 900
    ) -> None:
        """How the reader's own machine is: its colours, how much may move, the window in CSS pixels."""
        features = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def go(self, path: Path) -> None:
        self._browser.events.clear()
        self.call("Page.navigate", url=f"file://{path}")
        self._browser.wait_for("Page.loadEventFired", self._session)

    def run(self, script: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        told = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """A key of the keyboard, down and up."""
        common = {
            "key": key,
            "code": {" ": "Space"}.get(key, key),
            "windowsVirtualKeyCode": _KEYS[key],
            "modifiers": _SHIFT if shift else 0,
        }
        text = {"Enter": "\r", " ": " "}.get(key)
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def said(self) -> list[str]:
        """What stood on the console since the page was asked for."""
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self._browser.events if event["method"] in kinds]

    def asked(self) -> list[str]:
        """What it asked for, itself not."""
        urls = (
            event["params"]["request"]["url"]
            for event in self._browser.events
            if event["method"] == "Network.requestWillBeSent"
        )
        return list(urls)[1:]

    def picture(self, path: Path) -> Path:
        """The whole page as a picture."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16_000), "scale": 1}
        told = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(told["data"]))
        return path

    def paper(self, path: Path) -> Path:
        """The page as it is printed on A4."""
        told = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(told["data"]))
        return path

    def drawn_ms(self) -> float:
        """The browser's own paint timing: when the largest part of the page was first painted, in milliseconds from the start
        of the navigation."""
        script = """new Promise(done => {
            new PerformanceObserver(list => done(Math.max(...list.getEntries().map(each => each.startTime))))
                .observe({type: 'largest-contentful-paint', buffered: true})})"""
        return float(self.run(script))

    def close(self) -> None:
        self._browser.call("Target.closeTarget", targetId=self._target)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    need("chromium")
    made = Browser(tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.page()
    made.looks()
    yield made
    made.close()
