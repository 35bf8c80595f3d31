"""An export of OSV's real size, made from a seed: `python benchmarks/advisories/generate.py FOLDER [SHARE]`.

702,000 records at SHARE 1.0 in OSV's layout (`<Ecosystem>/all.zip`, `modified_id.csv`, `ecosystems.txt`), shaped like the real
ones: few source packages of a distribution draw thousands of records (chromium 5,500, the kernel more, in dozens of
flavours), npm's are mostly malicious packages, PyPI's and Maven's name every version one by one, errata list dozens of
binary packages. The same seed gives the same bytes. Imports nothing of Seamline.
"""

from __future__ import annotations

import random
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

SEED = 20260826
_SYLLABLES = [
    "ba",
    "con",
    "der",
    "en",
    "fi",
    "gra",
    "hol",
    "in",
    "ju",
    "ker",
    "lo",
    "mi",
    "nu",
    "op",
    "pro",
    "qui",
    "re",
    "st",
    "ter",
    "un",
    "ver",
    "wo",
    "xi",
    "ze",
]
_HEAVY = {"chromium": 5_500, "linux": 9_000, "firefox-esr": 1_900, "thunderbird": 1_900, "webkit2gtk": 900}
Record = dict[str, Any]


class Kind(NamedTuple):
    """How one ecosystem's records are: how many, their ids, the releases, packages and affected entries of a record, how
    a version is written, and how many are named one by one."""

    count: int
    name: str
    releases: tuple[str, ...]
    packages: int
    entries: int
    version: Callable[[random.Random], str]
    versions: int = 0
    heavy: bool = False
    upstream: str = "aliases"


def _deb(rng: random.Random) -> str:
    return f"{rng.randrange(9)}.{rng.randrange(40)}.{rng.randrange(200)}-{rng.randrange(9)}+deb12u{rng.randrange(9)}"


def _ubuntu(rng: random.Random) -> str:
    return f"{rng.randrange(9)}.{rng.randrange(40)}.{rng.randrange(200)}-{rng.randrange(9)}ubuntu{rng.randrange(9)}.{rng.randrange(30)}"


def _rpm(rng: random.Random) -> str:
    return f"0:{rng.randrange(9)}.{rng.randrange(40)}.{rng.randrange(200)}-{rng.randrange(300)}.el{rng.randrange(7, 10)}_{rng.randrange(9)}"


def _apk(rng: random.Random) -> str:
    return f"{rng.randrange(9)}.{rng.randrange(40)}.{rng.randrange(200)}-r{rng.randrange(20)}"


def _semver(rng: random.Random) -> str:
    return f"{rng.randrange(9)}.{rng.randrange(40)}.{rng.randrange(200)}"


