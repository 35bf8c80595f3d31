"""Kubernetes manifests -> workloads. Source: Kubernetes API v1 PodSpec, Container, SecurityContext."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.formats.untyped import flag, items, mapping, text, texts, whole
from seamline.model.workload import Check, Mount, PublishedPort, Workload

_TEMPLATES = {
    "Pod": (),
    "PodTemplate": ("template",),
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
_GROUPS_OF_KINDS = frozenset(("", "apps", "batch", "extensions"))
_MOST_DEPTH = 32
_HINT = "mend the file"
_NOT = {True: False, False: True, None: None}
_USERS = {True: "host", False: "private", None: ""}
_GROUPS = ("initContainers", "containers", "ephemeralContainers")
_PROBES = ("liveness", "readiness", "startup")
_HOOKS = ("postStart", "preStop")
_REFERENCE = expression(r"\$?\$\(([A-Za-z_.\-][\w.\-]*)\)")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def is_manifest(document: Any) -> bool:
    """Whether a YAML document is a Kubernetes object."""
    found = mapping(document)
    return "kind" in found and "apiVersion" in found


def workloads_of(document: Any, source: str, depth: int = 0) -> Iterator[Workload]:
    """The containers of one object, init containers first; those of every object of a List; of an object of an unknown kind,
    those of every pod that it describes.

    Raises:
        Malformed: containers that are no list of mappings.
    """
    found = mapping(document)
    kind = text(found.get("kind"))
    if isinstance(found.get("items"), list) and kind.endswith("List"):
        for item in found["items"] if depth < _MOST_DEPTH else ():
            yield from workloads_of(item, source, depth + 1)
        return
    name = text(mapping(found.get("metadata")).get("name"))
    where = f"{source} {kind}/{name}"
    if kind in _TEMPLATES and _group(found) in _GROUPS_OF_KINDS:
        pod: Mapping[str, Any] = found
        for step in _TEMPLATES[kind]:
            pod = mapping(pod.get(step))
        yield from _containers(pod, kind, where)
    else:
        for each in _pods_in(found, 0):
            yield from _containers(each, kind, where)


def _group(document: Mapping[str, Any]) -> str:
    """The API group: that of a Service of Knative is another than Kubernetes' own."""
    group, slash, _ = text(document.get("apiVersion")).partition("/")
    return group if slash else ""


