"""Writes images whose seam is known, because this program put it there. Imports nothing of Seamline.

    python benchmarks/seam/make.py FOLDER

FOLDER/bases and FOLDER/images hold one OCI layout an image; FOLDER/truth.json says for each case which image to look
at, which bases the ledger may know, and the answer: the acceptable names of each base, and the side of every path.
A path's truth is "system" or "application", with a "?" behind where nothing in image or ledger can show it: there an
answer of "unknown" is right.
Root filesystems are made up but shaped like Debian's and Alpine's: packages with file lists, a package database,
accounts, documentation, caches. The same bytes on every run.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

Files = dict[str, bytes]
Step = tuple[str, bool]  # created_by, makes a layer
SYSTEM, APPLICATION = "system", "application"
HUB = "docker.io/library/"


class Layer(NamedTuple):
    """Files that a layer writes, paths that it removes, whose they are, and the step that made it."""

    files: Files
    side: str
    step: str = ""
    removed: tuple[str, ...] = ()


class Picture(NamedTuple):
    """An image to be written."""

    layers: tuple[Layer, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    config: Mapping[str, Any] = {}
    annotations: Mapping[str, str] = {}
    history: bool = True
    packing: str = "gzip"


def content(seed: str, size: int = 600) -> bytes:
    """Bytes that only this seed gives."""
    block = hashlib.sha256(seed.encode()).hexdigest().encode()
    return (block * (size // len(block) + 1))[:size]


class Package(NamedTuple):
    name: str
    version: str
    files: int = 8


def debian(release: str, packages: tuple[Package, ...], *, documents: bool = True) -> Files:
    """A root filesystem with a dpkg database, like an official image's."""
    files = {
        "etc/os-release": f'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian {release}"\n'.encode(),
        "etc/debian_version": f"{release}\n".encode(),
        "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\n",
        "etc/group": b"root:x:0:\n",
        "etc/ld.so.cache": content(f"cache {release}"),
        "var/lib/dpkg/status": dpkg_status(packages),
    }
    for package in packages:
        files |= payload(package, documents=documents)
        names = payload(package, documents=True)
        files[f"var/lib/dpkg/info/{package.name}.list"] = "".join(f"/{name}\n" for name in names).encode()
    return files


def payload(package: Package, *, documents: bool) -> Files:
    """The files that a package installs."""
    name = package.name
    files = {
        f"usr/lib/{name}/part{number}.so": content(f"{name} {package.version} {number}")
        for number in range(package.files)
    }
    if name == "bash":
        files["bin/bash"] = files["bin/sh"] = content(f"bash {package.version}")
    if name == "apt":
        files["usr/bin/apt-get"] = content(f"apt {package.version}")
    files[f"usr/share/doc/{name}/copyright"] = content(f"licence of {name}", 200)
    if documents:
        for number in range(4):
            files[f"usr/share/man/man1/{name}{number}.1.gz"] = content(
                f"manual {name} {package.version} {number}", 80
            )
            files[f"usr/share/locale/l{number}/{name}.mo"] = content(
                f"locale {name} {package.version} {number}", 80
            )
    return files


def dpkg_status(packages: tuple[Package, ...]) -> bytes:
    return "\n".join(
        f"Package: {each.name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {each.version}\n"
        for each in packages
    ).encode()


def alpine(release: str, packages: tuple[Package, ...]) -> Files:
    """A root filesystem with an apk database."""
    files = {
        "etc/os-release": f'ID=alpine\nVERSION_ID={release}\nPRETTY_NAME="Alpine Linux v{release}"\n'.encode(),
        "etc/alpine-release": f"{release}\n".encode(),
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n",
        "bin/sh": content(f"busybox of {release}"),
        "sbin/apk": content(f"apk of {release}"),
        "lib/apk/db/installed": apk_installed(packages),
    }
    for package in packages:
        for number in range(3):
            files[f"usr/lib/{package.name}.so.{number}"] = content(
                f"{package.name} {package.version} {number}"
            )
    return files


