"""What an intruder would find is what the folded tree has, each thing on the side that brought it."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from seamline.catalog.applets import READER as APPLETS
from seamline.catalog.texts import READER as TEXTS
from seamline.formats.capabilities import parse_capabilities
from seamline.model.audit import RunsAs, SurfaceLine
from seamline.model.entry import Entry
from seamline.model.package import Side
from seamline.model.seam import LayerSpan, Stratum
from seamline.surface.accounts import accounts_of, runs_as
from seamline.surface.environment import Variable
from seamline.surface.find import Ground, find_surface, spots_of
from seamline.surface.left_files import left_file
from seamline.surface.placed import Placed
from seamline.surface.privileges import PathSetter
from seamline.surface.program_table import TOOLS, tool_named
from seamline.tree.fold import fold
from tests.scenes import Directory, File, Link, Scene, Whiteout, facts_of

PROGRAM = File(b"\x7fELF", 0o755)
NET_RAW = struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0)
SYSTEM = Stratum(name="base", extent=LayerSpan(0, 0), side=Side.SYSTEM)
OWN = Stratum(name="app", extent=LayerSpan(1, 9), side=Side.APPLICATION)


def found(
    scene: Scene,
    user: str = "",
    path: str = "",
    start: tuple[bytes, ...] = (),
    by: PathSetter = PathSetter(),  # noqa: B008 - a value
    variables: Sequence[Variable] = (),
    natives: Sequence[bytes] = (),
) -> Sequence[SurfaceLine]:
    """The surface of an image whose first layer is the system side."""
    layers = facts_of(scene, (TEXTS, APPLETS))
    tree = fold([facts.columns for facts in layers])

    def kept(reader: str) -> dict[bytes, object]:
        return {r.path: r.value for facts in layers for r in facts.records[reader] if tree.at(r.path)}

    texts, applets = kept("texts"), kept("applets")
    ground = Ground(
        texts=texts,  # type: ignore[arg-type]
        applets=applets,  # type: ignore[arg-type]
        accounts=accounts_of(texts),  # type: ignore[arg-type]
        runs_as=runs_as(user, texts) if user else RunsAs(written="", uid=0, gid=0),  # type: ignore[arg-type]
        path=path,
        path_by=by,
        start=start,
        variables=tuple(variables),
        natives=frozenset(natives),
        folder="/app",
    )

    def stratum(entry: Entry) -> Stratum:
        return OWN if entry.origin_layer else SYSTEM

    return find_surface(
        Placed(tree, stratum, {b"usr/bin/bash": "pkg:deb/debian/bash@5"}), ground, spots_of(tree)
    ).surface


def kinds(lines: Sequence[SurfaceLine]) -> set[tuple[str, str, str]]:
    return {(line.kind, line.name, line.side.value) for line in lines}


def test_a_program_is_on_the_side_that_brought_it_and_names_its_package() -> None:
    lines = found([{"usr/bin/bash": PROGRAM}, {"usr/bin/curl": PROGRAM}])
    assert kinds(lines) == {("shell", "bash", "system"), ("network client", "curl", "application")}
    assert {line.supplier for line in lines} == {"pkg:deb/debian/bash", ""}


def test_a_program_counts_once_however_many_links_name_it() -> None:
    lines = found([{"usr/bin/dash": PROGRAM, "usr/bin/sh": Link("dash"), "bin": Link("usr/bin")}])
    assert [line.name for line in lines] == ["dash"]


def test_what_is_not_executable_or_leads_nowhere_is_no_program() -> None:
    assert not found([{"usr/bin/bash": b"text", "usr/bin/sh": Link("/nowhere"), "usr/bin/nc": Directory()}])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("python3.11", "interpreter"),
        ("gcc-12", "compiler"),
        ("x86_64-linux-gnu-gcc-12", "compiler"),
        ("pip3.12", "language package manager"),
        ("vim.tiny", "editor"),
        ("perl5.36.0", "interpreter"),
    ],
)
def test_a_version_or_a_target_is_no_part_of_a_program_s_name(name: str, kind: str) -> None:
    tool = tool_named(name)
    assert tool is not None
    assert tool.kind == kind


def test_every_name_of_the_table_stands_in_one_kind() -> None:
    names = [name for tool in TOOLS for name in tool.names]
    assert sorted(set(names)) == sorted(names)
    assert tool_named("cat") is None


def test_busybox_applets_are_told_one_by_one_linked_or_not() -> None:
    table = b"\0".join(
        b"[ [[ ash base64 cat chmod chown cp date dd df echo env false grep ls mkdir nc rm sh true vi wget".split()
    )
    lines = found([{"bin/busybox": File(b"\x7fELF\0" + table + b"\0", 0o755), "bin/sh": Link("busybox")}])
    assert {(line.name, line.detail) for line in lines} == {
        (name, "busybox") for name in ("ash", "sh", "nc", "vi", "wget")
    }


def test_setuid_in_base_removed_above_is_no_finding() -> None:
    su = {"usr/bin/su": File(b"\x7fELF", 0o4755)}
    assert ("setuid file", "su", "system") in kinds(found([su]))
    assert not [line for line in found([su, {"usr/bin/su": Whiteout()}]) if line.kind == "setuid file"]
    assert not [
        line for line in found([su, {"usr/bin/su": File(b"\x7fELF", 0o755)}]) if line.kind == "setuid file"
    ]


def test_file_capability_without_setuid_bit_is_found_and_named() -> None:
    ping = File(b"\x7fELF", 0o755, xattrs={"security.capability": NET_RAW})
    (line,) = [line for line in found([{"usr/bin/ping": ping}]) if line.kind == "file capability"]
    assert line.detail == "cap_net_raw+ep"


@pytest.mark.parametrize("data", [b"", b"\0", NET_RAW[:8], b"\xff" * 20])
def test_what_is_no_capability_attribute_is_none(data: bytes) -> None:
    assert parse_capabilities(data) == ()


def test_world_writable_paths_are_found_and_the_sticky_bit_excuses_folders() -> None:
    lines = found([{"tmp": Directory(0o1777), "data": Directory(0o777), "etc/app.conf": File(b"x", 0o666)}])
    assert {(line.kind, line.path) for line in lines} == {
        ("world-writable folder", "data"),
        ("world-writable file", "etc/app.conf"),
    }


def test_a_folder_on_path_is_writable_for_the_user_that_the_image_runs_as() -> None:
    scene = [
        {"etc/passwd": b"web:x:1000:0::/:/bin/false\n"},
        {"srv/bin": Directory(0o775), "srv/bin/start": File(b"#!/bin/sh\n", 0o755, uid=1000)},
    ]
    lines = found(scene, user="web", path="/srv/bin:/usr/bin", start=(b"srv/bin/start",))
    assert kinds(lines) == {
        ("writable folder on PATH", "/srv/bin", "application"),
        ("writable start script", "start", "application"),
    }


def test_a_folder_on_path_that_everyone_may_write_counts_where_nobody_knows_the_user() -> None:
    scene = [{"etc/passwd": b"root:x:0:0::/:/bin/sh\n"}, {"srv/bin": Directory(0o777)}]
    lines = found(scene, user="ghost", path="/srv/bin:/usr/bin")
    assert ("writable folder on PATH", "/srv/bin", "application") in kinds(lines)


def test_accounts_that_let_somebody_in_or_up_are_found() -> None:
    scene = [
        {
            "bin/sh": PROGRAM,
            "etc/passwd": b"root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nopen::7:7::/:/bin/sh\nweb:x:9:9::/:/bin/nologin\n",
            "etc/shadow": File(b"root:*:1::::::\ntoor:$y$hash:1::::::\nweb:$y$hash:1::::::\n", 0o640),
            "etc/group": b"wheel:x:10:web\nsudo:x:27:\n",
            "etc/sudoers": File(
                b"Defaults env_reset\nroot ALL=(ALL) ALL\n%sudo ALL=(ALL) ALL\n%wheel ALL=(ALL) NOPASSWD: ALL\n",
                0o440,
            ),
        }
    ]
    lines = [line for line in found(scene) if line.kind != "shell"]
    assert {(line.kind, line.name) for line in lines} == {
        ("second name of root", "toor"),
        ("account that can log in", "toor"),
        ("account without password", "open"),
        ("sudo rule", "%wheel"),
    }


def test_what_is_run_again_by_itself_is_found() -> None:
    scene = [
        {
            "etc/crontab": b"SHELL=/bin/sh\n# m h\n17 * * * * root run-parts\n",
            "etc/cron.d/.placeholder": b"",
            "etc/cron.daily/job": File(b"#!", 0o755),
            "etc/ld.so.preload": b"/usr/lib/x.so\n",
            "root/.ssh/authorized_keys": b"ssh-ed25519 AAAA\n",
            "etc/profile.d/x.sh": b"",
            "etc/profile.d/color_prompt.sh.disabled": b"",
            "etc/crontabs/root": b"0 2 * * * x\n",
            "var/spool/cron/crontabs": Link("../../../etc/crontabs"),
        }
    ]
    assert {(line.kind, line.name) for line in found(scene)} == {
        ("cron job", "crontab"),
        ("cron job", "job"),
        ("cron job", "root"),
        ("preloaded library", "ld.so.preload"),
        ("authorized key", "/root/.ssh/authorized_keys"),
        ("profile script", "x.sh"),
    }
    assert not found([{"etc/crontab": b"SHELL=/bin/sh\n", "etc/ld.so.preload": b"\n"}])


def test_tables_without_jobs_scripts_that_cannot_run_and_key_files_without_keys_run_nothing() -> None:
    idle: Scene = [
        {
            "etc/cron.d/empty": b"# m h dom mon dow user command\nMAILTO = root\n",
            "var/spool/cron/tabs/root": b"\n# DO NOT EDIT\n",
            "etc/cron.daily/off": File(b"#!/bin/sh\n", 0o644),
            "home/a/.ssh/authorized_keys": b"# none yet\n\n",
        }
    ]
    assert not found(idle)
    busy: Scene = [
        {
            "etc/crontab": b"@reboot root /opt/x\n",
            "etc/cron.d/job": b"* * * * * root id\n",
            "var/spool/cron/tabs/root": b"@daily id\n",
            "etc/periodic/weekly/tidy": File(b"#!/bin/sh\n", 0o755),
            "etc/periodic/monthly/tidy": File(b"#!/bin/sh\n", 0o755),
        }
    ]
    assert sorted(line.path for line in found(busy)) == sorted(busy[0])


def test_a_dockerfile_left_in_the_usual_folder_of_an_application_is_found() -> None:
    layers = facts_of([{"usr/src/app/Dockerfile": b"FROM node\n"}], (TEXTS, APPLETS))
    tree = fold([facts.columns for facts in layers])
    entry = tree.at(b"usr/src/app/Dockerfile")
    assert entry is not None
    (left,) = left_file(Placed(tree, lambda _: OWN, {}), entry)
    assert (left.kind, left.side) == ("build file", Side.APPLICATION)


@pytest.mark.parametrize(
    ("below", "side"), [((), "application"), ((b"tmp",), "system"), ((b"usr/bin",), "application")]
)
def test_a_writable_folder_is_on_path_by_the_doing_of_who_put_it_there(
    below: tuple[bytes, ...], side: str
) -> None:
    scene: Scene = [{"tmp": Directory(0o1777), "usr/bin/sh": PROGRAM}, {}]
    lines = found(scene, "1000", "/tmp:/usr/bin", by=PathSetter(OWN, frozenset(below)))
    assert ("writable folder on PATH", "/tmp", side) in kinds(lines)


def test_a_password_that_was_taken_away_is_the_doing_of_who_rewrote_the_shadow_file() -> None:
    base = {"etc/passwd": b"root:x:0:0::/root:/bin/sh\n", "etc/shadow": b"root:*:::::::\n", "bin/sh": PROGRAM}
    lines = found([base, {"etc/shadow": File(b"root::::::::\n", 0o640)}])
    assert ("account without password", "root", "application") in kinds(lines)


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("LD_PRELOAD", "/opt/a.so", {("preloaded library", "LD_PRELOAD")}),
        ("LD_PRELOAD", "/opt/a.so:/opt/b.so", {("preloaded library", "LD_PRELOAD")}),
        ("LD_PRELOAD", "liba.so", {("preloaded library", "LD_PRELOAD")}),
        ("LD_AUDIT", "./own.so", {("preloaded library", "LD_AUDIT")}),
        ("LD_PRELOAD", "/opt/none.so none.so", set()),
        ("LD_PRELOAD", "", set()),
        ("LD_LIBRARY_PATH", "/opt:/tmp", {("writable library folder", "/tmp")}),
        ("LD_LIBRARY_PATH", "/opt:/srv/own", {("writable library folder", "/srv/own")}),
        ("LD_LIBRARY_PATH", "/opt:", {("writable library folder", "/app")}),
        ("LD_LIBRARY_PATH", "/opt:/none", set()),
        ("BASH_ENV", "/opt/env", {("startup file", "BASH_ENV")}),
        ("PYTHONSTARTUP", "/opt/env", {("startup file", "PYTHONSTARTUP")}),
        ("ENV", "/opt/env", {("startup file", "ENV")}),
        ("ENV", "production", set()),
        ("ENV", "/opt", set()),
        ("BASH", "/opt/env", set()),
    ],
)
def test_what_variables_load_and_run_is_of_who_set_them(
    name: str, value: str, lines: set[tuple[str, str]]
) -> None:
    scene: Scene = [
        {
            "opt/a.so": b"x",
            "opt/b.so": b"x",
            "opt/env": b"x",
            "app": Directory(0o777),
            "app/own.so": b"x",
            "usr/lib/x86_64-linux-gnu/liba.so": b"x",
            "tmp": Directory(0o1777),
            "srv/own": Directory(0o777),
        }
    ]
    lines_found = found(scene, "1000", variables=(Variable(name, value, OWN),))
    told = [line for line in lines_found if line.kind != "world-writable folder"]
    assert {(line.kind, line.name) for line in told} == lines
    assert {line.side for line in told} <= {Side.APPLICATION}


BOOT: Scene = [
    {
        "etc/rc.local": File(b"#!/bin/sh\n\n# says\n/opt/x &\nexit 0\n", 0o755),
        "etc/rc.d/rc.local": File(b"#!/bin/bash\ntouch /var/lock/subsys/local\n", 0o755),
        "etc/inittab": b"id:3:initdefault:\n::sysinit:/sbin/openrc boot\n# x:3:respawn:/opt/y\nz:3:respawn:/opt/z -f\noff:3:off:/opt/w\n",
        "etc/init.d/job": File(b"#!/bin/sh\n", 0o755),
        "etc/init.d/gone": File(b"#!/bin/sh\n", 0o644),
    },
    {
        "etc/rc2.d/S20job": Link("../init.d/job"),
        "etc/rc2.d/K20job": Link("../init.d/job"),
        "etc/rc2.d/S20gone": Link("../init.d/gone"),
        "etc/rc2.d/S20none": Link("../init.d/none"),
        "etc/runlevels/default/job": Link("/etc/init.d/job"),
    },
]


def test_what_an_init_runs_is_told_where_one_is_there() -> None:
    assert not found(BOOT)
    lines = found(
        [{**BOOT[0], "sbin/init": Link("/lib/systemd/systemd"), "lib/systemd/systemd": PROGRAM}, BOOT[1]]
    )
    assert {(line.name, line.side.value) for line in lines if line.kind == "boot script"} == {
        ("rc.local", "system"),
        ("/opt/z", "system"),
        ("S20job", "application"),
        ("job", "application"),
    }
    assert not [line for line in lines if line.path == "etc/rc.d/rc.local"]


def test_a_daemon_off_path_is_found_where_it_is_a_native_program() -> None:
    scene: Scene = [
        {"opt/x/sshd": PROGRAM, "usr/libexec/dropbear": PROGRAM, "opt/y/crond": PROGRAM, "usr/sbin/crond": Link("/opt/y/crond")},
        {"etc/pam.d/sshd": b"auth", "opt/z/cron": File(b"#!/bin/sh\n", 0o755), "opt/x/redis": PROGRAM, "opt/off/sshd": File(b"\x7fELF", 0o644)},
    ]  # fmt: skip
    natives = (b"opt/x/sshd", b"opt/y/crond", b"opt/x/redis", b"opt/off/sshd", b"usr/libexec/dropbear")
    lines = found(scene, natives=natives)
    assert {(line.kind, line.path, line.side.value) for line in lines} == {
        ("daemon", "opt/x/sshd", "system"),
        ("daemon", "usr/sbin/crond", "system"),
        ("remote shell", "usr/libexec/dropbear", "system"),
    }
