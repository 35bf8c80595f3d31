"""Places where something left behind is run again: cron, units, profiles, preloaded libraries, keys, start scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from seamline.model.audit import Danger, RunsAs, SurfaceLine
from seamline.model.entry import Entry, Kind, path_text
from seamline.surface.placed import Placed
from seamline.surface.privileges import may_write

_CRON_FOLDERS = (
    b"etc/cron.d",
    b"etc/cron.hourly",
    b"etc/cron.daily",
    b"etc/cron.weekly",
    b"etc/cron.monthly",
    b"var/spool/cron",
    b"var/spool/cron/crontabs",
    b"var/spool/cron/tabs",
    *(b"etc/periodic/" + name for name in (b"15min", b"hourly", b"daily", b"weekly", b"monthly")),
)
_OF_SCRIPTS = (
    b"etc/cron.hourly",
    b"etc/cron.daily",
    b"etc/cron.weekly",
    b"etc/cron.monthly",
    b"etc/periodic/",
)
"""The folders whose executable files are run; the others hold tables."""
_WANTS = (b".wants/", b".requires/")
_UNIT_FOLDERS = (b"etc/systemd/system", b"usr/lib/systemd/system")
_PLACEHOLDERS = (b".placeholder", b".gitkeep", b"README")
_SOURCED = (b".sh", b".csh", b"sh.local", b"csh.local")
"""What /etc/profile and /etc/csh.cshrc read of their folder. Source: base-files, setup, alpine-baselayout."""
KEY_FOLDER, KEY_FILES = b"/.ssh", frozenset((b"authorized_keys", b"authorized_keys2"))
"""How the folder of such files ends, and their names. Source: sshd_config(5), AuthorizedKeysFile."""
_STAY = (Danger.PERSISTENCE,)


def persistence(
    placed: Placed, texts: Mapping[bytes, bytes], user: RunsAs, start: Iterable[bytes]
) -> Iterator[SurfaceLine]:
    """What is run again by itself, and what decides how the image starts and may be rewritten by its own user. `start` are
    the scripts and programs that the start command names."""
    yield from _scheduled(placed, texts)
    yield from _units(placed)
    for entry in _files(placed, b"etc/profile.d"):
        if not entry.path.endswith(_SOURCED):
            continue
        yield placed.line(entry, "profile script", _STAY)
    preload = placed.tree.at(b"etc/ld.so.preload")
    if preload is not None and texts.get(b"etc/ld.so.preload", b"").strip():
        yield placed.line(preload, "preloaded library", (Danger.PERSISTENCE, Danger.ESCALATE))
    for path in dict.fromkeys(start):
        found = placed.tree.resolve(path)
        if found is not None and user.uid != 0 and may_write(found, user):
            at = placed.since(found, lambda each: may_write(each, user))
            yield placed.line(at, "writable start script", (Danger.PERSISTENCE, Danger.EXECUTE))


def authorized_key(placed: Placed, entry: Entry, text: bytes | None) -> Iterator[SurfaceLine]:
    """A file of keys that let their holders in; None for a text that was not read. Source: sshd(8), "AUTHORIZED_KEYS FILE
    FORMAT"."""
    lines = (line.strip() for line in text.splitlines()) if text is not None else iter((b"unread",))
    if entry.size_bytes and any(line and not line.startswith(b"#") for line in lines):
        yield placed.line(
            entry, "authorized key", (Danger.PERSISTENCE, Danger.LATERAL), name="/" + path_text(entry.path)
        )


def _scheduled(placed: Placed, texts: Mapping[bytes, bytes]) -> Iterator[SurfaceLine]:
    crontab = placed.tree.at(b"etc/crontab")
    if crontab is not None and _has_jobs(texts.get(b"etc/crontab", b"")):
        yield placed.line(crontab, "cron job", _STAY)
    for folder in _CRON_FOLDERS:
        for entry in _files(placed, folder):
            real = placed.tree.resolve(entry.path) or entry
            text = texts.get(real.path)
            is_run = real.mode & 0o111 if folder.startswith(_OF_SCRIPTS) else text is None or _has_jobs(text)
            if is_run:
                yield placed.line(entry, "cron job", _STAY)


def _has_jobs(text: bytes) -> bool:
    """Whether a crontab has a line with five times, or one by name (`@reboot`), and a command. Source: crontab(5)."""
    lines = (line.split() for line in text.splitlines() if line.strip())
    return any(
        len(words) > (1 if words[0].startswith(b"@") else 5)
        and not words[0].startswith(b"#")
        and b"=" not in b"".join(words[:2])
        for words in lines
    )


def _units(placed: Placed) -> Iterator[SurfaceLine]:
    """The systemd units that are switched on; only where a systemd is there to run them."""
    if not any(placed.tree.at(path) for path in (b"usr/lib/systemd/systemd", b"lib/systemd/systemd")):
        return
    for folder in _UNIT_FOLDERS:
        for entry in placed.tree.under(folder):
            if any(mark in entry.path for mark in _WANTS) and entry.path.endswith(
                (b".service", b".timer", b".socket")
            ):
                yield placed.line(entry, "enabled unit", _STAY)


def _files(placed: Placed, folder: bytes) -> Iterator[Entry]:
    for name in placed.tree.names(folder):
        entry = placed.tree.at(folder + b"/" + name)
        if entry is None or name.endswith(_PLACEHOLDERS):
            continue
        real = placed.tree.resolve(entry.path) or entry
        if real.kind != Kind.DIRECTORY:  # Alpine's spool is a link to a folder
            yield entry
