"""Whether an image can run as no root, on a read-only root and without capabilities, what stops it, and how it would."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from seamline.formats.capabilities import parse_capabilities
from seamline.model.audit import Account, RunsAs
from seamline.model.entry import Entry, path_text
from seamline.model.evidence import Message
from seamline.model.image import Config
from seamline.model.readiness import Hindrance, Readiness, Ready, SecurityContext, Want, WrittenPath
from seamline.surface.server_table import SERVERS, SHELLS, Server
from seamline.surface.start import program_of, start_words
from seamline.surface.writes import written_paths
from seamline.tree.tree import Tree

_NOBODYS = 65532
"""The uid of `nonroot` in distroless images: high enough to be nobody's on a host."""
_HIGHEST_PORT = 65535
_LOW_PORT = 1024
_SYSCTL = "net.ipv4.ip_unprivileged_port_start=0"
_ROOTS_OWN = ("CHOWN", "SETGID", "SETUID")


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """What readiness is judged on: the tree, the configuration and a name for it, who it runs as, the accounts, the files that
    its start command names, and the texts of its start scripts."""

    tree: Tree
    name: str
    config: Config
    runs_as: RunsAs
    accounts: tuple[Account, ...]
    start: tuple[bytes, ...]
    scripts: Mapping[bytes, str]


def readiness(stand: Stand) -> Readiness:
    """The verdicts, with a run line and a securityContext that keep to them."""
    server, waits = _server(stand), _waits(stand)
    is_known = server is not None or waits
    is_other = stand.runs_as.uid not in (0, None)  # the image was made for a user of its own
    writes = written_paths(stand.tree, stand.config, server, stand.scripts)
    ports = _ports(stand.config, server)
    who = _who(stand, server)
    uid, gid = who
    non_root = _against_non_root(stand, server, writes, who, ports)
    needed = tuple(_file_capabilities(stand))
    against = (
        *non_root,
        *_against_read_only(stand, writes, is_known),
        *_against_dropping(server, needed, ports),
    )
    verdicts = {
        Want.NON_ROOT: _verdict(against, Want.NON_ROOT, is_known or is_other),
        Want.READ_ONLY: _verdict(against, Want.READ_ONLY, is_known),
        Want.NO_CAPABILITIES: _verdict(against, Want.NO_CAPABILITIES, is_known or is_other),
    }
    is_root = verdicts[Want.NON_ROOT] == Ready.NO
    low = any(port < _LOW_PORT for port in ports)
    roots = (*_ROOTS_OWN, *(("NET_BIND_SERVICE",) if low else ())) if is_root else ()
    if roots and verdicts[Want.NO_CAPABILITIES] == Ready.AS_IS:
        told = Message("ready-root-may-need", {"capabilities": ", ".join(roots)})
        against = (*against, Hindrance(want=Want.NO_CAPABILITIES, message=told))
        verdicts[Want.NO_CAPABILITIES] = Ready.UNKNOWN
    settings = _Settings(
        uid=(0 if is_other else None) if is_root else uid,  # as root only where its own user is not
        gid=(0 if is_other else None) if is_root else gid,
        capabilities=tuple(dict.fromkeys((*needed, *roots))),
        sysctls=(_SYSCTL,) if low and not is_root else (),
    )
    return Readiness(
        non_root=verdicts[Want.NON_ROOT],
        read_only=verdicts[Want.READ_ONLY],
        no_capabilities=verdicts[Want.NO_CAPABILITIES],
        server=server.name if server is not None else "",
        uid=settings.uid,
        gid=settings.gid,
        writes=writes,
        ports=ports,
        capabilities=settings.capabilities,
        hindrances=against,
        run_line=_run_line(stand.name, settings, writes, _published(stand.config, ports)),
        security_context=_context(settings),
        mounts=tuple(dict.fromkeys(_folder(each) for each in writes)),
        sysctls=settings.sysctls,
    )


