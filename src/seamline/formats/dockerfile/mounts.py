"""`RUN --mount=...`: what a build step sees that no layer keeps. Source: Dockerfile reference, "RUN --mount"."""

from __future__ import annotations

import csv
import re
from functools import lru_cache

import msgspec

from seamline.expression import expression
from seamline.formats.dockerfile.words import BadWords

KINDS = ("bind", "cache", "tmpfs", "secret", "ssh")
_FLAGS = frozenset(("readonly", "ro", "readwrite", "rw"))
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))
_SIZE = expression(r"(?i)\d+(?:\.\d+)?\s*(?:[kmgtpe](?:i?b)?|b)?")
_ALIASES = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly", "rw": "readwrite"}
_WITH_OWNER = frozenset(("secret", "ssh", "cache"))


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """One mount. Values stand as they were written, variables in them too."""

    kind: str = "bind"
    source_image: str = ""
    source: str = ""
    target: str = ""
    id: str = ""
    sharing: str = ""
    env: str | None = None
    is_read_only: bool = True
    is_required: bool = False


@lru_cache(4096)
def parse_mount(value: str) -> Mount:
    """The mount that a `--mount` flag asks for.

    Raises:
        BadWords: a key that there is not, or one that its kind does not take.
    """
    fields: dict[str, str] = {}
    try:
        parts = next(csv.reader([value], strict=True), [])
    except csv.Error as fault:
        raise BadWords("fields of a mount between commas", repr(value[:80])) from fault
    for part in parts:
        key, equals, given = part.partition("=")
        name = _ALIASES.get(key.lower(), key.lower())
        if not equals and name not in ("readonly", "readwrite", "required"):
            raise BadWords("key=value in a mount", repr(part[:80]))
        fields[name] = given if equals else "true"
    if "$" in fields.get("from", "")[:-1]:
        raise BadWords(
            "a stage or image without variables after from=", fields["from"][:80], "name it as a stage"
        )
    kind = fields.pop("type", "bind").lower()
    if kind not in KINDS and "$" not in kind:
        raise BadWords(f"a mount of type {', '.join(KINDS)}", repr(kind[:40]))
    _refuse_what_does_not_fit(kind, fields)
    read_only = kind not in ("cache", "tmpfs")
    if "readonly" in fields:
        read_only = _truth(fields["readonly"], "readonly")
    if "readwrite" in fields:
        read_only = not _truth(fields["readwrite"], "readwrite")
    return Mount(
        kind=kind,
        source_image=fields.get("from", ""),
        source=fields.get("source", ""),
        target=fields.get("target", ""),
        id=fields.get("id", ""),
        sharing=fields.get("sharing", "").lower(),
        env=fields.get("env"),
        is_read_only=read_only,
        is_required=_truth(fields.get("required", "false"), "required"),
    )


def _truth(value: str, key: str) -> bool:
    if value in _TRUE or "$" in value:
        return True
    if value in _FALSE:
        return False
    raise BadWords(f"true or false for {key}", repr(value[:40]))


def _refuse_what_does_not_fit(kind: str, fields: dict[str, str]) -> None:
    only = {
        "required": ("secret", "ssh"),
        "size": ("tmpfs",),
        "sharing": ("cache",),
        "mode": _WITH_OWNER,
        "uid": _WITH_OWNER,
        "gid": _WITH_OWNER,
    }
    for name, value in fields.items():
        if name in only:
            if kind not in only[name] and "$" not in kind:
                raise BadWords(f"no {name} for a mount of type {kind}", name)
        elif name not in ("from", "source", "target", "readonly", "readwrite", "id", "env"):
            raise BadWords("a key of a mount", repr(name[:40]))
        if name == "sharing" and value.lower() not in ("shared", "private", "locked") and "$" not in value:
            raise BadWords("sharing=shared, private or locked", repr(value[:40]))
        if name in ("uid", "gid", "mode") and "$" not in value and not re.fullmatch(r"[0-9]{1,10}", value):
            raise BadWords(f"a number for {name}", repr(value[:40]))
        if name == "size" and "$" not in value and not _SIZE.fullmatch(value):
            raise BadWords("a size such as 64m", repr(value[:40]))
    if kind == "secret":
        _refuse_odd_secret(fields)


def _refuse_odd_secret(fields: dict[str, str]) -> None:
    if fields.get("from"):
        raise BadWords("a secret mount without from", "from")
    if not any(fields.get(name) for name in ("source", "target", "id")):
        raise BadWords("an id or target of a secret mount", "none")
    if fields.get("source") and fields.get("id"):
        raise BadWords("either source or id of a secret mount", "both")
