"""Secrets in files: the rules over every file of every layer, bounded, and only a keyed fingerprint kept of each.

The value is confirmed, fingerprinted and dropped inside `extract`; no record, log or report ever holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import blake2b

import msgspec

from seamline.catalog.reader import EVERY, Buffer, Content, Reader
from seamline.catalog.secret_checks import chosen
from seamline.catalog.secret_filter import Filter, filter_of_rules
from seamline.catalog.secret_rules import RULES, SecretRule
from seamline.model.entry import Entry, path_text
from seamline.model.limits import Limits
from seamline.model.secret import Spot

HEAD_BYTES = 64 << 20
"""How much of a file is looked through."""
_TEXT_WITHIN_BYTES = 8192
_MOST_SPOTS = 200
_MOST_TRIES = 20_000
_LONG_LINE_BYTES = 2000
_NOT_IN_DOCUMENTS = ("assigned-secret", "command-password")
_NO_ASSIGNMENTS = rb"(?is).*\.(?:md|markdown|rst|txt|adoc|html?|xhtml|css|map|svg|po|pot|mo|lock|sum|csv|tsv|tex|pod|texi|[1-8]|ipynb|d\.ts|pyi|min\.js|pem|crt|el|vim)|(?:.*/)?(?:README|CHANGELOG|CHANGES|NEWS|COPYING|LICENSE)[^/]*"
_UNQUOTED = rb"(?is).*\.(?:env|ini|conf|cfg|cnf|properties|ya?ml|toml|netrc|npmrc|pypirc|rc|config|settings|service|credentials|secrets?|tfvars|hcl|gradle|sh|bash|envrc)|(?:.*/)?(?:\.env[^/]*|\.?[a-z_]*credentials|\.[a-z]*rc|[^/.]+)"


class Found:
    """One secret as it was met: its spot, and its value for as long as it must be blotted out elsewhere."""

    __slots__ = ("spot", "value")

    def __init__(self, spot: Spot, value: bytes) -> None:
        self.spot = spot
        self.value = value


def secrets_in(
    data: Buffer, path: bytes, key: bytes, *, is_setting: bool = False, by: Filter | None = None
) -> Iterator[Found]:
    """The secrets in a content that stands at `path`, in its order, each place once; filtered `by`, else by the quickest
    filter for many bytes.

    A setting (an environment variable, a step of the build) is read as a file of assignments without quotes is.
    """
    is_text = is_setting or b"\0" not in data[:_TEXT_WITHIN_BYTES]
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Found]] = []
    for rule, match, note in _confirmed(
        data, path, by or filter_of_rules(), is_text=is_text, is_setting=is_setting
    ):
        start, end = match.span("v")
        if any(start < last and first < end for first, last in taken):
            continue
        taken.append((start, end))
        line = data[:start].count(b"\n") + 1 if is_text else 0
        value = re.sub(rb"\\[nr]|\s", b"", match["v"])
        fingerprint = blake2b(value, key=key, digest_size=8).digest()
        found.append((start, Found(Spot(rule.kind, line, fingerprint, note), match["v"])))
        if len(found) == _MOST_SPOTS:
            break
    yield from (each for _, each in sorted(found, key=lambda pair: pair[0]))


def without_secrets(data: bytes, path: bytes) -> bytes:
    """The same text with every secret's value blotted out by as many asterisks: what other readers may keep of it."""
    kept = bytearray(data)
    for found in secrets_in(data, path, bytes(16)):
        at = data.find(found.value)
        while at >= 0:
            kept[at : at + len(found.value)] = b"*" * len(found.value)
            at = data.find(found.value, at + 1)
    return bytes(kept)


def _confirmed(
    data: Buffer, path: bytes, by: Filter, *, is_text: bool, is_setting: bool
) -> Iterator[tuple[SecretRule, re.Match[bytes], str]]:
    """Each match of a rule's shape around a hit that its check believes, the strong rules' first."""
    by_rule: dict[int, list[int]] = {}
    for number, end in by.hits(data):
        by_rule.setdefault(number, []).append(end)
    for number in sorted(by_rule):
        rule = RULES[number]
        if not _applies(rule, path, is_text=is_text, is_setting=is_setting):
            continue
        passed = 0
        for end in by_rule[number][:_MOST_TRIES]:
            if end < passed:
                continue
            match = rule.search(data, max(end - rule.before, passed), end + rule.after)
            if match is None or match.start() > end:
                continue
            passed = match.end()
            note = rule.check(match)
            if (
                note is None
                and is_setting
                and rule.kind == "assigned-secret"
                and match.span() == (0, len(data))
            ):
                note = chosen(match)
            if note is not None and (
                rule.kind != "assigned-secret" or _is_assigned(match, data, path, is_setting=is_setting)
            ):
                yield rule, match, note


def _applies(rule: SecretRule, path: bytes, *, is_text: bool, is_setting: bool) -> bool:
    if rule.files is not None:
        return bool(rule.files.fullmatch(path))
    if not rule.is_weak or is_setting:
        return True
    return is_text and (rule.kind not in _NOT_IN_DOCUMENTS or not re.fullmatch(_NO_ASSIGNMENTS, path))


def _is_assigned(match: re.Match[bytes], data: Buffer, path: bytes, *, is_setting: bool) -> bool:
    """Whether a name is given a literal: quoted in source text, bare in what is a list of settings; never in a line that
    a program has packed."""
    if is_setting:
        return True
    start = match.start()
    line_start = data.rfind(b"\n", max(start - _LONG_LINE_BYTES, 0), start)
    if line_start < 0 and start > _LONG_LINE_BYTES:
        return False
    if data.find(b"\n", start, start + _LONG_LINE_BYTES) < 0 and len(data) - start > _LONG_LINE_BYTES:
        return False
    if not match["quote"] and not re.fullmatch(_UNQUOTED, path):
        return False
    return bool(match["quote"]) or data[line_start + 1 : start].strip() in (
        b"",
        b"export",
        b"-",
        b"set",
        b"setx",
    )


def _spots(content: Content, entry: Entry, key: bytes) -> Iterator[Spot]:
    """The secrets of a file, those inside it where it is an archive; and whether a part of it was not looked at."""
    from seamline.catalog.packed import Unpacked, is_packed  # noqa: PLC0415 - no archive is in a configuration

    data = content.random()
    is_large = entry.size_bytes > HEAD_BYTES
    if is_large:
        data = data[:HEAD_BYTES]  # another reader may have asked for more
        yield Spot("", 0, b"", "large")
    if not is_packed(data):
        yield from (found.spot for found in secrets_in(data, entry.path, key))
        return
    unpacked = Unpacked(data, entry.path)
    left = _MOST_SPOTS
    for part in unpacked.parts():
        for found in secrets_in(part.data, part.path or entry.path, key):
            inside = path_text(part.path)
            yield msgspec.structs.replace(found.spot, inside=inside)
            left -= 1
            if not left:
                return
    if not unpacked.is_whole and not is_large:
        yield Spot("", 0, b"", "packed")


def secrets_reader(key: Callable[[], bytes]) -> Reader:
    """The reader whose fingerprints are made with what `key` gives; it is asked for when the first file is read."""

    def extract(entry: Entry, content: Content, limits: Limits) -> list[Spot] | None:  # noqa: ARG001 - shape of extract
        return list(_spots(content, entry, key())) or None

    return Reader(
        name="secrets", version=5, wants=(EVERY,), record=list[Spot], extract=extract, head_bytes=HEAD_BYTES
    )
