"""Services of a compose file -> workloads. Source: Compose specification, services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seamline.errors import Malformed
from seamline.formats.compose.hooks import before, environment_of, inside
from seamline.formats.compose.merge import CONTAINERS
from seamline.formats.run_options import published, security_options, short_mount, split_words
from seamline.formats.untyped import flag, items, mapping, text, texts, whole
from seamline.model.workload import Check, Mount, PublishedPort, Workload


def is_compose(document: Any) -> bool:
    """Whether a YAML document is a compose file."""
    return isinstance(mapping(document).get("services"), dict)


def workloads_of(document: Any, source: str, profiles: Sequence[str] = ()) -> Iterator[Workload]:
    """The services that name an image or a build, in their order, then the jobs. `profiles` are switched on.

    Raises:
        Malformed: a command with a quotation that stays open.
    """
    found = mapping(document)
    project = text(found.get("name"))
    for kind in CONTAINERS:
        for name, service in mapping(found.get(kind)).items():
            own = mapping(service)
            asked = texts(own.get("profiles"))
            starts = not asked or "*" in profiles or any(each in profiles for each in asked)
            where = f"{source} {kind}.{name}"
            built = f"{project}-{name}" if project else ""
            main = _workload(name, own, where, built, starts=starts)
            for place, hook in before(own):
                first = _workload(f"{name}.{place}", hook, f"{where}.{place}", built, starts=starts)
                yield msgspec.structs.replace(first, role="init", profiles=main.profiles)
            yield main


def _workload(name: str, service: Mapping[str, Any], where: str, as_built: str, *, starts: bool) -> Workload:
    """`as_built` is what an image is called that the service builds."""
    options = security_options(texts(service.get("security_opt")))
    user, _, group = text(service.get("user")).partition(":")
    limits = mapping(mapping(mapping(service.get("deploy")).get("resources")).get("limits"))
    built = bool(service.get("build"))
    health = tuple(_checks(service, where))
    return Workload(
        name=name,
        image=text(service.get("image")) or (as_built if built else ""),
        form="compose",
        where=where,
        command=_words(service.get("entrypoint"), f"{where}.entrypoint"),
        arguments=_words(service.get("command"), f"{where}.command"),
        user=user or None,
        group=group or None,
        read_only=flag(service.get("read_only")),
        privileged=flag(service.get("privileged")),
        no_new_privileges=_is_said(options, "no-new-privileges"),
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
        devices=tuple(map(_device, items(service.get("devices")))),
        mounts=(*_volumes(service), *_tmpfs(service)),
        ports=tuple(_ports(service, where)),
        environment=tuple(environment_of(service.get("environment"))),
        has_probe=_has_probe(service, health),
        pull=text(service.get("pull_policy")),
        built=built,
        sysctls=_names(service.get("sysctls")),
        role="job" if where.rpartition(" ")[2].startswith("jobs.") else "",
        checks=(*health, *inside(service, where)),
        working_folder=text(service.get("working_dir")),
        profiles=texts(service.get("profiles")),
        starts=starts,
    )


def _is_said(options: Mapping[str, str], name: str) -> bool | None:
    return options[name] == "true" if options.get(name) else None


def _has_probe(service: Mapping[str, Any], checks: Sequence[Check]) -> bool | None:
    """None where the image's own check stays."""
    check = mapping(service.get("healthcheck"))
    if checks or not check:
        return bool(checks) or None
    disabled = bool(flag(check.get("disable"))) or check.get("test") in ("NONE", ["NONE"])
    return False if disabled else None


def _checks(service: Mapping[str, Any], where: str) -> Iterator[Check]:
    """The health check as it is run; `disable` switches it off whatever its test."""
    check = mapping(service.get("healthcheck"))
    test = check.get("test")
    if flag(check.get("disable")) or not test:
        return
    if isinstance(test, str):
        yield Check(name="healthcheck", words=("/bin/sh", "-c", test))
        return
    kind, *words = texts(test)
    if kind == "CMD" and words:
        yield Check(name="healthcheck", words=tuple(words))
    elif kind == "CMD-SHELL":
        yield Check(name="healthcheck", words=("/bin/sh", "-c", " ".join(words)))
    elif kind != "NONE":
        got = f"{kind[:40]!r} first"
        raise Malformed(
            f"{where}.healthcheck.test", expected="CMD, CMD-SHELL or NONE", got=got, hint="mend the file"
        )


def _device(value: Any) -> str:
    """`HOST[:CONTAINER[:RIGHTS]]`, its long form written short."""
    if not isinstance(value, dict):
        return text(value)
    found = mapping(value)
    parts = (text(found.get(key)) for key in ("source", "target", "permissions"))
    return ":".join(part for part in parts if part)


def _names(value: Any) -> tuple[str, ...]:
    """The names of settings that are written as a mapping or as `name=value`."""
    if isinstance(value, dict):
        return tuple(mapping(value))
    return tuple(each.partition("=")[0] for each in texts(value))


def _words(value: Any, where: str) -> tuple[str, ...] | None:
    if isinstance(value, list):
        return texts(value)
    return split_words(value, where) if isinstance(value, str) else None


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


def _ports(service: Mapping[str, Any], where: str) -> Iterator[PublishedPort]:
    for port in items(service.get("ports")):
        if not isinstance(port, dict):
            yield from published(text(port), f"{where}.ports")
            continue
        found = mapping(port)
        target, host = whole(text(found.get("target"))), text(found.get("published")).partition("-")[0]
        if target is not None:
            yield PublishedPort(
                container=target,
                host=whole(host) or 0,
                address=text(found.get("host_ip")),
                protocol=text(found.get("protocol")) or "tcp",
            )