def apk_installed(packages: tuple[Package, ...]) -> bytes:
    return "\n".join(f"P:{each.name}\nV:{each.version}\nA:x86_64\nL:MIT\n" for each in packages).encode()


DEBIAN_PACKAGES = tuple(
    Package(name, f"1.{place}-1")
    for place, name in enumerate(
        [
            "apt",
            "base-files",
            "bash",
            "coreutils",
            "dpkg",
            "libc6",
            "libssl3",
            "zlib1g",
            "tzdata",
            "perl-base",
        ]
        + [f"lib{letter}{number}" for letter in "abcdef" for number in range(5)]
    )
)
ALPINE_PACKAGES = tuple(
    Package(name, f"1.{place}-r0")
    for place, name in enumerate(
        ["musl", "busybox", "apk-tools", "libcrypto3", "libssl3", "zlib", "alpine-baselayout"]
    )
)


def upgraded(packages: tuple[Package, ...], names: tuple[str, ...], version: str) -> tuple[Package, ...]:
    return tuple(each._replace(version=version) if each.name in names else each for each in packages)


def debian_line(day: str) -> str:
    return f"RUN # debian.sh --arch 'amd64' out/ 'bookworm' '@{day}'"


# ---------------------------------------------------------------------------------------------------------------------
# bases

SIBLING_PACKAGES = upgraded(DEBIAN_PACKAGES, ("libssl3", "base-files", "tzdata"), "9.9-1+deb12u1")
DEBIAN_FILES = debian("12.8", DEBIAN_PACKAGES)
SIBLING_FILES = debian("12.9", SIBLING_PACKAGES)
SLIM_FILES = debian("12.8", DEBIAN_PACKAGES, documents=False)
REBUILT_FILES = DEBIAN_FILES | {name: content(f"rebuilt {name}") for name in DEBIAN_FILES if "/libc" in name}
ALPINE_FILES = alpine("3.20", ALPINE_PACKAGES)
ALPINE_SIBLING_FILES = alpine("3.20", upgraded(ALPINE_PACKAGES, ("libssl3", "libcrypto3"), "1.4-r1"))
PYTHON_FILES = {
    f"usr/local/lib/python3.12/m{number}.py": content(f"python {number}") for number in range(120)
} | {"usr/local/bin/python3": content("python3")}
ORG_FILES = {f"etc/org/policy{number}.conf": content(f"org {number}", 100) for number in range(6)} | {
    "usr/local/share/ca-certificates/org.crt": content("org certificate")
}

ENV = ("PATH=/usr/local/bin:/usr/bin:/bin",)
PYTHON_ENV = (*ENV, "PYTHON_VERSION=3.12.7")


def system_image(files: Files, line: str, command: str, env: tuple[str, ...] = ENV) -> Picture:
    layer = Layer(files, SYSTEM, line)
    return Picture((layer,), after=(f'CMD ["{command}"]',), config={"Cmd": [command], "Env": list(env)})


BASES: dict[str, Picture] = {
    "debian:12.8": system_image(DEBIAN_FILES, debian_line("1731283200"), "bash"),
    "debian:12.9": system_image(SIBLING_FILES, debian_line("1736726400"), "bash"),
    "debian:12.8-slim": system_image(SLIM_FILES, debian_line("1731283200"), "bash"),
    "debian:12.8-rebuilt": system_image(REBUILT_FILES, debian_line("1731283200"), "bash"),
    "debian:12.8-utf8": system_image(DEBIAN_FILES, debian_line("1731283200"), "bash", (*ENV, "LANG=C.UTF-8")),
    "alpine:3.20.3": system_image(
        ALPINE_FILES, "ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit", "/bin/sh"
    ),
    "alpine:3.20.2": system_image(
        ALPINE_SIBLING_FILES, "ADD alpine-minirootfs-3.20.2-x86_64.tar.gz / # buildkit", "/bin/sh"
    ),
}