_UBUNTU = tuple(f"Ubuntu:{each}:LTS" for each in ("16.04", "18.04", "20.04", "22.04", "24.04"))
_DEBIAN = tuple(f"Debian:{each}" for each in (11, 12, 13, 14))
KINDS: dict[str, Kind] = {
    "AlmaLinux": Kind(6_000, "ALSA-{year}:{number}", ("AlmaLinux:8", "AlmaLinux:9"), 3_000, 10, _rpm, upstream="related"),
    "Alpine": Kind(8_000, "ALPINE-CVE-{year}-{number}", tuple(f"Alpine:v3.{at}" for at in range(15, 23)), 1_500, 8, _apk, upstream="upstream"),
    "Azure Linux": Kind(15_000, "AZL-{number}", ("Azure Linux:2", "Azure Linux:3"), 1_200, 1, _rpm, upstream="upstream"),
    "Bitnami": Kind(8_000, "BIT-x-{year}-{number}", ("Bitnami",), 300, 1, _semver),
    "Chainguard": Kind(60_000, "CGA-{number}", ("Chainguard",), 4_000, 1, _apk, upstream="upstream"),
    "Debian": Kind(60_000, "DEBIAN-CVE-{year}-{number}", _DEBIAN, 4_500, 3, _deb, 30, heavy=True, upstream="upstream"),
    "Echo": Kind(10_000, "ECHO-{number}", ("Echo",), 500, 1, _deb, upstream="upstream"),
    "Go": Kind(9_000, "GO-{year}-{number}", ("Go",), 2_500, 2, _semver),
    "Mageia": Kind(6_000, "MGASA-{year}-{number}", ("Mageia:8", "Mageia:9"), 2_000, 2, _rpm, upstream="upstream"),
    "Maven": Kind(6_500, "GHSA-{number}-aaaa", ("Maven",), 2_500, 3, _semver, 90),
    "MinimOS": Kind(20_000, "MINI-{number}", ("MinimOS",), 2_000, 1, _apk, upstream="upstream"),
    "NuGet": Kind(2_000, "GHSA-{number}-bbbb", ("NuGet",), 700, 2, _semver, 40),
    "Packagist": Kind(6_000, "GHSA-{number}-cccc", ("Packagist",), 1_500, 2, _semver, 40),
    "Photon OS": Kind(5_000, "PHSA-{year}-{number}", ("Photon OS:4.0", "Photon OS:5.0"), 900, 2, _rpm, upstream="related"),
    "PyPI": Kind(20_000, "PYSEC-{year}-{number}", ("PyPI",), 12_000, 1, _semver, 60),
    "Red Hat": Kind(40_000, "RHSA-{year}:{number}", tuple(f"Red Hat:enterprise_linux:{at}::baseos" for at in (7, 8, 9)), 6_000, 20, _rpm, upstream="upstream"),
    "Rocky Linux": Kind(6_000, "RLSA-{year}:{number}", ("Rocky Linux:8", "Rocky Linux:9"), 3_000, 30, _rpm, upstream="upstream"),
    "RubyGems": Kind(3_000, "GHSA-{number}-dddd", ("RubyGems",), 900, 1, _semver, 40),
    "SUSE": Kind(35_000, "SUSE-SU-{year}:{number}-1", tuple(f"SUSE:Linux Enterprise Server 15 SP{at}" for at in range(3, 8)), 5_000, 20, _rpm, upstream="upstream"),
    "Ubuntu": Kind(90_000, "UBUNTU-CVE-{year}-{number}", _UBUNTU, 5_000, 4, _ubuntu, 12, heavy=True, upstream="upstream"),
    "Wolfi": Kind(30_000, "CGA-{number}-w", ("Wolfi",), 3_000, 1, _apk, upstream="upstream"),
    "crates.io": Kind(2_500, "RUSTSEC-{year}-{number}", ("crates.io",), 1_200, 1, _semver),
    "npm": Kind(226_000, "MAL-{year}-{number}", ("npm",), 215_000, 1, _semver),
    "openEuler": Kind(8_000, "OESA-{year}-{number}", ("openEuler:22.03-LTS-SP4", "openEuler:24.03-LTS"), 2_000, 15, _rpm, upstream="upstream"),
    "openSUSE": Kind(20_000, "openSUSE-SU-{year}:{number}-1", ("openSUSE:Leap 15.5", "openSUSE:Leap 15.6"), 5_000, 15, _rpm, upstream="upstream"),
}  # fmt: skip


