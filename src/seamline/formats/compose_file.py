"""Compose files -> workloads. Source: Compose specification, services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from seamline.formats.run_options import published, short_mount, split_words
from seamline.formats.untyped import flag, items, mapping, text, texts
from seamline.model.workload import Mount, PublishedPort, Workload


def is_compose(document: Any) -> bool:
    """Whether a YAML document is a compose file."""
    return isinstance(mapping(document).get("services"), dict)


def workloads_of(document: Any, source: str) -> Iterator[Workload]:
    """The services that name an image or a build, in their order."""
    found = mapping(document)
    project = text(found.get("name")) or _folder_name(source)
    for name, service in mapping(found.get("services")).items():
        yield _workload(name, mapping(service), source, project)


def _folder_name(source: str) -> str:
    """What a project without a name of its own is called. Source: Compose specification, project name."""
    folder = PurePath(source).parent.name
    return re.sub(r"[^a-z0-9_-]", "", folder.lower())


def _workload(name: str, service: Mapping[str, Any], source: str, project: str) -> Workload:
    options = security_options(texts(service.get("security_opt")))
    user, _, group = text(service.get("user")).partition(":")
    limits = mapping(mapping(mapping(service.get("deploy")).get("resources")).get("limits"))
    check = mapping(service.get("healthcheck"))
    built = bool(service.get("build"))
    disabled = bool(flag(check.get("disable"))) or check.get("test") in ("NONE", ["NONE"])
    return Workload(
        name=name,
        image=text(service.get("image")) or (f"{project}-{name}" if built and project else ""),
        form="compose",
        where=f"{source} services.{name}",
        command=_words(service.get("entrypoint")),
        arguments=_words(service.get("command")),
        user=user or None,
        group=group or None,
        read_only=flag(service.get("read_only")),
        privileged=flag(service.get("privileged")),
        no_new_privileges=options.get("no-new-privileges", "") == "true"
        if options.get("no-new-privileges")
        else None,
        cap_add=texts(service.get("cap_add")),
        cap_drop=texts(service.get("cap_drop")),
        apparmor=options.get("apparmor", ""),
        seccomp=options.get("seccomp", ""),
        selinux=options.get("label", ""),
        network=text(service.get("network_mode")),
        pid=text(service.get("pid")),
        ipc=text(service.get("ipc")),
        uts=text(service.get("uts")),
        users=text(service.get("userns_mode")),
        memory=text(service.get("mem_limit")) or text(limits.get("memory")),
        cpu=text(service.get("cpus")) or text(service.get("cpu_shares")) or text(limits.get("cpus")),
        pids=text(service.get("pids_limit")) or text(limits.get("pids")),
        restart=_restart(service),
        cgroup_parent=text(service.get("cgroup_parent")),
        ulimits=tuple(mapping(service.get("ulimits"))),
        devices=texts(service.get("devices")),
        mounts=(*_volumes(service), *_tmpfs(service)),
        ports=tuple(_ports(service)),
        environment=tuple(_environment(service.get("environment"))),
        has_probe=None if not check else not disabled,
        pull=text(service.get("pull_policy")),
        built=built,
        sysctls=_names(service.get("sysctls")),
    )


def _names(value: Any) -> tuple[str, ...]:
    """The names of settings that are written as a mapping or as `name=value`."""
    if isinstance(value, dict):
        return tuple(mapping(value))
    return tuple(each.partition("=")[0] for each in texts(value))


def security_options(options: tuple[str, ...]) -> dict[str, str]:
    """`name=value` and `name:value` alike; a bare name is true; several labels are joined."""
    found: dict[str, str] = {}
    for option in options:
        name, _, value = option.replace("=", ":", 1).partition(":")
        value = value or "true"
        found[name] = f"{found[name]},{value}" if name == "label" and name in found else value
    return found


def _words(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list):
        return texts(value)
    return split_words(value) if isinstance(value, str) else None


def _restart(service: Mapping[str, Any]) -> str:
    policy = mapping(mapping(service.get("deploy")).get("restart_policy"))
    if policy:
        attempts = text(policy.get("max_attempts"))
        return text(policy.get("condition")) + (f":{attempts}" if attempts else "")
    return text(service.get("restart"))


def _volumes(service: Mapping[str, Any]) -> Iterator[Mount]:
    for volume in items(service.get("volumes")):
        if isinstance(volume, str):
            yield short_mount(volume)
            continue
        found = mapping(volume)
        yield Mount(
            kind=text(found.get("type")) or "volume",
            source=text(found.get("source")),
            target=text(found.get("target")),
            read_only=bool(flag(found.get("read_only"))),
            propagation=text(mapping(found.get("bind")).get("propagation")),
        )


def _tmpfs(service: Mapping[str, Any]) -> Iterator[Mount]:
    value = service.get("tmpfs")
    for target in (value,) if isinstance(value, str) else texts(value):
        yield Mount(kind="tmpfs", target=target.partition(":")[0])


def _ports(service: Mapping[str, Any]) -> Iterator[PublishedPort]:
    for port in items(service.get("ports")):
        if not isinstance(port, dict):
            yield from published(text(port))
            continue
        found = mapping(port)
        inside, host = text(found.get("target")), text(found.get("published")).partition("-")[0]
        if inside.isdigit():
            yield PublishedPort(
                container=int(inside),
                host=int(host) if host.isdigit() else 0,
                address=text(found.get("host_ip")),
                protocol=text(found.get("protocol")) or "tcp",
            )


def _environment(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{name}={text(each)}" for name, each in mapping(value).items())
    else:
        yield from texts(value)