def on(
    base: Picture, *layers: Layer, before: tuple[str, ...] = (), after: tuple[str, ...] = (), **config: Any
) -> Picture:
    """Another build on a base: its layers, history and settings go on."""
    lines = (*base.after, *before)
    first, *rest = layers
    joined = first._replace(step="\n".join((*lines, first.step)))
    return base._replace(layers=(*base.layers, joined, *rest), after=after, config={**base.config, **config})


BASES["python:3.12"] = on(
    BASES["debian:12.8"],
    Layer(PYTHON_FILES, SYSTEM, "RUN build python # buildkit"),
    before=("ENV PYTHON_VERSION=3.12.7",),
    after=('CMD ["python3"]',),
    Cmd=["python3"],
    Env=list(PYTHON_ENV),
)
BASES["registry.example.org/org/python:3"] = on(
    BASES["python:3.12"],
    Layer(ORG_FILES, SYSTEM, "COPY policy /etc/org # buildkit"),
    after=('CMD ["python3"]',),
    Labels={"org.example.team": "platform"},
)


# ---------------------------------------------------------------------------------------------------------------------
# applications

CODE = {f"app/module{number}.py": content(f"app {number}") for number in range(20)} | {
    "app/main.py": b"print(1)\n"
}
TOOLS = (Package("curl", "8.1-1"), Package("libcurl4", "8.1-1"))


def install(packages: tuple[Package, ...], added: tuple[Package, ...], files: Files) -> Layer:
    """apt-get install: new files, the rewritten database, changed accounts and caches."""
    written = {
        "var/lib/dpkg/status": dpkg_status((*packages, *added)),
        "etc/ld.so.cache": content("cache of the app"),
    }
    written["etc/passwd"] = files["etc/passwd"] + b"app:x:999:999::/app:/usr/sbin/nologin\n"
    for package in added:
        written |= payload(package, documents=True)
        names = payload(package, documents=True)
        written[f"var/lib/dpkg/info/{package.name}.list"] = "".join(f"/{name}\n" for name in names).encode()
    return Layer(written, APPLICATION, "RUN apt-get install -y curl # buildkit")


def code(**config: Any) -> tuple[Layer, dict[str, Any]]:
    settings = {"WorkingDir": "/app", "Cmd": ["python3", "/app/main.py"], **config}
    return Layer(CODE, APPLICATION, "COPY . /app # buildkit"), settings


def application(base: Picture, *more: Layer, **config: Any) -> Picture:
    own, settings = code(**config)
    command = ('CMD ["python3" "/app/main.py"]',)
    return on(base, *more, own, after=command, **settings)


def squashed(picture: Picture, **changes: Any) -> Picture:
    """All layers as one, without a word about how it came to be."""
    merged = Layer(folded(picture)[0], APPLICATION)
    config = {key: value for key, value in picture.config.items() if key != "Labels"}
    return picture._replace(layers=(merged,), after=(), history=False, config=config, **changes)


def folded(picture: Picture) -> tuple[Files, dict[str, str]]:
    """What is visible in the end, and whose each path is: of the layer that brought this content there."""
    files: Files = {}
    sides: dict[str, str] = {}
    for layer in picture.layers:
        for path in layer.removed:
            files.pop(path, None)
            sides.pop(path, None)
        for path, data in layer.files.items():
            if files.get(path) != data:
                sides[path] = layer.side
            files[path] = data
    return files, sides


