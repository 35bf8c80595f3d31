"""What the scripts of a few packages make on a first install, as a table: what their text does in ways that nobody
could read out of it. Each row was read beside the script and is held against a root that the scripts made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from seamline.change.contents import NOTHING, File
from seamline.model.entry import Entry, Kind


class Folder(NamedTuple):
    path: str
    mode: int = 0o755
    group: str = "root"


class Empty(NamedTuple):
    path: str
    mode: int = 0o644
    group: str = "root"
    user: str = "root"


class Copy(NamedTuple):
    source: str
    path: str


class Link(NamedTuple):
    """`instead` of a folder that the package brings."""

    path: str
    target: str
    instead: bool = False


Row = Folder | Empty | Copy | Link

TABLE: Mapping[str, tuple[Row, ...]] = {
    "base-files": (
        Link("etc/dpkg/origins/default", "debian"),
        Copy("usr/share/base-files/dot.profile", "root/.profile"),
        Copy("usr/share/base-files/dot.bashrc", "root/.bashrc"),
        Copy("usr/share/base-files/profile", "etc/profile"),
        Copy("usr/share/base-files/motd", "etc/motd"),
        *(Folder(name) for name in ("mnt", "srv", "opt", "etc/opt", "var/opt", "media")),
        Folder("var/mail", 0o2775, "mail"),
        Link("var/spool/mail", "../mail"),
        Folder("run/lock", 0o1777),
        Link("var/run", "/run", instead=True),
        Link("var/lock", "/run/lock", instead=True),
        *(
            Folder(f"usr/local{name}")
            for name in (
                "",
                "/share",
                "/share/man",
                "/bin",
                "/games",
                "/lib",
                "/include",
                "/sbin",
                "/src",
                "/etc",
            )
        ),
        Link("usr/local/man", "share/man"),
        Copy("usr/share/base-files/info.dir", "usr/share/info/dir"),
        Empty("var/log/wtmp", 0o664, "utmp"),
        Empty("var/log/btmp", 0o660, "utmp"),
        Empty("var/log/lastlog", 0o664, "utmp"),
    ),
    "libc-bin": (Copy("usr/share/libc-bin/nsswitch.conf", "etc/nsswitch.conf"),),
    "libpam-modules": (Empty("etc/security/opasswd", 0o600), Empty("etc/environment")),
    "login": (Empty("var/log/faillog"), Empty("etc/subuid"), Empty("etc/subgid")),
    "nginx-common": (
        Empty("var/log/nginx/access.log", 0o640, "adm", "www-data"),
        Empty("var/log/nginx/error.log", 0o640, "adm", "www-data"),
        Link("etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default"),
        Copy("usr/share/nginx/html/index.html", "var/www/html/index.nginx-debian.html"),
    ),
}


def made_at_first(
    package: str,
    found: Mapping[bytes, File],
    uid_of: Callable[[str], int],
    gid_of: Callable[[str], int],
    clamp_ns: int,
) -> Iterator[File]:
    """What a package's scripts make where it was not installed before; nothing that is there is made anew."""
    for row in TABLE.get(package, ()):
        path = row.path.encode()
        if path in found and not (isinstance(row, Link) and row.instead):
            continue
        match row:
            case Folder():
                yield _entry(path, Kind.DIRECTORY, row.mode, clamp_ns, gid=gid_of(row.group)), NOTHING
            case Empty():
                owners = {"uid": uid_of(row.user), "gid": gid_of(row.group)}
                yield _entry(path, Kind.FILE, row.mode, clamp_ns, **owners), NOTHING
            case Link():
                yield Entry(path=path, kind=Kind.SYMLINK, mode=0o777, link_to=row.target.encode()), NOTHING
            case Copy():
                source = found.get(row.source.encode())
                if source is not None:
                    yield _copied(source[0], path), source[1]


def _entry(path: bytes, kind: Kind, mode: int, mtime_ns: int, *, uid: int = 0, gid: int = 0) -> Entry:
    return Entry(path=path, kind=kind, mode=mode, uid=uid, gid=gid, mtime_ns=mtime_ns)


def _copied(source: Entry, path: bytes) -> Entry:
    """As `cp -p` leaves it."""
    return Entry(
        path=path,
        kind=Kind.FILE,
        mode=source.mode,
        uid=source.uid,
        gid=source.gid,
        size_bytes=source.size_bytes,
        mtime_ns=source.mtime_ns,
    )
