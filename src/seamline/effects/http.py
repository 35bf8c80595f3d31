"""The only HTTP there is: retries with patience, own certificates, proxies, redirects that carry no credentials."""

from __future__ import annotations

import io
import random
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, IncompleteRead, SSLError

from seamline import __version__
from seamline.effects.tls import tls_context
from seamline.effects.wire import Wire
from seamline.errors import Bomb, Unreachable
from seamline.expression import expression

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PASSING = frozenset((408, 429, 500, 502, 503, 504))
_ANYBODYS = frozenset(("user-agent", "accept", "range"))
"""Header fields that tell another host nothing of the user."""
_CONNECTION = expression(r"^HTTPS?Connection(Pool)?\(host=[^)]*\): ")
"""How urllib3 begins its faults; the address stands before them already."""

_MOST_REDIRECTS = 8
_LONGEST_WAIT_SECONDS = 60.0


class Answer(io.RawIOBase):
    """A response: `status`, `headers`, and the body as a stream. Closing it lets the connection be used again."""

    def __init__(self, response: urllib3.BaseHTTPResponse, url: str) -> None:
        super().__init__()
        self._response = response
        self.url = url
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes.

        Raises:
            Unreachable: the other side stalls or cuts.
        """
        try:
            return self._response.read(None if size is None or size < 0 else size, decode_content=False)
        except (HTTPError, OSError) as fault:
            raise _unreachable(self.url, fault) from fault

    def body(self, most_bytes: int) -> bytes:
        """The whole body.

        Raises:
            Bomb: it is longer than `most_bytes`.
            Unreachable: it is cut.
        """
        with self:
            data = self.read(most_bytes + 1)
        if len(data) > most_bytes:
            raise Bomb(
                self.url,
                expected=f"at most {most_bytes} bytes",
                got="more",
                hint="no registry document is so large",
            )
        return data

    def close(self) -> None:
        if not self.closed:
            self._response.release_conn()
            self._response.close()
        super().close()


class Http:
    """One pool of connections. Safe to use from several threads."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._pools: dict[tuple[str, bool], urllib3.PoolManager] = {}
        if wire.insecure:  # the user asked for it; saying so again at every request helps nobody
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """The answer to one request, redirects followed; neither Authorization nor headers of the user's own go to
        another host.

        Raises:
            Unreachable: offline, no connection, or nothing but 5xx and 429 after all attempts.
            NotFound, Malformed: a certificate that is configured for the host cannot be used.
        """
        sent = {"User-Agent": f"seamline/{__version__}", **(headers or {})}
        for _ in range(_MOST_REDIRECTS):
            answer = self._patiently(method, url, sent, body)
            target = answer.headers.get("Location", "")
            if answer.status not in _REDIRECTS or not target or method not in ("GET", "HEAD"):
                return answer
            answer.close()
            following = urljoin(url, target)
            if _origin(following) != _origin(url):
                sent = {name: value for name, value in sent.items() if name.lower() in _ANYBODYS}
            if _origin(following)[0] not in ("http", "https"):
                raise Unreachable(
                    url,
                    expected="a redirect to http or https",
                    got=following[:200],
                    hint="check the address that was named",
                )
            if _origin(url)[0] == "https" and _origin(following)[0] != "https" and not self.wire.insecure:
                raise Unreachable(
                    url,
                    expected="a redirect to https",
                    got=following[:200],
                    hint="--insecure allows plain http",
                )
            url = following
        raise Unreachable(
            url,
            expected=f"at most {_MOST_REDIRECTS} redirects",
            got="more",
            hint="the registry redirects in circles",
        )

    def _patiently(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if self.wire.offline:
            raise Unreachable(
                url,
                expected="a connection",
                got="--offline",
                hint="leave --offline out, or copy the image to disk first",
            )
        for attempt in range(1, self.wire.attempts + 1):
            last = attempt == self.wire.attempts
            try:
                answer = self._once(method, url, headers, body)
            except (HTTPError, OSError) as fault:
                if (
                    last
                    or isinstance(fault, SSLError)
                    or isinstance(getattr(fault, "reason", None), SSLError)
                ):
                    raise _unreachable(url, fault) from fault
                time.sleep(self._wait_seconds(attempt, ""))
                continue
            if answer.status not in _PASSING or last:
                return answer
            answer.close()
            time.sleep(self._wait_seconds(attempt, answer.headers.get("Retry-After", "")))
        raise AssertionError("the last attempt returns or raises")

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        timeout = urllib3.Timeout(connect=self.wire.connect_seconds, read=self.wire.stall_seconds)
        response = self._pool(url).request(
            method,
            url,
            headers=dict(headers),
            body=body,
            preload_content=False,
            redirect=False,
            retries=False,
            timeout=timeout,
        )
        return Answer(response, url)

    def _wait_seconds(self, attempt: int, retry_after: str) -> float:
        """What the server asks for, else twice as long each time; a little apart from everybody else."""
        asked = _retry_after_seconds(retry_after)
        if asked is not None:
            return min(asked, _LONGEST_WAIT_SECONDS)
        spread = 1 + random.random() / 4  # noqa: S311 - not a secret
        return min(self.wire.backoff_seconds * (1 << attempt - 1) * spread, _LONGEST_WAIT_SECONDS)

    def _pool(self, url: str) -> urllib3.PoolManager:
        certificates = self.wire.certificates
        proxy, own = _proxy_for(url), bool(certificates.shown) and urlsplit(url).netloc == certificates.host
        if (proxy, own) not in self._pools:
            context = tls_context(self.wire, show=own)
            self._pools[proxy, own] = (
                urllib3.ProxyManager(proxy, ssl_context=context, maxsize=8)
                if proxy
                else urllib3.PoolManager(ssl_context=context, maxsize=8)
            )
        return self._pools[proxy, own]


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _proxy_for(url: str) -> str:
    """The proxy that the environment names for an address; NO_PROXY is honoured."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return ""
    proxies = getproxies()
    proxy = proxies.get(parts.scheme, proxies.get("all", ""))
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _retry_after_seconds(header: str) -> float | None:
    """Seconds to wait. Source: RFC 9110 10.2.3, seconds or a date."""
    text = header.strip()
    if text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _cut(fault: BaseException) -> str:
    """How much of a body that was cut is missing; nothing where it was not cut."""
    for each in (fault, *fault.args):
        if isinstance(each, IncompleteRead) and each.expected:
            return f"a cut: {each.expected} bytes are missing"
    return ""


def _unreachable(url: str, fault: BaseException) -> Unreachable:
    shown = urlsplit(url)
    text = _cut(fault) or _CONNECTION.sub("", " ".join(str(fault).split()))[:300]
    reason = getattr(fault, "reason", fault)
    if "_ALERT_" in text and ("CERTIFICATE" in text or "UNKNOWN_CA" in text):  # told by the other side
        hint = f"it wants to know you: put your certificate and key into ~/.config/docker/certs.d/{shown.netloc}/"
    elif isinstance(reason, (SSLError, ssl.SSLError)) or "CERTIFICATE" in text.upper():
        hint = "name the registry's own certificate with --ca-file"
    elif "timed out" in text.lower():
        hint = "is a proxy (HTTPS_PROXY) or a mirror needed here?"
    else:
        hint = "check the name, the network, and HTTPS_PROXY where a proxy is needed"
    return Unreachable(f"{shown.scheme}://{shown.netloc}", expected="an answer", got=text, hint=hint)


def is_local(host: str) -> bool:
    """Whether plain http is allowed without being asked for: this machine only."""
    name = urlsplit(f"//{host}").hostname or ""
    return name in ("localhost", "127.0.0.1", "::1") or name.startswith("127.")