class Case(NamedTuple):
    """An image, the truth about it, and which bases it stands on (bottom first) with decoys beside them."""

    name: str
    picture: Picture
    sides: Mapping[str, str]
    bases: tuple[str, ...]
    decoys: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other bases with the very same layers: as good an answer as the true one."""
    evidence_without: str = "history"
    """What still shows the system side once its base is forgotten: history all of it, history its lowest layer
    only ("first layer": who made the ones above, nothing tells), or nothing."""


def cases() -> Iterator[Case]:
    """Every situation on Debian, most of them on Alpine."""
    base = BASES["debian:12.8"]
    decoys = ("debian:12.9", "debian:12.8-slim", "debian:12.8-rebuilt")
    apt = install(DEBIAN_PACKAGES, TOOLS, DEBIAN_FILES)

    def case(name: str, picture: Picture, truth: Picture | None = None, **more: Any) -> Case:
        sides = folded(truth or picture)[1]
        return Case(name, picture, sides, **{"bases": ("debian:12.8",), "decoys": decoys, **more})

    plain = application(base, apt)
    yield case("plain", plain)
    yield case("recompressed", plain._replace(packing="gzip-1"))
    yield case("uncompressed", plain._replace(packing="none"))
    yield case("squashed", squashed(plain), plain, evidence_without="nothing")
    named = {"org.opencontainers.image.base.name": "docker.io/library/debian:12.8"}
    yield case("squashed-annotated", squashed(plain, annotations=named), plain, evidence_without="nothing")
    copied = Layer(PYTHON_FILES, APPLICATION, "COPY --from=python:3.12 /usr/local /usr/local # buildkit")
    yield case("multi-stage-copy", application(base, copied))
    newer = upgraded(DEBIAN_PACKAGES, ("libssl3",), "2.0-1")
    patched = install(newer, (), DEBIAN_FILES)
    patched.files.update(payload(Package("libssl3", "2.0-1"), documents=True))
    yield case("in-place-upgrade", application(base, patched))
    yield case("no-metadata", plain._replace(history=False, after=()), evidence_without="nothing")
    yield case("equal-to-its-base", base._replace(config={**base.config, "Labels": {"team": "x"}}))
    owned = Layer(DEBIAN_FILES, SYSTEM, "RUN chown -R 999:999 / # buildkit")
    yield case("copied-up", application(base, owned))
    utf8 = application(BASES["debian:12.8-utf8"])
    yield case(
        "two-configurations",
        utf8,
        bases=("debian:12.8-utf8",),
        also=("debian:12.8",),
        decoys=("debian:12.8", *decoys),
    )
    yield from chains(apt)
    yield from alpines()


def chains(apt: Layer) -> Iterator[Case]:
    """debian, python on it, the organisation's on that, the application."""
    chain = ("debian:12.8", "python:3.12", "registry.example.org/org/python:3")
    full = application(BASES[chain[-1]], apt)
    sides = folded(full)[1]
    decoys = ("debian:12.9", "debian:12.8-slim")
    yield Case("chain", full, sides, chain, decoys, evidence_without="first layer")
    yield Case("chain-squashed", squashed(full), sides, chain, decoys, evidence_without="nothing")
    bare = full._replace(history=False, after=())
    yield Case("chain-no-metadata", bare, sides, chain, decoys, evidence_without="nothing")
    runtime = BASES["python:3.12"]
    yield Case("runtime-equal-to-its-base", runtime, folded(runtime)[1], chain[:2], decoys)


def alpines() -> Iterator[Case]:
    base = BASES["alpine:3.20.3"]
    added = alpine("3.20", (*ALPINE_PACKAGES, Package("curl", "8.1-r0")))
    grown = {path: data for path, data in added.items() if ALPINE_FILES.get(path) != data}
    plain = application(base, Layer(grown, APPLICATION, "RUN apk add curl # buildkit"))
    sides = folded(plain)[1]
    about = {"bases": ("alpine:3.20.3",), "decoys": ("alpine:3.20.2",)}
    yield Case("alpine-plain", plain, sides, **about)  # type: ignore[arg-type]
    yield Case("alpine-squashed", squashed(plain), sides, **about, evidence_without="nothing")  # type: ignore[arg-type]
    bare = plain._replace(history=False, after=())
    yield Case("alpine-no-metadata", bare, sides, **about, evidence_without="nothing")  # type: ignore[arg-type]
    yield Case("alpine-equal-to-its-base", base, folded(base)[1], **about)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------------------------
