"""One repository of one registry, asked as its owner wants to be asked. Source: OCI distribution-spec 1.1; Docker's
token authentication specification."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from seamline.effects.http import Answer, Http, is_local
from seamline.effects.tls import tls_context
from seamline.effects.wire import Wire
from seamline.errors import Lying, Malformed, NotFound, SeamlineError, Unreachable
from seamline.formats.distribution import (
    Challenge,
    parse_challenge,
    parse_content_range,
    parse_errors,
    parse_next_link,
)
from seamline.formats.oci.documents import DOCUMENT_BYTES, Descriptor
from seamline.formats.oci.media import INDEXES, MANIFESTS
from seamline.places.credentials import Login, find_login
from seamline.places.mirrors import Candidate

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ACCEPT = ", ".join(sorted(INDEXES | MANIFESTS)) + ", */*"
_RESUMES = 5
_SKIP_BYTES = 1 << 18
_MOST_PAGES = 1000


class _Token(msgspec.Struct):
    token: str = ""
    access_token: str = ""


class _Tags(msgspec.Struct):
    tags: tuple[str, ...] | None = None


class _Catalog(msgspec.Struct):
    repositories: tuple[str, ...] | None = None


class Remote:
    """A repository, with the credentials that were found for it. Safe to use from several threads."""

    def __init__(self, candidate: Candidate, http: Http, *, actions: str = "pull") -> None:
        self.name = candidate.name
        self._api = candidate.api
        self._headers = dict(candidate.headers)
        self._namespace = candidate.namespace
        self._http = http
        self._actions = actions
        self._authorization = ""
        self._base = ""
        self._lock = threading.Lock()

    def manifest(self, wanted: str) -> tuple[bytes, str]:
        """The raw manifest or index, and its media type.

        Raises:
            NotFound: there is none of this name.
            Unreachable: the registry cannot be asked, or refuses.
        """
        with self._ask("GET", f"manifests/{wanted}", {"Accept": ACCEPT}) as answer:
            return answer.body(DOCUMENT_BYTES), answer.headers.get("Content-Type", "").partition(";")[
                0
            ].strip()

    def document(self, descriptor: Descriptor) -> bytes:
        """A manifest, index or configuration, unproven."""
        if descriptor.media_type in INDEXES | MANIFESTS:
            return self.manifest(descriptor.digest)[0]
        with self._ask("GET", f"blobs/{descriptor.digest}") as answer:
            return answer.body(DOCUMENT_BYTES)

    def blob(self, descriptor: Descriptor) -> BlobStream:
        """The bytes of a blob as they come; a cut download goes on where it stopped."""
        return BlobStream(self, descriptor)

    def open_blob(self, descriptor: Descriptor, offset: int) -> Answer:
        """The answer that carries the blob from `offset` on, or from its start where Range is not served."""
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        return self._ask("GET", f"blobs/{descriptor.digest}", headers)

    def exists(self, wanted: str) -> bool:
        """Whether a manifest of this tag or digest is there."""
        try:
            self._ask("HEAD", f"manifests/{wanted}", {"Accept": ACCEPT}).close()
        except NotFound:
            return False
        return True

    def has_blob(self, digest: str) -> bool:
        """Whether the repository has this blob."""
        try:
            self._ask("HEAD", f"blobs/{digest}").close()
        except NotFound:
            return False
        return True

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """The closed answer to a request that carries something; `path` may be a whole address."""
        answer = self._ask(
            method, path, {"Content-Type": "application/octet-stream", **(headers or {})}, body
        )
        answer.close()
        return answer

    def referrers(self, digest: str) -> bytes | None:
        """The index of what refers to a manifest; None where the registry keeps none."""
        try:
            with self._ask("GET", f"referrers/{digest}") as answer:
                return answer.body(DOCUMENT_BYTES)
        except NotFound:
            pass
        try:
            return self.manifest(digest.replace(":", "-"))[0]
        except NotFound:
            return None

    def tags(self) -> Iterator[str]:
        """Every tag of the repository."""
        for page in self._pages("tags/list?n=1000"):
            yield from msgspec.json.decode(page, type=_Tags).tags or ()

    def repositories(self) -> Iterator[str]:
        """Every repository of the registry, where it tells."""
        for page in self._pages(f"{self._root()}/_catalog?n=1000"):
            yield from msgspec.json.decode(page, type=_Catalog).repositories or ()

    def _pages(self, path: str) -> Iterator[bytes]:
        for _ in range(_MOST_PAGES):
            with self._ask("GET", path) as answer:
                yield answer.body(DOCUMENT_BYTES)
                following = parse_next_link(answer.headers.get("Link", ""))
            if not following:
                return
            path = urljoin(answer.url, following)

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """The answer to a request of this repository, after proving who asks where that is wanted."""
        url = path if "://" in path else self._address(path)
        for attempt in range(2):
            known = {"Authorization": self._authorization} if self._authorization else {}
            answer = self._http.request(method, url, {**self._headers, **(headers or {}), **known}, body)
            if answer.status != 401 or attempt:
                break
            challenge = parse_challenge(answer.headers.get("WWW-Authenticate", ""))
            answer.close()
            with self._lock:
                self._authorization = self._prove(challenge)
        if answer.status < 300:
            return answer
        raise self._refused(answer, url)

    def _address(self, path: str) -> str:
        """Where something of the repository is; a mirror is told whose it is. Source: containerd, docs/hosts.md."""
        namespace = (
            f"{'&' if '?' in path else '?'}{urlencode({'ns': self._namespace})}" if self._namespace else ""
        )
        return f"{self._root()}/{self.name.repository}/{path}{namespace}"

    def _refused(self, answer: Answer, url: str) -> SeamlineError:
        words = parse_errors(answer.body(DOCUMENT_BYTES)) or f"status {answer.status}"
        host, name = self.name.registry, str(self.name)
        if answer.status == 404:
            return NotFound(
                name, expected="to be there", got=words, hint=f"check the name and the tag at {host}"
            )
        if answer.status in (401, 403):
            return Unreachable(
                name,
                expected="to be allowed to read it",
                got=words,
                hint=f"log in: docker login {host}, or skopeo login {host}",
            )
        if answer.status == 429:
            return Unreachable(
                name,
                expected="an answer",
                got=f"too many requests: {words}",
                hint="log in for a higher limit, or name a mirror",
            )
        return Unreachable(
            urlsplit(url).netloc, expected="an answer", got=words, hint="try again later, or name a mirror"
        )

    def _root(self) -> str:
        """The address of the registry's API. Plain http is tried for this machine, or where the user allowed it."""
        with self._lock:
            if not self._base:
                host = self.name.host
                self._base = f"https://{host}"
                if (is_local(host) or self._http.wire.insecure) and not self._speaks_tls(host):
                    self._base = f"http://{host}"
            return self._base + self._api

    def _speaks_tls(self, host: str) -> bool:
        once = Http(msgspec.structs.replace(self._http.wire, attempts=1))
        try:
            once.request("GET", f"https://{host}/v2/").close()
        except Unreachable as fault:
            return "CERTIFICATE" in fault.got.upper()
        return True

    def _prove(self, challenge: Challenge | None) -> str:
        """The Authorization header that meets a challenge; "" where nothing can."""
        login = find_login(self.name.registry, self.name.repository)
        if challenge is None:
            return ""
        if challenge.scheme == "basic":
            return _basic(login) if login is not None else ""
        realm = challenge.parameters.get("realm", "")
        parts = urlsplit(realm)
        if parts.scheme != "https" and not is_local(parts.netloc) and not self._http.wire.insecure:
            raise Unreachable(
                str(self.name),
                expected="a token service that speaks https",
                got=realm[:200],
                hint="--insecure allows plain http",
            )
        answer = self._buy(realm, challenge, login)
        if answer.status != 200:
            raise self._refused(answer, realm)
        try:
            token = msgspec.json.decode(answer.body(DOCUMENT_BYTES), type=_Token)
        except (msgspec.MsgspecError, RecursionError) as fault:
            raise Unreachable(
                realm, expected="a token", got="something else", hint="is this really a registry?"
            ) from fault
        return f"Bearer {token.token or token.access_token}"

    def _buy(self, realm: str, challenge: Challenge, login: Login | None) -> Answer:
        asked = {"service": challenge.parameters.get("service", "")}
        asked["scope"] = (
            challenge.parameters.get("scope") or f"repository:{self.name.repository}:{self._actions}"
        )
        if login is not None and login.identity_token:
            form = {
                **asked,
                "grant_type": "refresh_token",
                "refresh_token": login.identity_token,
                "client_id": "seamline",
            }
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            return self._http.request("POST", realm, kind, urlencode(form).encode())
        own = self._headers if urlsplit(realm).netloc == self.name.host else {}
        sent = {**own, "Authorization": _basic(login)} if login is not None else own
        query = urlencode({name: value for name, value in asked.items() if value})
        return self._http.request("GET", f"{realm}{'&' if '?' in realm else '?'}{query}", sent)


