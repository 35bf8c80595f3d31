"""Run-time settings, tested against what is in the image: does setting them change anything?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seamline.expression import expression
from seamline.formats.shell_variables import variables_read
from seamline.model.customization import Knob, KnobVerdict
from seamline.model.entry import DIRECTORY, path_text
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.tree.tree import Tree

_WORKS, _NO_EFFECT, _UNKNOWN = KnobVerdict.WORKS, KnobVerdict.NO_EFFECT, KnobVerdict.UNKNOWN
_ZONES = b"usr/share/zoneinfo"
_UTC = frozenset(("UTC", "GMT", "Etc/UTC", "Etc/GMT", "Zulu"))
"""What a C library without the zone's file takes for UTC, as it takes every unknown name."""
_OWN_OFFSET = expression(
    r":?(?:[A-Za-z]{3,}|<[\w+-]{3,}>)[+-]?\d{1,2}(?::\d\d){0,2}(?:(?:[A-Za-z]{3,}|<[\w+-]{3,}>)[\w+:,./-]*)?"
)
"""`CST-8`, `CET-1CEST,M3.5.0,M10.5.0/3`, `<+08>-8`. Source: tzset(3); POSIX.1-2024 XBD 8.3, TZ."""
_LOCALES = b"usr/lib/locale"
_MUSL = (
    b"lib/ld-musl-x86_64.so.1",
    b"lib/ld-musl-aarch64.so.1",
    b"lib/ld-musl-armhf.so.1",
    b"lib/ld-musl-riscv64.so.1",
)
_BUILT_IN = frozenset(("C", "POSIX"))
_OPENSSL = expression(rb"libcrypto\.so\.\d")
_CA_FILES = (
    b"etc/ssl/certs/ca-certificates.crt",
    b"etc/pki/tls/certs/ca-bundle.crt",
    b"etc/ssl/cert.pem",
    b"etc/ssl/ca-bundle.pem",
)
_LIBRARIES = (b"usr/lib", b"lib", b"usr/lib64", b"lib64", b"usr/local/lib")

