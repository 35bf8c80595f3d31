"""How a container is run: what a Kubernetes manifest, a compose file or a run line says of it, in one form."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Mount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing mounted into a container. `kind` is bind (a path of the host), volume or tmpfs; `propagation` as written."""

    kind: str
    target: str
    source: str = ""
    read_only: bool = False
    propagation: str = ""


class PublishedPort(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One port of the container that is reachable on the host; `host` is 0 where the system chooses, `address` empty for
    every interface."""

    container: int
    host: int = 0
    address: str = ""
    protocol: str = "tcp"


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One command that is run in a container besides its start: a health check, an exec probe, a hook. `name` is what it is
    called where it is written (`healthcheck`, `livenessProbe`, `lifecycle.preStop`, `post_start[0]`), `words` what is run. A
    hook of Compose may have a user, rights, a folder and variables of its own; empty where it has the container's."""

    name: str
    words: tuple[str, ...]
    user: str = ""
    privileged: bool = False
    working_folder: str = ""
    environment: tuple[str, ...] = ()


class Workload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One container of a deployment. `form` is kubernetes, compose or run; `where` names the file and what in it.

    What is not said is None or empty: the runtime's default then holds. `memory`, `cpu` and `pids` are limits as
    written; `network`, `pid`, `ipc`, `uts`, `users` name the namespace that is shared (`host`); `apparmor`,
    `seccomp`, `selinux` the profile. `has_probe` is whether a liveness or readiness probe, or a health check, is set.
    `is_windows` is said of a pod by its `os`, `host_process` of a container of Windows that runs on the node itself. `role` is init, job or ephemeral for a container that comes to an end by itself; `built` says that the deployment
    builds the image instead of naming one; `volume_kinds` are the kinds of all volumes of a pod, by their own names.
    `checks` are the commands that are run besides; `working_folder` where the container's processes start; `profiles` what
    must be switched on for it to start, with `starts` whether one is; `unknown_ports` are those
    that a variable of the shell decides, as written; `probed_hosts` the hosts that probes and hooks name;
    `pod_says` what a pod sets for all its containers, which counts by itself though a container says something else.
    """

    name: str
    image: str
    form: str
    where: str
    command: tuple[str, ...] | None = None
    arguments: tuple[str, ...] | None = None
    user: str | None = None
    group: str | None = None
    non_root: bool | None = None
    read_only: bool | None = None
    privileged: bool | None = None
    no_new_privileges: bool | None = None
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    apparmor: str = ""
    seccomp: str = ""
    selinux: str = ""
    network: str = ""
    pid: str = ""
    ipc: str = ""
    uts: str = ""
    users: str = ""
    memory: str = ""
    cpu: str = ""
    pids: str = ""
    restart: str = ""
    cgroup_parent: str = ""
    ulimits: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    ports: tuple[PublishedPort, ...] = ()
    unknown_ports: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    has_probe: bool | None = None
    pull: str = ""
    mounts_token: bool | None = None
    role: str = ""
    built: bool = False
    volume_kinds: tuple[str, ...] = ()
    sysctls: tuple[str, ...] = ()
    proc_mount: str = ""
    is_windows: bool = False
    host_process: bool = False
    checks: tuple[Check, ...] = ()
    working_folder: str = ""
    profiles: tuple[str, ...] = ()
    starts: bool = True
    probed_hosts: tuple[str, ...] = ()
    pod_says: Mapping[str, str] = {}
