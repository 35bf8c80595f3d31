"""The file that `seamline compose` reads, and the lock that it writes. YAML in, JSON out; unknown keys are refused."""

from __future__ import annotations

import msgspec

from seamline.errors import Malformed
from seamline.formats.yaml_document import parse_yaml


class RecipeSource(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """One archive to take packages from instead of the machine's own."""

    uri: str
    suite: str
    components: tuple[str, ...] = ("main",)
    signed_by: str = ""


class RecipeFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of one's own: its text, or where to read it from; `mode` is octal text."""

    path: str
    content: str | None = None
    source: str = ""
    mode: str = "0644"
    uid: int = 0
    gid: int = 0


class RecipeGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One group of one's own; without `gid` the first free one of the system's range."""

    name: str
    gid: int | None = None


class RecipeUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One user of one's own, whose password is locked. Without `group` it gets one of its own name; a `home` is made."""

    name: str
    uid: int | None = None
    gid: int | None = None
    group: str = ""
    groups: tuple[str, ...] = ()
    home: str = ""
    shell: str = "/usr/sbin/nologin"
    comment: str = ""


class RecipeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the image starts."""

    user: str = ""
    env: dict[str, str] = {}
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    workdir: str = ""
    ports: tuple[str, ...] = ()
    labels: dict[str, str] = {}


class RecipeLayer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The packages of one layer, and whether every essential package comes with them."""

    packages: tuple[str, ...] = ()
    essential: bool = False


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An image to compose. `database` is full (dpkg's status) or status.d (as distroless images have)."""

    base: str = ""
    architecture: str = "amd64"
    sources: tuple[RecipeSource, ...] = ()
    layers: tuple[RecipeLayer, ...] = ()
    files: tuple[RecipeFile, ...] = ()
    groups: tuple[RecipeGroup, ...] = ()
    users: tuple[RecipeUser, ...] = ()
    config: RecipeConfig = RecipeConfig()
    database: str = "full"


class LockedPackage(msgspec.Struct, frozen=True, kw_only=True):
    """One package as it was chosen; `filename` is its place in the pool of any mirror."""

    layer: int
    name: str
    version: str
    architecture: str
    filename: str
    size_bytes: int
    sha256: str


class LockedRelease(msgspec.Struct, frozen=True, kw_only=True):
    """One signed index that the choice was made from."""

    suite: str
    sha256: str


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipe became: the same packages again, whatever the archives offer later."""

    recipe_sha256: str
    releases: tuple[LockedRelease, ...]
    packages: tuple[LockedPackage, ...]
    created: str
    schema: str = "seamline.lock/1"


def parse_recipe(data: bytes, where: str) -> Recipe:
    """The recipe that YAML spells.

    Raises:
        Malformed: it is no YAML, has an unknown key or a wrong value, or no layer.
    """
    documents = parse_yaml(data, where, expected="a recipe", hint="see docs/guides/compose.md")
    try:
        recipe = msgspec.convert(documents[0] if len(documents) == 1 else documents, Recipe)
    except (msgspec.ValidationError, ValueError) as fault:
        got = " ".join(str(fault).split())[:200]
        raise Malformed(where, expected="a recipe", got=got, hint="see docs/guides/compose.md") from fault
    if not recipe.layers:
        raise Malformed(
            where, expected="layers: [{packages: [...]}]", got="none", hint="see docs/guides/compose.md"
        )
    if recipe.database not in ("full", "status.d"):
        raise Malformed(
            where,
            expected="database: full or status.d",
            got=recipe.database[:40],
            hint="see docs/guides/compose.md",
        )
    return recipe


def parse_lock(data: bytes, where: str) -> Lock:
    """The lock that an earlier run wrote.

    Raises:
        Malformed: it is something else.
    """
    try:
        return msgspec.json.decode(data, type=Lock)
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise Malformed(
            where, expected="a lock file", got=str(fault)[:200], hint="run again with --update-lock"
        ) from fault


def write_lock(lock: Lock) -> bytes:
    """The lock as JSON that reads well in a diff."""
    return msgspec.json.format(msgspec.json.encode(lock), indent=1) + b"\n"
