"""Images whose verdicts are known because they were made so. Truth: `pass`, `fail SIDE`, `undecidable`, `n/a`, `superseded`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from benchmarks.verdicts.make import (
    ACCOUNTS,
    BASE,
    LOADER,
    PASSWD,
    ROOT_STEP,
    RULE,
    STATUS,
    D,
    F,
    Files,
    Gone,
    Link,
    Picture,
    base_picture,
    capability,
    laden_base,
    layers_on_base,
    native,
    packaged,
    python_package,
    steps_on_base,
)

APP, SYS = "fail application", "fail system"


class Case(NamedTuple):
    """A picture, the truth by rule, and how it is run: a run line, or the text of a file by its name."""

    name: str
    picture: Picture
    truth: Mapping[str, str]
    deploy: str = ""
    file: str = ""
    has_advisories: bool = True
    settings: str = ""


def app(files: Files | None = None, step: str = "COPY app /app # buildkit", **config: Any) -> Picture:
    """One layer on the base."""
    return Picture(layers_on_base(files or {"app/run": F(b"app", 0o755)}), steps_on_base((step,)), config)


def two(first: Files, second: Files, **config: Any) -> Picture:
    """Two layers on the base."""
    steps = steps_on_base(("RUN first # buildkit", "RUN second # buildkit"))
    return Picture(layers_on_base(first, second), steps, config)


def run(step: str) -> Picture:
    """One RUN step on the base."""
    return app({"var/made": F()}, f"RUN /bin/sh -c {step} # buildkit")


def root_image(files: Files, **config: Any) -> Picture:
    """A whole root filesystem that no known base is below."""
    return Picture(({**BASE, **files},), None, config)


def user(written: str, passwd: bytes = PASSWD) -> Picture:
    return app({"etc/passwd": F(passwd), "app/run": F(b"app", 0o755)}, User=written)


def upon(files: Files) -> Picture:
    """One step upon the base that has accounts and an application of its own."""
    below = laden_base()
    return Picture((*below.layers, files), (*(below.steps or ()), "RUN own # buildkit"), {})


def unknown_path() -> Picture:
    """A base that nobody knows, with a folder that the image's user may write, and a PATH with it that no step sets."""
    own = {
        path: F(b"own " + each.data, each.mode) if isinstance(each, F) and path.startswith("usr/") else each
        for path, each in BASE.items()
    }
    below: Files = {**own, "app/bin": D(0o755, 1000, 1000), "etc/passwd": F(APP_IS_1000)}
    config = {"User": "1000", "Env": ["PATH=/app/bin:/usr/bin"]}
    return Picture((below, {"app/run": F()}), (ROOT_STEP, "RUN own # buildkit"), config)


APP_IS_ROOT = PASSWD + b"app:x:0:0::/app:/usr/sbin/nologin\n"
APP_IS_1000 = PASSWD + b"app:x:1000:1000::/app:/usr/sbin/nologin\n"
CHECK = {"Healthcheck": {"Test": ["CMD", "/app/run"]}}
CHECKS = "#!/bin/sh\nset -e\nwget -q -O- http://localhost | find /dev/stdin\n"
CAP = F(b"\x7fELFping", 0o755, capability=capability(13))
USERS = tuple(
    Case(f"hard case 13: USER {written or '(not set)'} is root", user(written, passwd), {"CIS-4.1": APP})
    for written, passwd in (
        ("", PASSWD), ("0", PASSWD), ("0:0", PASSWD), ("root", PASSWD), ("root:root", PASSWD), ("app", APP_IS_ROOT), ("00", PASSWD), ("0:1000", PASSWD),
    )
)  # fmt: skip

