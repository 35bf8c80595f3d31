"""Packages laid out as a root filesystem, without running anything: files, links of a merged /usr, dpkg's database.

What maintainer scripts would have done is done here where an image needs it: accounts, alternatives, the list of
shells, the bundle of certificates; for all else the result says which scripts were not run. The loader's cache is not
made: glibc finds libraries in its own folders without it. Source: Debian Policy 6 and 10; base-passwd update-passwd(8).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from seamline.change.accounts import (
    FILES,
    Accounts,
    gid_of,
    ids_of,
    parse_accounts,
    with_accounts,
    write_accounts,
)
from seamline.change.alternatives import links_of, records_of
from seamline.change.contents import NOTHING, Content, File, Held
from seamline.change.first_install import made_at_first
from seamline.change.scripts import Account, Choice, Effect, effects_of, sysusers_of
from seamline.formats.apt import paragraphs
from seamline.formats.deb import Deb
from seamline.formats.dpkg import parse_status
from seamline.model.entry import Entry, Kind

_MERGED = (b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libx32")
_DPKG = "var/lib/dpkg"
_STATUS = b"var/lib/dpkg/status"
_SYSUSERS = b"usr/lib/sysusers.d/"
_SHADOWCONFIG = b"usr/sbin/shadowconfig"
_SHELLS = b"usr/share/debianutils/shells"
DAY_NS = 86_400 * 10**9
_KEPT = (
    "conffiles",
    "md5sums",
    "preinst",
    "postinst",
    "prerm",
    "postrm",
    "triggers",
    "shlibs",
    "symbols",
    "templates",
    "config",
)
_HARMLESS = frozenset(
    # read: what they do is done here, or matters on an upgrade or a running system alone
    (
        "apt", "base-files", "base-passwd", "bash", "ca-certificates", "coreutils", "dash", "debconf",
        "debian-archive-keyring", "debianutils", "dpkg", "init-system-helpers", "iproute2", "libc-bin", "libc6", "libgcrypt20",
        "libgssapi-krb5-2", "libpam-modules", "libpam0g", "login", "mawk", "nginx", "nginx-common", "openssl", "passwd",
        "perl-base", "tar", "tzdata", "usr-is-merged", "util-linux", "util-linux-extra",
    )
)  # fmt: skip
_CERTIFICATES = b"usr/share/ca-certificates/"
_BUNDLE = b"etc/ssl/certs/ca-certificates.crt"


class Unpacked(msgspec.Struct, frozen=True, kw_only=True):
    """One package: its control fields as they stand, its other control files, and what it installs.

    `listed` are the paths as the package spells them: dpkg remembers those, wherever a merged /usr puts the files.
    """

    name: str
    architecture: str
    control: str
    control_files: Mapping[str, bytes]
    files: tuple[File, ...]
    listed: tuple[bytes, ...]


def unpacked(deb: Deb, files: Iterable[File]) -> Unpacked:
    """A package's parts, its files where a merged /usr has them."""
    control = deb.control.get("control", b"").decode("utf-8", "replace").strip()
    fields = next(paragraphs(control), {})
    brought = [(entry, content) for entry, content in files if entry.path]
    return Unpacked(
        name=fields.get("Package", ""),
        architecture=fields.get("Architecture", ""),
        control=control,
        control_files={name: data for name, data in deb.control.items() if name != "control"},
        files=tuple((_merged(entry), content) for entry, content in brought),
        listed=tuple(entry.path for entry, _ in brought),
    )


def _merged(entry: Entry) -> Entry:
    path, link = _under_usr(entry.path), entry.link_to
    if entry.kind == Kind.HARDLINK:
        link = _under_usr(link)
    return msgspec.structs.replace(entry, path=path, link_to=link)


def _under_usr(path: bytes) -> bytes:
    head, slash, _ = path.partition(b"/")
    return b"usr/" + path if slash and head in _MERGED else path


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What stands below a layer and goes on in it: dpkg's status, the accounts, the choices between programs."""

    status: str = ""
    accounts: Accounts = Accounts()
    choices: tuple[Choice, ...] = ()


