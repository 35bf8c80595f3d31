"""What apt reads: sources.list in both forms, Release and Packages indexes.

Source: sources.list(5); Debian repository format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from seamline.expression import expression
from seamline.formats.untyped import whole

_WANTED = frozenset(
    (
        "Package",
        "Version",
        "Architecture",
        "Multi-Arch",
        "Essential",
        "Priority",
        "Depends",
        "Pre-Depends",
        "Provides",
        "Conflicts",
        "Breaks",
        "Filename",
        "Size",
        "SHA256",
        "Source",
    )
)


class AptSource(msgspec.Struct, frozen=True, kw_only=True):
    """One archive: its address, a suite, and the components to use.

    A flat archive has no components: its suite is a folder and ends in a slash. `keyring` are paths between blanks, an
    armoured key itself, or "" for apt's own. `trusted` is a source whose signatures nobody asks for. `line` is the line that
    names the suite, from 1; `snapshot` what the option of that name says; `disabled` ones are set and not asked.
    """

    uri: str
    suite: str
    components: tuple[str, ...]
    keyring: str = ""
    architectures: tuple[str, ...] = ()
    trusted: bool = False
    line: int = 0
    snapshot: str = ""
    disabled: bool = False

    @property
    def is_flat(self) -> bool:
        return self.suite.endswith("/")

    @property
    def place(self) -> str:
        """The address of the folder that holds InRelease."""
        if self.is_flat:
            return f"{self.uri}/{self.suite.removeprefix('./').removesuffix('/')}".rstrip("/")
        return f"{self.uri}/dists/{self.suite}"


class IndexedPackage(msgspec.Struct, frozen=True, kw_only=True):
    """One paragraph of a Packages index, and the archive that it is from."""

    name: str
    version: str
    architecture: str
    depends: str
    provides: str
    conflicts: str
    essential: bool
    priority: str
    filename: str
    size_bytes: int
    sha256: str
    archive: str


def parse_sources_list(text: str) -> Iterator[AptSource]:
    """The binary archives of a one-line-style file; lines that are none are left out."""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].replace("[", " [ ").replace("]", " ] ").split()
        if len(words) < 3 or words[0] != "deb":
            continue
        options: dict[str, str] = {}
        rest = words[1:]
        if rest[0] == "[":
            end = rest.index("]") if "]" in rest else 0
            options = dict(word.partition("=")[::2] for word in rest[1:end])
            rest = rest[end + 1 :]
        if len(rest) >= 2:
            yield AptSource(
                uri=rest[0].rstrip("/"),
                suite=rest[1],
                components=tuple(rest[2:]),
                keyring=options.get("signed-by", ""),
                architectures=tuple(options.get("arch", "").split(",")) if options.get("arch") else (),
                trusted=_unsigned(options.get("trusted", ""), options.get("allow-insecure", "")),
                line=number,
                snapshot=options.get("snapshot", ""),
            )


def parse_sources_deb822(text: str, *, disabled_too: bool = False) -> Iterator[AptSource]:
    """The binary archives of a deb822-style file, one a suite; disabled ones are left out unless they are asked for."""
    for fields, lines in numbered_paragraphs(text):
        lowered = {name.lower(): value for name, value in fields.items()}
        is_off = lowered.get("enabled", "yes").lower() in _OFF
        if "deb" not in lowered.get("types", "").split() or (is_off and not disabled_too):
            continue
        line = next((at for name, at in lines.items() if name.lower() == "suites"), 0)
        for uri in lowered.get("uris", "").split():
            for suite in lowered.get("suites", "").split():
                yield AptSource(
                    uri=uri.rstrip("/"),
                    suite=suite,
                    components=tuple(lowered.get("components", "").split()),
                    keyring=_unfolded(lowered.get("signed-by", "")).strip(),
                    architectures=tuple(lowered.get("architectures", "").split()),
                    trusted=_unsigned(lowered.get("trusted", ""), lowered.get("allow-insecure", "")),
                    line=line,
                    snapshot=lowered.get("snapshot", ""),
                    disabled=is_off,
                )


def _unsigned(*options: str) -> bool:
    """Whether an option waives the signature. Source: sources.list(5), Trusted and Allow-Insecure."""
    return any(option.lower() in ("yes", "true", "with", "on", "enable") for option in options)


def _unfolded(text: str) -> str:
    """A folded field as it was meant: a dot alone stands for an empty line."""
    return "\n".join("" if line.strip() == "." else line.strip() for line in text.split("\n"))


def paragraphs(text: str) -> Iterator[dict[str, str]]:
    """The paragraphs of a control file, folded fields whole. Source: deb822(5)."""
    return (fields for fields, _ in numbered_paragraphs(text))


def numbered_paragraphs(text: str) -> Iterator[tuple[dict[str, str], dict[str, int]]]:
    """The paragraphs of a control file, and the line that each field begins on, from 1."""
    number = 1
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields: dict[str, str] = {}
        lines: dict[str, int] = {}
        last = ""
        for at, line in enumerate(block.split("\n"), number):
            if line.startswith("#"):
                continue
            if line[:1] in (" ", "\t"):
                if last:
                    fields[last] += "\n" + line[1:]
                continue
            name, colon, value = line.partition(":")
            if colon:
                last = name
                fields[last], lines[last] = value.strip(), at
        number += block.count("\n") + 2
        if fields:
            yield fields, lines


def parse_release(text: str) -> tuple[dict[str, str], dict[str, tuple[str, int]]]:
    """The fields of a Release file, and (SHA-256, size in bytes) of each index it vouches for."""
    fields = next(paragraphs(text), {})
    indexes = {}
    for line in fields.get("SHA256", "").split("\n"):
        words = line.split()
        if len(words) == 3 and (size := whole(words[1])) is not None:
            indexes[words[2]] = (words[0], size)
    return fields, indexes


def signed_text(inline: str) -> str:
    """The text of a clear-signed message, without its armour. Source: RFC 9580, 7."""
    if not inline.startswith("-----BEGIN PGP SIGNED MESSAGE-----"):
        return inline
    body = inline.partition("\n\n")[2].partition("\n-----BEGIN PGP SIGNATURE-----")[0]
    return "\n".join(line.removeprefix("- ") for line in body.split("\n"))


def parse_packages(text: str, archive: str) -> Iterator[IndexedPackage]:
    """The packages of an index that can be downloaded and checked."""
    for block in text.split("\n\n"):
        fields = dict(
            line.partition(": ")[::2] for line in block.split("\n") if line.partition(":")[0] in _WANTED
        )
        if (
            not all(fields.get(name) for name in ("Package", "Version", "Filename", "SHA256"))
            or (size := whole(fields.get("Size", ""))) is None
        ):
            continue
        yield IndexedPackage(
            name=fields["Package"],
            version=fields["Version"],
            architecture=fields.get("Architecture", ""),
            depends=", ".join(fields[name] for name in ("Pre-Depends", "Depends") if fields.get(name)),
            provides=fields.get("Provides", ""),
            conflicts=", ".join(fields[name] for name in ("Conflicts", "Breaks") if fields.get(name)),
            essential=fields.get("Essential", "") == "yes",
            priority=fields.get("Priority", ""),
            filename=fields["Filename"],
            size_bytes=size,
            sha256=fields["SHA256"],
            archive=archive,
        )


_OFF = frozenset(("0", "no", "false", "without", "off", "disable"))
_ARCHIVES = "/var/cache/apt/archives"


def keeps_archives(settings: Iterable[tuple[str, str]]) -> bool:
    """Whether apt-get leaves the packages that it fetched in its cache, as it does where no setting says otherwise.

    Source: apt.conf(5), APT::Keep-Downloaded-Packages; the official images' docker-clean, which removes them by a hook.
    """
    for name, value in settings:
        if name == "apt::keep-downloaded-packages" and value.lower() in _OFF:
            return False
        if name.startswith("dpkg::post-invoke") and _ARCHIVES in value and "rm " in value:
            return False
    return True


_CONF_TOKENS = expression(r'//[^\n]*|/\*.*?\*/|#[^\n]*|"((?:[^"\\\n]|\\.)*)"|([{};])|([^\s{};"]+)', re.DOTALL)


def parse_apt_conf(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of each setting, names in lower case with `::` between their parts, however they are nested. Source:
    apt.conf(5)."""
    scopes: list[str] = []
    name, value = "", ""
    for match in _CONF_TOKENS.finditer(text):
        quoted, sign, word = match.groups()
        if quoted is not None:
            value = quoted
        elif word is not None:
            name, value = (name, word) if name else (word, value)
        elif sign == "{":
            scopes.append(name)
            name, value = "", ""
        elif sign is not None:
            if name or value:
                parts = [each for scope in (*scopes, name) for each in scope.split("::") if each]
                yield "::".join(parts).lower(), value
            if sign == "}" and scopes:
                scopes.pop()
            name, value = "", ""
