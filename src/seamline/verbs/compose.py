"""Composing an image from distribution packages: chosen, proven, unpacked, written; nothing is run, nobody is root."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from seamline.change.accounts import FILES, parse_accounts
from seamline.change.build import PackedLayer, image_over
from seamline.change.closure import Universe, closure
from seamline.change.contents import NOTHING, tar_of
from seamline.change.rootfs import Ground, Unpacked, lay_out, scripts_not_run, unpacked
from seamline.effects.disk import read_regular
from seamline.effects.downloads import Downloads
from seamline.effects.http import Http
from seamline.effects.spooled import Spool
from seamline.errors import Lying, Malformed, NotFound
from seamline.formats.apt import AptSource, IndexedPackage
from seamline.formats.deb import files_of, parse_deb
from seamline.formats.dpkg import parse_status
from seamline.formats.oci.writing import write_config
from seamline.formats.recipe import (
    Lock,
    LockedPackage,
    LockedRelease,
    Recipe,
    parse_lock,
    parse_recipe,
    write_lock,
)
from seamline.model.image import Config, History, Image, Layer, Platform
from seamline.model.limits import Limits
from seamline.places.debian_archive import fetch_package, machine_sources, read_archive
from seamline.verbs.compose_own import own_layer
from seamline.verbs.copy import write_to
from seamline.verbs.packing import pack_layer
from seamline.verbs.session import Session

_MOST_RECIPE_BYTES = 1 << 20
_STATUS = b"var/lib/dpkg/status"
_MERGED = "usr-is-merged"  # says what is true of every root laid out here, and spares the package that would make it so


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """What was made: the image's digest, packages by layer, and those whose scripts would have done more."""

    destination: str
    digest: str
    packages: tuple[tuple[str, ...], ...]
    scripts_not_run: tuple[str, ...]


class ComposeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The recipe, where the image goes, and whether to choose packages anew although a lock is there."""

    recipe: Path
    destination: str
    update_lock: bool = False
    as_of: str


def compose(options: ComposeOptions, session: Session) -> Composed:
    """Makes the image of a recipe. The packages of its lock are taken again; without one, a lock is written.

    Raises:
        SeamlineError: the recipe is wrong, a package cannot be had, a signature or checksum does not hold.
    """
    raw = read_regular(options.recipe, _MOST_RECIPE_BYTES)
    recipe = parse_recipe(raw, str(options.recipe))
    downloads = Downloads(Http(session.opening.wire))
    sources = _sources(recipe)
    base = session.open(recipe.base) if recipe.base else None
    ground = _ground_of(base, session) if base is not None else Ground()
    lock = _locked(options, raw)
    fresh = lock is None
    if lock is None:
        lock = _choose(recipe, sources, _installed(ground.status), downloads, options, raw)
    layers, left = _layers(recipe, lock, sources, downloads, ground, options)
    image = _image(recipe, layers, base, lock.created)
    digest = write_to(options.destination, image, session)
    if fresh:
        _lock_path(options).write_bytes(write_lock(lock))
    return Composed(
        destination=options.destination,
        digest=digest,
        packages=tuple(
            tuple(f"{p.name} {p.version}" for p in lock.packages if p.layer == at)
            for at in range(len(recipe.layers))
        ),
        scripts_not_run=left,
    )


def _sources(recipe: Recipe) -> tuple[AptSource, ...]:
    if not recipe.sources:
        return machine_sources()
    return tuple(
        AptSource(
            uri=each.uri.rstrip("/"), suite=each.suite, components=each.components, keyring=each.signed_by
        )
        for each in recipe.sources
    )


def _lock_path(options: ComposeOptions) -> Path:
    return options.recipe.with_suffix(".lock.json")


def _locked(options: ComposeOptions, raw: bytes) -> Lock | None:
    path = _lock_path(options)
    if options.update_lock or not path.exists():
        return None
    lock = parse_lock(path.read_bytes(), str(path))
    if lock.recipe_sha256 != hashlib.sha256(raw).hexdigest():
        raise Malformed(
            str(path),
            expected="the lock of this recipe",
            got="one of another version of it",
            hint="choose anew: --update-lock",
        )
    return lock


def _ground_of(base: Image, session: Session) -> Ground:
    """What the new layers go on with: the base's package database and accounts, empty where it has none."""
    looked = session.see(base).looked

    def read(path: bytes) -> bytes:
        entry = looked.tree.resolve(path)
        return session.read_file(looked, entry) if entry is not None else b""

    return Ground(
        status=read(_STATUS).decode("utf-8", "replace"),
        accounts=parse_accounts({name: read(b"etc/" + name.encode()) for name in FILES}),
    )


def _installed(status: str) -> Mapping[str, str]:
    return {package.name: package.version for package in parse_status(status.encode())}


def _choose(
    recipe: Recipe,
    sources: Sequence[AptSource],
    installed: Mapping[str, str],
    downloads: Downloads,
    options: ComposeOptions,
    raw: bytes,
) -> Lock:
    archives = [
        read_archive(source, recipe.architecture, downloads, options.as_of)
        for source in sources
        if not source.architectures or recipe.architecture in source.architectures
    ]
    universe = Universe(package for archive in archives for package in archive.packages)
    present = dict(installed)
    chosen: list[LockedPackage] = []
    for at, layer in enumerate(recipe.layers):
        names = [*(universe.essential() if layer.essential else ()), *layer.packages]
        if not present and universe.has(_MERGED):
            names.insert(0, _MERGED)
        for package in closure(universe, names, present):
            chosen.append(_locked_package(at, package))
            present[package.name] = package.version
    return Lock(
        recipe_sha256=hashlib.sha256(raw).hexdigest(),
        releases=tuple(LockedRelease(suite=each.suite, sha256=each.release_sha256) for each in archives),
        packages=tuple(chosen),
        created=options.as_of,
    )


