"""Upgrades of single packages: to which version, and what to type for it."""

from __future__ import annotations

from collections.abc import Iterable

from seamline.model.finding import Finding
from seamline.model.package import Install
from seamline.versions.orders import UnreadableVersion, order_of


def fixes_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Every version that fixes any of the flaws of one package, lowest first. All lie above what is installed, for only ranges
    that hold it were found."""
    found = list(findings)
    return in_order(found[0].ecosystem, {text for each in found for text in each.fixed_in}) if found else ()


def in_order(ecosystem: str, versions: Iterable[str]) -> tuple[str, ...]:
    """The versions that can be read, lowest first."""
    order, keys = order_of(ecosystem), dict[str, bytes]()
    for text in versions if order is not None else ():
        try:
            keys[text] = order(text) if order is not None else b""
        except UnreadableVersion:
            continue
    return tuple(sorted(keys, key=lambda text: (keys[text], text)))


def upgrade_command(install: Install, package: str, target: str) -> str:
    """What to type where the package is asked for; a line to change where its file is the team's own."""
    match install.package.ecosystem:
        case "pypi":
            return f"pip install '{package}>={target}'"
        case "npm":
            return f"npm install {package}@{target}"
        case "golang":
            if package == "stdlib":
                return f"go get go@{target} toolchain@go{target} && go build ./..."
            return f"go get {package}@v{target.removeprefix('v')} && go build ./..."
        case "cargo":
            return f"cargo update -p {package} --precise {target} && cargo build --release"
        case "gem":
            return f"bundle update {package}   # >= {target}"
        case "composer":
            return f"composer require {package}:^{target}"
        case "nuget":
            return f"dotnet add package {package} --version {target}"
        case "maven":
            return f"{package.replace('/', ':')}:{target}   # pom.xml, build.gradle"
        case _:
            return f"{package}={target}   # Dockerfile"