def remote_at(candidate: Candidate, http: Http, *, actions: str = "pull") -> Remote:
    """The repository at a candidate, asked with its certificates, and with less care only where that is configured."""
    return Remote(candidate, Http(_wire_to(candidate, http.wire)), actions=actions)


def certificate_problem(candidate: Candidate, http: Http) -> SeamlineError | None:
    """Why the certificates that are configured for a candidate cannot be used; None where they can."""
    if not (candidate.certificates.trusted or candidate.certificates.shown):
        return None
    try:
        tls_context(_wire_to(candidate, http.wire), show=True)
    except (NotFound, Malformed) as fault:
        return fault
    return None


def _wire_to(candidate: Candidate, wire: Wire) -> Wire:
    return msgspec.structs.replace(
        wire,
        insecure=wire.insecure or candidate.insecure,
        certificates=candidate.certificates,
        connect_seconds=candidate.dial_seconds or wire.connect_seconds,
    )


def _basic(login: Login) -> str:
    return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode("ascii")


class BlobStream(io.RawIOBase):
    """A blob read as it comes; when the connection is cut, reading goes on with a Range request."""

    def __init__(self, remote: Remote, descriptor: Descriptor) -> None:
        super().__init__()
        self._remote = remote
        self._descriptor = descriptor
        self._offset = 0
        self._resumes = _RESUMES
        self._answer = remote.open_blob(descriptor, 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; b"" at the promised end.

        Raises:
            Unreachable: cut or stalled too often.
            Lying: more bytes come than were promised.
        """
        if size is None or size < 0:
            return self.readall()
        while True:
            try:
                data = self._answer.read(size)
            except Unreachable:
                if not self._resumes:
                    raise
                data = b""
            if not data and size and self._offset < self._descriptor.size_bytes and self._resumes:
                self._resume()
                continue
            self._offset += len(data)
            if self._offset > self._descriptor.size_bytes:
                raise Lying(
                    str(self._remote.name),
                    expected=f"{self._descriptor.size_bytes} bytes of {self._descriptor.digest}",
                    got="more",
                    hint="the registry sends something else",
                )
            return data

    def _resume(self) -> None:
        self._resumes -= 1
        self._answer.close()
        self._answer = self._remote.open_blob(self._descriptor, self._offset)
        start = (
            parse_content_range(self._answer.headers.get("Content-Range", ""))
            if self._answer.status == 206
            else 0
        )
        if start is None or start > self._offset:
            raise Lying(
                str(self._remote.name),
                expected=f"bytes from {self._offset} on",
                got=f"bytes from {start}",
                hint="the registry serves ranges wrongly",
            )
        missing = self._offset - start
        while missing and (skipped := self._answer.read(min(missing, _SKIP_BYTES))):
            missing -= len(skipped)

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
        super().close()