class Maker:
    """The records of one ecosystem."""

    def __init__(self, ecosystem: str, share: float) -> None:
        self._rng = random.Random(f"{SEED} {ecosystem}")  # noqa: S311 - a benchmark, no secret
        self._kind = KINDS[ecosystem]
        self._share = share
        self._words = [
            "".join(self._rng.choices(_SYLLABLES, k=self._rng.randrange(1, 5))) for _ in range(3_000)
        ]
        weights = [1 / (at + 1) for at in range(len(self._words))]
        self._prose = self._rng.choices(self._words, weights, k=200_000)
        self._names = [f"{self._rng.choice(self._words)}-{at}" for at in range(self._kind.packages)]
        self._histories: dict[str, list[str]] = {}

    def records(self) -> Iterator[Record]:
        heavy = self._heavy() if self._kind.heavy else iter(())
        for number in range(max(int(self._kind.count * self._share), 1)):
            yield self._record(number, next(heavy, None))

    def _heavy(self) -> Iterator[str]:
        for name, count in _HEAVY.items():
            for _ in range(max(int(count * self._share), 1)):
                yield name

    def _record(self, number: int, heavy: str | None) -> Record:
        rng, kind = self._rng, self._kind
        year = rng.randrange(2012, 2027)
        moment = f"{year}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}T{rng.randrange(24):02}:{rng.randrange(60):02}:00Z"
        malicious = kind.name.startswith("MAL-")
        record: Record = {
            "schema_version": "1.7.3",
            "id": kind.name.format(year=year, number=f"{number:06}"),
            "published": moment,
            "modified": moment,
            "summary": f"Malicious code in {self._names[number % len(self._names)]} (npm)"
            if malicious
            else self._text(9),
            "details": self._text(60),
            "affected": list(self._affected(number, heavy)),
            "references": [{"type": "ADVISORY", "url": f"https://example.org/{kind.name[:4]}/{number}"}]
            * rng.randrange(1, 4),
        }
        if not malicious:
            record[kind.upstream] = [f"CVE-{year}-{10_000 + number}"]
            record["severity"] = [{"type": "CVSS_V3", "score": self._vector()}]
        return record

    def _affected(self, number: int, heavy: str | None) -> Iterator[Record]:
        rng, kind = self._rng, self._kind
        names = (
            self._flavours()
            if heavy == "linux" and kind.releases is _UBUNTU
            else [heavy]
            if heavy
            else rng.sample(self._names, min(rng.randrange(1, 2 * kind.entries + 1), len(self._names)))
        )
        if kind.name.startswith("MAL-"):
            names = [self._names[number % len(self._names)]]
        for release in kind.releases if kind.heavy else (rng.choice(kind.releases),):
            for name in names[: kind.entries] if kind.heavy and not heavy else names:
                yield self._entry(release, name)

    def _flavours(self) -> list[str]:
        return [
            "linux",
            *(
                f"linux-{each}"
                for each in (
                    "aws",
                    "azure",
                    "gcp",
                    "oracle",
                    "kvm",
                    "raspi",
                    "hwe",
                    "lowlatency",
                    "ibm",
                    "gke",
                    "nvidia",
                    "intel-iotg",
                )
            ),
        ]

    def _entry(self, release: str, name: str) -> Record:
        rng, kind = self._rng, self._kind
        events = [{"introduced": "0"}]
        if rng.random() < 0.8:
            events.append({"fixed": rng.choice(self._history(name)) if kind.versions else kind.version(rng)})
        entry: Record = {
            "package": {"ecosystem": release, "name": name, "purl": f"pkg:generic/{name}"},
            "ranges": [{"type": "SEMVER" if kind.version is _semver else "ECOSYSTEM", "events": events}],
        }
        if kind.versions:
            entry["versions"] = self._history(name)[: rng.randrange(kind.versions)]
        if kind.releases is _UBUNTU:
            entry["ecosystem_specific"] = {
                "priority": "medium",
                "binaries": [
                    {"binary_name": f"{name}-{each}", "binary_version": "1.2"}
                    for each in ("dev", "doc", "tools")
                ],
            }
        return entry

    def _history(self, name: str) -> list[str]:
        """The versions that a package had, the same for all its records."""
        if name not in self._histories:
            self._histories[name] = [self._kind.version(self._rng) for _ in range(self._kind.versions)]
        return self._histories[name]

    def _text(self, words: int) -> str:
        """Words from somewhere in a long text."""
        at = self._rng.randrange(len(self._prose) - 2 * words)
        return " ".join(self._prose[at : at + self._rng.randrange(words // 2, words * 2)])

    def _vector(self) -> str:
        pick = self._rng.choice
        return f"CVSS:3.1/AV:{pick('NALP')}/AC:{pick('LH')}/PR:{pick('NLH')}/UI:{pick('NR')}/S:{pick('UC')}/C:{pick('NLH')}/I:{pick('NLH')}/A:{pick('NLH')}"


def generate(folder: Path, share: float = 1.0) -> int:
    """Writes the export; how many records it has."""
    total = 0
    for ecosystem in sorted(KINDS):
        place = folder / ecosystem
        place.mkdir(parents=True, exist_ok=True)
        moments = []
        with zipfile.ZipFile(place / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for record in Maker(ecosystem, share).records():
                member = zipfile.ZipInfo(f"{record['id']}.json", (2026, 8, 26, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, msgspec.json.encode(record))
                moments.append(f"{record['modified']},{record['id']}\n")
                total += 1
        (place / "modified_id.csv").write_text("".join(sorted(moments, reverse=True)))
    (folder / "ecosystems.txt").write_text("".join(f"{each}\n" for each in sorted(KINDS)))
    return total


if __name__ == "__main__":
    wanted = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    print(f"{generate(Path(sys.argv[1]), wanted)} records in {sys.argv[1]}")
