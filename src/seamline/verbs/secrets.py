"""The secrets of an image: what the reader met in every layer, and what its configuration says, judged by where they lie.

What a package of a distribution brought unaltered is public. So is what libraries bring as documentation, examples and
test data; and elsewhere in a library, what only a name makes a secret.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from seamline.catalog.reader import Reader
from seamline.catalog.secret_filter import filter_for
from seamline.catalog.secret_rules import RULES
from seamline.catalog.secrets import Found, secrets_in, secrets_reader
from seamline.effects.home import cache_home
from seamline.errors import Where
from seamline.model.entry import Entry, Kind, path_text
from seamline.model.evidence import Gap, Message
from seamline.model.package import Side
from seamline.model.purl import install_key
from seamline.model.secret import SecretLine, Spot
from seamline.stores.fingerprint_key import fingerprint_key
from seamline.verbs.blotting import Told, configured_texts
from seamline.verbs.inspect import Seen

_LIBRARIES = (  # these are made where a secret is met: most warm runs have none
    rb"(?:^|/)(?:site-packages|dist-packages|node_modules|gems|bundle|vendor|pkg/mod|\.m2|\.cargo/registry|\.npm|\.cache|_cacache)/"
    rb"|(?:^|/)lib/(?:python\d[\d.]*|node|ruby|jvm|go)/|^usr/(?:share|include|src)/"
    rb"|\.(?:whl|egg|gem|nupkg|crate)!/|!/(?:BOOT|WEB)-INF/lib/"
)
_SYSTEM_LIBRARY = rb"(?:usr/(?:local/)?)?lib(?:32|64|x32)?/(?:[^/]+-linux-[^/]+/)?[^/]+\.so(?:\.[\d.]+)?"
_KEYS = frozenset(("private-key", "pgp-private-key"))
_AIDS = (
    rb"(?i)(?:^|/)(?:docs?|documentation|man|examples?|samples?|demos?|tests?|testing|testdata|test[-_]data|test_?utils|__tests__|specs?|fixtures|mocks?|locales?|i18n)/"
    rb"|(?:^|/)(?:test_[^/]*|[^/]*_test\.[a-z]+|[^/]*[.-](?:spec|test|examples?)\.[a-z0-9]+|conftest\.py|[^/]*\.(?:md|markdown|rst|adoc|po|html?|ipynb|example|sample|dist|template|tmpl))$"
)


_asking = threading.Lock()
_kept_key = lru_cache(fingerprint_key)


def _key(folder: Path) -> bytes:
    """One key a run, also where it cannot be kept: layers are read by several threads, and one secret is one group."""
    with _asking:
        return _kept_key(folder)


SECRETS: Reader = secrets_reader(lambda: _key(cache_home()))
"""The reader of secrets, with this machine's own key."""
_WEAK = frozenset(rule.kind for rule in RULES if rule.is_weak)


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the lines of a report; and what was not looked at."""

    lines: tuple[SecretLine, ...]
    gaps: tuple[Gap, ...] = ()


class _Met(msgspec.Struct, frozen=True, kw_only=True):
    """One secret at one place before groups are numbered."""

    spot: Spot
    line: SecretLine


def secrets_of(seen: Seen) -> Secrets:
    """Every secret of the image: those in files by path, then those of the configuration."""
    settings = list(_in_configuration(seen))
    unread: dict[str, set[bytes]] = {}
    in_files = list(_in_files(seen, unread))
    met = [
        *sorted(in_files, key=lambda each: (each.line.path, each.line.inside, each.line.line)),
        *(each for each, _ in settings),
    ]
    groups: dict[bytes, int] = {}
    lines = []
    for each in met:
        number = groups.setdefault(each.spot.fingerprint, len(groups) + 1)
        lines.append(msgspec.structs.replace(each.line, group=number))
    lines = _with_owners(lines)
    return Secrets(
        lines=tuple(lines),
        gaps=tuple(_gap(note, paths) for note, paths in sorted(unread.items())),
    )


def _with_owners(lines: list[SecretLine]) -> list[SecretLine]:
    """A line of the history of which nobody knows whose it is, is of whom the setting with the same secret is."""
    owned = {each.group: each for each in reversed(lines) if each.stratum and each.place != "file"}
    return [
        msgspec.structs.replace(
            each,
            side=owned[each.group].side,
            stratum=owned[each.group].stratum,
            why=Message("author-of-setting"),
        )
        if each.side == Side.UNKNOWN and not each.stratum and each.group in owned
        else each
        for each in lines
    ]


def _gap(note: str, paths: set[bytes]) -> Gap:
    """One line for all files of an image that were looked at in part."""
    first = path_text(min(paths))
    return Gap(where=Where(), message=Message(f"secrets-{note}", {"number": len(paths), "path": first}))


def _in_files(seen: Seen, unread: dict[str, set[bytes]]) -> Iterator[_Met]:
    """Each secret of each path once: in the lowest layer that has it there, visible if any layer's is. Files that were not
    looked at in whole go to `unread`, by why."""
    looked = seen.looked
    found: dict[tuple[bytes, str, bytes, str], tuple[Entry, Spot]] = {}
    current = _package_layers(seen)
    for position, record in looked.records(SECRETS):
        path = looked.tree.canonical(record.path)
        entry = next(
            (each for each in looked.tree.history(path) if each.layer == position and each.kind == Kind.FILE),
            None,
        )
        if entry is None or record.value is None or _is_published(seen, path, entry, current):
            continue
        for spot in record.value:
            if not is_believed(spot, path):
                continue
            if spot.kind:
                found.setdefault((path, spot.kind, spot.fingerprint, spot.inside), (entry, spot))
            else:
                unread.setdefault(spot.note, set()).add(path)
    visible = {key for key, (entry, _) in found.items() if _is_visible(seen, key[0], entry)}
    for key, (entry, spot) in found.items():
        yield _met_in_file(seen, key[0], entry, spot, is_visible=key in visible)


def _met_in_file(seen: Seen, path: bytes, entry: Entry, spot: Spot, *, is_visible: bool) -> _Met:
    state, until = ("visible", None) if is_visible else _gone(seen, path, entry)
    stratum = seen.seam.stratum_of(entry)
    line = SecretLine(
        kind=spot.kind,
        place="file",
        path=path_text(path),
        state=state,
        side=stratum.side,
        stratum=stratum.name,
        group=0,
        layer=entry.layer,
        until=until,
        line=spot.line,
        note=spot.note,
        inside=spot.inside,
    )
    return _Met(spot=spot, line=line)


def _is_visible(seen: Seen, path: bytes, entry: Entry) -> bool:
    shown = seen.looked.tree.at(path)
    return shown is not None and shown.kind == Kind.FILE and shown.origin_layer <= entry.layer <= shown.layer


def _gone(seen: Seen, path: bytes, entry: Entry) -> tuple[str, int | None]:
    """Whether what hides an entry of a lower layer deleted or replaced it, and the layer that did."""
    above = [each for each in seen.looked.tree.history(path) if each.layer > entry.layer]
    if not above:
        return "deleted", None
    is_deleted = above[0].kind in (Kind.WHITEOUT, Kind.OPAQUE)
    return ("deleted" if is_deleted else "replaced"), above[0].layer


def _package_layers(seen: Seen) -> dict[str, int]:
    return {install_key(install): install.current_layer or 0 for install in seen.looked.catalog.installs}


def _is_published(seen: Seen, path: bytes, entry: Entry, current: dict[str, int]) -> bool:
    """Whether a package of a distribution installed it and no higher layer touched it."""
    owner = seen.looked.catalog.suppliers.get(path)
    return owner is not None and entry.origin_layer <= current.get(owner, -1)


def is_believed(spot: Spot, path: bytes) -> bool:
    """Whether a secret of this kind at this path is one. In a library nothing but strong forms counts, and in its aids
    nothing at all; in the aids of the application itself strong forms do. Keys in the code of a shared library among the
    system's are constants of its self-tests, which everybody who has the library has."""
    if spot.kind in _KEYS and not spot.line and re.fullmatch(_SYSTEM_LIBRARY, path):
        return False
    if spot.inside:
        path += b"!/" + spot.inside.encode("utf-8", "surrogateescape")
    in_library, is_aid = bool(re.search(_LIBRARIES, path)), bool(re.search(_AIDS, path))
    if in_library and is_aid:
        return False
    return not ((in_library or is_aid) and spot.kind in _WEAK)


def _in_configuration(seen: Seen) -> Iterator[tuple[_Met, Found]]:
    image, key = seen.looked.image, _key(cache_home())
    texts = tuple(configured_texts(image))
    by = filter_for(sum(len(each.text) for each in texts))
    for told in texts:
        data = told.text.encode("utf-8", "surrogateescape")
        for found in secrets_in(data, b"", key, is_setting=True, by=by):
            yield _Met(spot=found.spot, line=_setting_line(seen, told, found.spot)), found


def _setting_line(seen: Seen, told: Told, spot: Spot) -> SecretLine:
    author = seen.seam.authors[told.line] if told.line is not None else None
    setting = next(
        (each for each in seen.seam.settings if each.kind == told.kind and each.key in (told.name, "")), None
    )
    by = author or setting
    return SecretLine(
        kind=spot.kind,
        place=told.place,
        path=told.name,
        state="visible",
        side=by.side if by is not None else Side.UNKNOWN,
        stratum=by.stratum if by is not None else "",
        group=0,
        layer=told.layer,
        note=spot.note,
        why=author.why if author is not None else None,
    )
