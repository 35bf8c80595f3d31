"""What to type for the upgrade of one package, so that it comes to be at exactly the version that the forecast was made for.

A range would take whatever is newest on the day, a plain request of a package that others ask for would put a second copy
beside the old one, and one that pins what others need would move those back; so each ecosystem's own way around that is used:

| ecosystem | asked for by a file of one's own | asked for by other packages |
|---|---|---|
| npm | `npm install`, and `npm install -g` for a tool of its own | `overrides` (npm docs, package.json) |
| npm, by pnpm | `pnpm.overrides` (pnpm docs, package.json), of whatever asks | the same |
| pypi | `pip install ==`, by the pip of its own environment | the same |
| golang | `go mod edit -require`, as minimal version selection never moves another back (Go modules reference) | the same |
| cargo | `cargo update --precise`, `cargo add` beyond what is asked for (The Cargo Book) | `cargo update --precise` |
| composer | `composer require`, with what it needs to move (`-W`) | the same |
| maven | `versions:use-dep-version` (Versions Maven Plugin) | the same, where a pom names it |
| gem | out of the Gemfile and in again, at the version | the same, where it stands there |
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from shlex import quote

from seamline.expression import expression
from seamline.model.package import Install
from seamline.model.purl import install_key

_BUNDLE = "/vendor/bundle/"
_MODULES = "/node_modules/"
_PNPM = "/node_modules/.pnpm/"
_GLOBAL = expression(r"^(?:usr|usr/local|opt/[^/]+)/lib/node_modules/((?:@[^/]+/)?[^/]+)/(.*)")
_SITE = expression(r"^(.*?)/?(lib(?:64)?/python3?\.?(\d*)/(?:site|dist)-packages)/")
_FORCED = ("npm", "golang")
_CARET = expression(r"[1-9]\d*|0\.[1-9]\d*|0\.0\.\d+")
_BEFORE_RELEASE = expression(r"^(\d+\.\d+)\.0-(rc|beta)\.?(\d+)$")
_MANAGED_SINCE = 11  # Debian marks its own Python as managed by apt (PEP 668) from 3.11 on
_OF_THE_SYSTEM = ("usr", "usr/local")


class Askers:
    """Which packages of an image ask for which."""

    def __init__(self, installs: Mapping[str, Install]) -> None:
        self._all = installs
        self._of: dict[str, list[Install]] = {}
        for each in installs.values():
            for key in each.depends:
                self._of.setdefault(key, []).append(each)

    def of(self, installs: Iterable[Install]) -> list[Install]:
        """What asks for any of some installs."""
        return [each for install in installs for each in self._of.get(install_key(install), ())]

    def refusing(self, installs: Sequence[Install]) -> list[str]:
        """The names of the packages that may hold an upgrade back. npm's overrides and Go's minimal versions ask none of them, a
        program of one's own stands for nobody else."""
        kind = installs[0].package.ecosystem
        asking = () if kind in _FORCED else self.of(installs)
        return sorted({each.package.name for each in asking if kind != "cargo" or self.of((each,))})

    def has(self, ecosystem: str, folder: str) -> bool:
        """Whether a package manager stands in a folder itself."""
        return any(
            each.package.name == "pip" and _path(each).startswith(folder)
            for each in self._all.values()
            if each.package.ecosystem == ecosystem
        )


def upgrade_command(installs: Sequence[Install], package: str, target: str, askers: Askers) -> str:
    """What to type where the package is asked for. `installs` are those of one version; `package` is its name with what comes
    before that."""
    install = installs[0]
    match install.package.ecosystem:
        case "pypi":
            return _pip(install, f"{package}=={target}", askers)
        case "npm":
            return _npm(installs, package, target, askers)
        case "golang":
            return _go(package, target)
        case "cargo":
            return f"{_crate(installs, package, target, askers)} && cargo auditable build --release"
        case "gem":
            return _gem(installs, package, target, askers)
        case "composer":
            return f"composer require -W {quote(f'{package}:{target}')}"
        case "nuget":
            return (
                f"dotnet add package {quote(package)} --version {quote(target)} && dotnet publish -c Release"
            )
        case "maven":
            name = package.replace("/", ":")
            options = f"{quote(f'-Dincludes={name}')} {quote(f'-DdepVersion={target}')} -DforceVersion"
            return f"mvn versions:use-dep-version {options} && mvn package"
        case _:
            return f"# Dockerfile: {package} {target}"