CIS_4 = (
    *USERS,
    *(
        Case(f"the health check {line}", app({"app/run": F(b"app", 0o755), "app/check.sh": F(CHECKS.encode(), 0o755)}, Healthcheck={"Test": ["CMD-SHELL", line]}), {"CIS-4.6": truth})
        for line, truth in (
            ("wget -q -O- http://localhost || exit 1", APP), ("curl -f http://localhost || exit 1", "pass"), ("wget -q localhost", APP), ("wget -q localhost || curl -f localhost || exit 1", "pass"),
            ("if ! wget -q localhost; then exit 1; fi", APP), ("if ! curl -f localhost; then exit 1; fi", "pass"), ("if wget -q localhost; then exit 0; else curl -f localhost; fi", "undecidable"),
            ("test $(wget -q -O- localhost) = ok", APP), ("/app/check.sh", APP), ("[ -f /tmp/up ]", "pass"),
        )
    ),
    Case("a user by number", user("1000"), {"CIS-4.1": "pass", "SL-0001": "pass"}),
    Case("a user by name", user("app", APP_IS_1000), {"CIS-4.1": "pass", "SL-0001": APP}),
    Case("root has no name to be told by number", user("0"), {"SL-0001": "n/a"}),
    Case("a user that stands in no passwd", user("ghost"), {"CIS-4.1": APP}),
    Case("a group that stands in no group file", user("1000:ghosts"), {"CIS-4.1": APP}),
    Case("an application on a known base", app(), {"CIS-4.2": "pass", "CIS-4.5": "superseded", "CIS-4.12": "undecidable", "SL-0004": "n/a"}),
    Case("a root filesystem that nobody knows", Picture(({path: F(b"own " + each.data, each.mode) for path, each in BASE.items() if isinstance(each, F)},), None, {}), {"CIS-4.2": "undecidable"}),
    Case("hard case 21: a squashed image whose content is a known base's", root_image({"app/run": F(b"app", 0o755)}), {"CIS-4.2": "pass", "CIS-4.7": "undecidable"}),
    Case("a base that the teams' settings do not name", app(), {"CIS-4.2": APP}, settings='[teams.platform]\nbases = ["registry.example/golden/*"]\n'),
    Case("a base that the teams' settings name", app(), {"CIS-4.2": "pass"}, settings='[teams.platform]\nbases = ["registry.example/base/*"]\n'),
    Case("a compiler in the application", app({"usr/bin/gcc": F(b"\x7fELF", 0o755)}), {"CIS-4.3": APP}),
    Case("no tool that is not needed", app(), {"CIS-4.3": "pass"}),
    Case("busybox is one program whatever its applets are called",
         app({"bin/busybox": F(b"\x7fELFbusybox", 0o755), "bin/vi": Link("busybox"), "bin/crond": Link("busybox")}), {"CIS-4.3": "pass"}),
    Case("an overdue fix in a package of the application", app(python_package("made-app", "1.0")), {"CIS-4.4": f"{SYS} + {APP}"}),
    Case("an overdue fix in a package of the base", app(), {"CIS-4.4": SYS}),
    Case("every fix is in", two({"var/lib/dpkg/status": F(BASE["var/lib/dpkg/status"].data.replace(b"1.0-1", b"1.0-1+deb12u1"))}, {"app/run": F()}), {"CIS-4.4": "pass"}),
    Case("without advisories nobody knows of fixes", app(), {"CIS-4.4": "undecidable"}, has_advisories=False),
    Case("no health check", app(), {"CIS-4.6": APP}),
    Case("a health check that runs", app(**CHECK), {"CIS-4.6": "pass"}),
    Case("a health check that is switched off", app(Healthcheck={"Test": ["NONE"]}), {"CIS-4.6": APP}),
    Case("a health check whose program is not there", app(Healthcheck={"Test": ["CMD", "/nowhere"]}), {"CIS-4.6": APP}),
    Case("a health check whose interpreter is not there", app({"app/check.py": F(b"#!/usr/bin/python3\n", 0o755)}, Healthcheck={"Test": ["CMD", "/app/check.py"]}), {"CIS-4.6": APP}),
    Case("a health check whose line comes to a program that is not there", app(Healthcheck={"Test": ["CMD-SHELL", "gone -f http://localhost || exit 1"]}), {"CIS-4.6": APP}),
    Case("a base serves nobody that could be healthy", base_picture(), {"CIS-4.6": "n/a", "SL-0004": "pass"}),
    Case("package lists updated alone", run("apt-get update"), {"CIS-4.7": APP}),
    Case("package lists updated alone, quietly", run("apt-get -qq update && rm -rf /tmp/x"), {"CIS-4.7": APP}),
    Case("updated and installed in one step", run("apt-get update && apt-get install -y nginx"), {"CIS-4.7": "pass"}),
    Case("updated and a build's needs installed", run("apt-get update && apt-get build-dep -y nginx"), {"CIS-4.7": "pass"}),
    Case("yum's update is an upgrade, not a list", run("yum -y update"), {"CIS-4.7": "pass", "SL-0016": APP}),
    Case("hard case 21: history stripped", Picture(layers_on_base({"app/run": F()}), None, {}),
         {"CIS-4.7": "undecidable", "CIS-4.9": "undecidable", "SL-0016": "undecidable"}),
    Case("hard case 21: squashed into one line that tells nothing", Picture(layers_on_base({"app/run": F()}), (ROOT_STEP, ""), {}),
         {"CIS-4.7": "undecidable", "CIS-4.9": "undecidable", "CIS-4.11": "undecidable", "SL-0016": "undecidable"}),
    Case("hard case 21: built by ko", Picture(layers_on_base({"ko-app/run": F()}), (ROOT_STEP, "ko build ko://example/app"), {}),
         {"CIS-4.7": "undecidable", "CIS-4.9": "undecidable"}),
    Case("hard case 21: a fail that the base's history tells stays", Picture(layers_on_base({"a/b": F()}, {"c": F()}), (ROOT_STEP, "ADD a /a # buildkit", ""), {}),
         {"CIS-4.9": f"{APP} + undecidable"}),
    Case("a setuid file of the application", app({"usr/bin/su": F(b"\x7fELFsu", 0o4755)}), {"CIS-4.8": APP}),
    Case("hard case 15: a setuid file of a lower layer that a higher one removed", two({"usr/bin/su": F(b"\x7fELFsu", 0o4755)}, {"usr/bin/su": Gone()}), {"CIS-4.8": "pass"}),
    Case("a setuid bit that the application gave to the base's file", app({"usr/bin/find": F(b"\x7fELFfind", 0o4755)}), {"CIS-4.8": APP}),
    Case("a setuid bit that a chown took away", two({"usr/bin/su": F(b"\x7fELFsu", 0o4755)}, {"usr/bin/su": F(b"\x7fELFsu", 0o755)}), {"CIS-4.8": "pass"}),
    Case("a setgid folder is no privilege", app({"srv/shared": D(0o2755)}), {"CIS-4.8": "pass"}),
    Case("hard case 17: a file capability without a setuid bit", app({"usr/bin/ping": CAP}), {"CIS-4.8": APP}),
    Case("ADD of a file", app(step="ADD app /app # buildkit"), {"CIS-4.9": APP}),
    Case("ADD of a file, by the older builder", app(step="/bin/sh -c #(nop) ADD file:0123 in /app "), {"CIS-4.9": APP}),
    Case("ADD that unpacks an archive is what ADD is for", app(step="ADD app.tar.gz /app # buildkit"), {"CIS-4.9": "pass"}),
    Case("ADD of an address without its checksum", app(step="ADD https://example.com/app.jar /app/ # buildkit"), {"CIS-4.9": APP}),
    Case("ADD of an address with its checksum", app(step="ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/app.jar /app/ # buildkit"), {"CIS-4.9": "pass"}),
    Case("hard case 19: ADD only in the base's own history", app(), {"CIS-4.9": "pass"}),
    Case("an application that is added onto nothing", Picture(({"app": F(b"\x7fELF", 0o755)},), ("ADD app / # buildkit",), {"Entrypoint": ["/app"]}), {"CIS-4.9": APP}),
    Case("a source whose signature nobody asks for", app({"etc/apt/sources.list.d/own.list": F(b"deb [trusted=yes] https://deb.example/own /\n")}), {"CIS-4.11": APP}),
    Case("a step that waives signatures", run("apt-get update && apt-get install -y --allow-unauthenticated x"), {"CIS-4.11": APP}),
    Case("a script run as it is fetched", run("curl -fsSL https://example.com/setup | sudo -E bash -"), {"CIS-4.11": APP}),
    Case("a script run as it is fetched, by substitution", run('bash -c "$(curl -fsSL https://example.com/setup)"'), {"CIS-4.11": APP}),
    Case("a fetch that takes any certificate", run("wget --no-check-certificate https://example.com/a.deb"), {"CIS-4.11": APP}),
    Case("a key that is fetched and unpacked is no script", run("curl -fsSL https://example.com/key | gpg --dearmor -o /usr/share/keyrings/k.gpg"), {"CIS-4.11": "pass"}),
    Case("signed sources and plain steps", app(), {"CIS-4.11": "pass"}),
)  # fmt: skip

