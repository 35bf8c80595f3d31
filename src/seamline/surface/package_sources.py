"""Where an image would fetch packages from: sources that are unsigned, in plain text or expired, and none at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC

from seamline.expression import expression
from seamline.formats.apt import (
    AptSource,
    paragraphs,
    parse_apt_conf,
    parse_sources_deb822,
    parse_sources_list,
)
from seamline.model.package_source import ARCHIVED, PackageSource

_NEVER = "9999-12-31"
_PLAIN = ("http://", "ftp://")
_FALSE = frozenset(("0", "no", "false", "off"))
_TRUE = frozenset(("true", "yes", "with", "on", "enable", "1"))
_WAIVING = frozenset(
    ("apt::get::allowunauthenticated", "acquire::allowinsecurerepositories", "acquire::allowuntrusted")
)
"""The settings of apt by which nobody asks for signatures. Source: apt-get(8), apt-secure(8); values: apt.conf(5)."""
_SECURITY = expression(r"security|(?:^|[-/])(?:sid|unstable|rolling|devel)\b|-lts", re.IGNORECASE)
_OLD = expression(
    r"//(?:archive\.debian\.org|old-releases\.ubuntu\.com|vault\.(?:centos\.org|almalinux\.org)|[^/]+/vault/rocky)"
)
_STAMP = expression(r"(?:^|/)(\d{4})(\d\d)(\d\d)T\d{6}Z(?:/|$)|//snapshot[^/]*/.*/(\d{4})(\d\d)(\d\d)(?:/|$)")
"""How the snapshot services of Debian and Ubuntu, and who mirrors them, name a moment."""


def package_sources(texts: Mapping[bytes, bytes], today: str) -> tuple[PackageSource, ...]:
    """Every source of packages that the image is set up with, as of a day (`2026-11-26`); those that are switched off are among
    them and say so."""
    waivers = (
        _text(path)
        for path, data in sorted(texts.items())
        if path == b"etc/apt/apt.conf" or path.startswith(b"etc/apt/apt.conf.d/")
        for name, value in parse_apt_conf(_text(data))
        if name in _WAIVING and value.strip().lower() in _TRUE
    )
    return (
        *_apt(texts, today, waived_by=next(waivers, "")),
        *_repositories(texts),
        *_apk(texts),
    )


def _apt(texts: Mapping[bytes, bytes], today: str, *, waived_by: str) -> Iterator[PackageSource]:
    ends = _valid_until(texts)
    for path, data in sorted(texts.items()):
        if path == b"etc/apt/sources.list" or (
            path.startswith(b"etc/apt/sources.list.d/") and path.endswith(b".list")
        ):
            sources = parse_sources_list(_text(data))
        elif path.startswith(b"etc/apt/sources.list.d/") and path.endswith(b".sources"):
            sources = parse_sources_deb822(_text(data), disabled_too=True)
        else:
            continue
        for source in sources:
            yield PackageSource(
                manager="apt",
                address=source.uri,
                suite=source.suite,
                path=_text(path),
                unsigned=source.trusted or bool(waived_by),
                waived_by="" if source.trusted else waived_by,
                plain=source.uri.startswith(_PLAIN),
                expired=_is_old(source, ends, today),
                components=source.components,
                line=source.line,
                frozen=frozen_since(source.snapshot) or frozen_since(source.uri),
                disabled=source.disabled,
                # Debian and Ubuntu mend releases in suites of their own, sid and flat archives in place
                security=bool(_SECURITY.search(source.suite) or _SECURITY.search(source.uri))
                or source.is_flat,
            )


def _valid_until(texts: Mapping[bytes, bytes]) -> dict[str, str]:
    """The last valid day of each suite whose Release file an image still has."""
    found = {}
    for path, data in texts.items():
        if path.startswith(b"var/lib/apt/lists/") and path.endswith(b"Release"):
            fields = next(paragraphs(_text(data).partition("\n\n")[2] or _text(data)), {})
            fields = fields if "Suite" in fields else next(paragraphs(_text(data)), {})
            if "Valid-Until" in fields:
                day = _day(fields["Valid-Until"])
                for name in ("Suite", "Codename"):
                    found[fields.get(name, "")] = day
    return found


def _is_old(source: AptSource, ends: Mapping[str, str], today: str) -> bool:
    """Whether nothing new comes from there: an archive of ended releases, or a list that ran out."""
    last = ends.get(source.suite, "")
    return bool(_OLD.search(source.uri)) or bool(last and last < today)


def frozen_since(address: str) -> str:
    """The day of the snapshot that an address (or an apt option) names, "archived" for an archive of ended releases; empty for
    what goes on."""
    if match := _STAMP.search(address):
        return "-".join(part for part in match.groups() if part)
    return ARCHIVED if _OLD.search(address) else ""


def _day(text: str) -> str:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 5 ms that few images need

    try:
        return parsedate_to_datetime(text).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return _NEVER


def _repositories(texts: Mapping[bytes, bytes]) -> Iterator[PackageSource]:
    """yum's, dnf's and zypper's. Source: dnf.conf(5), zypper(8)."""
    defaults = _main(texts.get(b"etc/dnf/dnf.conf", b"") or texts.get(b"etc/yum.conf", b""))
    for path, data in sorted(texts.items()):
        if not path.endswith(b".repo"):
            continue
        manager = "zypper" if b"zypp" in path else "dnf"
        for name, section in _sections(data):
            address = section.get("baseurl") or section.get("metalink") or section.get("mirrorlist") or ""
            check = (
                section.get("gpgcheck") or defaults.get("gpgcheck") or ("1" if manager == "zypper" else "0")
            )
            yield PackageSource(
                manager=manager,
                address=address.split("\n")[0].strip(),
                suite=name,
                path=_text(path),
                unsigned=check.strip().lower() in _FALSE,
                plain=address.strip().startswith(_PLAIN),
                expired=bool(_OLD.search(address)),
                security=True,
                line=_line_of(name, data),
                frozen=frozen_since(address),
                disabled=section.get("enabled", "1").strip().lower() in _FALSE,
            )


def _line_of(section: str, data: bytes) -> int:
    lines = data.decode("utf-8", "backslashreplace").splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.strip() == f"[{section}]"), 0)


def _main(data: bytes) -> Mapping[str, str]:
    return next((section for name, section in _sections(data) if name == "main"), {})


def _sections(data: bytes) -> Iterator[tuple[str, Mapping[str, str]]]:
    if not data:
        return
    import configparser  # noqa: PLC0415 - only images with repository files need it

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_text(data))
    except configparser.Error:
        return
    for name in parser.sections():
        yield name, dict(parser.items(name))


def _apk(texts: Mapping[bytes, bytes]) -> Iterator[PackageSource]:
    """apk's; its packages are signed whatever the transport is. Source: apk-repositories(5)."""
    for number, line in enumerate(_text(texts.get(b"etc/apk/repositories", b"")).splitlines(), 1):
        address = line.split()[-1] if line.split() else ""
        if address and not line.lstrip().startswith("#"):
            yield PackageSource(
                manager="apk",
                address=address,
                suite=line.split()[0] if len(line.split()) > 1 else "",
                path="etc/apk/repositories",
                plain=address.startswith(_PLAIN),
                security=True,
                line=number,
                frozen=frozen_since(address),
            )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