# writing


def write_layout(folder: Path, picture: Picture) -> None:
    """One image as an OCI layout. Source: OCI image-spec 1.1."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    tars = [tar_of(layer) for layer in picture.layers]
    layers = [store(blobs, pack(tar, picture.packing), media_type(picture.packing)) for tar in tars]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2024-12-02T00:00:00Z",
        "config": dict(picture.config),
        "rootfs": {
            "type": "layers",
            "diff_ids": [f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in tars],
        },
    }
    if picture.history:
        config["history"] = list(history_of(picture))
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": store(blobs, json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
        "layers": layers,
        **({"annotations": dict(picture.annotations)} if picture.annotations else {}),
    }
    described = store(blobs, json.dumps(manifest).encode(), manifest["mediaType"])
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [described]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def history_of(picture: Picture) -> Iterator[dict[str, Any]]:
    for layer in picture.layers:
        *empty, step = layer.step.split("\n")
        for line in empty:
            yield {"created_by": line, "empty_layer": True}
        yield {"created_by": step, "comment": "buildkit.dockerfile.v0"}
    for line in picture.after:
        yield {"created_by": line, "empty_layer": True}


def tar_of(layer: Layer) -> bytes:
    target = io.BytesIO()
    owner = 999 if "chown" in layer.step else 0
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in layer.removed:
            folder, _, name = path.rpartition("/")
            tar.addfile(tarfile.TarInfo(f"{folder}/.wh.{name}"))
        for path, data in sorted(layer.files.items()):
            info = tarfile.TarInfo(path)
            info.size, info.mode, info.uid, info.mtime = len(data), 0o755, owner, 1733097600
            tar.addfile(info, io.BytesIO(data))
    return target.getvalue()


def pack(tar: bytes, packing: str) -> bytes:
    if packing == "none":
        return tar
    return gzip.compress(tar, 1 if packing == "gzip-1" else 9, mtime=0)


def media_type(packing: str) -> str:
    plain = "application/vnd.oci.image.layer.v1.tar"
    return plain if packing == "none" else f"{plain}+gzip"


def store(blobs: Path, data: bytes, kind: str) -> dict[str, Any]:
    name = hashlib.sha256(data).hexdigest()
    (blobs / name).write_bytes(data)
    return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(data)}


def full_name(name: str) -> str:
    return name if "/" in name else HUB + name


def variants(case: Case) -> Iterator[dict[str, Any]]:
    """The same image under four ledgers: its bases known; beside decoys; forgotten; forgotten beside decoys."""
    told = [[full_name(base)] for base in case.bases]
    told[-1] += [full_name(base) for base in case.also]
    lowest = case.picture.layers[0].files
    forgotten = {
        path: side
        if case.evidence_without == "history"
        or (case.evidence_without == "first layer" and (path in lowest or side != SYSTEM))
        else f"{side}?"
        for path, side in case.sides.items()
    }
    for suffix, known, sides in (
        ("", case.bases, case.sides),
        ("+decoy", (*case.decoys, *case.bases), case.sides),
        ("-base", (), forgotten),
        ("-base+decoy", case.decoys, forgotten),
    ):
        names = [names for names in told if any(name in map(full_name, known) for name in names)]
        yield {
            "case": case.name + suffix,
            "image": case.name,
            "ledger": list(known),
            "bases": names,
            "sides": dict(sides),
        }


def main() -> None:
    target = Path(sys.argv[1])
    for name, picture in BASES.items():
        write_layout(target / "bases" / name.replace("/", "_").replace(":", "_"), picture)
    told = []
    for case in cases():
        write_layout(target / "images" / case.name, case.picture)
        told += list(variants(case))
    names = {name: name.replace("/", "_").replace(":", "_") for name in BASES}
    (target / "truth.json").write_text(json.dumps({"bases": names, "cases": told}, indent=1))


if __name__ == "__main__":
    main()
