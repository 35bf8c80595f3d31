"""What an image is for, and how much of an operating system it carries. Both say why."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import islice

from seamline.errors import Where
from seamline.expression import expression
from seamline.model.entry import DIRECTORY, Entry, path_text
from seamline.model.evidence import Evidence, Message
from seamline.model.image import Config, Image
from seamline.model.package import Install, Side
from seamline.model.seam import Form, FormVerdict, ImageKind, KindVerdict, LayerSpan, Stratum
from seamline.seam.history import Step
from seamline.tree.tree import Tree

_SHELLS = ("sh", "bash", "ash", "dash", "zsh", "busybox", "fish")
_INTERPRETERS = expression(
    r"(python|pypy|node|ruby|irb|php|perl|lua|java|jshell|erl|iex|julia|R|ghci|swift|dotnet|pwsh|deno|bun|go)[\d.]*"
)
_WRAPPERS = expression(r"docker-(php-)?entrypoint(\.sh)?|__cacert_entrypoint\.sh|tini|dumb-init|--|-a|-c")
_RUNTIME_VERSION = expression(
    r"(PYTHON|PYPY|NODE|RUBY|PHP|PERL|GOLANG|JAVA|OTP|ELIXIR|JULIA|R|RUST|SWIFT|DOTNET|DENO|BUN)_VERSION"
)
_SYSTEM_FOLDERS = frozenset(
    b"bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var go".split()
)
_OWN_PLACES = (b"usr/src", b"srv", b"var/www", b"home", b"opt")
_NOT_OWN = (b"opt/java", b"opt/yarn", b"usr/src/php.tar", b"usr/src/linux", b"home/node/.", b"home/.")
_SHELL_PATHS = tuple(b"bin/" + name.encode() for name in _SHELLS)
_PACKAGE_MANAGERS = (
    b"usr/bin/apt-get", b"usr/bin/dpkg", b"sbin/apk", b"usr/bin/apk", b"usr/bin/rpm", b"usr/bin/dnf",
    b"usr/bin/microdnf", b"usr/bin/yum", b"usr/bin/zypper", b"usr/bin/tdnf", b"usr/bin/pacman", b"bin/opkg",
)  # fmt: skip
_LOADERS = (b"lib", b"lib64", b"usr/lib", b"usr/lib64")


def form_of(image: Image, tree: Tree, installs: Sequence[Install]) -> FormVerdict:
    """How much of an operating system there is to see. Nothing counts as absent that a layer not read may hold."""
    seen = _form_seen(image, tree, installs)
    unread = unread_layers(image)
    if not unread or seen.value in (Form.WASM, Form.FULL):
        return seen
    return FormVerdict(Form.UNKNOWN, (_reason("form-not-seen", layers=len(unread), all=len(image.layers)),))


def unread_layers(image: Image) -> tuple[int, ...]:
    """The positions of layers that are encrypted, foreign or of no known kind: what they hold is not known."""
    return tuple(layer.position for layer in image.layers if layer.problem)


def _form_seen(image: Image, tree: Tree, installs: Sequence[Install]) -> FormVerdict:
    if module := _wasm(image, tree):
        return FormVerdict(Form.WASM, (_reason("is-wasm", what=module),))
    shell = next((path for path in _SHELL_PATHS if tree.resolve(path) is not None), None)
    manager = next((path for path in _PACKAGE_MANAGERS if tree.resolve(path) is not None), None)
    if shell is None and manager is None:
        loader = _loader(tree)
        system = any(install.package.is_distributed for install in installs)
        if loader is None and not system and tree.resolve(b"etc/os-release") is None:
            return FormVerdict(Form.STATIC, (_reason("no-shell-no-system"),))
        return FormVerdict(Form.DISTROLESS, (_reason("no-shell-no-manager"),))
    shown = (shell or manager or b"").decode()
    if manager is None:
        return FormVerdict(Form.SLIM, (_reason("shell-without-manager", path=shown),))
    if _has_manuals(tree):
        return FormVerdict(Form.FULL, (_reason("shell-and-manager", path=shown),))
    return FormVerdict(Form.SLIM, (_reason("without-manuals", path=shown),))


def _wasm(image: Image, tree: Tree) -> str:
    """What shows that this is WebAssembly; empty for no sign. Source: CNCF TAG Runtime, Wasm OCI artifact layout."""
    platform = image.platform
    if platform.architecture == "wasm" or platform.os.startswith("wasi"):
        return str(platform)
    media = next((layer.media_type for layer in image.layers if "wasm" in layer.media_type), "")
    if media or "wasm" in image.artifact_type:
        return media or image.artifact_type
    start = _start(image.config)
    if start and start[0].endswith(".wasm") and tree.resolve(start[0].lstrip("/").encode()) is not None:
        return start[0]
    return ""


def _loader(tree: Tree) -> bytes | None:
    for folder in _LOADERS:
        for entry in tree.under(folder):
            name = entry.path.rpartition(b"/")[2]
            if name.startswith((b"ld-linux", b"ld-musl", b"ld.so", b"libc.so")):
                return entry.path
    return None


def _has_manuals(tree: Tree) -> bool:
    return any(entry.kind != DIRECTORY for entry in tree.under(b"usr/share/man"))


def kind_of(
    image: Image,
    tree: Tree,
    strata: Sequence[Stratum],
    steps: Sequence[Step],
    installs: Sequence[Install] = (),
) -> KindVerdict:
    """What the image is for: by its strata where they tell, else by what it starts and holds."""
    if module := _wasm(image, tree):
        return KindVerdict(ImageKind.APPLICATION, (_reason("is-wasm", what=module),))
    unread = unread_layers(image)
    if not image.layers or (image.artifact_type and not len(tree) and not unread):
        return KindVerdict(ImageKind.ARTIFACT, (_reason("no-files", type=image.artifact_type),))
    runtime = _runtime(image.config)
    if all(stratum.side == Side.SYSTEM for stratum in strata):
        name = next(stratum.name for stratum in reversed(strata))
        reasons = (_reason("all-layers-are-bases", base=name), *runtime)
        return KindVerdict(ImageKind.RUNTIME if runtime else ImageKind.SYSTEM, reasons)
    if unread and (len(unread) == len(image.layers) or _bare(_start(image.config))):
        return KindVerdict(
            ImageKind.UNKNOWN, (_reason("kind-not-seen", layers=len(unread), all=len(image.layers)),)
        )
    if _looks_like_a_base(image, tree, strata, steps):
        ends = _reason("ends-as-bases-do", start=shlex.join(_start(image.config)))
        if runtime:
            return KindVerdict(ImageKind.RUNTIME, (ends, *runtime))
        if len(strata) == 1 and len(image.layers) == 1:
            return KindVerdict(ImageKind.SYSTEM, (ends,))
    if _holds_packages_alone(image, tree, strata, installs):
        return KindVerdict(ImageKind.SYSTEM, (_reason("holds-packages-alone"),))
    if not _bare(_start(image.config)):
        return KindVerdict(
            ImageKind.APPLICATION, (_reason("starts", start=shlex.join(_start(image.config))),)
        )
    own = tuple(islice(_own_paths(tree, strata), 3))
    if own:
        paths = " ".join("/" + path_text(entry.path) for entry in own)
        return KindVerdict(ImageKind.APPLICATION, (_reason("holds-own-files", paths=paths),))
    return KindVerdict(ImageKind.UNKNOWN, (_reason("starts-a-shell"),))


def stands_for_itself(kind: KindVerdict) -> bool:
    """Whether the image is itself a base, so that it has no application side."""
    return kind.value in (ImageKind.SYSTEM, ImageKind.RUNTIME)


def _runtime(config: Config) -> tuple[Evidence, ...]:
    """Why the image is a language's runtime: its environment names the version, or it starts the interpreter bare."""
    named = [pair for pair in config.env if _RUNTIME_VERSION.fullmatch(pair.partition("=")[0])]
    if named:
        return (_reason("environment-names-runtime", env=named[0]),)
    start = _start(config)
    if start and _bare(start) and any(_INTERPRETERS.fullmatch(_name(word)) for word in start):
        return (_reason("starts-interpreter", start=shlex.join(start)),)
    return ()