KEY = "glpat-" + "R7xw2Kd9" + "QmZt4LpVb8c1"
CONTENT = (
    Case("a token in the application's settings", app({"app/conf.toml": F(f"token = '{KEY}'\n".encode())}), {"CIS-4.10": APP}),
    Case("a token that a later layer deleted is still there", two({"app/conf.toml": F(f"token = '{KEY}'\n".encode())}, {"app/conf.toml": Gone()}), {"CIS-4.10": APP}),
    Case("a password in a variable", app(Env=["DB_PASSWORD=tR4vq9-Zk2mW"]), {"CIS-4.10": APP}),
    Case("a variable that only names a file of secrets", app(Env=["DB_PASSWORD_FILE=/run/secrets/db"]), {"CIS-4.10": "pass"}),
    Case("a placeholder is no secret", app({"app/conf.toml": F(b"password = 'changeme'\n")}), {"CIS-4.10": "pass"}),
    Case("a package's program that a higher layer rewrote", two(packaged(b"tool", b"a=1\n"), {"usr/bin/tool": F(b"other", 0o755)}), {"SL-0021": APP}),
    Case("a package's program that a higher layer emptied", two(packaged(b"tool", b"a=1\n"), {"usr/bin/tool": F(b"", 0o755)}), {"SL-0021": APP}),
    Case("a package's configuration that was changed", two(packaged(b"tool", b"a=1\n"), {"etc/tool.conf": F(b"a=2\n")}), {"SL-0021": "pass"}),
    Case("a package's program written again as it was", two(packaged(b"tool", b"a=1\n"), {"usr/bin/tool": F(b"tool", 0o700)}), {"SL-0021": "pass"}),
    Case("a program without any protection", app({LOADER: F(native(loader="")), "app/run": F(native(is_hard=False), 0o755)}), {"SL-0022": APP, "SL-0023": "pass"}),
    Case("a program with every protection", app({LOADER: F(native(loader="")), "app/run": F(native(), 0o755)}), {"SL-0022": "pass", "SL-0023": "pass"}),
    Case("a program without its loader", app({"app/run": F(native(loader="/lib/ld-musl-x86_64.so.1"), 0o755)}), {"SL-0022": "pass", "SL-0023": APP}),
    Case("a program without its library", app({LOADER: F(native(loader="")), "app/run": F(native(needs="libx.so.1"), 0o755)}), {"SL-0023": APP}),
    Case("a program whose library lies where the loader does not look", app({LOADER: F(native(loader="")), "opt/x/libx.so.1": F(native(loader="")), "app/run": F(native(needs="libx.so.1"), 0o755)}), {"SL-0023": APP}),
    Case("a program and its library", app({LOADER: F(native(loader="")), "usr/lib/libx.so.1": F(native(loader="")), "app/run": F(native(needs="libx.so.1"), 0o755)}), {"SL-0023": "pass"}),
)  # fmt: skip