class _Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the run line and the securityContext say alike."""

    uid: int | None
    gid: int | None
    capabilities: tuple[str, ...]
    sysctls: tuple[str, ...]


def _server(stand: Stand) -> Server | None:
    """The first program of the start command that is a known server, under the name that it was called by or its own."""
    names = [
        *(word.rpartition("/")[2] for word in start_words(stand.config)),
        *(path.rpartition(b"/")[2].decode("utf-8", "replace") for path in stand.start),
    ]
    if not stand.start:
        return None
    return next((each for name in names for each in SERVERS if re.fullmatch(each.programs, name)), None)


def _waits(stand: Stand) -> bool:
    """Whether it only starts a shell or interpreter that waits for a user."""
    words = start_words(stand.config)
    return len(words) == 1 and bool(stand.start) and SHELLS.fullmatch(words[0].rpartition("/")[2]) is not None


def _ports(config: Config, server: Server | None) -> tuple[int, ...]:
    told = [port.partition("/")[0] for port in config.exposed_ports]
    numbers = (int(port[:6]) for port in told if port.isdecimal())
    declared = tuple(dict.fromkeys(port for port in numbers if 0 < port <= _HIGHEST_PORT))
    return declared or (server.ports if server is not None else ())


def _who(stand: Stand, server: Server | None) -> tuple[int | None, int | None]:
    """The image's own user where that is not root, else the account of its server, else a number that is nobody's; so too
    where no passwd has the user that the image names, as a runtime refuses to start it by that name."""
    if stand.runs_as.uid is not None and not stand.runs_as.is_root:
        return stand.runs_as.uid, stand.runs_as.gid
    by_name = {account.name: account for account in stand.accounts}
    names = server.accounts if server is not None else ()
    own = next((by_name[name] for name in names if name in by_name and by_name[name].uid), None)
    return (own.uid, own.gid) if own is not None else (_NOBODYS, _NOBODYS)


def _against_non_root(
    stand: Stand,
    server: Server | None,
    writes: Sequence[WrittenPath],
    who: tuple[int | None, int | None],
    ports: Iterable[int],
) -> Iterator[Hindrance]:
    uid, gid = who
    if stand.runs_as.uid is None:
        message = Message("ready-user-missing", {"user": stand.runs_as.written})
        mend = Message("mend-numeric-user", {"uid": uid if uid is not None else _NOBODYS})
        yield Hindrance(want=Want.NON_ROOT, message=message, mend=mend)
    elif stand.runs_as.is_root:
        mend = Message("mend-numeric-user", {"uid": uid if uid is not None else _NOBODYS})
        written = stand.runs_as.written
        message = Message("user-is-root", {"user": written}) if written else Message("ready-root", {})
        yield Hindrance(want=Want.NON_ROOT, message=message, mend=mend)
    if server is not None and server.needs_root:
        yield Hindrance(want=Want.NON_ROOT, message=Message("ready-needs-root", {"server": server.name}))
    yield from _not_own(
        [each for each in writes if each.uid is not None and not _may_write(each, uid, gid)], uid
    )
    for port in ports:
        if port < _LOW_PORT:
            yield Hindrance(
                want=Want.NON_ROOT,
                message=Message("ready-low-port", {"port": port}),
                mend=Message("mend-low-port", {"sysctl": _SYSCTL}),
            )
    program = program_of(start_words(stand.config), stand.config, stand.tree)
    if program is not None and program.uid != uid and not program.mode & 0o001:
        path = path_text(program.path)
        yield Hindrance(want=Want.NON_ROOT, message=Message("ready-not-executable", {"path": path}))


def _not_own(writes: Sequence[WrittenPath], uid: int | None) -> Iterator[Hindrance]:
    """A folder that is mounted afresh is anybody's; what keeps data takes its owner from the image."""
    for each in writes:
        if each.kind == "state":
            args: dict[str, str | int] = {"path": each.path, "owner": each.uid or 0}
            mend = Message(
                "mend-own-folder", {"path": each.path, "uid": uid if uid is not None else _NOBODYS}
            )
            yield Hindrance(want=Want.NON_ROOT, message=Message("ready-state-not-own", args), mend=mend)
    for owner in dict.fromkeys(each.uid for each in writes if each.kind != "state"):
        paths = " ".join(each.path for each in writes if each.kind != "state" and each.uid == owner)
        args = {"paths": paths, "owner": owner or 0}
        yield Hindrance(
            want=Want.NON_ROOT, message=Message("ready-not-own", args), mend=Message("mend-mounts", {})
        )


def _may_write(path: WrittenPath, uid: int | None, gid: int | None) -> bool:
    return path.uid == uid or bool(path.mode & 0o002) or (path.gid == gid and bool(path.mode & 0o020))


def _against_read_only(stand: Stand, writes: Iterable[WrittenPath], is_known: bool) -> Iterator[Hindrance]:
    for each in writes:
        message = Message(f"ready-writes-{each.kind}", {"path": each.path, "by": each.by})
        yield Hindrance(
            want=Want.READ_ONLY, message=message, mend=Message(_mount(each), {"path": _folder(each)})
        )
    if not is_known:
        words = start_words(stand.config)
        unknown = Message("ready-nobody-knows", {"program": words[0]}) if words else None
        message = unknown or Message("ready-no-start", {})
        yield Hindrance(want=Want.READ_ONLY, message=message)


