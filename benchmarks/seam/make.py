"""Writes images whose seam is known, because this program put it there. Imports nothing of Seamline.

    python -m benchmarks.seam.make FOLDER

FOLDER/bases and FOLDER/images hold one OCI layout an image; FOLDER/truth.json says for each case which image to look
at, which bases the ledger may know, and the answer: the acceptable names of each base, and the side of every path.
A path's truth is "system" or "application", with a "?" behind where nothing in image or ledger can show it: there an
answer of "unknown" is right.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.seam.layouts import APPLICATION, SYSTEM, Layer, Picture, folded, write_layout
from benchmarks.seam.roots import (
    ALPINE_PACKAGES,
    DEBIAN_PACKAGES,
    Files,
    Package,
    alpine,
    content,
    debian,
    debian_line,
    dpkg_status,
    payload,
    upgraded,
)

HUB = "docker.io/library/"

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


class Case(NamedTuple):
    """An image, the truth about it, and which bases it stands on (bottom first) with decoys beside them."""

    name: str
    picture: Picture
    sides: Mapping[str, str]
    bases: tuple[str, ...]
    decoys: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other bases with the very same layers or content: as good an answer as the true one."""
    evidence: bool = True
    """Whether anything shows the truth even while the bases are known."""
    evidence_without: str = "history"
    """What still shows the system side once its base is forgotten: history all of it, history its lowest layer
    only ("first layer": who made the ones above, nothing tells), or nothing."""


DECOYS = ("debian:12.9", "debian:12.8-slim", "debian:12.8-rebuilt")
APT = install(DEBIAN_PACKAGES, TOOLS, DEBIAN_FILES)
PLAIN = application(BASES["debian:12.8"], APT)
OWNED = Layer(DEBIAN_FILES, SYSTEM, "RUN chown -R 999:999 / # buildkit")
BASE_NAME = "org.opencontainers.image.base.name"


def case(name: str, picture: Picture, truth: Picture | None = None, **more: Any) -> Case:
    """A case on debian:12.8 unless `more` says otherwise; `truth` is the image before its layers were merged."""
    sides = folded(truth or picture)[1]
    return Case(name, picture, sides, **{"bases": ("debian:12.8",), "decoys": DECOYS, **more})


def cases() -> Iterator[Case]:
    """Every situation on Debian, most of them on Alpine."""
    yield from layered()
    yield from merged()
    yield from builders()
    yield from chains()
    yield from alpines()
    server = Layer({"server": content("static"), "etc/ca.crt": content("ca")}, APPLICATION, "COPY server /")
    yield case("scratch", Picture((server,), config={"Entrypoint": ["/server"]}), bases=())


def upgraded_in_place() -> Picture:
    """A package of the base upgraded by the application: the database and the library rewritten."""
    layer = install(upgraded(DEBIAN_PACKAGES, ("libssl3",), "2.0-1"), (), DEBIAN_FILES)
    layer.files.update(payload(Package("libssl3", "2.0-1"), documents=True))
    return application(BASES["debian:12.8"], layer)


def layered() -> Iterator[Case]:
    """The base's layers are the image's first."""
    base = BASES["debian:12.8"]
    yield case("plain", PLAIN)
    yield case("recompressed-gzip", PLAIN._replace(packing="gzip-1"))
    yield case("recompressed-zstd", PLAIN._replace(packing="zstd"))
    yield case("uncompressed", PLAIN._replace(packing="none"))
    copied = Layer(PYTHON_FILES, APPLICATION, "COPY --from=python:3.12 /usr/local /usr/local # buildkit")
    yield case("multi-stage-copy", application(base, copied))
    yield case("in-place-upgrade", upgraded_in_place())
    yield case("no-metadata", PLAIN._replace(history=False, after=()), evidence_without="nothing")
    yield case("equal-to-its-base", base._replace(config={**base.config, "Labels": {"team": "x"}}))
    yield case("copied-up", application(base, OWNED))
    yield case(
        "two-configurations",
        application(BASES["debian:12.8-utf8"]),
        bases=("debian:12.8-utf8",),
        also=("debian:12.8",),
        decoys=("debian:12.8", *DECOYS),
    )
    yield case("false-annotation", PLAIN._replace(annotations={BASE_NAME: f"{HUB}debian:12.9"}))


def merged() -> Iterator[Case]:
    """All layers became one."""
    hidden = {"evidence_without": "nothing"}
    lost = {"evidence": False, **hidden}
    base = BASES["debian:12.8"]
    yield case("squashed", squashed(PLAIN), PLAIN, **hidden)
    for name, told in (("annotated", "12.8"), ("false-annotation", "12.9")):
        annotations = {BASE_NAME: f"{HUB}debian:{told}"}
        yield case(f"squashed-{name}", squashed(PLAIN, annotations=annotations), PLAIN, **hidden)
    yield case("squashed-by-docker", PLAIN._replace(merged=True), **hidden)
    stripped = squashed(without_documents(PLAIN))
    yield case(
        "squashed-without-documents", stripped, without_documents(PLAIN), also=("debian:12.8-slim",), **lost
    )
    yield case("squashed-upgrade", squashed(upgraded_in_place()), upgraded_in_place(), **lost)
    chowned = application(base, OWNED)
    yield case("squashed-copied-up", squashed(chowned), chowned, **hidden)


