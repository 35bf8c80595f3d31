"""What stops an image from running with least privilege, and the line that it would run by."""

from __future__ import annotations

import struct

import pytest

from seamline.catalog.texts import READER as TEXTS
from seamline.formats.passwd import parse_passwd
from seamline.formats.run_line import parse_run_line
from seamline.model.audit import Account
from seamline.model.image import Config
from seamline.model.readiness import Readiness, Ready, Want
from seamline.render.readiness import manifest
from seamline.surface.accounts import runs_as
from seamline.surface.readiness import Stand, readiness
from seamline.surface.start import lacking_interpreter, start_files, start_words
from seamline.tree.fold import fold
from tests.scenes import Directory, File, Link, Thing, facts_of

PROGRAM = File(b"\x7fELF", 0o755)
PASSWD = b"root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\npostgres:x:999:999::/:/bin/sh\n"
NGINX: dict[str, Thing] = {
    "etc/passwd": File(PASSWD),
    "usr/sbin/nginx": PROGRAM,
    "run": Directory(),
    "var/lib/nginx": Directory(),
    "var/log/nginx/access.log": File(b""),
}


def judged(scene: dict[str, Thing], config: Config, scripts: dict[bytes, str] | None = None) -> Readiness:
    tree = fold([facts.columns for facts in facts_of([scene], (TEXTS,))])
    passwd = scene.get("etc/passwd")
    texts = {b"etc/passwd": passwd.data} if isinstance(passwd, File) else {}
    return readiness(
        Stand(
            tree=tree,
            name="shop:1",
            config=config,
            runs_as=runs_as(config.user, texts),
            accounts=tuple(
                Account(name=each.name, uid=each.uid, gid=each.gid, home="", shell="")
                for each in parse_passwd(texts.get(b"etc/passwd", b""))
            ),
            start=tuple(start_files(start_words(config), config, tree)),
            scripts=scripts or {},
        )
    )


def messages(found: Readiness, want: Want) -> list[str]:
    return [each.message.id for each in found.hindrances if each.want == want]


def test_a_shell_needs_nothing_but_another_user() -> None:
    found = judged({"bin/bash": PROGRAM}, Config(command=("bash",)))
    assert (found.non_root, found.read_only, found.no_capabilities) == (
        Ready.WITH_SETTINGS,
        Ready.AS_IS,
        Ready.AS_IS,
    )
    assert messages(found, Want.NON_ROOT) == ["ready-root"]


def test_nginx_of_debian_runs_as_its_own_account_with_three_mounts_and_a_low_port() -> None:
    found = judged(NGINX, Config(command=("nginx", "-g", "daemon off;")))
    assert found.server == "nginx"
    assert (found.uid, found.ports) == (33, (80,))
    assert found.mounts == ("/run", "/var/lib/nginx", "/var/log/nginx")
    assert found.non_root == found.read_only == Ready.WITH_SETTINGS
    assert "ready-low-port" in messages(found, Want.NON_ROOT)


def test_logs_that_are_links_to_the_terminal_are_no_writes() -> None:
    scene = {
        **{path: thing for path, thing in NGINX.items() if not path.startswith("var/log")},
        "var/log/nginx/access.log": Link("/dev/stdout"),
        "var/log/nginx/error.log": Link("/dev/stderr"),
    }
    assert "/var/log/nginx" not in judged(scene, Config(command=("nginx",))).mounts


def test_the_run_line_says_to_our_own_reader_of_run_lines_what_it_means() -> None:
    found = judged(NGINX, Config(command=("nginx",)))
    workload = parse_run_line(found.run_line, "run line")
    assert workload.read_only
    assert workload.cap_drop == ("ALL",)
    assert workload.no_new_privileges
    assert workload.user == "33"
    assert workload.image == "shop:1"
    assert {each.target for each in workload.mounts if each.kind == "tmpfs"} == set(found.mounts)


