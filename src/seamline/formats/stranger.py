"""What a file is that is neither an image nor what was asked for, by its own words: so that an error can say it, and the next
step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from seamline.expression import expression
from seamline.formats.json_document import mapping, string

MOST_BYTES = 16 << 20
"""How much of a file is looked at."""


class Stranger(NamedTuple):
    """What a file is, and what to do with it."""

    kind: str
    hint: str


TEXT = "a text"
"""What a file is of whose words nothing more is known."""
_NAME_AN_IMAGE = "name an image, an archive of one, the folder of a root filesystem, or an SBOM"
_IN_ITS_FOLDER = "dir:FOLDER reads a folder with all that is installed in it"
_NAME_ITS_IMAGE = "name the image that it is about"
_MAGIC = (
    (b"PK\x03\x04", "a zip archive", _IN_ITS_FOLDER),
    (b"\x7fELF", "a program", _IN_ITS_FOLDER),
    (b"!<arch>\n", "a package of Debian or a library", _IN_ITS_FOLDER),
    (b"\xed\xab\xee\xdb", "an rpm package", _IN_ITS_FOLDER),
    (b"SQLite format 3\0", "an SQLite database", _NAME_AN_IMAGE),
    (b"hsqs", "a squashfs filesystem", "mount it, then name its folder: dir:FOLDER"),
    (b"QFI\xfb", "a disk of a virtual machine", "mount it, then name its folder: dir:FOLDER"),
    (b"%PDF-", "a PDF document", _NAME_AN_IMAGE),
    (b"\x89PNG", "a picture", _NAME_AN_IMAGE),
)
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_DOCKERFILE = expression(
    # line by line, and no line twice: blank ones by the ten thousand are no work
    r"(?>(?:[^\S\n]*(?:#[^\n]*)?\n)*)[^\S\n]*"
    r"(?:FROM\s+\S+|ARG\s+\w+(?:=\S*)?[^\S\n]*\n(?:.*\n)*?[^\S\n]*FROM\s+\S+)",
    re.IGNORECASE,
)
_LIKE_JSON = expression(rb'[\[{]\s*(?:["\[\]{}]|\Z)')
_CONTROLS = bytes(sorted({*range(32), 127} - {*b"\t\n\r\f\x1b"}))
_MANIFEST = expression(r"^(?:apiVersion|kind):\s", re.MULTILINE)
_COMPOSE = expression(r"^services:\s*$", re.MULTILINE)
_SPDX = expression(r"^[^\w\n]*(?:SPDXVersion|spdxVersion): *['\"]?SPDX-", re.MULTILINE)
_SPDX_HEAD = 1 << 16
_YAML_FROM = expression(r"\s*from\s*:", re.IGNORECASE)
Told = Mapping[str, Any]
_FORMS: tuple[tuple[Callable[[Told], object], str, str], ...] = (
    (lambda d: string(d.get("schema")).startswith("seamline."), "a report of seamline {}", _NAME_ITS_IMAGE),
    (lambda d: d.get("bomFormat") == "CycloneDX", "an SBOM in CycloneDX", "seamline scan {} judges it"),
    (lambda d: string(d.get("spdxVersion")).startswith("SPDX-2"), "an SBOM in SPDX", "seamline scan {} judges it"),
    (lambda d: "descriptor" in d and "artifacts" in d, "an SBOM of Syft", "seamline scan {} judges it"),
    (lambda d: "spdx" in str(d.get("@context")), "an SBOM in SPDX 3", "write it as SPDX 2.3 or CycloneDX"),
    (lambda d: "openvex" in string(d.get("@context")), "a VEX document", "name the image, and this with --vex {}"),
    (lambda d: "csaf_version" in mapping(d.get("document")), "a CSAF document", "name the image, and this with --vex {}"),
    (lambda d: isinstance(d.get("runs"), list) and "version" in d, "a SARIF report", _NAME_ITS_IMAGE),
    (lambda d: "affected" in d and "id" in d, "an OSV record", "seamline db import {}"),
    (lambda d: "lockfileVersion" in d, "a lock file of npm", _IN_ITS_FOLDER),
    (lambda d: "SchemaVersion" in d and "Results" in d, "a report of Trivy", "write an SBOM with it: -f cyclonedx"),
    (lambda d: "matches" in d and "descriptor" in d, "a report of Grype", _NAME_ITS_IMAGE),
    (lambda d: "vulnerabilities" in d and "scan" in d, "a report for GitLab", _NAME_ITS_IMAGE),
    (lambda d: d.get("schemaVersion") == 2, "a manifest of an image", "name the folder that it lies in"),
    (lambda d: "rootfs" in d and "config" in d, "a configuration of an image", "name the folder that it lies in"),
    (lambda d: "apiVersion" in d and "kind" in d, "a Kubernetes manifest", "seamline audit IMAGE --deploy {}"),
    (lambda d: "RepoTags" in d or "HostConfig" in d, "what docker inspect prints", _NAME_ITS_IMAGE),
    (lambda d: "dependencies" in d and "name" in d, "a package.json", _IN_ITS_FOLDER),
)  # fmt: skip
"""JSON by what stands at its top, the surest first."""


def stranger(data: bytes, name: str) -> Stranger | None:
    """What a file is that begins with `data` (all of it where it is no larger than `MOST_BYTES`); None where nothing tells.
    `name` is how the user calls it."""
    for magic, kind, hint in _MAGIC:
        if data.startswith(magic):
            return Stranger(kind, hint)
    start = data.lstrip(_BLANKS)
    if _LIKE_JSON.match(start):
        return _json(data, name)
    if start.startswith(b"<"):
        is_sbom = b"cyclonedx" in start[:2000] or b"<bom" in start[:2000]
        return (
            Stranger("an SBOM in XML", f"seamline scan {name} judges it")
            if is_sbom
            else Stranger("XML", _NAME_AN_IMAGE)
        )
    return _text(data, name)


def _json(data: bytes, name: str) -> Stranger:
    try:
        told = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        lines = data.split(b"\n", 1)
        if len(data) < MOST_BYTES and len(lines) > 1 and lines[1].strip() and lines[0].startswith(b"{"):
            return _json(lines[0], name)  # one document a line
        return Stranger("damaged JSON", "write it again, or name an image")
    document = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else told
    if isinstance(document, dict):
        for holds, kind, hint in _FORMS:
            if holds(document):
                verb = string(document.get("schema")).removeprefix("seamline.").partition("/")[0]
                return Stranger(kind.format(verb), hint.format(name))
    return Stranger("JSON, and no SBOM", _NAME_AN_IMAGE)


def _text(data: bytes, name: str) -> Stranger | None:
    """What a text is; None where it is none."""
    if not data or len(data.translate(None, _CONTROLS)) < len(data):
        return None
    try:
        text = data[: 1 << 16].decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start < min(len(data), 1 << 16) - 4:
            return None
        text = data[: fault.start].decode("utf-8")
    if text.startswith("#!"):
        return Stranger("a script", _NAME_AN_IMAGE)
    if _SPDX.search(text[:_SPDX_HEAD]):
        return Stranger("an SBOM in SPDX that is no JSON", "write it as JSON")
    if _DOCKERFILE.match(text) and not _YAML_FROM.match(text):
        return Stranger("a Dockerfile", f"seamline lint {name}, or build it and name the image")
    if _MANIFEST.search(text):
        return Stranger("a Kubernetes manifest", f"seamline audit IMAGE --deploy {name}")
    if _COMPOSE.search(text):
        return Stranger("a compose file", f"seamline audit IMAGE --deploy {name}")
    return Stranger(TEXT, _NAME_AN_IMAGE)