def copy_command(source: str, folder: str) -> str:
    """The line of a Dockerfile that copies a folder of another image to where it was; of blanks only its list form admits."""
    path = f"/{folder}"
    paths = json.dumps([path, path], ensure_ascii=False) if any(map(str.isspace, path)) else f"{path} {path}"
    return f"COPY --from={source} {paths}"


def _path(install: Install) -> str:
    return install.proofs[0].decode("utf-8", "surrogateescape") if install.proofs else ""


def _pip(install: Install, wanted: str, askers: Askers) -> str:
    """By the pip of the environment that has the package; a folder of no environment keeps the old one's papers unless they are
    taken away."""
    path = _path(install)
    site = _SITE.match(path)
    if site is None:
        folder, _, papers = path.removesuffix("/METADATA").rpartition("/")
        if not papers.endswith(".dist-info") or not folder:
            return f"pip install {quote(wanted)}"
        old = quote(f"/{folder}/{papers}")
        return f"pip install --upgrade --target {quote(f'/{folder}')} {quote(wanted)} && rm -rf {old}"
    prefix, folder, minor = site[1], site[2], site[3]
    if prefix and prefix not in _OF_THE_SYSTEM and askers.has("pypi", f"{prefix}/{folder}/"):
        return f"{quote(f'/{prefix}/bin/pip')} install {quote(wanted)}"
    managed = folder.endswith("dist-packages") and minor.isdecimal() and int(minor) >= _MANAGED_SINCE
    return f"pip install {'--break-system-packages ' if managed else ''}{quote(wanted)}"


def _npm(installs: Sequence[Install], package: str, target: str, askers: Askers) -> str:
    tool = _GLOBAL.match(_path(installs[0]))
    if tool is not None:
        is_inside = _MODULES in f"/{tool[2]}"
        wanted = quote(f"{package}@{target}")
        return f"npm update -g {quote(tool[1])}" if is_inside else f"npm install -g {wanted}"
    key = f"{package}@{installs[0].package.version}"
    if _PNPM in f"/{_path(installs[0])}":
        return f"npm pkg set {quote(f'pnpm.overrides[{key}]={target}')} && pnpm install --no-frozen-lockfile --config.modules-cache-max-age=0"
    asking = [_MODULES in f"/{_path(each)}" for each in askers.of(installs)]
    is_direct, is_asked_inside = not all(asking) or not asking, any(asking)
    if not is_direct:
        return f"npm pkg set {quote(f'overrides[{key}]={target}')} && npm install"
    install = f"npm install {quote(f'{package}@{target}')}"
    own = f"npm pkg set {quote(f'overrides[{package}]=${package}')} && npm install"
    return f"{install} && {own}" if is_asked_inside else install


def _gem(installs: Sequence[Install], package: str, target: str, askers: Askers) -> str:
    """What other gems ask for may stand in the Gemfile or not: taking it out then fails, and putting it in does not. A folder of
    the application's own keeps old versions until it is cleaned."""
    then = ";" if askers.of(installs) else " &&"
    clean = " && bundle clean" if any(_BUNDLE in f"/{_path(each)}" for each in installs) else ""
    return (
        f"bundle remove {quote(package)}{then} bundle add {quote(package)} --version {quote(target)}{clean}"
    )


def _crate(installs: Sequence[Install], package: str, target: str, askers: Askers) -> str:
    """Within what is asked for the lock file alone moves; what a program of one's own asks for otherwise it has to ask for anew."""
    old = installs[0].package.version
    is_direct = any(not askers.of((each,)) for each in askers.of(installs))
    if is_direct and _leftmost(old) != _leftmost(target):
        return f"cargo add {quote(f'{package}@={target}')}"
    return f"cargo update -p {quote(f'{package}@{old}')} --precise {quote(target)}"


def _leftmost(version: str) -> str:
    """The part of a version that a caret requirement holds on to. Source: The Cargo Book, "Specifying dependencies"."""
    match = _CARET.match(version)
    return match[0] if match else version


def _go(package: str, target: str) -> str:
    version = target.removeprefix("v")
    if package == "stdlib":
        version = _BEFORE_RELEASE.sub(r"\1\2\3", version)
        return f"go get go@{version} toolchain@go{version} && go build ./..."
    return f"go mod edit -require={quote(f'{package}@v{version}')} && go mod tidy && go build ./..."