def _locked_package(layer: int, package: IndexedPackage) -> LockedPackage:
    return LockedPackage(
        layer=layer,
        name=package.name,
        version=package.version,
        architecture=package.architecture,
        filename=package.filename,
        size_bytes=package.size_bytes,
        sha256=package.sha256,
    )


def _layers(
    recipe: Recipe,
    lock: Lock,
    sources: Sequence[AptSource],
    downloads: Downloads,
    ground: Ground,
    options: ComposeOptions,
) -> tuple[list[PackedLayer], tuple[str, ...]]:
    """The packed layers of packages and own files, and whose scripts were not run."""
    clamp_ns = int(datetime.fromisoformat(lock.created).astimezone(UTC).timestamp()) * 10**9
    layers: list[PackedLayer] = []
    left: list[str] = []
    for at, layer in enumerate(recipe.layers):
        spool = Spool()
        packages = [_fetch(p, sources, downloads, spool) for p in lock.packages if p.layer == at]
        files, ground = lay_out(packages, ground, full=recipe.database == "full", clamp_ns=clamp_ns)
        left += scripts_not_run(packages)
        names = " ".join(layer.packages) or "essential packages"
        layers.append(pack_layer(f"seamline compose: {names}", tar_of(files)))
    own = own_layer(recipe, ground.accounts, options.recipe.parent, clamp_ns)
    if own:
        layers.append(pack_layer("seamline compose: own files", tar_of(own)))
    return layers, tuple(left)


def _fetch(
    package: LockedPackage, sources: Sequence[AptSource], downloads: Downloads, spool: Spool
) -> Unpacked:
    """A locked package from whichever source has it; what its files hold is put aside."""
    raw = lie = None
    for uri in dict.fromkeys(source.uri for source in sources):
        try:
            raw = fetch_package(_indexed(package, uri), downloads)
            break
        except NotFound:
            continue
        except Lying as fault:  # another mirror may be in step
            lie = fault
    if lie is not None and raw is None:
        raise lie
    if raw is None:
        raise NotFound(
            f"{package.name} {package.version}",
            expected="a source that still has it",
            got="none",
            hint="choose anew: --update-lock",
        )
    deb = parse_deb(raw, package.filename, Limits())
    files = files_of(deb, package.filename, Limits())
    return unpacked(deb, ((entry, spool.keep((data,)) if data else NOTHING) for entry, data in files))


def _indexed(package: LockedPackage, uri: str) -> IndexedPackage:
    return IndexedPackage(
        name=package.name,
        version=package.version,
        architecture=package.architecture,
        depends="",
        provides="",
        conflicts="",
        essential=False,
        priority="",
        filename=package.filename,
        size_bytes=package.size_bytes,
        sha256=package.sha256,
        archive=uri,
    )


def _image(recipe: Recipe, layers: Sequence[PackedLayer], base: Image | None, created: str) -> Image:
    """The new layers over the base's own, under a configuration that starts from the base's."""
    config = _config(recipe, base.config if base is not None else Config(), created)
    below = [_kept(layer) for layer in base.layers] if base is not None else []
    steps = base.config.history if base is not None else ()
    steps += tuple(History(created=created, created_by=layer.created_by) for layer in layers)
    steps += (_start_step(config, created),)
    complete = msgspec.structs.replace(config, history=steps)
    everything = [*below, *layers]
    platform = Platform("linux", recipe.architecture)
    raw = write_config(complete, platform, [layer.diff_id for layer in everything])
    return image_over("composed", everything, complete, raw, platform, _annotations(base))


def _start_step(config: Config, created: str) -> History:
    """How the image starts, as builders note it last: what is built upon it shows where it ended."""
    words = msgspec.json.encode([*(config.entrypoint or ()), *(config.command or ())]).decode()
    return History(created=created, created_by=f"CMD {words}", comment="seamline compose", empty_layer=True)


def _kept(layer: Layer) -> PackedLayer:
    """A layer of the base, as it is."""
    if layer.digest is None or layer.diff_id is None or layer.size_bytes is None:
        raise Malformed(
            "base",
            expected="a base with digests",
            got="a place without manifests",
            hint="copy it to an oci-dir first",
        )
    return PackedLayer(
        created_by=layer.created_by,
        digest=layer.digest,
        diff_id=layer.diff_id,
        size_bytes=layer.size_bytes,
        open=layer.open,
        media_type=layer.media_type,
    )


def _annotations(base: Image | None) -> dict[str, str]:
    """What the image stands on, for whoever looks for its seam; a path on this machine is nobody else's name.

    Source: OCI image-spec, annotations.md.
    """
    if base is None or base.digest is None:
        return {}
    own = base.reference.removeprefix("registry:") if base.place == "registry" else ""
    name = own or next((name for name in base.names if "/" in name), "")
    named = {"org.opencontainers.image.base.name": name} if name else {}
    return {"org.opencontainers.image.base.digest": base.digest, **named}


def _config(recipe: Recipe, before: Config, created: str) -> Config:
    asked = recipe.config
    env = dict(pair.partition("=")[::2] for pair in before.env) | asked.env
    env.setdefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    return Config(
        user=asked.user or before.user,
        env=tuple(f"{name}={value}" for name, value in env.items()),
        entrypoint=asked.entrypoint or before.entrypoint,
        command=asked.cmd or before.command,
        working_dir=asked.workdir or before.working_dir,
        labels={**before.labels, **asked.labels},
        exposed_ports=asked.ports or before.exposed_ports,
        created=created,
    )
