"""What the name of an image tells about the releases in it: `python:3.7-buster` is python 3.7 on debian 10.

Source: the tags of the official images (docker-library/official-images, `library/`), of Bitnami, distroless and UBI;
products and cycles as endoflife.date names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.advisories.end_of_life import Cycles, cycle_of
from seamline.expression import expression
from seamline.model.advisory import Cycle
from seamline.model.codename import CODENAMES

_PRODUCTS = {
    "almalinux": "almalinux",
    "alpine": "alpine-linux",
    "amazonlinux": "amazon-linux",
    "caddy": "caddy",
    "cassandra": "apache-cassandra",
    "centos": "centos",
    "debian": "debian",
    "drupal": "drupal",
    "eclipse-temurin": "eclipse-temurin",
    "elasticsearch": "elasticsearch",
    "fedora": "fedora",
    "golang": "go",
    "haproxy": "haproxy",
    "httpd": "apache-http-server",
    "leap": "opensuse",
    "mariadb": "mariadb",
    "mongo": "mongodb",
    "mongodb": "mongodb",
    "mysql": "mysql",
    "nginx": "nginx",
    "node": "nodejs",
    "oraclelinux": "oracle-linux",
    "perl": "perl",
    "php": "php",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "python": "python",
    "rabbitmq": "rabbitmq",
    "redis": "redis",
    "rockylinux": "rocky-linux",
    "ruby": "ruby",
    "tomcat": "tomcat",
    "traefik": "traefik",
    "ubuntu": "ubuntu",
    "wordpress": "wordpress",
}
_NAMESPACES = ("", "library", "bitnami", "bitnamilegacy", "opensuse", "rockylinux")
_VERSION = expression(r"v?(\d+(?:\.\d+)*)")
_UNDER = expression(r"(alpine|debian|ubuntu)-?(\d+(?:\.\d+)*)(?![\d.]*[a-z])")
_UBI = expression(r"ubi(\d+)(?:-.*)?")
_DOTNET = frozenset(("sdk", "aspnet", "runtime", "runtime-deps"))


def releases_named(reference: str) -> tuple[tuple[str, str], ...]:
    """The (product, version) pairs that the name of an image states; none where its tag states no version."""
    path, _, tag = reference.partition("@")[0].lower().rpartition("/")
    name, _, tag = tag.partition(":")
    return tuple(dict.fromkeys((*_own(path, name, tag), *_under(name, tag))))


def cycles_named(reference: str, cycles: Cycles) -> tuple[Cycle, ...]:
    """The releases that the name of an image states, with the days on which they end."""
    found = (_cycle(version, cycles(product)) for product, version in releases_named(reference))
    return tuple(each for each in found if each is not None)


def _own(path: str, name: str, tag: str) -> Iterator[tuple[str, str]]:
    """What the image is for."""
    version = _VERSION.match(tag)
    folders = [part for part in path.split("/") if part and not ("." in part or ":" in part)]
    namespace = folders[-1] if folders else ""
    if ubi := _UBI.fullmatch(namespace) or _UBI.fullmatch(name):
        yield "rhel", ubi[1]
    elif namespace == "dotnet" and name in _DOTNET and version:
        yield "dotnet", version[1].removesuffix(".0")
    elif namespace == "centos" and name == "centos" and tag.startswith("stream"):
        yield "centos-stream", tag.removeprefix("stream").partition("-")[0]
    elif (
        name == "centos" and namespace in _NAMESPACES and (old := _VERSION.match(tag.removeprefix("centos")))
    ):
        yield "centos", old[1]
    elif name in _PRODUCTS and namespace in _NAMESPACES and version:
        yield _PRODUCTS[name], version[1]


def _under(name: str, tag: str) -> Iterator[tuple[str, str]]:
    """The distribution below it."""
    yield from (CODENAMES[word] for word in tag.split("-") if word in CODENAMES)
    for product, version in _UNDER.findall(f"{name.partition('-')[2]} {tag}"):
        yield _PRODUCTS[product], version


def _cycle(version: str, cycles: Sequence[Cycle]) -> Cycle | None:
    """The cycle that a version lies in; of a version that stands for several (`python:2`) the one that ends last."""
    own = cycle_of(version, cycles)
    if own is not None:
        return own
    below = [each for each in cycles if each.cycle and f"{each.cycle}.".startswith(f"{version}.")]
    return max(below, key=lambda each: each.ends or "9999", default=None)
