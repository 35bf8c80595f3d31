"""Versions compared by the ecosystems' own tools, in batches: `tools()` are those that are on this machine.

Imports nothing of Seamline: what these tools say is the truth that Seamline is held against. A comparison is -1, 0 or 1, or
None where the tool takes one of the two for no version.

| order | tool | how it comes |
|---|---|---|
| deb | Dpkg::Version, dpkg's own | apt: libdpkg-perl |
| rpm | rpm's vercmp | apt: rpm |
| apk | apk version -t | APK=PATH of Alpine's apk (a command that runs it) |
| pep440 | packaging | pip: packaging |
| semver | node-semver, npm's own | npm brings it |
| maven | ComparableVersion | apt: libmaven3-core-java, or MAVEN_ARTIFACT=PATH of maven-artifact.jar |
| rubygems | Gem::Version | apt: ruby |
| composer | Composer\\Semver\\Comparator | apt: php-cli php-composer-semver |
| go | golang.org/x/mod/semver | go |
| bitnami | github.com/bitnami/go-version | go |
| nuget | NuGet.Versioning of nuget.exe | apt: mono-runtime mono-mcs; npm: nuget-exe, or NUGET=PATH of nuget.exe |
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
Pair = tuple[str, str]
Told = list[int | None]
Compare = Callable[[Sequence[Pair]], Told]
_SIGNS = {"<": -1, "=": 0, ">": 1}
_MAVEN_JARS = ("/usr/share/java/maven-artifact-3.x.jar", "/usr/share/maven/lib/maven-artifact-3.x.jar")
_GO = {"go": "golang.org/x/mod/semver", "bitnami": "github.com/bitnami/go-version/pkg/version"}


def tools() -> Mapping[str, Compare]:
    """The comparing tools of this machine, by the name of their order."""
    return dict(_found())


def _found() -> Iterator[tuple[str, Compare]]:
    if shutil.which("perl") and _works(["perl", "-MDpkg::Version", "-e", "1"]):
        yield "deb", partial(_by_lines, ("perl", str(HERE / "tools" / "compare_deb.pl")))
    if shutil.which("rpm"):
        yield "rpm", _rpm
    if os.environ.get("APK"):
        yield "apk", _apk
    yield "pep440", _pep440
    if shutil.which("node") and (modules := _npm_modules()):
        command = ("node", str(HERE / "tools" / "compare_semver.js"))
        yield "semver", partial(_by_lines, command, env={"NODE_PATH": modules})
    jar = next(
        (each for each in (os.environ.get("MAVEN_ARTIFACT", ""), *_MAVEN_JARS) if Path(each).is_file()), ""
    )
    if shutil.which("java") and jar:
        path = os.pathsep.join((jar, "/usr/share/java/commons-lang3.jar"))
        yield "maven", partial(_by_lines, ("java", "-cp", path, str(HERE / "tools" / "CompareMaven.java")))
    if shutil.which("ruby"):
        yield "rubygems", partial(_by_lines, ("ruby", str(HERE / "tools" / "compare_gem.rb")))
    if shutil.which("php") and Path("/usr/share/php/Composer/Semver").is_dir():
        yield "composer", partial(_by_lines, ("php", str(HERE / "tools" / "compare_composer.php")))
    if shutil.which("go"):
        for order in _GO:
            yield order, partial(_go, order)
    if shutil.which("mcs") and shutil.which("mono") and (program := _nuget_exe()):
        yield "nuget", partial(_nuget, program)


def _works(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@cache
def _npm_root() -> Path:
    done = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=False)
    return Path(done.stdout.strip())


@cache
def _npm_modules() -> str:
    within = _npm_root() / "npm" / "node_modules"
    return next((str(each) for each in (within, Path("/usr/share/nodejs")) if (each / "semver").is_dir()), "")


def _by_lines(command: Sequence[str], pairs: Sequence[Pair], env: Mapping[str, str] | None = None) -> Told:
    """A program that reads `one TAB other` lines and answers each with -1, 0, 1 or ?."""
    return _numbers(_run(command, pairs, env or {}))


def _run(command: Sequence[str], pairs: Sequence[Pair], env: Mapping[str, str]) -> str:
    given = "".join(f"{one}\t{other}\n" for one, other in pairs)
    return subprocess.run(
        command, input=given, capture_output=True, text=True, check=True, env={**os.environ, **env}
    ).stdout


def _numbers(told: str) -> Told:
    return [None if each == "?" else int(each) for each in told.split()]


def _rpm(pairs: Sequence[Pair]) -> Told:
    told: Told = []
    for at in range(0, len(pairs), 500):
        asked = " ".join(f'print(" "..rpm.vercmp("{one}","{other}"))' for one, other in pairs[at : at + 500])
        told += _numbers(
            subprocess.run(
                ["rpm", "--eval", f"%{{lua:{asked}}}"], capture_output=True, text=True, check=True
            ).stdout
        )
    return told


def _apk(pairs: Sequence[Pair]) -> Told:
    def one_by_one(pair: Pair) -> int | None:
        asked = [*os.environ["APK"].split(), "version", "-t", *pair]
        return _SIGNS.get(subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip())

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one_by_one, pairs))


def _pep440(pairs: Sequence[Pair]) -> Told:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    told: Told = []
    for one, other in pairs:
        try:
            first, second = Version(one), Version(other)
        except InvalidVersion:
            told.append(None)
            continue
        told.append((first > second) - (first < second))
    return told


def _go(order: str, pairs: Sequence[Pair]) -> Told:
    return _numbers(_run([_go_program(order)], pairs, {}))


@cache
def _go_program(order: str) -> str:
    """Builds the small program that asks a Go module; the module comes through the Go proxy."""
    folder = Path(tempfile.mkdtemp(prefix="own-tools-"))
    shutil.copy(HERE / "tools" / f"compare_{order}.go.txt", folder / "main.go")
    for command in (
        ["mod", "init", "compare"],
        ["get", f"{_GO[order]}@latest"],
        ["build", "-o", "compare", "."],
    ):
        subprocess.run(["go", *command], cwd=folder, check=True, capture_output=True)
    return str(folder / "compare")


def _nuget_exe() -> Path | None:
    named = [Path(os.environ.get("NUGET", "")), *(_npm_root() / "nuget-exe").glob("nuget*.exe")]
    return next((each for each in named if each.is_file()), None)


def _nuget(program: Path, pairs: Sequence[Pair]) -> Told:
    return _numbers(_run(["mono", _nuget_program(program)], pairs, {}))


@cache
def _nuget_program(program: Path) -> str:
    """Builds the small program that asks the library inside nuget.exe, which is loaded under its own name."""
    folder = Path(tempfile.mkdtemp(prefix="own-tools-"))
    shutil.copy(program, folder / "NuGet.exe")
    subprocess.run(
        ["mcs", "-r:NuGet.exe", "-out:compare.exe", str(HERE / "tools" / "CompareNuget.cs")],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return str(folder / "compare.exe")
