"""What of an application lies in an image that is meant to be built on: code, a start command, ports, variables."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.entry import Kind
from seamline.model.evidence import Evidence, Message
from seamline.model.image import Config
from seamline.tree.tree import Tree

_FOLDERS = (b"app", b"srv", b"code", b"workspace", b"var/www", b"usr/src/app", b"opt/app", b"home/app")
_SHELLS = frozenset(
    ("sh", "bash", "ash", "dash", "zsh", "python", "python3", "node", "irb", "jshell", "php", "perl", "psysh")
)
_USUAL = frozenset(
    ("PATH", "LANG", "LC_ALL", "LANGUAGE", "TZ", "HOME", "TERM", "container", "DEBIAN_FRONTEND", "SSL_CERT_FILE", "SSL_CERT_DIR", "HOSTNAME", "SHLVL", "PWD")
)  # fmt: skip
_USUAL_ENDS = (
    "_VERSION",
    "_HOME",
    "_SHA256",
    "_SHA512",
    "_KEY",
    "_URL",
    "_ROOT",
    "_PATH",
    "_RELEASE",
    "_TARBALL",
)


def application_content(tree: Tree, config: Config) -> Iterator[Evidence]:
    """The signs, each as evidence; nothing for a plain base."""
    for folder in _FOLDERS:
        files = sum(entry.kind == Kind.FILE for entry in tree.under(folder))
        if files:
            yield _sign("base-has-files", folder="/" + folder.decode(), number=files)
    words = (*(config.entrypoint or ()), *(config.command or ()))
    program = words[0].rpartition("/")[2] if words else ""
    if program and program not in _SHELLS:
        yield _sign("base-has-start", command=" ".join(words)[:100])
    if config.exposed_ports:
        yield _sign("base-has-ports", ports=", ".join(config.exposed_ports))
    names = [pair.partition("=")[0] for pair in config.env]
    own = [name for name in names if name not in _USUAL and not name.endswith(_USUAL_ENDS)]
    if own:
        yield _sign("base-has-variables", names=", ".join(own[:8]))


def _sign(identifier: str, **args: str | int) -> Evidence:
    return Evidence(message=Message(identifier, args))
