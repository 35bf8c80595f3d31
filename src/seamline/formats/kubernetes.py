"""Kubernetes manifests -> workloads. Source: Kubernetes API v1 PodSpec, Container, SecurityContext."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamline.formats.untyped import flag, items, mapping, text, texts
from seamline.model.workload import Mount, PublishedPort, Workload

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
_GROUPS = ("initContainers", "containers", "ephemeralContainers")
_PROBES = ("liveness", "readiness", "startup")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def is_manifest(document: Any) -> bool:
    """Whether a YAML document is a Kubernetes object."""
    found = mapping(document)
    return "kind" in found and "apiVersion" in found


def workloads_of(document: Any, source: str) -> Iterator[Workload]:
    """The containers of one object, init containers first; those of every object of a List."""
    found = mapping(document)
    kind = text(found.get("kind"))
    if kind.endswith("List"):
        for each in items(found.get("items")):
            yield from workloads_of(each, source)
        return
    if kind not in _TEMPLATES:
        return
    pod = found
    for step in _TEMPLATES[kind]:
        pod = mapping(pod.get(step))
    name = text(mapping(found.get("metadata")).get("name"))
    spec, notes = mapping(pod.get("spec")), mapping(mapping(pod.get("metadata")).get("annotations"))
    for group in _GROUPS:
        for container in map(mapping, items(spec.get(group))):
            role = _role(group, kind, container)
            yield _workload(container, spec, notes, f"{source} {kind}/{name}", role)


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
    name, resources = text(container.get("name")), mapping(container.get("resources"))
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    capabilities = mapping(own.get("capabilities"))
    escalation = flag(own.get("allowPrivilegeEscalation"))

    def set_by(key: str) -> Any:
        """The container's own setting, else the pod's."""
        return own.get(key, shared.get(key))

    return Workload(
        name=name,
        image=text(container.get("image")),
        form="kubernetes",
        where=f"{where} {name}",
        command=_words(container.get("command")),
        arguments=_words(container.get("args")),
        user=text(set_by("runAsUser")) or None,
        group=text(set_by("runAsGroup")) or None,
        non_root=flag(set_by("runAsNonRoot")),
        read_only=flag(own.get("readOnlyRootFilesystem")),
        privileged=flag(own.get("privileged")),
        no_new_privileges=None if escalation is None else not escalation,
        cap_add=texts(capabilities.get("add")),
        cap_drop=texts(capabilities.get("drop")),
        apparmor=_profile(set_by("appArmorProfile")) or text(notes.get(_APPARMOR + name)),
        seccomp=_profile(set_by("seccompProfile")),
        selinux=_labels(set_by("seLinuxOptions")),
        network="host" if flag(pod.get("hostNetwork")) else "",
        pid="host" if flag(pod.get("hostPID")) else "",
        ipc="host" if flag(pod.get("hostIPC")) else "",
        users={True: "host", False: "private", None: ""}[flag(pod.get("hostUsers"))],
        memory=text(limits.get("memory")),
        cpu=text(limits.get("cpu")) or text(requests.get("cpu")),
        mounts=tuple(_mounts(container, pod)),
        ports=tuple(_ports(container)),
        environment=tuple(_environment(container)),
        has_probe=any(f"{each}Probe" in container for each in _PROBES),
        pull=text(container.get("imagePullPolicy")),
        mounts_token=flag(pod.get("automountServiceAccountToken")),
        role=role,
        volume_kinds=tuple(_volume_kinds(pod)),
        sysctls=tuple(text(each.get("name")) for each in map(mapping, items(shared.get("sysctls")))),
        proc_mount=text(own.get("procMount")),
        is_windows=text(mapping(pod.get("os")).get("name")) == "windows",
        host_process=_is_host_process(own, shared),
    )


def _is_host_process(own: Mapping[str, Any], shared: Mapping[str, Any]) -> bool:
    """Either may say it; the container's own counts first. Source: Kubernetes, WindowsSecurityContextOptions."""
    said = [flag(mapping(each.get("windowsOptions")).get("hostProcess")) for each in (own, shared)]
    return bool(next((each for each in said if each is not None), False))


def _words(value: Any) -> tuple[str, ...] | None:
    return texts(value) if isinstance(value, list) else None


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
        host, inside = text(port.get("hostPort")), text(port.get("containerPort"))
        if host.isdigit() and inside.isdigit() and int(host):
            yield PublishedPort(
                container=int(inside),
                host=int(host),
                address=text(port.get("hostIP")),
                protocol=(text(port.get("protocol")) or "tcp").lower(),
            )


def _environment(container: Mapping[str, Any]) -> Iterator[str]:
    for each in map(mapping, items(container.get("env"))):
        if "valueFrom" not in each:
            yield f"{text(each.get('name'))}={text(each.get('value'))}"