def lay_out(
    packages: Sequence[Unpacked], ground: Ground, *, full: bool, clamp_ns: int
) -> tuple[list[File], Ground]:
    """Everything that the packages bring, over `ground`, in the order of the paths; and the ground for the next layer.

    `full` writes the status file and its lists; otherwise a status.d paragraph and checksums a package, as distroless
    images have. No time is later than `clamp_ns`.
    """
    found: dict[bytes, File] = {}
    for package in packages:
        for entry, content in package.files:
            known = found.get(entry.path)
            if known is None or known[0].kind != Kind.DIRECTORY or entry.kind != Kind.DIRECTORY:
                found[entry.path] = (entry, content)
    for name in [
        entry.path for entry, _ in found.values() if entry.kind == Kind.DIRECTORY and entry.path in _MERGED
    ]:
        del found[name]
    if any(path.startswith(b"usr/") for path in found) and not ground.status:
        found |= {
            name: (_link(name, b"usr/" + name), NOTHING)
            for name in _MERGED
            if _is_folder(found, b"usr/" + name)
        }
    written = _status(packages, ground.status) if full else _status_d(packages)
    effects = list(_script_effects(packages))
    accounts = _accounts(found, ground.accounts, effects, clamp_ns)
    _first_installs(packages, ground, found, accounts, clamp_ns)
    choices = tuple(effect for effect in effects if isinstance(effect, Choice))
    written |= _effects(found) | _alternatives(found, ground.choices, choices, full=full)
    made: dict[bytes, File] = {
        path: (_file(path, data, clamp_ns), Held(data)) for path, data in written.items()
    }
    if accounts != ground.accounts:
        made |= account_files(accounts, effects, clamp_ns)
    found |= {path: file for path, file in made.items() if path not in found or file[0].kind == Kind.FILE}
    after = Ground(
        status=written.get(_STATUS, b"").decode("utf-8", "replace") or ground.status,
        accounts=accounts,
        choices=(*ground.choices, *choices),
    )
    return [_clamped(file, clamp_ns) for file in _with_folders(found, clamp_ns)], after


def _first_installs(
    packages: Iterable[Unpacked],
    ground: Ground,
    found: dict[bytes, File],
    accounts: Accounts,
    clamp_ns: int,
) -> None:
    """Adds to `found` what the scripts of packages that were not there before make."""

    def uid(name: str) -> int:
        return (ids_of(accounts, name) or (0, 0))[0]

    def gid(name: str) -> int:
        return gid_of(accounts, name) or 0

    before = {package.name for package in parse_status(ground.status.encode())}
    for package in packages:
        if package.name not in before:
            for file in made_at_first(package.name, found, uid, gid, clamp_ns):
                found[file[0].path] = file


def _script_effects(packages: Iterable[Unpacked]) -> Iterator[Effect]:
    for package in packages:
        for entry, content in package.files:
            if entry.path.startswith(_SYSUSERS) and entry.path.endswith(b".conf"):
                yield from sysusers_of(content.read())
        yield from effects_of(package.control_files.get("postinst", b""))