def _looks_like_a_base(image: Image, tree: Tree, strata: Sequence[Stratum], steps: Sequence[Step]) -> bool:
    """One build above what is known, that ends in the bare start of a shell or interpreter and brings no own files."""
    top = strata[-1]
    if any(stratum.side != Side.SYSTEM for stratum in strata[:-1]) or not isinstance(top.extent, LayerSpan):
        return False
    after = [step.verb for step in steps if step.layers_below == len(image.layers)]
    if "CMD" not in after or not _bare(_start(image.config)):
        return False
    return next(_own_paths(tree, strata), None) is None


def _holds_packages_alone(
    image: Image, tree: Tree, strata: Sequence[Stratum], installs: Sequence[Install]
) -> bool:
    """A root filesystem as a distribution's tools make it: one layer, its packages and what they own, a bare start."""
    distributed = [i for i in installs if i.owned_by or i.package.is_distributed]
    return (
        len(image.layers) == 1
        and len(strata) == 1
        and bool(distributed)
        and len(distributed) == len(installs)
        and _bare(_start(image.config))
        and next(_own_paths(tree, strata), None) is None
    )


def _start(config: Config) -> tuple[str, ...]:
    return (config.entrypoint or ()) + (config.command or ())


def _bare(start: Sequence[str]) -> bool:
    """Whether a container would only get a prompt, or nothing at all: no program and no script of its own."""
    return all(
        _name(word) in _SHELLS or _INTERPRETERS.fullmatch(_name(word)) or _WRAPPERS.fullmatch(_name(word))
        for word in start
    )


def _name(word: str) -> str:
    return word.rpartition("/")[2]


def _own_paths(tree: Tree, strata: Sequence[Stratum]) -> Iterator[Entry]:
    """Files where applications put theirs, above what is already known to be a base."""
    system = [s.extent.last for s in strata if s.side == Side.SYSTEM and isinstance(s.extent, LayerSpan)]
    lowest = max(system, default=-1) + 1
    for place in _own_places(tree):
        for entry in tree.under(place):
            known = entry.kind == DIRECTORY or entry.origin_layer < lowest
            if not known and not entry.path.startswith(_NOT_OWN):
                yield entry


def _own_places(tree: Tree) -> list[bytes]:
    """The folders that are there, not through links, where applications put theirs; the last first, as a tree goes."""
    places = [*_OWN_PLACES, *(name for name in tree.names(b"") if name not in _SYSTEM_FOLDERS)]
    there = [path for path in places if _is_folder(tree, path)]
    return sorted(there, key=lambda path: path.split(b"/"), reverse=True)


def _is_folder(tree: Tree, path: bytes) -> bool:
    entry = tree.at(path)
    return entry is not None and entry.kind == DIRECTORY and tree.canonical(path) == path


def _reason(message: str, **args: str | int) -> Evidence:
    return Evidence(message=Message(message, args), where=Where())
