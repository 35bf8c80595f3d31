"""Which findings do not count, by the ignores of an image. Lists of thousands are taken over from other tools: each finding is held
against those of its flaw alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from functools import lru_cache

from seamline.model.finding import Finding
from seamline.settings.file import Ignore

_ANY = "*"
_MOST_GLOBS = 16_384
_MARKS = "*?["


class Rules:
    """The ignores that are about one image, those that hold on a day and those that have run out."""

    def __init__(self, ignores: Iterable[Ignore], image: str, today: str) -> None:
        own = [each for each in ignores if not each.image or _any(each.image, (image,))]
        self._holding = _Shelf([each for each in own if each.until >= today])
        self._run_out = _Shelf([each for each in own if each.until < today])

    def suppressing(self, finding: Finding) -> Ignore | None:
        """The first ignore that makes a finding not count."""
        return next(self._holding.fitting(finding), None)

    def expired(self, findings: Iterable[Finding]) -> list[Ignore]:
        """The ignores that would fit a finding, had they not run out; in their order."""
        return self._run_out.fitting_any(findings)


class _Shelf:
    """Ignores by the flaws that they name."""

    def __init__(self, ignores: Sequence[Ignore]) -> None:
        self._ignores = ignores
        self._of: dict[str, list[int]] = {}
        self._on_package: dict[tuple[str, ...], list[int]] = {}
        for at, each in enumerate(ignores):
            self._of.setdefault(each.id, []).append(at)

    def fitting(self, finding: Finding) -> Iterator[Ignore]:
        return (self._ignores[at] for at in self._places(finding))

    def fitting_any(self, findings: Iterable[Finding]) -> list[Ignore]:
        if not self._ignores:
            return []
        return [self._ignores[at] for at in sorted({at for each in findings for at in self._places(each)})]

    def _places(self, finding: Finding) -> Iterator[int]:
        named = {finding.id, *finding.aliases, *finding.advisories} & self._of.keys()
        of_all = self._of.get(_ANY, ())
        if not named and not of_all:
            return iter(())
        called = _called(finding)
        own = {at for flaw in named - {_ANY} for at in self._of[flaw] if _means(self._ignores[at], called)}
        if of_all:
            own.update(self._of_package(of_all, called))
        return (at for at in sorted(own) if _is_there(self._ignores[at], finding))

    def _of_package(self, of_all: Sequence[int], called: tuple[str, ...]) -> list[int]:
        """Those about every flaw of a package, sought once for all of its flaws."""
        found = self._on_package.get(called)
        if found is None:
            found = self._on_package[called] = [at for at in of_all if _means(self._ignores[at], called)]
        return found


def _means(ignore: Ignore, called: Iterable[str]) -> bool:
    return not ignore.package or _any(ignore.package, called)


def _is_there(ignore: Ignore, finding: Finding) -> bool:
    return (ignore.side is None or ignore.side == finding.side) and (
        not ignore.path or _any(ignore.path, finding.paths)
    )


def _called(finding: Finding) -> tuple[str, ...]:
    """What a package may be called, each also with `@version`: a Maven artifact also as tables and Grype name it (artifact), and
    as Maven (group:artifact)."""
    names = [finding.package, finding.source_name]
    if finding.ecosystem == "Maven":
        names += [finding.package.rpartition("/")[2], finding.package.replace("/", ":")]
    with_versions = [text for name in names if name for text in (name, f"{name}@{finding.version}")]
    return (finding.purl.partition("@")[0], finding.purl.partition("?")[0], *with_versions)


def _any(glob: str, texts: Iterable[str]) -> bool:
    matches = _matching(glob)
    return any(matches(text) for text in texts if text)


@lru_cache(maxsize=_MOST_GLOBS)
def _matching(glob: str) -> Callable[[str], object]:
    """fnmatchcase, which remembers too few globs for lists of thousands."""
    if not any(mark in glob for mark in _MARKS):
        return glob.__eq__
    return re.compile(translate(glob)).match