def test_the_manifest_says_the_same_as_the_run_line() -> None:
    yaml = pytest.importorskip("yaml")
    found = judged(NGINX, Config(command=("nginx",)))
    spec = yaml.safe_load(manifest(found))["spec"]
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 33,
        "runAsGroup": 33,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert [each["mountPath"] for each in container["volumeMounts"]] == list(found.mounts)
    assert {each["name"] for each in spec["volumes"]} == {each["name"] for each in container["volumeMounts"]}
    assert spec["securityContext"]["sysctls"] == [
        {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}
    ]


def test_what_an_unknown_program_writes_nobody_knows() -> None:
    found = judged({"app": PROGRAM}, Config(entrypoint=("/app",), user="1000"))
    assert found.non_root == Ready.AS_IS
    assert found.read_only == Ready.UNKNOWN


def test_a_user_that_is_in_no_passwd_cannot_start_by_that_name() -> None:
    found = judged({"app": PROGRAM}, Config(entrypoint=("/app",), user="web"))
    assert found.non_root == Ready.UNKNOWN  # by a number it may, if the program can
    assert messages(found, Want.NON_ROOT) == ["ready-user-missing"]
    assert "--user 65532:65532" in found.run_line


def test_data_that_root_owns_stops_a_server_and_data_of_its_own_does_not() -> None:
    base: dict[str, Thing] = {"etc/passwd": File(PASSWD), "usr/bin/postgres": PROGRAM}
    config = Config(command=("postgres",), volumes=("/var/lib/postgresql/data",))
    roots = judged({**base, "var/lib/postgresql/data/PG_VERSION": File(b"15")}, config)
    assert roots.non_root == Ready.NO
    assert "ready-state-not-own" in messages(roots, Want.NON_ROOT)
    open_to_all = judged({**base, "var/lib/postgresql/data": Directory(0o777)}, config)
    assert open_to_all.non_root == Ready.WITH_SETTINGS
    assert "-v var-lib-postgresql-data:/var/lib/postgresql/data" in open_to_all.run_line


def test_a_started_file_with_a_capability_is_not_run_without_it() -> None:
    bind = struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0)
    capable = File(b"\x7fELF", 0o755, xattrs={"security.capability": bind})
    found = judged({"caddy": capable}, Config(entrypoint=("/caddy",), user="1000"))
    assert found.no_capabilities == Ready.WITH_SETTINGS
    assert found.capabilities == ("NET_BIND_SERVICE",)
    assert "--cap-add NET_BIND_SERVICE" in found.run_line


def test_sshd_starts_as_root_only() -> None:
    found = judged({"usr/sbin/sshd": PROGRAM}, Config(command=("/usr/sbin/sshd", "-D")))
    assert found.non_root == found.no_capabilities == Ready.NO
    assert "--user" not in found.run_line
    assert set(found.capabilities) == {"CHOWN", "SETGID", "SETUID", "NET_BIND_SERVICE"}


def test_a_start_script_tells_what_it_writes() -> None:
    script = '#!/bin/sh\n# not > /comment\nenvsubst < /etc/app/a.template > /etc/app/a.conf\nmkdir -p /var/cache/app\nexec "$@" 2>/dev/null\n'
    found = judged(
        {"start.sh": File(script.encode(), 0o755)},
        Config(entrypoint=("/start.sh",), user="7"),
        {b"start.sh": script},
    )
    assert [(each.path, each.kind, each.by) for each in found.writes] == [
        ("/etc/app/a.conf", "configuration", "/start.sh:3"),
        ("/var/cache/app", "cache", "/start.sh:4"),
    ]
    assert found.mounts == ("/etc/app", "/var/cache/app")


def test_a_start_program_that_others_may_not_run_needs_its_owner() -> None:
    found = judged({"app": File(b"\x7fELF", 0o700)}, Config(entrypoint=("/app",)))
    assert messages(found, Want.NON_ROOT) == ["ready-root", "ready-not-executable"]
    assert found.non_root == Ready.NO


