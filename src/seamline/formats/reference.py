"""Names of images in registries: `nginx`, `quay.io/team/app:1.2@sha256:...`.

Source: the distribution reference grammar, with Docker's defaults for the registry and the tag.
"""

from __future__ import annotations

import re

import msgspec

from seamline.errors import Usage
from seamline.expression import expression
from seamline.model.image import Digest, parse_digest

HUB = "docker.io"
_HUB_HOST = "registry-1.docker.io"
HUB_NAMES = frozenset((HUB, "index.docker.io", _HUB_HOST))
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = expression(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = expression(r"[\w][\w.-]{0,127}", re.ASCII)
_REGISTRY = expression(r"(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9.-]+)(?::[0-9]{1,5})?")


class RegistryName(msgspec.Struct, frozen=True, kw_only=True):
    """One image of a registry. `registry` is as users write it (`docker.io`), `host` where it answers."""

    registry: str
    repository: str
    tag: str = ""
    digest: Digest | None = None

    @property
    def host(self) -> str:
        return _HUB_HOST if self.registry == HUB else self.registry

    @property
    def wanted(self) -> str:
        """What to ask a registry for: the digest where one is named, else the tag."""
        return self.digest or self.tag

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.registry}/{self.repository}{tag}" + (f"@{self.digest}" if self.digest else "")


def parse_registry_name(text: str) -> RegistryName:
    """The image that `text` names; `latest` where neither tag nor digest is given.

    Raises:
        Usage: it is no reference.
        Malformed: its digest is none.
    """
    name, at, digest_text = text.partition("@")
    digest = parse_digest(digest_text, text) if at else None
    head, slash, rest = name.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        registry, path = head, rest
    else:
        registry, path = HUB, name
    path, colon, tag = path.partition(":") if ":" in path.rpartition("/")[2] else (path, "", "")
    if registry in HUB_NAMES:
        registry, path = HUB, path if "/" in path else f"library/{path}"
    tag = tag or ("" if digest else "latest")
    if (
        not _REGISTRY.fullmatch(registry)
        or not _REPOSITORY.fullmatch(path)
        or (tag and not _TAG.fullmatch(tag))
    ):
        raise Usage(
            repr(text[:200]),
            expected="a name such as registry.example/team/app:1.2",
            got="something else",
            hint="repositories are lower case; a path on disk needs ./ or oci-dir:",
        )
    if colon and not tag:
        raise Usage(
            repr(text), expected="a tag after the colon", got="none", hint="leave the colon out for latest"
        )
    return RegistryName(registry=registry, repository=path, tag=tag, digest=digest)