def _against_dropping(
    server: Server | None, needed: Iterable[str], ports: Iterable[int]
) -> Iterator[Hindrance]:
    for name in needed:
        args = {"capability": name}
        mend = Message("mend-capability", args)
        yield Hindrance(want=Want.NO_CAPABILITIES, message=Message("ready-file-capability", args), mend=mend)
    if server is not None and server.needs_root:
        low = ("NET_BIND_SERVICE",) if any(port < _LOW_PORT for port in ports) else ()
        args = {"server": server.name, "capabilities": ", ".join((*_ROOTS_OWN, *low))}
        yield Hindrance(want=Want.NO_CAPABILITIES, message=Message("ready-root-capabilities", args))


def _file_capabilities(stand: Stand) -> Iterator[str]:
    """The capabilities that the start's own files carry: the kernel refuses to run such a file without them.

    Source: capabilities(7), "Safety checking for capability-dumb binaries".
    """
    entries = (stand.tree.resolve(path) for path in stand.start)
    for entry in entries:
        if entry is not None:
            yield from _capabilities_of(entry)


def _capabilities_of(entry: Entry) -> Iterator[str]:
    for each in parse_capabilities(entry.xattrs.get("security.capability", b"")):
        name, _, flags = each.partition("+")
        if "e" in flags and "p" in flags:
            yield name.removeprefix("cap_").upper()


_NEVER = frozenset(
    (
        "ready-needs-root",
        "ready-not-executable",
        "ready-state-not-own",
        "ready-root-capabilities",
    )
)


def _verdict(hindrances: Iterable[Hindrance], want: Want, is_known: bool) -> Ready:
    """Without anything against it and with a program that is known it can be done as it is."""
    mine = [each for each in hindrances if each.want == want]
    if any(each.message.id in _NEVER for each in mine):
        return Ready.NO
    if not is_known:
        return Ready.UNKNOWN
    return Ready.WITH_SETTINGS if mine else Ready.AS_IS


def _folder(each: WrittenPath) -> str:
    """What is mounted: the folder itself, for a single file the one that it lies in."""
    name = each.path.rpartition("/")[2]
    is_file = each.kind == "configuration" and "." in name and not name.endswith(".d")
    return each.path.rpartition("/")[0] or "/" if is_file else each.path


def _mount(each: WrittenPath) -> str:
    return "mend-volume" if each.kind in ("state", "configuration") else "mend-tmpfs"


def _run_line(name: str, settings: _Settings, writes: Iterable[WrittenPath], published: Iterable[str]) -> str:
    words = ["docker", "run", "--read-only", "--cap-drop", "ALL"]
    for capability in settings.capabilities:
        words += ["--cap-add", capability]
    words += ["--security-opt", "no-new-privileges"]
    if settings.uid is not None:
        words += ["--user", f"{settings.uid}:{settings.gid if settings.gid is not None else settings.uid}"]
    for sysctl in settings.sysctls:
        words += ["--sysctl", sysctl]
    told: set[str] = set()
    for each in writes:
        folder = _folder(each)
        if folder not in told:
            told.add(folder)
            volume = folder.strip("/").replace("/", "-") or "data"
            words += ["-v", f"{volume}:{folder}"] if _mount(each) == "mend-volume" else ["--tmpfs", folder]
    for port in published:
        words += ["-p", port]
    return " ".join((*map(shlex.quote, words), shlex.quote(name)))


def _published(config: Config, ports: Iterable[int]) -> Iterator[str]:
    """Each port as `-p` takes it, with the protocols that EXPOSE gives it: none written means TCP."""
    for port in ports:
        protocols = [
            each.partition("/")[2] for each in config.exposed_ports if each.partition("/")[0] == str(port)
        ]
        for protocol in dict.fromkeys(protocols or ("",)):
            host = port + 8000 if port < _LOW_PORT else port
            yield f"{host}:{port}" + (f"/{protocol}" if protocol not in ("", "tcp") else "")


def _context(settings: _Settings) -> SecurityContext:
    """Within the Pod Security Standard "restricted" where no capability but NET_BIND_SERVICE is asked for."""
    added = {"add": settings.capabilities} if settings.capabilities else {}
    return SecurityContext(
        run_as_non_root=bool(settings.uid),
        run_as_user=settings.uid,
        run_as_group=settings.gid,
        read_only_root_filesystem=True,
        allow_privilege_escalation=False,
        capabilities={"drop": ("ALL",), **added},
        seccomp_profile={"type": "RuntimeDefault"},
    )
