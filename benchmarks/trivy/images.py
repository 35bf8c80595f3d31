"""Flaws of whole images beside Trivy: (type, package, version, record), each difference with a reason from the closed list."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from benchmarks.trivy import peer


class Flaw(NamedTuple):
    """One record on one package. `purl` is without qualifiers; `where` are the files that prove the package."""

    purl: str
    record: str
    where: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.purl, self.record


class Difference(NamedTuple):
    """A flaw that one of the two tells of."""

    who: str
    flaw: Flaw


class Beside(NamedTuple):
    """One image: what each tells, and what only one does."""

    image: str
    same: int
    differences: tuple[Difference, ...]


def plain(purl: str) -> str:
    """A purl without qualifiers and in one spelling."""
    return unquote(purl.partition("?")[0].partition("#")[0]).lower()


def ours(layout: Path, env: Mapping[str, str]) -> Iterator[Flaw]:
    words = [sys.executable, "-m", "seamline", "scan", f"oci-dir:{layout}", "-f", "json", "--offline"]
    for finding in peer.run(words, env)["findings"]:
        if finding["ecosystem"] != "end of life":
            for record in finding["advisories"]:
                yield Flaw(plain(finding["purl"]), record, tuple(finding["paths"]))


def theirs(layout: Path, cache: Path) -> Iterator[Flaw]:
    for each in peer.flaws("image", str(layout), cache):
        purl = each["PkgIdentifier"].get("PURL", f"pkg:?/{each['PkgName']}@{each['InstalledVersion']}")
        yield Flaw(plain(purl), each["VulnerabilityID"], (each.get("PkgPath", ""),))


def beside(layout: Path, cache: Path, env: Mapping[str, str]) -> Beside:
    """Both on one image."""
    mine, peers = _by_key(ours(layout, env)), _by_key(theirs(layout, cache))
    differences = [Difference("Seamline", mine[key]) for key in sorted(mine.keys() - peers.keys())]
    differences += [Difference("Trivy", peers[key]) for key in sorted(peers.keys() - mine.keys())]
    return Beside(layout.name, len(mine.keys() & peers.keys()), tuple(differences))


def _by_key(flaws: Iterable[Flaw]) -> dict[tuple[str, str], Flaw]:
    return {each.key: each for each in flaws}