_MORE_CERTIFICATES = "NODE_EXTRA_CA_CERTS"
"""Node warns and goes on without them where the file is not there. Source: Node's documentation of the command line."""
_OF_RUNTIMES = {
    "go": expression(r"GO(?:DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK)"),
    "java": expression(r"JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS"),
    "node": expression(r"NODE_(?:DEBUG|EXTRA_CA_CERTS|OPTIONS|PATH|PENDING_DEPRECATION|TLS_REJECT_UNAUTHORIZED)"),
    "python": expression(r"PYTHON(?:PATH|HOME|STARTUP|OPTIMIZE|DEBUG|INSPECT|UNBUFFERED|DONTWRITEBYTECODE|HASHSEED|IOENCODING|UTF8|WARNINGS|FAULTHANDLER|NOUSERSITE|PYCACHEPREFIX|SAFEPATH|MALLOC|DEVMODE|TRACEMALLOC)"),
}  # fmt: skip
"""What a runtime reads itself. Source: python(1), node(1), java's JDK_JAVA_OPTIONS and JVM TI, Go's package runtime."""


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What knobs are tested on: the image's environment, the names in its locale-archive, the texts of its start scripts by
    path, the variables that other start files and templates read with their lines, and which runtimes it has (go, java, node, python) by the ecosystems of its packages and its programs."""

    environment: Mapping[str, str]
    locales: Sequence[str]
    scripts: Mapping[bytes, str]
    runtimes: frozenset[str]
    side: Side
    reads: Mapping[bytes, Sequence[tuple[str, int]]] = {}


def knobs(tree: Tree, bench: Bench) -> tuple[Knob, ...]:
    """Every knob with its verdict: the usual ones first, then the variables that the start scripts read."""
    usual = (_zone(tree, bench), *_locale(tree, bench), _certificates(tree, bench))
    names = {knob.name for knob in usual}
    read = [knob for knob in _read_by_scripts(bench) if knob.name not in names]
    told = names | {knob.name for knob in read}
    return (*usual, *read, *_declared(tree, bench, told))


def _knob(
    name: str, value: str, verdict: KnobVerdict, why: Message, bench: Bench, add: Message | None = None
) -> Knob:
    return Knob(name=name, value=value, verdict=verdict, why=why, add=add, side=bench.side)


def _zone(tree: Tree, bench: Bench) -> Knob:
    """TZ: the C library looks for the zone's file; a JVM and Node's ICU bring zones of their own."""
    value = bench.environment.get("TZ") or "Asia/Shanghai"
    folder = bench.environment.get("TZDIR", "").strip("/").encode() or _ZONES
    file = value.removeprefix(":").encode()
    path = file.strip(b"/") if file.startswith(b"/") else folder + b"/" + file
    zone = tree.resolve(path)
    if zone is not None and zone.kind != DIRECTORY:
        return _knob("TZ", value, _WORKS, Message("zone-file", {"path": path.decode()}), bench)
    if value in _UTC or _OWN_OFFSET.fullmatch(value):
        return _knob("TZ", value, _WORKS, Message("zone-told", {"zone": value}), bench)
    own = sorted(bench.runtimes & {"java", "node"})
    add = Message("add-tzdata", {})
    if own:
        return _knob(
            "TZ", value, _WORKS, Message("zone-of-runtime", {"runtimes": ", ".join(own)}), bench, add
        )
    return _knob("TZ", value, _NO_EFFECT, Message("zone-missing", {"zone": value}), bench, add)


def _locale(tree: Tree, bench: Bench) -> Iterator[Knob]:
    for name in ("LANG", "LC_ALL"):
        value = bench.environment.get(name) or ("C.UTF-8" if name == "LANG" else "zh_CN.UTF-8")
        yield _locale_knob(name, value, tree, bench)


def _locale_knob(name: str, value: str, tree: Tree, bench: Bench) -> Knob:
    """A locale works where glibc has it compiled; musl takes every name and speaks UTF-8 with no translations."""
    if any(tree.resolve(path) is not None for path in _MUSL):
        return _knob(name, value, _WORKS, Message("locale-musl", {}), bench)
    if value in _BUILT_IN:
        return _knob(name, value, _WORKS, Message("locale-built-in", {"locale": value}), bench)
    plain = _plain(value)
    folders = {_plain(each.decode("ascii", "replace")) for each in tree.names(_LOCALES)}
    if plain in folders or plain in {_plain(each) for each in bench.locales}:
        return _knob(name, value, _WORKS, Message("locale-compiled", {"locale": value}), bench)
    if not _has_glibc(tree):
        return _knob(name, value, _UNKNOWN, Message("locale-no-libc", {}), bench)
    add = Message("add-c-locale", {}) if plain == "C.utf8" else Message("add-locale", {"locale": value})
    return _knob(name, value, _NO_EFFECT, Message("locale-missing", {"locale": value}), bench, add)


def _plain(locale: str) -> str:
    """`zh_CN.UTF-8` and `zh_CN.utf8` are one. Source: glibc _nl_normalize_codeset."""
    head, dot, codeset = locale.partition(".")
    return head + dot + codeset.replace("-", "").replace("_", "").lower()


def _has_glibc(tree: Tree) -> bool:
    return any(_named(tree, rb"libc\.so\.6"))


def _named(tree: Tree, pattern: bytes) -> Iterator[bytes]:
    """The libraries whose name a pattern is, in the usual folders and those of an architecture below them."""
    wanted = re.compile(pattern)
    for folder in _LIBRARIES:
        for name in tree.names(folder):
            if wanted.fullmatch(name):
                yield folder + b"/" + name
            elif name.endswith((b"-linux-gnu", b"-linux-gnueabihf", b"-linux-musl")):
                yield from (
                    folder + b"/" + name + b"/" + each
                    for each in tree.names(folder + b"/" + name)
                    if wanted.fullmatch(each)
                )


def _certificates(tree: Tree, bench: Bench) -> Knob:
    """SSL_CERT_FILE: OpenSSL and Go read it, a JVM and Node do not."""
    value = bench.environment.get("SSL_CERT_FILE") or "/etc/ssl/certs/own.pem"
    readers = [
        *({"go"} & bench.runtimes),
        *(["OpenSSL"] if any(_named(tree, _OPENSSL.pattern + rb"(?:\.\d)?")) else []),
    ]
    deaf = sorted(bench.runtimes & {"java", "node"})
    named = bench.environment.get("SSL_CERT_FILE", "")
    if named and tree.resolve(named.strip("/").encode()) is None:
        why, add = Message("certificates-not-there", {"path": named}), Message("add-certificates", {})
        return _knob("SSL_CERT_FILE", value, _NO_EFFECT, why, bench, add)
    if readers and not deaf:
        return _knob(
            "SSL_CERT_FILE", value, _WORKS, Message("certificates-read", {"by": ", ".join(readers)}), bench
        )
    if deaf:
        add = Message("add-certificates-" + deaf[0], {})
        return _knob(
            "SSL_CERT_FILE",
            value,
            _NO_EFFECT,
            Message("certificates-not-read", {"by": ", ".join(deaf)}),
            bench,
            add,
        )
    has_store = any(tree.resolve(path) is not None for path in _CA_FILES)
    why = Message("certificates-store-only" if has_store else "certificates-nobody", {})
    return _knob("SSL_CERT_FILE", value, _UNKNOWN, why, bench)


def _read_by_scripts(bench: Bench) -> Iterator[Knob]:
    seen: set[str] = set()
    texts = ((path, variables_read(text)) for path, text in bench.scripts.items())
    for path, read in (*texts, *bench.reads.items()):
        for name, line in read:
            if name not in seen and not name.startswith("_"):
                seen.add(name)
                why = Message("variable-read", {"path": path_text(path), "line": line})
                yield _knob(name, bench.environment.get(name, ""), _WORKS, why, bench)


def _declared(tree: Tree, bench: Bench, told: set[str]) -> Iterator[Knob]:
    """What the image itself sets and no script reads: its runtime does, or the program may, and nobody has looked."""
    for name, value in bench.environment.items():
        runtime = next((each for each in sorted(bench.runtimes) if _is_of(each, name)), "")
        if runtime and name == _MORE_CERTIFICATES and tree.resolve(value.strip("/").encode()) is None:
            why, add = (
                Message("certificates-more-not-there", {"path": value}),
                Message("add-certificates", {}),
            )
            yield _knob(name, value, _NO_EFFECT, why, bench, add)
        elif runtime and name not in told:
            why = Message("variable-of-runtime", {"runtime": runtime})
            yield _knob(name, value, _WORKS, why, bench)
        elif (
            name not in told and name not in ("PATH", "HOME") and not name.endswith(("_VERSION", "_RELEASE"))
        ):
            yield _knob(name, value, _UNKNOWN, Message("variable-declared", {}), bench)


def _is_of(runtime: str, name: str) -> bool:
    return runtime in _OF_RUNTIMES and _OF_RUNTIMES[runtime].fullmatch(name) is not None