def _pods_in(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """The pods, each a mapping with a `spec`, in an object whose kind nobody here knows: a Rollout, a Knative service."""
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _pods_in(each, depth + 1)
    elif isinstance(value, dict):
        containers = items(value.get("containers"))
        if containers and all(isinstance(each, dict) and each.get("image") for each in containers):
            yield {"spec": value}
            return
        spec = mapping(value.get("spec"))
        if any(mapping(each).get("image") for each in items(spec.get("containers"))):
            yield value
            return
        if mapping(value.get("container")).get("image"):  # a step of a workflow
            yield {"spec": {"containers": [value["container"]]}}
        for each in value.values():
            yield from _pods_in(each, depth + 1)


def _containers(pod: Mapping[str, Any], kind: str, where: str) -> Iterator[Workload]:
    spec, notes = mapping(pod.get("spec")), mapping(mapping(pod.get("metadata")).get("annotations"))
    for group in _GROUPS:
        containers = spec.get(group)
        if containers is not None and not isinstance(containers, list):
            raise Malformed(f"{where} {group}", expected="a list", got="something else", hint=_HINT)
        for container in containers or ():
            if not isinstance(container, dict):
                raise Malformed(f"{where} {group}", expected="mappings", got="something else", hint=_HINT)
            yield _workload(mapping(container), spec, notes, where, _role(group, kind, container))


def _role(group: str, kind: str, container: Mapping[str, Any]) -> str:
    """What comes to an end by itself; an init container that is always restarted is a sidecar and does not."""
    if group == "initContainers":
        return "" if text(container.get("restartPolicy")) == "Always" else "init"
    if group == "ephemeralContainers":
        return "ephemeral"
    return "job" if kind in ("Job", "CronJob") else ""


def _workload(
    container: Mapping[str, Any], pod: Mapping[str, Any], notes: Mapping[str, Any], where: str, role: str
) -> Workload:
    own, shared = mapping(container.get("securityContext")), mapping(pod.get("securityContext"))
    name, (memory, cpu) = text(container.get("name")), _limits(container)
    added, dropped = (texts(mapping(own.get("capabilities")).get(way)) for way in ("add", "drop"))
    either = {**shared, **own}
    return Workload(
        name=name,
        image=text(container.get("image")),
        form="kubernetes",
        where=f"{where} {name}",
        command=_words(container, "command"),
        arguments=_words(container, "args"),
        user=text(either.get("runAsUser")) or None,
        group=text(either.get("runAsGroup")) or None,
        non_root=flag(either.get("runAsNonRoot")),
        read_only=flag(own.get("readOnlyRootFilesystem")),
        privileged=flag(own.get("privileged")),
        no_new_privileges=_NOT[flag(own.get("allowPrivilegeEscalation"))],
        cap_add=added,
        cap_drop=dropped,
        apparmor=_profile(either.get("appArmorProfile")) or text(notes.get(f"{_APPARMOR}{name}")),
        seccomp=_profile(either.get("seccompProfile")),
        selinux=_labels(either.get("seLinuxOptions")),
        network="host" if flag(pod.get("hostNetwork")) else "",
        pid="host" if flag(pod.get("hostPID")) else "",
        ipc="host" if flag(pod.get("hostIPC")) else "",
        users=_USERS[flag(pod.get("hostUsers"))],
        memory=memory,
        cpu=cpu,
        mounts=tuple(_mounts(container, pod)),
        ports=tuple(_ports(container)),
        environment=tuple(_environment(container)),
        has_probe=any(f"{each}Probe" in container for each in _PROBES),
        pull=text(container.get("imagePullPolicy")),
        mounts_token=flag(pod.get("automountServiceAccountToken")),
        role=role,
        volume_kinds=tuple(_volume_kinds(pod)),
        sysctls=tuple(_sysctls(shared)),
        proc_mount=text(own.get("procMount")),
        is_windows=text(mapping(pod.get("os")).get("name")) == "windows",
        host_process=_is_host_process(own, shared),
        checks=tuple(_checks(container)),
        working_folder=text(container.get("workingDir")),
        probed_hosts=tuple(_hosts(container)),
        pod_says=_said(shared),
    )


def _sysctls(shared: Mapping[str, Any]) -> Iterator[str]:
    return (text(each.get("name")) for each in map(mapping, items(shared.get("sysctls"))))


def _is_host_process(own: Mapping[str, Any], shared: Mapping[str, Any]) -> bool:
    """Either may say it; the container's own counts first. Source: Kubernetes, WindowsSecurityContextOptions."""
    said = [flag(mapping(each.get("windowsOptions")).get("hostProcess")) for each in (own, shared)]
    return bool(next((each for each in said if each is not None), False))


def _words(container: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    """The words with `$(NAME)` filled as far as it is known; an empty list counts as none. Source: Kubernetes API v1,
    Container, command."""
    known = {name: value for name, _, value in (each.partition("=") for each in _environment(container))}

    def fill(found: re.Match[str]) -> str:
        return found[0][1:] if found[0].startswith("$$") else known.get(found[1], found[0])

    words = texts(container.get(key))
    return tuple(_REFERENCE.sub(fill, word) for word in words) or None


def _said(shared: Mapping[str, Any]) -> dict[str, str]:
    """What the pod sets for all of its containers."""
    profiles = {key: _profile(shared.get(key)) for key in ("appArmorProfile", "seccompProfile")}
    plain = {key: text(shared.get(key)) for key in ("runAsNonRoot", "runAsUser")}
    labels = _labels(shared.get("seLinuxOptions"))
    windows = {"hostProcess": text(mapping(shared.get("windowsOptions")).get("hostProcess"))}
    whole = {**profiles, **plain, **windows, "seLinuxOptions": labels}
    return {key: value for key, value in whole.items() if value}


def _limits(container: Mapping[str, Any]) -> tuple[str, str]:
    """The limit of memory, and that of processor time, or the share that is asked for."""
    resources = mapping(container.get("resources"))
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    return text(limits.get("memory")), text(limits.get("cpu")) or text(requests.get("cpu"))


def _handlers(container: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The probes and hooks by their names."""
    for each in _PROBES:
        yield f"{each}Probe", mapping(container.get(f"{each}Probe"))
    hooks = mapping(container.get("lifecycle"))
    for each in _HOOKS:
        yield f"lifecycle.{each}", mapping(hooks.get(each))


def _checks(container: Mapping[str, Any]) -> Iterator[Check]:
    for name, handler in _handlers(container):
        words = texts(mapping(handler.get("exec")).get("command"))
        if words:
            yield Check(name=name, words=words)


def _hosts(container: Mapping[str, Any]) -> Iterator[str]:
    for name, handler in _handlers(container):
        for kind in ("httpGet", "tcpSocket"):
            host = text(mapping(handler.get(kind)).get("host"))
            if host:
                yield f"{name}.{kind}.host: {host}"


def _profile(value: Any) -> str:
    """`RuntimeDefault`, `Unconfined`, or the file of a local profile."""
    found = mapping(value)
    return text(found.get("localhostProfile")) or text(found.get("type"))


def _labels(value: Any) -> str:
    return ",".join(f"{key}:{text(each)}" for key, each in sorted(mapping(value).items()))


def _mounts(container: Mapping[str, Any], pod: Mapping[str, Any]) -> Iterator[Mount]:
    volumes = {text(each.get("name")): each for each in map(mapping, items(pod.get("volumes")))}
    for mount in map(mapping, items(container.get("volumeMounts"))):
        volume = volumes.get(text(mount.get("name")), {})
        host = text(mapping(volume.get("hostPath")).get("path"))
        in_memory = mapping(volume.get("emptyDir")).get("medium") == "Memory"
        yield Mount(
            kind="bind" if host else "tmpfs" if in_memory else "volume",
            source=host or text(mount.get("name")),
            target=text(mount.get("mountPath")),
            read_only=bool(flag(mount.get("readOnly"))),
            propagation=text(mount.get("mountPropagation")),
        )


def _volume_kinds(pod: Mapping[str, Any]) -> Iterator[str]:
    """Each volume has its name and one key that says what it is; without one it is an emptyDir."""
    for volume in map(mapping, items(pod.get("volumes"))):
        yield next((key for key in volume if key != "name"), "emptyDir")


def _ports(container: Mapping[str, Any]) -> Iterator[PublishedPort]:
    """The ports on the node's own address; others are reached by services alone."""
    for port in map(mapping, items(container.get("ports"))):
        host, inside = whole(text(port.get("hostPort"))), whole(text(port.get("containerPort")))
        if host and inside is not None:
            yield PublishedPort(
                container=inside,
                host=host,
                address=text(port.get("hostIP")),
                protocol=(text(port.get("protocol")) or "tcp").lower(),
            )


def _environment(container: Mapping[str, Any]) -> Iterator[str]:
    for each in map(mapping, items(container.get("env"))):
        if "valueFrom" not in each:
            yield f"{text(each.get('name'))}={text(each.get('value'))}"