def without_documents(picture: Picture) -> Picture:
    """The same image after its documentation was deleted."""
    documents = ("usr/share/man", "usr/share/locale")
    layers = [
        layer._replace(
            files={path: data for path, data in layer.files.items() if not path.startswith(documents)}
        )
        for layer in picture.layers
    ]
    return picture._replace(layers=tuple(layers))


def builders() -> Iterator[Case]:
    """The same base and application through other builders."""
    base = BASES["debian:12.8"]
    own, settings = code()
    start = ('CMD ["python3" "/app/main.py"]',)
    kaniko = tuple(layer._replace(author="kaniko", comment="") for layer in (APT, own))
    yield case("kaniko", on(base, *kaniko, after=start, **settings))
    rootfs = Layer(DEBIAN_FILES, SYSTEM, "/bin/sh", comment="")
    noted = APT._replace(step="/bin/sh -c apt-get install -y curl", comment="FROM example.org/root:1")
    config = {**base.config, **settings}
    yield case("buildah", Picture((rootfs, noted, own), config=config))
    halves = [
        {path: data for path, data in DEBIAN_FILES.items() if ("lib" in path) == half}
        for half in (False, True)
    ]
    stone = tuple(Layer(half, SYSTEM, "bazel build ...", comment="", author="Bazel") for half in halves)
    bazel = Picture((*stone, own), after=start, config=config)
    yield Case("bazel", bazel, folded(bazel)[1], (), ("debian:12.9",))
    lifecycle = json.dumps({"runImage": {"topLayer": "TOP", "image": "org/run:1"}})
    labelled = {**config, "Labels": {"io.buildpacks.lifecycle.metadata": lifecycle}}
    yield case("buildpacks", Picture((rootfs, APT, own), config=labelled, history=False))
    fixed = payload(Package("libssl3", "2.0-1"), documents=True)
    patch = Layer(fixed, SYSTEM, "", comment="buildkit.exporter.image.v0")
    full = application(base, APT)
    named = {**full.config, "Labels": {"BaseImage": "org/app:1"}}
    yield case("copa", full._replace(layers=(*full.layers, patch), after=(), config=named))


def chains() -> Iterator[Case]:
    """debian, python on it, the organisation's on that, the application."""
    chain = ("debian:12.8", "python:3.12", "registry.example.org/org/python:3")
    full = application(BASES[chain[-1]], APT)
    sides = folded(full)[1]
    decoys = ("debian:12.9", "debian:12.8-slim")
    yield Case("chain", full, sides, chain, decoys, evidence_without="first layer")
    yield Case("chain-squashed", squashed(full), sides, chain, decoys, evidence_without="nothing")
    bare = full._replace(history=False, after=())
    yield Case("chain-no-metadata", bare, sides, chain, decoys, evidence_without="nothing")
    runtime = BASES["python:3.12"]
    plain = application(BASES["python:3.12"], APT)
    about = {"bases": chain[:2], "decoys": (chain[2],), "evidence_without": "nothing"}
    yield case("runtime-squashed", squashed(plain), plain, **about)
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


def full_name(name: str) -> str:
    return name if "/" in name else HUB + name


def variants(case: Case) -> Iterator[dict[str, Any]]:
    """The same image under several ledgers: its bases known; beside decoys; forgotten; forgotten beside decoys; of a
    chain also only the lowest known."""
    told = [[full_name(base)] for base in case.bases]
    for name in case.also:
        told[-1].append(full_name(name))
    doubt = {path: f"{side}?" for path, side in case.sides.items()}
    lowest = case.picture.layers[0].files
    above = {
        path: side if path in lowest or side != SYSTEM else doubt[path] for path, side in case.sides.items()
    }
    forgotten = {"history": case.sides, "first layer": above, "nothing": doubt}[case.evidence_without]
    remembered = case.sides if case.evidence else doubt
    states = [
        ("", case.bases, remembered),
        ("+decoy", (*case.decoys, *case.bases), remembered),
        ("-base", (), forgotten),
        ("-base+decoy", case.decoys, forgotten),
    ]
    if len(case.bases) > 1 and case.evidence_without == "first layer":
        states.append(("-all-but-lowest", case.bases[:1], forgotten))
    for suffix, known, sides in states:
        names = [names for names in told if any(name in map(full_name, known) for name in names)]
        yield {
            "case": case.name + suffix,
            "image": case.name,
            "ledger": list(known),
            "bases": names,
            "sides": dict(sides),
        }


def write_all(target: Path) -> None:
    """Every base, image and case, and the truth about them."""
    for name, picture in BASES.items():
        write_layout(target / "bases" / name.replace("/", "_").replace(":", "_"), picture)
    told = []
    for case in cases():
        write_layout(target / "images" / case.name, case.picture)
        told += list(variants(case))
    names = {name: name.replace("/", "_").replace(":", "_") for name in BASES}
    (target / "truth.json").write_text(json.dumps({"bases": names, "cases": told}, indent=1))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
