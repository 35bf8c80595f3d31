"""What package managers went by when each layer of an image was made: its sources and settings then, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, cached_property

from seamline.catalog.dpkg import READER as DPKG
from seamline.catalog.texts import READER as TEXTS
from seamline.expression import expression
from seamline.formats.dpkg import exact_relations
from seamline.model.entry import SYMLINK, Kind
from seamline.model.package import Install
from seamline.model.package_source import Force
from seamline.surface.kept_back import kept_back
from seamline.surface.package_sources import package_sources
from seamline.verbs.look import Looked
from seamline.verbs.stock import SETTINGS

_LINKED = (b"etc/apt/sources.list", b"etc/apt/sources.list.d", b"etc/apk/repositories", b"etc/yum.repos.d")
_STATUS = b"var/lib/dpkg/status"
_INFO = b"var/lib/dpkg/info/"
_SETS = expression(
    r"/etc/(?:apt|apk|yum|dnf|zypp)|sources\.list|\.sources\b|\.repo\b|add-apt-repository|config-manager|\baddrepo\b|\bmodifyrepo\b"
)
"""Where a step sets sources."""
_INSTALLS = expression(
    r"\b(?:apt|apt-get|aptitude)\b[^;&|]*\b(?:install|upgrade|full-upgrade|dist-upgrade|satisfy)\b"
    r"|\bapk\b[^;&|]*\b(?:add|upgrade|fix)\b|\b(?:microdnf|dnf|yum|tdnf|zypper)\b[^;&|]*\b(?:install|in|update|up|upgrade|patch)\b"
)
_OF_ITS_OWN = expression(
    r"--repository\b|--repositories-file|\s-X\s|Dir::Etc|--enablerepo|--disablerepo|--repofrompath|--releasever|--mount=\S*/etc/"
    r"|\s(?:-t|--target-release|--default-release)[ =]"
)
"""Steps that say on their own where they install from."""
_Text = tuple[int, bytes | None]
"""A file's content as of a layer; None from the layer on that removed it or made it what cannot be read."""


class SourcesInForce:
    """The sources of one image, as every layer was made with them."""

    def __init__(self, looked: Looked) -> None:
        self._looked = looked
        self.force = cache(self._force)

    @cached_property
    def _texts(self) -> Mapping[bytes, list[_Text]]:
        tree = self._looked.tree
        read: dict[bytes, dict[int, bytes | None]] = {}
        for position, record in self._looked.records(TEXTS):
            path = tree.canonical(record.path)
            if path.startswith(SETTINGS):
                read.setdefault(path, {})[position] = record.value
        return {
            path: [
                (entry.layer, None if entry.kind == Kind.WHITEOUT else values.get(entry.layer))
                for entry in tree.history(path)
            ]
            for path, values in read.items()
        }

    @cached_property
    def _is_unread(self) -> bool:
        """Whether some sources were not read: too large, or behind links."""
        tree = self._looked.tree
        if any(
            text is None and entry.kind != Kind.WHITEOUT
            for path, texts in self._texts.items()
            for entry, (_, text) in zip(tree.history(path), texts, strict=True)
        ):
            return True
        paths = [*_LINKED, *(b"%s/%s" % (folder, name) for folder in _LINKED for name in tree.names(folder))]
        return any((entry := tree.at(path)) is not None and entry.kind == SYMLINK for path in paths)

    def _state(self, layer: int) -> dict[bytes, _Text]:
        """The files as they are seen once a layer is made, each with the layer that it is from."""
        found = {}
        for path, texts in self._texts.items():
            last = next((text for text in reversed(texts) if text[0] <= layer), None)
            if last is not None and last[1] is not None:
                found[path] = last
        return found

    def _force(self, layer: int, today: str) -> Force | None:
        """What was in force for the steps of a layer, judged as of a day; None where nobody can tell."""
        step = self._step(layer)
        if self._is_unread or _OF_ITS_OWN.search(step):
            return None
        before, after = self._state(layer - 1), self._state(layer)
        sources = package_sources(_plain(after), today)
        keeps = kept_back(_plain(after))
        earlier = package_sources(_plain(before), today)
        is_sure = before == after or not earlier or _is_set_first(step)
        if not is_sure:
            sources = tuple(dict.fromkeys((*earlier, *sources)))
            keeps = tuple(each for each in kept_back(_plain(before)) if each in keeps)
        files = {**before, **after}
        return Force(
            sources=sources,
            keeps=keeps,
            held=dict(self._held(layer, step)),
            is_sure=is_sure,
            is_first=not earlier,
            partners=self._partners if keeps or self._holds_any else {},
            step=step,
            layers={**{_text(path): at for path, (at, _) in files.items()}, _text(_STATUS): layer},
        )

    def _step(self, layer: int) -> str:
        return next((each.created_by for each in self._looked.image.layers if each.position == layer), "")

    def _held(self, layer: int, step: str) -> Iterator[tuple[str, int]]:
        """The packages that building a layer again leaves alone: on hold since an earlier one, or in a root filesystem that
        was brought in as it is. What a step installs and then holds, it installs anew."""
        states = [(at, held) for at, held in self._holds if at <= layer]
        here = next((held for at, held in states if at == layer), {})
        earlier = next((held for at, held in reversed(states) if at < layer), {})
        for name, line in here.items():
            if name in earlier or not _INSTALLS.search(step):
                yield name, line

    @cached_property
    def _holds(self) -> tuple[tuple[int, Mapping[str, int]], ...]:
        return tuple(
            (position, {each.name: each.held_at for each in record.value.packages if each.held_at})
            for position, record in self._looked.records(DPKG)
            if record.path == _STATUS and record.value is not None
        )

    @property
    def _holds_any(self) -> bool:
        return any(held for _, held in self._holds)

    @cached_property
    def _partners(self) -> Mapping[str, tuple[str, ...]]:
        """The packages that depend on one another in one version alone, however far around: none of them moves without the
        others."""
        record = self._looked.visible(DPKG).get(_STATUS)
        packages = record.packages if record is not None else ()
        names = {each.name for each in packages}
        beside: dict[str, set[str]] = {}
        for package in packages:
            for other in exact_relations(package.depends):
                if other in names:
                    beside.setdefault(package.name, set()).add(other)
                    beside.setdefault(other, set()).add(package.name)
        return {name: tuple(sorted(_reached(name, beside) - {name})) for name in beside}

    def installed(self, install: Install) -> str:
        """The day that dpkg wrote the list of a package's files; empty where there is none of this version."""
        name = _INFO + install.package.name.encode()
        for path in (name + b".list", name + b":" + install.package.architecture.encode() + b".list"):
            for entry in self._looked.tree.history(path):
                if entry.layer == install.current_layer and entry.kind == Kind.FILE:
                    return datetime.fromtimestamp(entry.mtime_ns / 1e9, UTC).date().isoformat()
        return ""


def _reached(name: str, beside: Mapping[str, set[str]]) -> set[str]:
    found, pending = {name}, [name]
    while pending:
        new = beside.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def _is_set_first(step: str) -> bool:
    """Whether a step sets its sources, and installs afterwards."""
    sets, installs = _SETS.search(step), _INSTALLS.search(step)
    return sets is not None and installs is not None and sets.start() < installs.start()


def _plain(state: Mapping[bytes, _Text]) -> dict[bytes, bytes]:
    return {path: text for path, (_, text) in state.items() if text is not None}


def _text(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
