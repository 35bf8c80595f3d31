"""The dpkg database: status, file lists, diversions, and copyright files.

Source: deb-control(5), dpkg(1), dpkg-query(1), dpkg-divert(1); Debian Policy 12.5 for copyright files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from seamline.expression import expression

_FIELDS = frozenset(
    (
        b"Package",
        b"Status",
        b"Version",
        b"Architecture",
        b"Source",
        b"Depends",
        b"Pre-Depends",
        b"Provides",
        b"Maintainer",
        b"Essential",
    )
)
_MD5 = expression(rb"[0-9a-f]{32}")
_NAME = expression(rb"^Package: *([^\s]+)", re.MULTILINE)
_SOURCE = expression(r"([^ (]+)(?: *\(([^)]*)\))?")
_EXACT = expression(r"([^\s(:|]+)(?::[\w-]+)? *\(= *[^)|]+\)(?: *\[[^]]*\])?")
_LICENSE = expression(rb"^License: *([^\s].*?) *$", re.MULTILINE)
_AFTER_NAME = expression(r"[\s(:\[<]")
_COMMON = expression(rb"/usr/share/common-licenses/([A-Za-z0-9][A-Za-z0-9.+-]*[A-Za-z0-9+])")
_HOLD = b"Status: hold "
_PRESENT = frozenset(
    ("installed", "half-configured", "unpacked", "triggers-awaited", "triggers-pending", "half-installed")
)


class DpkgPackage(msgspec.Struct, frozen=True, array_like=True):
    """One paragraph of a status file. `source_version` is complete also where the paragraph leaves it out. `held_at`
    is the line, from 1, that puts the package on hold, so that no upgrade moves it; 0 where none does. Source: dpkg(1), package selection states."""

    name: str
    version: str
    architecture: str
    source_name: str
    source_version: str
    depends: str
    provides: str
    maintainer: str
    held_at: int = 0


def stanzas(data: bytes) -> Iterator[dict[bytes, bytes]]:
    """The paragraphs of a control file, single-line fields only (of folded ones the first line)."""
    for paragraph in data.replace(b"\r\n", b"\n").split(b"\n\n"):
        fields: dict[bytes, bytes] = {}
        for line in paragraph.split(b"\n"):
            if line[:1] not in (b" ", b"\t", b"#", b""):
                name, colon, value = line.partition(b":")
                if colon and name in _FIELDS:
                    fields[name] = value.strip()
        if fields:
            yield fields


def parse_status(data: bytes) -> tuple[DpkgPackage, ...]:
    """The packages whose files are in the root: everything but those removed (`config-files`, `not-installed`).

    A paragraph of status.d has no Status and counts as installed.
    """
    found = tuple(_package(fields) for fields in stanzas(data) if _is_present(fields))
    return _with_holds(found, data) if _HOLD in data else found


def _with_holds(packages: Sequence[DpkgPackage], data: bytes) -> tuple[DpkgPackage, ...]:
    held: dict[bytes, int] = {}
    name = b""
    for number, line in enumerate(data.replace(b"\r\n", b"\n").split(b"\n"), 1):
        if line.startswith(b"Package:"):
            name = line[8:].strip()
        elif line.startswith(_HOLD):
            held[name] = number
    return tuple(
        msgspec.structs.replace(each, held_at=held[each.name.encode()])
        if each.name.encode() in held
        else each
        for each in packages
    )


def _is_present(fields: dict[bytes, bytes]) -> bool:
    status = fields.get(b"Status")
    named = bool(fields.get(b"Package")) and bool(fields.get(b"Version"))
    return named and (status is None or status.decode("ascii", "replace").rpartition(" ")[2] in _PRESENT)


def _package(fields: dict[bytes, bytes]) -> DpkgPackage:
    text = {name: value.decode("utf-8", "replace") for name, value in fields.items()}
    name, version = text[b"Package"], text[b"Version"]
    source = _SOURCE.match(text.get(b"Source", ""))
    depends = ", ".join(text[field] for field in (b"Pre-Depends", b"Depends") if text.get(field))
    return DpkgPackage(
        name=name,
        version=version,
        architecture=text.get(b"Architecture", ""),
        source_name=source[1] if source else name,
        source_version=(source[2] if source else None) or version,
        depends=depends,
        provides=text.get(b"Provides", ""),
        maintainer=text.get(b"Maintainer", ""),
    )


def parse_relation_names(relation: str) -> Iterator[tuple[str, ...]]:
    """The names of a dependency field: one tuple of alternatives a comma. Source: Debian Policy 7.1."""
    for part in relation.split(","):
        names = tuple(
            _AFTER_NAME.split(alternative.strip(), maxsplit=1)[0] for alternative in part.split("|")
        )
        if any(names):
            yield tuple(name for name in names if name)


def exact_relations(relation: str) -> Iterator[str]:
    """The names that a dependency field asks for in one version alone (`perl-base (= 5.36.0-7)`), without alternatives to them."""
    for part in relation.split(","):
        if match := _EXACT.fullmatch(part.strip()):
            yield match[1]


def parse_list(data: bytes) -> list[bytes]:
    """The paths of an info/*.list file, relative to the root, the root itself left out."""
    return [path for line in data.split(b"\n") if (path := line.strip(b"/")) and path != b"."]


def parse_md5sums(data: bytes) -> Iterator[bytes]:
    """The paths of an *.md5sums file, relative to the root."""
    for line in data.split(b"\n"):
        _, blank, path = line.partition(b"  ")
        if blank and path.strip():
            yield path.strip().removeprefix(b"./").strip(b"/")


def parse_sums(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(path, MD5) of an *.md5sums file; lines that are none are passed over."""
    for line in data.split(b"\n"):
        digits, blank, path = line.partition(b"  ")
        if blank and path.strip() and _MD5.fullmatch(digits):
            yield path.strip().removeprefix(b"./").strip(b"/"), bytes.fromhex(digits.decode())


def parse_conffiles(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(package, path, MD5 as it was shipped) of every configuration file in a status file. Source: deb-control(5),
    dpkg's Conffiles field: ` /etc/x 0123... [obsolete]`."""
    for paragraph in data.split(b"\n\n"):
        at = paragraph.find(b"\nConffiles:")
        name = _NAME.search(paragraph)
        if at < 0 or name is None:
            continue
        for line in paragraph[at + 1 :].split(b"\n")[1:]:
            if not line.startswith(b" "):
                break
            words = line.split()
            if len(words) == 2 and _MD5.fullmatch(words[1]):
                yield name[1], words[0].strip(b"/"), bytes.fromhex(words[1].decode())


def parse_diversions(data: bytes) -> tuple[tuple[bytes, bytes, str], ...]:
    """(path, where it went, package that diverted it) of the diversions file; the package is `:` for local ones."""
    lines = data.split(b"\n")
    triples = zip(lines[::3], lines[1::3], lines[2::3], strict=False)
    return tuple(
        (path.strip(b"/"), to.strip(b"/"), by.decode("utf-8", "replace")) for path, to, by in triples if path
    )


def parse_copyright(data: bytes) -> tuple[str, ...]:
    """The licences that a copyright file names: its machine-readable short names, else the common ones it points to."""
    names = [match.decode("utf-8", "replace") for match in _LICENSE.findall(data)]
    if not names:
        names = [match.decode("ascii") for match in _COMMON.findall(data)]
    return tuple(sorted({name for name in names if len(name) < 120}))