WRITABLE = {
    "app": D(0o755, 1000, 1000),
    "app/run": F(b"#!/bin/sh\n", 0o755, 1000, 1000),
    "etc/passwd": F(APP_IS_1000),
}
OWN = (
    Case("a start command that is there", app(Entrypoint=["/app/run"]), {"SL-0002": "pass"}),
    Case("a start command that is not there", app(Entrypoint=["/app/gone"]), {"SL-0002": APP}),
    Case("a shell's line begins with a program that is there", app(Entrypoint=["/bin/sh", "-c", "X=1 exec /app/run --all"]), {"SL-0002": "pass"}),
    Case("a shell's line begins with a program that is not there", app(Entrypoint=["sh", "-ec", "exec /app/gone --all"]), {"SL-0002": APP}),
    Case("a shell's line that goes on without the program that is not there", app(Cmd=["/bin/sh", "-c", "/app/gone || /app/run"]), {"SL-0002": "pass"}),
    Case("a shell's line comes to a program that is not there", app(Cmd=["/bin/sh", "-c", "cd /app && gone --all; exec /app/run"]), {"SL-0002": APP}),
    Case("a shell's line comes by a folder to what is there", app(Cmd=["/bin/sh", "-c", "cd /app && exec ./run"]), {"SL-0002": "pass"}),
    Case("a shell's line that asks before it runs what is not there", app(Cmd=["/bin/sh", "-c", "command -v gone && gone; exec /app/run"]), {"SL-0002": "pass"}),
    Case("a shell's line comes to a program that is not there on one condition", app(Cmd=["/bin/sh", "-c", 'if [ -n "$X" ]; then gone; fi; exec /app/run']), {"SL-0002": "undecidable"}),
    Case("a wrapper runs a program that is not there", app(Entrypoint=["env", "A=1", "/app/gone"]), {"SL-0002": APP}),
    Case("a start script that its user may not run", app({"etc/passwd": F(APP_IS_1000), "app/run.sh": F(b"#!/bin/sh\n", 0o700)}, Entrypoint=["/app/run.sh"], User="1000"), {"SL-0002": APP}),
    Case("a start script in a folder that its user may not enter", app({"etc/passwd": F(APP_IS_1000), "app": D(0o750, 0, 0), "app/run.sh": F(b"#!/bin/sh\n", 0o755)}, Entrypoint=["/app/run.sh"], User="1000:1000"), {"SL-0002": APP}),
    Case("a start script for the group that its user is in", app({"etc/passwd": F(APP_IS_1000), "etc/group": F(b"root:x:0:\nrunners:x:77:app\n"), "app/run.sh": F(b"#!/bin/sh\n", 0o750, 0, 77)}, Entrypoint=["/app/run.sh"], User="app"), {"SL-0002": "pass"}),
    Case("a start script for root alone that root runs", app({"app/run.sh": F(b"#!/bin/sh\n", 0o700)}, Entrypoint=["/app/run.sh"]), {"SL-0002": "pass"}),
    Case("a start script without a first line for the kernel", app({"app/run.sh": F(b"exec /app/serve\n", 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": APP}),
    Case("a start script with a byte order mark", app({"app/run.sh": F(b"\xef\xbb\xbf#!/bin/sh\n", 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": APP}),
    Case("a program of another processor", app({"app/run": F(native(loader="").replace(b"\x3e\x00", b"\xb7\x00", 1), 0o755)}, Entrypoint=["/app/run"]), {"SL-0002": APP}),
    Case("a start script that hands on to a program that is not there", app({"app/run.sh": F(b'#!/bin/sh\nset -e\nexec "$@"\n', 0o755)}, Entrypoint=["/app/run.sh"], Cmd=["gone", "-v"]), {"SL-0002": APP}),
    Case("a start script that hands on to a program that is there", app({"app/run.sh": F(b'#!/bin/sh\nset -e\nexec "$@"\n', 0o755)}, Entrypoint=["/app/run.sh"], Cmd=["find", "/"]), {"SL-0002": "pass"}),
    Case("a start script that sets the words it hands on", app({"app/run.sh": F(b'#!/bin/sh\nset -- find "$@"\nexec "$@"\n', 0o755)}, Entrypoint=["/app/run.sh"], Cmd=["gone"]), {"SL-0002": "pass"}),
    Case("a start script comes to a program that is not there", app({"app/run.sh": F(b"#!/bin/sh\nset -e\ngone --now\nexec find /\n", 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": APP}),
    Case("a start script goes on without a program that is not there", app({"app/run.sh": F(b"#!/bin/sh\ngone --now\nexec find /\n", 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": "pass"}),
    Case("a start script asks whether a program is there", app({"app/run.sh": F(b"#!/bin/sh -e\nif command -v gone; then gone; fi\nexec find /\n", 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": "pass"}),
    Case("a start script ends in a program that is not there", app({"app/run.sh": F(b'#!/bin/sh\nexec /app/gone "$@"\n', 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": APP}),
    Case("a start script reads a file that is not there", app({"app/run.sh": F(b"#!/bin/sh -e\n. /app/lib.sh\nexec find /\n", 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": APP}),
    Case("a start script runs another by its own folder, which comes to a program that is not there", app({"app/run.sh": F(b'#!/bin/sh -e\nDIR=$(dirname "$0")\n"$DIR/next.sh"\nexec find /\n', 0o755), "app/next.sh": F(b"#!/bin/sh -e\ngone\n", 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": APP}),
    Case("a start script of bash with arrays, arithmetic and tests of its own", app({"app/run.sh": F(b'#!/bin/bash -e\nflags=(--gone /app/none)\n((n = 1 + 2))\n[[ $1 =~ ^(gone|none)$ ]] || exec find "${flags[@]}"\n', 0o755)}, Entrypoint=["/app/run.sh"]), {"SL-0002": "pass"}),
    Case("a start script runs functions of a file that it reads", app({"app/run.sh": F(b"#!/bin/sh -e\n. /app/lib.sh\nprepare\nexec find /\n", 0o755), "app/lib.sh": F(b"prepare() { find /srv; }\n")}, Entrypoint=["/app/run.sh"]), {"SL-0002": "pass"}),
    Case("a start script hands on from a script to a program that is not there", app({"app/run.sh": F(b'#!/bin/sh -e\nexec /app/next.sh "$@"\n', 0o755), "app/next.sh": F(b'#!/bin/sh -e\nexec "$@"\n', 0o755)}, Entrypoint=["/app/run.sh"], Cmd=["gone"]), {"SL-0002": APP}),
    Case("no start command at all", Picture(layers_on_base({"app/run": F()}), steps_on_base(("COPY a /app # buildkit",)), {}), {"SL-0002": "n/a"}),
    Case("a base that is run", base_picture(), {"SL-0003": APP}, deploy="docker run registry.example/base/debian:12"),
    Case("an application that is run", app(), {"SL-0003": "pass"}, deploy="docker run registry.example/shop:1.4"),
    Case("nobody says what is run", app(), {"SL-0003": "undecidable"}),
    Case("a program of no package", app({"opt/tool": F(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00" + bytes(100), 0o755)}), {"SL-0005": APP}),
    Case("no program of no package", app({"app/data": F()}), {"SL-0005": "pass"}),
    Case("a package database that the application emptied", app({"var/lib/dpkg/status": F(b"")}), {"SL-0006": APP}),
    Case("a package database that the application deleted", app({"var/lib/dpkg/status": Gone()}), {"SL-0006": APP}),
    Case("a list of files that the application emptied", app({"var/lib/dpkg/info/base-files.list": F(b"")}), {"SL-0006": APP}),
    Case("a list of files that the application removed", app({"var/lib/dpkg/info/base-files.list": Gone()}), {"SL-0006": APP}),
    Case("lists of files that are written again", app({"var/lib/dpkg/info/base-files.list": F(b"/.\n/usr\n")}), {"SL-0006": "pass"}),
    Case("a list that goes with its package", two(packaged(b"tool", b"a=1\n"), {"var/lib/dpkg/status": F(STATUS), "var/lib/dpkg/info/tool.list": Gone(), "usr/bin/tool": Gone(), "etc/tool.conf": Gone()}), {"SL-0006": "pass"}),
    Case("a package database that is whole", app(), {"SL-0006": "pass", "SL-0007": "pass", "SL-0008": "pass"}),
    Case("sources without security updates", app({"etc/apt/sources.list.d/debian.sources": F(b"Types: deb\nURIs: https://deb.example/debian\nSuites: bookworm\nComponents: main\n")}), {"SL-0007": APP}),
    Case("sources removed by the application", app({"etc/apt/sources.list.d/debian.sources": Gone()}), {"SL-0007": APP}),
    Case("no package manager, no sources needed", Picture(({"app": F(b"\x7fELF", 0o755)},), ("COPY app /app # buildkit",), {"Entrypoint": ["/app"]}), {"SL-0007": "n/a"}),
    Case("a source in plain text", app({"etc/apt/sources.list.d/own.list": F(b"deb http://deb.example/own bookworm main\n")}), {"SL-0008": APP}),
    Case("an account without a password", app({"etc/passwd": F(PASSWD + b"guest::1001:1001::/:/bin/sh\n")}), {"SL-0009": APP}),
    Case("two accounts with one number", app({"etc/passwd": F(PASSWD + b"a:x:7:7::/:/usr/sbin/nologin\nb:x:7:7::/:/usr/sbin/nologin\n")}), {"SL-0010": APP, "SL-0009": "pass"}),
    Case("a sudo rule for an account", app({"etc/passwd": F(APP_IS_1000), "etc/sudoers.d/app": F(b"app ALL=(ALL) NOPASSWD: ALL\n", 0o440)}), {"SL-0011": APP, "SL-0010": "pass"}),
    Case("another name of root", app({"etc/passwd": F(PASSWD + b"toor:x:0:0::/:/bin/sh\n")}), {"SL-0011": APP}),
    Case("another name of root that the base has and an account of the application beside it", upon({"etc/passwd": F(ACCOUNTS + b"web:x:33:33::/:/usr/sbin/nologin\n")}), {"SL-0009": SYS, "SL-0010": SYS, "SL-0011": SYS}),
    Case("an account with the number of one that the base has", upon({"etc/passwd": F(ACCOUNTS + b"web:x:1000:1000::/:/usr/sbin/nologin\n")}), {"SL-0010": f"{SYS} + {APP}"}),
    Case("an account of the base that the application made root", upon({"etc/passwd": F(ACCOUNTS.replace(b"app:x:1000", b"app:x:0"))}), {"SL-0011": f"{SYS} + {APP}"}),
    Case("a password of the base that the application emptied", upon({"etc/shadow": F(b"root::19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\n", 0o640)}), {"SL-0009": f"{SYS} + {APP}"}),
    Case("a rule of sudo that the base has, in a file that the application adds to", upon({"etc/sudoers": F(RULE + b"# own\n", 0o440)}), {"SL-0011": SYS}),
    Case("a rule of sudo that the application adds to the base's", upon({"etc/sudoers": F(RULE + b"bin ALL=(ALL) ALL\n", 0o440)}), {"SL-0011": f"{SYS} + {APP}"}),
    Case("no way to become root", app(), {"SL-0011": "pass", "SL-0012": "pass"}),
    Case("a volume over /etc", app(Volumes={"/etc/": {}}), {"SL-0012": APP}),
    Case("a file on disk has no tag that moves", app(), {"SL-0013": "n/a"}),
    Case("a deployment by a moving tag", app(), {"SL-0013": APP}, deploy="docker run registry.example/shop"),
    Case("a deployment by a release's tag", app(), {"SL-0013": "pass"}, deploy="docker run registry.example/shop:1.4"),
    Case("version control left", app({"app/.git": D(), "app/.git/HEAD": F(b"ref: x"), "app/run": F()}), {"SL-0014": APP}),
    Case("a Dockerfile left", app({"Dockerfile": F()}), {"SL-0014": APP}),
    Case("package lists left", app({"var/lib/apt/lists/deb.example_dists_x_Packages": F(b"x" * 9)}), {"SL-0015": APP, "SL-0014": "pass"}),
    Case("nothing left", app(), {"SL-0015": "pass"}),
    Case("everything upgraded in the application's build", run("apt-get update && apt-get -y upgrade"), {"SL-0016": APP}),
    Case("one package brought up to date by name", run("yum -y update openssl"), {"SL-0016": "pass"}),
    Case("a start script that its user may rewrite", app(WRITABLE, User="1000", Entrypoint=["/app/run"]), {"SL-0017": APP}),
    Case("a start script of root's", app({"app/run": F(b"#!/bin/sh\n", 0o755), "etc/passwd": F(APP_IS_1000)}, User="1000", Entrypoint=["/app/run"]), {"SL-0017": "pass", "SL-0018": "pass"}),
    Case("a folder on PATH that its user may write", app({"app/bin": D(0o755, 1000, 1000), "app/bin/x": F(b"x", 0o755), "etc/passwd": F(APP_IS_1000)}, User="1000", Env=["PATH=/app/bin:/usr/bin"]), {"SL-0017": APP}),
    Case("a folder that everyone may write", app({"srv/data": D(0o777), "srv/data/x": F()}), {"SL-0018": APP}),
    Case("the base's folder that the application opened to everyone", app({"var/log": D(0o777)}), {"SL-0018": APP}),
    Case("a folder like /tmp", app({"srv/tmp": D(0o1777), "srv/tmp/x": F()}), {"SL-0018": "pass"}),
    Case("keys that let somebody in", app({"root/.ssh/authorized_keys": F(b"ssh-ed25519 AAAA x\n", 0o600)}), {"SL-0019": APP}),
    Case("a cron job that nothing runs", app({"etc/cron.d/job": F(b"* * * * * root x\n")}), {"SL-0019": "pass"}),
    Case("a cron job that cron runs", app({"etc/cron.d/job": F(b"* * * * * root x\n"), "usr/sbin/cron": F(b"\x7fELF", 0o755)}), {"SL-0019": APP}),
    Case("a library that is loaded before all others", app({"app/x.so": F(native(loader=""))}, Env=["LD_PRELOAD=/app/x.so"]), {"SL-0019": APP}),
    Case("a library to be loaded first that is not there", app(Env=["LD_PRELOAD=/app/none.so"]), {"SL-0019": "pass"}),
    Case("an audit library by its name alone", app({"usr/lib/x86_64-linux-gnu/libx.so": F(native(loader=""))}, Env=["LD_AUDIT=libx.so"]), {"SL-0019": APP}),
    Case("a file that every shell reads first", app({"app/env.sh": F(b"x=1\n")}, Env=["BASH_ENV=/app/env.sh"]), {"SL-0019": APP}),
    Case("a variable called ENV that names no file", app(Env=["ENV=production"]), {"SL-0019": "pass"}),
    Case("a file that Python reads first", app({"app/start.py": F(b"x=1\n")}, Env=["PYTHONSTARTUP=/app/start.py"]), {"SL-0019": APP}),
    Case("libraries from a folder that everyone may write", app(Env=["LD_LIBRARY_PATH=/tmp"], User="1000"), {"SL-0017": APP}),
    Case("libraries from a folder of root's", app({"app/lib/x.so": F(native(loader=""))}, Env=["LD_LIBRARY_PATH=/app/lib"], User="1000"), {"SL-0017": "pass"}),
    Case("rc.local that an init runs", app({"sbin/init": F(b"\x7fELF", 0o755), "etc/rc.local": F(b"#!/bin/sh\n/app/run &\nexit 0\n", 0o755)}), {"SL-0019": APP}),
    Case("rc.local that does nothing", app({"sbin/init": F(b"\x7fELF", 0o755), "etc/rc.local": F(b"#!/bin/sh\n# nothing\nexit 0\n", 0o755)}), {"SL-0019": "pass"}),
    Case("rc.local that nothing runs", app({"etc/rc.local": F(b"#!/bin/sh\n/app/run &\n", 0o755)}), {"SL-0019": "pass"}),
    Case("a line of inittab", app({"sbin/init": F(b"\x7fELF", 0o755), "etc/inittab": F(b"::respawn:/app/run\n")}), {"SL-0019": APP}),
    Case("an inittab of terminals alone", app({"sbin/init": F(b"\x7fELF", 0o755), "etc/inittab": F(b"# none\n::sysinit:/sbin/openrc sysinit\ntty1::respawn:/sbin/getty 38400 tty1\n")}), {"SL-0019": "pass"}),
    Case("a script that a runlevel starts", app({"sbin/init": F(b"\x7fELF", 0o755), "etc/init.d/own": F(b"#!/bin/sh\n", 0o755), "etc/rc2.d/S01own": Link("../init.d/own")}), {"SL-0019": APP}),
    Case("a script that a runlevel ends", app({"sbin/init": F(b"\x7fELF", 0o755), "etc/init.d/own": F(b"#!/bin/sh\n", 0o755), "etc/rc2.d/K01own": Link("../init.d/own")}), {"SL-0019": "pass"}),
    Case("an sshd where nobody looks for programs", app({LOADER: F(native(loader="")), "opt/own/sshd": F(native(), 0o755)}), {"CIS-5.7": APP, "CIS-4.3": APP}),
    Case("a file called sshd that is no program", app({"opt/own/sshd": F(b"UsePAM yes\n", 0o755)}), {"CIS-5.7": "pass", "CIS-4.3": "pass"}),
    Case("a folder on PATH of a PATH that nobody can tell the setter of", unknown_path(), {"SL-0017": "fail unknown"}),
    Case("passwords for everyone to read", app({"etc/shadow": F(b"root:*:1::::::\n", 0o644)}), {"SL-0020": APP}),
    Case("the base's passwords opened by the application", app({"etc/shadow": F(BASE["etc/shadow"].data, 0o644)}), {"SL-0020": APP}),
    Case("passwords for root alone", app(), {"SL-0020": "pass"}),
    Case("a base with an application in it", laden_base(), {"SL-0004": SYS}),
)  # fmt: skip
IMAGES = (*CIS_4, *CONTENT, *OWN)
