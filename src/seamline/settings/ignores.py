"""What does not count: the first ignore that fits and has not expired; and other tools' lists, taken over."""

from __future__ import annotations

import re
import reprlib
from datetime import date
from typing import Any

import msgspec

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.model.day import day_after, day_of
from seamline.settings.file import Ignore

IMPORTED = "imported"
_DAYS = 90
_MOST_BYTES = 1 << 20
_YAML_KEY = expression(rb"^(ignore|vulnerabilities):", re.MULTILINE)
_EXPIRES = expression(r"\bexp:(\d{4}-\d\d-\d\d)\b")
_GRYPE_KINDS = {
    "apk": "apk", "deb": "deb", "rpm": "rpm", "npm": "npm", "python": "pypi", "gem": "gem", "java-archive": "maven",
    "go-module": "golang", "rust-crate": "cargo", "php-composer": "composer", "dotnet": "nuget",
}  # fmt: skip
"""Grype's kinds of packages, as purls call them."""
_TRIVY_KINDS = ("vulnerabilities",)


class Imported(msgspec.Struct, frozen=True):
    """Ignores that were taken over, and what could not be, as it was written."""

    ignores: tuple[Ignore, ...]
    left: tuple[str, ...] = ()


def parse_ignore_list(data: bytes, source: str, today: str) -> Imported:
    """Another tool's list, by its name or else by what it holds: Grype's rules stand under `ignore`.

    Raises:
        Malformed: YAML that is none.
    """
    if "grype" in source or (_is_yaml(data, source) and "ignore" in _yaml(_decoded(data, source), source)):
        return parse_grype_yaml(data, source, today)
    return parse_trivyignore(data, source, today)


def _is_yaml(data: bytes, source: str) -> bool:
    """What comes through a pipe has no name that tells."""
    return source.endswith((".yaml", ".yml")) or _YAML_KEY.search(data[:_MOST_BYTES]) is not None


def parse_trivyignore(data: bytes, source: str, today: str) -> Imported:
    """The entries of a `.trivyignore` or `.trivyignore.yaml`. Source: Trivy documentation, "Filtering".

    Raises:
        Malformed: YAML that is none.
    """
    text = _decoded(data, source)
    if _is_yaml(data, source):
        return _trivy_yaml(text, source, today)
    ignores, left = [], []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        expires = _EXPIRES.search(line.partition("#")[0])
        if re.fullmatch(r"[A-Za-z][\w.:-]*-[\w.:-]+", words[0]) and not words[0].startswith(
            ("AVD-", "DS-", "KSV-")
        ):
            until = expires[1] if expires else day_after(today, _DAYS)
            ignores.append(Ignore(id=words[0], reason=IMPORTED, until=until, source=source))
        else:
            left.append(line.strip())
    return Imported(tuple(ignores), tuple(left))


def _trivy_yaml(text: str, source: str, today: str) -> Imported:
    document = _yaml(text, source)
    ignores, left = (
        [],
        [
            f"{key}: {len(value)}"
            for key, value in document.items()
            if key not in _TRIVY_KINDS and isinstance(value, list)
        ],
    )
    for entry in _entries(document, "vulnerabilities", source):
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name:
            left.append(_shown(entry))
            continue
        reason = _word(entry.get("statement")) or IMPORTED
        until = _day(entry.get("expired_at")) or day_after(today, _DAYS)
        for path in _texts(entry.get("paths")) or ("",):
            for purl in _texts(entry.get("purls")) or ("",):
                package = purl.partition("?")[0]  # of one version where it names one
                ignores.append(
                    Ignore(
                        id=name,
                        reason=reason,
                        until=until,
                        path=path.lstrip("/"),
                        package=package,
                        source=source,
                    )
                )
    return Imported(tuple(ignores), tuple(left))


def parse_grype_yaml(data: bytes, source: str, today: str) -> Imported:
    """The `ignore` rules of a `.grype.yaml`. Source: Grype documentation, "Specifying matches to ignore".

    Raises:
        Malformed: it is no YAML.
    """
    ignores, left = [], []
    for rule in _entries(_yaml(_decoded(data, source), source), "ignore", source):
        package = rule.get("package") if isinstance(rule, dict) else None
        known = (
            isinstance(rule, dict)
            and isinstance(package, dict | None)
            and set(rule)
            <= {
                "vulnerability",
                "reason",
                "package",
                "include-aliases",
            }
        )
        fields = set(package) if isinstance(package, dict) else set()
        place = package if isinstance(package, dict) else {}
        called = _grype_names(place) if fields <= {"name", "version", "type", "location"} else ()
        if not known or not called or not (_word(rule.get("vulnerability")) or fields):
            left.append(_shown(rule))
            continue
        ignores += [
            Ignore(
                id=_word(rule.get("vulnerability")) or "*",
                reason=_word(rule.get("reason")) or IMPORTED,
                until=day_after(today, _DAYS),
                package=name,
                path=_word(place.get("location")).lstrip("/").replace("**", "*"),
                source=source,
            )
            for name in called
        ]
    return Imported(tuple(ignores), tuple(left))


def _grype_names(package: dict[str, Any]) -> tuple[str, ...]:
    """Globs for the packages that a rule means, by name, version and kind; none where its kind has no name here."""
    name, version, kind = (_word(package.get(key)) for key in ("name", "version", "type"))
    end = f"@{version}" if version else ""
    if not kind:
        return ((name or "*") + end if name or end else "",)
    purl = _GRYPE_KINDS.get(kind)
    if purl is None:
        return ()
    encoded = name.replace("@", "%40") or "*"
    return (f"pkg:{purl}/{encoded}{end}", f"pkg:{purl}/*/{encoded}{end}") if name else (f"pkg:{purl}/*{end}",)


def _decoded(data: bytes, source: str) -> str:
    if len(data) > _MOST_BYTES:
        raise Malformed(
            source, expected=f"at most {_MOST_BYTES} bytes", got=f"{len(data)}", hint="mend the file"
        )
    return data.decode("utf-8", "replace")


def _yaml(text: str, source: str) -> dict[str, Any]:
    from seamline.formats.yaml_document import parse_yaml  # noqa: PLC0415 - few scans take over another tool's list

    documents = parse_yaml(text.encode(), source)
    found = documents[0] if len(documents) == 1 else documents
    if not isinstance(found, dict):
        raise Malformed(source, expected="a YAML mapping", got=type(found).__name__, hint="mend the file")
    return found


def _entries(document: dict[str, Any], key: str, source: str) -> list[Any]:
    found = document.get(key)
    if found is not None and not isinstance(found, list):
        raise Malformed(source, expected=f"a list of {key}", got=type(found).__name__, hint="mend the file")
    return found or []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_word, value))) if isinstance(value, list) else ()


def _word(value: object) -> str:
    """A plain value as text. What is nested has none: YAML's aliases can make it larger than memory."""
    return str(value) if isinstance(value, (str, int, float)) and value else ""


def _shown(entry: object) -> str:
    shape = reprlib.Repr()
    shape.maxlevel, shape.maxstring, shape.maxother = 3, 100, 100
    text = shape.repr(entry)[:200].replace("'", "")
    return text[1:-1] if isinstance(entry, dict) and text.endswith("}") else text


def _day(value: object) -> str:
    return day_of(value.isoformat() if isinstance(value, date) else _word(value))