def _accounts(
    found: Mapping[bytes, File], before: Accounts, effects: Iterable[Effect], clamp_ns: int
) -> Accounts:
    """The accounts with those that base-passwd brings and those that scripts would add."""
    if not before.passwd:
        masters = {name: found.get(b"usr/share/base-passwd/" + name.encode() + b".master") for name in FILES}
        before = parse_accounts(
            {name: master[1].read() for name, master in masters.items() if master is not None}
        )
    wanted = [effect for effect in effects if not isinstance(effect, Choice)]
    shadowed = bool(before.shadow) or _SHADOWCONFIG in found
    return with_accounts(before, wanted, clamp_ns // DAY_NS, shadowed=shadowed) if before.passwd else before


def account_files(accounts: Accounts, effects: Sequence[Effect], clamp_ns: int) -> dict[bytes, File]:
    """The files of /etc, those with passwords for root and the group shadow alone; and the homes that are asked for."""
    made: dict[bytes, File] = {}
    shadow = gid_of(accounts, "shadow") or 0
    for name, data in write_accounts(accounts).items():
        if name.endswith("shadow") and not accounts.shadow:
            continue
        entry = _file(b"etc/" + name.encode(), data, clamp_ns)
        if name.endswith("shadow"):
            entry = msgspec.structs.replace(entry, mode=0o640, gid=shadow)
        made[entry.path] = (entry, Held(data))
    for effect in effects:
        if isinstance(effect, Account) and effect.makes_home and (ids := ids_of(accounts, effect.name)):
            home = effect.home.strip("/").encode()
            made[home] = (msgspec.structs.replace(_folder(home, clamp_ns), uid=ids[0], gid=ids[1]), NOTHING)
    return made


def _alternatives(
    found: dict[bytes, File], before: Iterable[Choice], choices: Sequence[Choice], *, full: bool
) -> dict[bytes, bytes]:
    """The records of the choices that this layer adds to; their links go into `found`."""
    names = {choice.name for choice in choices}
    earlier = [choice for choice in before if choice.name in names]
    there = {path for choice in earlier for path in (choice.path, *(slave[2] for slave in choice.slaves))}
    together = (*earlier, *choices)

    def exists(path: str) -> bool:
        return path in there or _under_usr(path.strip("/").encode()) in found

    for path, target in links_of(together, exists):
        place = _under_usr(path.encode())
        found.setdefault(place, (_link(place, target.encode()), NOTHING))
    return {path.encode(): text for path, text in records_of(together)} if full else {}


def _is_folder(found: Mapping[bytes, File], path: bytes) -> bool:
    return any(name.startswith(path + b"/") for name in found)


def _status(packages: Sequence[Unpacked], before: str) -> dict[bytes, bytes]:
    """The status file and the files of info/."""
    written = [before.strip()] if before.strip() else []
    files: dict[bytes, bytes] = {}
    for package in packages:
        head, _, rest = package.control.partition("\n")
        conffiles = _conffiles(package)
        written.append(
            f"{head}\nStatus: install ok installed\n{rest}"
            + (f"\nConffiles:\n{conffiles}" if conffiles else "")
        )
        fields = next(paragraphs(package.control), {})
        name = (
            f"{package.name}:{package.architecture}" if fields.get("Multi-Arch") == "same" else package.name
        )
        listing = b"".join(b"/" + path + b"\n" for path in package.listed)
        files[f"{_DPKG}/info/{name}.list".encode()] = b"/.\n" + listing
        for kept in _KEPT:
            if kept in package.control_files:
                files[f"{_DPKG}/info/{name}.{kept}".encode()] = package.control_files[kept]
    files[_STATUS] = ("\n\n".join(written) + "\n\n").encode()
    files[f"{_DPKG}/available".encode()] = b""
    files[f"{_DPKG}/info/format".encode()] = (
        b"1\n"  # lists of Multi-Arch: same packages carry the architecture
    )
    return files


def _conffiles(package: Unpacked) -> str:
    contents = {entry.path: content for entry, content in package.files if entry.kind == Kind.FILE}
    lines = []
    for line in package.control_files.get("conffiles", b"").decode("utf-8", "replace").split("\n"):
        path = line.strip()
        content = contents.get(path.strip("/").encode())
        if path.startswith("/") and content is not None:
            lines.append(f" {path} {_md5(content)}")
    return "\n".join(lines)


def _status_d(packages: Sequence[Unpacked]) -> dict[bytes, bytes]:
    files: dict[bytes, bytes] = {}
    for package in packages:
        place = f"{_DPKG}/status.d/{package.name}"
        files[place.encode()] = package.control.encode() + b"\n"
        files[f"{place}.md5sums".encode()] = package.control_files.get("md5sums") or _md5sums(package)
    return files


def _md5sums(package: Unpacked) -> bytes:
    """The checksums of a package that brings none: they are its only file list here."""
    lines = (
        _md5(content).encode() + b"  " + entry.path + b"\n"
        for entry, content in package.files
        if entry.kind == Kind.FILE
    )
    return b"".join(lines)


def _md5(content: Content) -> str:
    return hashlib.md5(content.read(), usedforsecurity=False).hexdigest()


def _effects(found: Mapping[bytes, File]) -> dict[bytes, bytes]:
    """What scripts would have made that an image needs to work."""
    files: dict[bytes, bytes] = {}
    shells = found.get(_SHELLS)
    if shells is not None:
        files[b"etc/shells"] = _shells(shells[1].read(), found)
    certificates = [
        content.read()
        for path, (_, content) in sorted(found.items())
        if path.startswith(_CERTIFICATES) and path.endswith(b".crt")
    ]
    if certificates:
        files[_BUNDLE] = b"".join(data if data.endswith(b"\n") else data + b"\n" for data in certificates)
    return files


def _shells(first: bytes, found: Mapping[bytes, File]) -> bytes:
    """The list of login shells, as update-shells writes it for a merged /usr."""
    lines = first.split(b"\n")
    for path in sorted(found):
        if path.startswith(_SHELLS + b".d/"):
            lines += found[path][1].read().split(b"\n")
    lines = [line for line in dict.fromkeys(lines) if line]
    lines += [b"/usr" + line for line in lines if line.startswith(b"/bin/") and b"/usr" + line not in lines]
    return b"\n".join(lines) + b"\n"


def scripts_not_run(packages: Iterable[Unpacked]) -> tuple[str, ...]:
    """The packages with a postinst that something else than the table here would have run."""
    return tuple(p.name for p in packages if "postinst" in p.control_files and p.name not in _HARMLESS)


def _with_folders(found: Mapping[bytes, File], clamp_ns: int) -> Iterator[File]:
    """The files in the order of their paths, with the folders that nobody names."""
    needed = {path[:at] for path in found for at, char in enumerate(path) if char == 0x2F}
    missing = {folder: (_folder(folder, clamp_ns), NOTHING) for folder in needed if folder not in found}
    everything = {**found, **missing}
    links = [path for path in everything if everything[path][0].kind == Kind.HARDLINK]
    yield from (everything[path] for path in sorted(everything) if path not in set(links))
    yield from (everything[path] for path in sorted(links))


def _clamped(file: File, clamp_ns: int) -> File:
    entry, content = file
    return (
        entry if entry.mtime_ns <= clamp_ns else msgspec.structs.replace(entry, mtime_ns=clamp_ns),
        content,
    )


def _file(path: bytes, data: bytes, mtime_ns: int) -> Entry:
    script = path.endswith((b".preinst", b".postinst", b".prerm", b".postrm", b".config"))
    return Entry(
        path=path, kind=Kind.FILE, mode=0o755 if script else 0o644, size_bytes=len(data), mtime_ns=mtime_ns
    )


def _folder(path: bytes, mtime_ns: int) -> Entry:
    mode = 0o1777 if path in (b"tmp", b"var/tmp") else 0o755
    return Entry(path=path, kind=Kind.DIRECTORY, mode=mode, mtime_ns=mtime_ns)


def _link(path: bytes, target: bytes) -> Entry:
    return Entry(path=path, kind=Kind.SYMLINK, mode=0o777, link_to=target)