def test_an_image_without_a_start_command_is_told_so() -> None:
    (against,) = (each for each in judged(NGINX, Config()).hindrances if each.want == Want.READ_ONLY)
    assert against.message.id == "ready-no-start"


def test_a_user_that_is_in_no_passwd_gets_a_number_in_the_run_line() -> None:
    found = judged(NGINX, Config(command=("nginx",), user="ghost"))
    assert "--user 33:33" in found.run_line
    assert "--cap-add" not in found.run_line
    assert found.non_root == Ready.WITH_SETTINGS
    assert messages(found, Want.NON_ROOT)[0] == "ready-user-missing"


def test_a_run_line_that_adds_capabilities_does_not_stand_beside_a_yes() -> None:
    found = judged({**NGINX, "usr/sbin/nginx": File(b"\x7fELF", 0o750)}, Config(command=("nginx",)))
    assert "--cap-add" in found.run_line
    assert found.no_capabilities == Ready.UNKNOWN
    assert messages(found, Want.NO_CAPABILITIES) == ["ready-root-may-need"]


@pytest.mark.parametrize(
    ("interpreter", "argument", "lacking"),
    [
        (b"/bin/sh", b"", ""),
        (b"/bin/sh\r", b"", "/bin/sh\r"),
        (b"/usr/bin/env", b"python3", "python3"),
        (b"/usr/bin/env", b"-S A=1 sh -e", ""),
        (b"/usr/bin/env", b"sh\r", "sh\r"),
        (b"/opt/none", b"", "/opt/none"),
    ],
)
def test_an_interpreter_that_is_not_there_is_told(interpreter: bytes, argument: bytes, lacking: str) -> None:
    scene: dict[str, Thing] = {"bin/sh": PROGRAM, "usr/bin/env": PROGRAM}
    tree = fold([facts.columns for facts in facts_of([scene], (TEXTS,))])
    assert lacking_interpreter(interpreter, argument, Config(env=("PATH=/bin",)), tree) == lacking


def test_a_port_is_published_by_the_protocols_that_it_is_exposed_for() -> None:
    config = Config(entrypoint=("/app",), user="1000", exposed_ports=("8080/udp", "53/tcp", "53/udp"))
    line = judged({"app": PROGRAM}, config).run_line
    assert "-p 8080:8080/udp -p 8053:53 -p 8053:53/udp " in line


def test_a_line_with_roots_capabilities_starts_as_root_where_the_image_does_not() -> None:
    scene: dict[str, Thing] = {"app": PROGRAM, "data": Directory()}
    found = judged(scene, Config(entrypoint=("/app",), user="1000", volumes=("/data",)))
    assert "--cap-add CHOWN" in found.run_line
    assert "--user 0:0" in found.run_line
    assert found.security_context.run_as_non_root is False


@pytest.mark.parametrize(
    ("user", "told"), [("", "ready-root"), ("root", "user-is-root"), ("0:0", "user-is-root")]
)
def test_a_user_that_is_set_to_root_is_not_told_as_unset(user: str, told: str) -> None:
    found = judged(NGINX, Config(command=("nginx",), user=user))
    assert messages(found, Want.NON_ROOT)[0] == told


def test_what_cmd_begins_with_is_a_program_that_is_started_where_an_entrypoint_hands_on() -> None:
    scene: dict[str, Thing] = {**NGINX, "entry.sh": File(b'#!/bin/sh\nexec "$@"\n', 0o755)}
    config = Config(entrypoint=("/entry.sh",), command=("nginx", "-g", "daemon off;"), user="33")
    assert "ready-writes-log" in messages(judged(scene, config), Want.READ_ONLY)


def test_ports_that_there_cannot_be_are_neither_hindrance_nor_published() -> None:
    config = Config(command=("bash",), exposed_ports=("70000/tcp", "0", "9" * 5000, "8080/tcp"), user="33")
    found = judged(NGINX, config)
    assert "-p 8080:8080" in found.run_line
    assert found.run_line.count(" -p ") == 1
