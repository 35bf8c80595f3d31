"""Known bases: adding, listing, forgetting, exchanging them. Names, digests and layers come from the image itself;
its content is learnt at once where it is at hand, from a registry only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

import msgspec

from seamline.errors import NotFound, Unsupported
from seamline.formats.base_list import parse_base_list
from seamline.model.image import Image
from seamline.model.seam import Base, full_name, repository_of, short_name
from seamline.seam.learn import base_of, inventory_of
from seamline.seam.lines import is_fixed_tag, tag_of
from seamline.seam.own_names import name_in_place, told_names
from seamline.stores.ledger import Bases, Ledger
from seamline.stores.shelf import parse_bases, write_bases
from seamline.verbs.blotting import without_secrets
from seamline.verbs.look import Looked

_MOST_NEAR = 3
_STORES = ("podman", "containers-storage")
"""Places where a short name stands for what the store itself calls the image: `app` for localhost/app."""


class AddOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to add: images, repositories (`registry/path/*`), with all tags or those that a glob matches.

    `names` are further references to know the image by, for images that come from a file.
    """

    images: tuple[str, ...]
    owner: str = ""
    study: bool = False
    all_tags: bool = False
    tag_glob: str = ""
    names: tuple[str, ...] = ()


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the world that adding needs. `open` gives the images meant by a name: one, or one a platform;
    `tags` lists a repository's, `repositories` a registry's."""

    ledger: Ledger
    open: Callable[[str], Iterable[Image]]
    look: Callable[[Image], Looked]
    tags: Callable[[str], Sequence[str]]
    repositories: Callable[[str], Sequence[str]]
    today: str


def add_bases(options: AddOptions, world: Surroundings) -> tuple[Base, ...]:
    """The bases as they are now known, without what they hold.

    Raises:
        NotFound: an image, or any tag that the glob matches, is not there.
        Unsupported: an image whose layers cannot be known by their diff_ids.
        SeamlineError: as the image's place says.
    """
    added = []
    for text in options.images:
        for reference in _references(text, options, world):
            for image in world.open(reference):
                base = learn(image, options, world)
                world.ledger.put([base])
                added.append(msgspec.structs.replace(base, inventory=None))
    return tuple(added)


def learn(image: Image, options: AddOptions, world: Surroundings) -> Base:
    """What the ledger should remember of an image."""
    diff_ids = [layer.diff_id for layer in image.layers]
    inventory = None
    if options.study or image.place != "registry" or None in diff_ids:
        looked = world.look(image)
        diff_ids = [reading.diff_id for reading in looked.layers]
        inventory = inventory_of(looked.tree, looked.catalog.installs)
    known = [diff_id for diff_id in diff_ids if diff_id is not None]
    if not known or len(known) < len(diff_ids):
        raise Unsupported(
            image.reference,
            expected="layers that can be read",
            got="none, or layers that are foreign or encrypted",
            hint="add the image that it was copied from",
        )
    names = names_of(image, options.names)
    base = base_of(image, known, names=names, team=options.owner, day=world.today, inventory=inventory)
    return msgspec.structs.replace(base, config=without_secrets(image.config, image))


def names_of(image: Image, given: Sequence[str] = ()) -> tuple[str, ...]:
    """The full references that an image goes by; the place itself where it has none."""
    own, told = name_in_place(image.reference, image.place), list(told_names(image.names))
    spelt = [*given, *told] if told and image.place in _STORES else [*given, own, *told]
    names = [full_name(name) for name in spelt if name]
    return tuple(dict.fromkeys(names)) or (image.reference,)


def _references(text: str, options: AddOptions, world: Surroundings) -> Iterator[str]:
    """Every image that one argument means."""
    if text.endswith("/*"):
        host, _, path = text.removesuffix("*").partition("/")
        found = [name for name in world.repositories(host) if name.startswith(path)]
        for name in _some(found, text):
            yield from _tagged(f"{host}/{name}", options.tag_glob or "*", world)
        return
    repository, colon, tag = text.rpartition(":")
    if colon and "/" not in tag and any(sign in tag for sign in "*?["):
        yield from _tagged(repository, tag, world)
    elif options.all_tags or options.tag_glob:
        yield from _tagged(text, options.tag_glob or "*", world)
    else:
        yield text


def _tagged(repository: str, glob: str, world: Surroundings) -> Iterator[str]:
    tags = [tag for tag in world.tags(repository) if fnmatchcase(tag, glob)]
    for tag in _some(tags, f"{repository}:{glob}"):
        yield f"{repository}:{tag}"


def _some(found: Sequence[str], wanted: str) -> Sequence[str]:
    if not found:
        raise NotFound(
            wanted, expected="at least one match", got="none", hint="check the name and the pattern"
        )
    return found


def sync_bases(data: bytes, source: str, world: Surroundings) -> tuple[Base, ...]:
    """Adds everything that a list kept in git names; nothing that is known already is forgotten.

    Raises:
        Malformed: the list cannot be read.
        SeamlineError: as `add_bases`.
    """
    added: list[Base] = []
    for listed in parse_base_list(data, source):
        options = AddOptions(images=(listed.image,), owner=listed.owner, study=listed.study)
        added += add_bases(options, world)
    return tuple(added)


def list_bases(known: Bases, pattern: str = "") -> tuple[Base, ...]:
    """The known bases with a name that `pattern` means (all of them for ""), by name and day: a glob, a repository
    (`debian`: every tag of it) or a reference."""
    glob = any(sign in pattern for sign in "*?[")
    wanted = pattern if glob or not pattern else full_name(pattern)
    untagged = not glob and not any(sign in pattern.rpartition("/")[2] for sign in ":@")
    found = [
        base
        for base in known.every()
        if not wanted
        or any(fnmatchcase(name, wanted) for each in base.names for name in (each, short_name(each)))
        or (untagged and repository_of(wanted) in map(repository_of, base.names))
    ]
    return tuple(sorted(found, key=lambda base: (base.names, base.created, base.platform)))


def show_base(known: Bases, name: str) -> tuple[Base, ...]:
    """Every base known by this name or digest, inventories included.

    Raises:
        NotFound: there is none.
    """
    full = full_name(name)
    found = tuple(base for base in known.every() if full in base.names or name in (base.digest, *base.names))
    if not found:
        raise NotFound(name, expected="a known base", got="none of this name", hint=_instead(known, full))
    return found


def _instead(known: Bases, full: str) -> str:
    """The next step after a name that no base has: the newest known ones of its repository that are of the same releases (of
    `debian:12` those of bookworm) and as slim as it is, all of its repository, or everything."""
    from seamline.advisories.base_ends import releases_named  # noqa: PLC0415 - only what is not found needs it

    same = [each for each in known.every() if repository_of(full) in map(repository_of, each.names)]
    if not same:
        return "seamline base list"
    wanted, is_slim = set(releases_named(full)), "slim" in tag_of(full)
    near = sorted(
        (
            (each.created, is_fixed_tag(tag_of(name)), name)
            for each in same
            for name in each.names
            if wanted and wanted <= set(releases_named(name)) and ("slim" in tag_of(name)) == is_slim
        ),
        reverse=True,
    )
    names = list(dict.fromkeys(short_name(name) for _, _, name in near))[:_MOST_NEAR]
    if names:
        return f"known instead: {', '.join(names)}"
    return f"seamline base list {short_name(repository_of(full))}"


def remove_bases(ledger: Ledger, names: Sequence[str]) -> int:
    """Forgets bases by name or digest; how many.

    Raises:
        NotFound: one of the names is not in the user's own ledger.
    """
    removed = 0
    for name in names:
        count = ledger.remove((name, full_name(name)))
        if not count:
            hint = "seamline base list; bases that come with Seamline cannot be removed"
            raise NotFound(name, expected="a base in your ledger", got="none of this name", hint=hint)
        removed += count
    return removed


def export_bases(known: Bases) -> bytes:
    """The bases as JSON lines, inventories included; `import_bases` reads them."""
    return write_bases(known.every())


def import_bases(ledger: Ledger, data: bytes, source: str) -> int:
    """Adds the bases of an export to the ledger; how many there were.

    Raises:
        Malformed: the bytes are no export. Nothing is added then.
    """
    bases = parse_bases(data, source)
    ledger.put(bases)
    return len(bases)
