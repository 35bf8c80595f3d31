"""What an image that was read tells a lint: as the parent of a Dockerfile, or as what the file itself became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seamline.formats.apt import keeps_archives, parse_apt_conf
from seamline.formats.dockerfile.stages import stages
from seamline.formats.dockerfile.values import Dockerfile, Instruction
from seamline.formats.passwd import parse_passwd
from seamline.lint.exec_form import start_words
from seamline.lint.parent import Parent
from seamline.lint.view import view_of
from seamline.model.entry import Kind
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.surface.start import program_of
from seamline.tree.tree import Tree
from seamline.verbs.inspect import Seen
from seamline.verbs.session import Session

_PATH = (b"bin", b"sbin", b"usr/bin", b"usr/sbin", b"usr/local/bin", b"usr/local/sbin")
_MANAGERS = ("apt-get", "apk", "dnf", "microdnf", "tdnf", "yum", "zypper", "pacman")
_TELLING = ("CMD", "ENTRYPOINT", "RUN", "COPY", "ADD", "WORKDIR", "USER")


def parent_of(seen: Seen, session: Session, dockerfile: Dockerfile) -> Parent:
    """The facts of an image. Of one that this file became, only what its base brought counts as the parent's."""
    image = seen.looked.image
    built = is_built_by(image.config, dockerfile)
    own_user = built and any(each.keyword == "USER" for each in stages(dockerfile)[-1].instructions)
    tree = seen.looked.tree
    distribution = seen.looked.catalog.distribution
    programs = _programs(tree)
    return Parent(
        reference=image.reference,
        digest=image.index_digest or image.digest or "",
        known_from="image",
        user="" if own_user else image.config.user,
        shell=() if built else image.config.shell,
        workdir="" if built else image.config.working_dir,
        environment={} if built else dict(each.split("=", 1) for each in image.config.env if "=" in each),
        distribution=f"{distribution.id} {distribution.version_id}".strip() if distribution else "",
        manager=next((name.partition("-")[0] for name in _MANAGERS if name in programs), ""),
        libc=_libc(tree),
        packages=frozenset(_packages(seen, built=built)),
        programs=programs,
        has_healthcheck=not built
        and bool(image.config.healthcheck)
        and image.config.healthcheck != ("NONE",),
        has_entrypoint=bool(image.config.entrypoint),
        starts=frozenset(_started(seen, session, dockerfile)) if built else frozenset(),
        users=_users(seen, session),
        is_built=built,
        keeps_archives=_keeps_archives(seen, session),
    )


def is_built_by(config: Config, dockerfile: Dockerfile) -> bool:
    """Whether the image's history ends with what the final stage does last."""
    telling = [each for each in stages(dockerfile)[-1].instructions if each.keyword in _TELLING]
    steps = [" ".join(each.created_by.split()) for each in config.history]
    return bool(telling) and any(_told(telling[-1], step) for step in steps[-6:])


def _told(instruction: Instruction, step: str) -> bool:
    """Whether a line of a history is that instruction. Source: BuildKit and buildah, "created_by"."""
    words = (
        instruction.arguments[-1] if instruction.keyword in ("COPY", "ADD") else instruction.arguments[0:1]
    )
    text = " ".join((words if isinstance(words, str) else " ".join(words)).split())
    return instruction.keyword in step and bool(text) and text in step


def _started(seen: Seen, session: Session, dockerfile: Dockerfile) -> Iterator[str]:
    """The first words of the file's start lines that name a program or a script with a first line of its own."""
    view = view_of(dockerfile, None)
    config, tree = seen.looked.image.config, seen.looked.tree
    for step in view.final.steps:
        words = start_words(step) if step.keyword in ("CMD", "ENTRYPOINT") else ()
        entry = program_of([words[0].text], config, tree) if words else None
        if entry is not None and session.head_of(seen.looked, entry).startswith((b"\x7fELF", b"#!")):
            yield words[0].text


def _packages(seen: Seen, *, built: bool) -> Iterable[str]:
    for install in seen.looked.catalog.installs:
        if not built or seen.seam.stratum_of_install(install).side != Side.APPLICATION:
            yield install.package.name


def _programs(tree: Tree) -> frozenset[str]:
    names = (name for folder in _PATH for name in tree.names(folder))
    return frozenset(name.decode("utf-8", "backslashreplace") for name in names)


def _libc(tree: Tree) -> str:
    names = [name for folder in (b"lib", b"lib64", b"usr/lib", b"usr/lib64") for name in tree.names(folder)]
    if any(name.startswith(b"ld-musl-") for name in names):
        return "musl"
    return (
        "glibc" if any(name.startswith((b"ld-linux", b"ld64.so", b"libc.so.6")) for name in names) else "none"
    )


def _keeps_archives(seen: Seen, session: Session) -> bool:
    """Whether its settings leave what apt-get fetches where it is."""
    tree, folder = seen.looked.tree, b"etc/apt/apt.conf.d"
    paths = (b"etc/apt/apt.conf", *(folder + b"/" + name for name in tree.names(folder)))
    entries = (tree.resolve(path) for path in paths)
    texts = (
        session.read_file(seen.looked, entry)
        for entry in entries
        if entry is not None and entry.kind == Kind.FILE
    )
    return keeps_archives(
        pair for text in texts for pair in parse_apt_conf(text.decode("utf-8", "backslashreplace"))
    )


def _users(seen: Seen, session: Session) -> dict[str, int]:
    entry = seen.looked.tree.resolve(b"etc/passwd")
    if entry is None or entry.kind != Kind.FILE:
        return {}
    return {line.name: line.uid for line in parse_passwd(session.read_file(seen.looked, entry))}
